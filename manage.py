#!/usr/bin/env python
"""Every command of the product. One that needs the database finds it running: DATABASE_URL, or our own."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg.errors import UndefinedTable

from leadconduit.lib import embedded_database, parentage

#: Commands that are answered without the database; they only need to be told where it would be.
WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "connectors",
    "database",
    "help",
    "parse",
    "render",
    "spectacular",
}


def main() -> None:
    if parent := os.environ.pop(parentage.VARIABLE, ""):
        parentage.end_with_parent(int(parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadconduit.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        with database(command):
            # Imported here: settings read DATABASE_URL.
            from django.core.management import execute_from_command_line

            execute_from_command_line(sys.argv)
    except embedded_database.DatabaseUnavailable as error:
        sys.exit(str(error))
    except Exception as error:
        if UndefinedTable not in (type(error), type(error.__cause__)):
            raise
        sys.exit(
            "The database is not set up: run `manage.py migrate` first, or `make run`, which does it too."
        )


@contextmanager
def database(command: str) -> Iterator[None]:
    """Keep the command's database running for as long as the command runs."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    var_dir = Path(os.environ.get("VAR_DIR") or Path(__file__).parent / "var")
    if command in WITHOUT_DATABASE:
        os.environ["DATABASE_URL"] = embedded_database.url(var_dir)
        yield
        return
    with embedded_database.using(var_dir) as url:
        os.environ["DATABASE_URL"] = url
        yield


if __name__ == "__main__":
    main()
