import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Bring database and static files up to date, and make the demo data; prints how to use them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", default=settings.BASE_URL, help="Where the product is served")

    def handle(self, *args: Any, base_url: str, **options: Any) -> None:
        # In one process: each start of Django costs as much as the work.
        call_command("migrate", interactive=False, verbosity=0)
        _collect_static_files()
        call_command("demo", base_url=base_url, stdout=self.stdout)


def _collect_static_files() -> None:
    """Collect them if one has changed: to hash and compress all of them takes seconds."""
    collected = Path(settings.STATIC_ROOT) / ".collected"
    state = _state_of_static_files()
    if not collected.exists() or collected.read_text() != state:
        call_command("collectstatic", interactive=False, verbosity=0)
        collected.write_text(state)


def _state_of_static_files() -> str:
    state = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            state.update(f"{storage.path(path)} {found.st_mtime_ns} {found.st_size}\n".encode())
    return state.hexdigest()
