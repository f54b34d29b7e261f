"""The database of a test run, and the cast. Everything else stands beside the tests that need it."""

import os
import signal
from contextlib import ExitStack

import hypothesis
import psycopg
import pytest
from psycopg import sql

from leadconduit.lib import embedded_database
from tests.settings import OWN_DATABASE, VAR_DIR

# Asserts of suites that several modules share say what they compared, as those of test modules do.
pytest.register_assert_rewrite("tests.api", "tests.browser", "tests.destinations", "tests.flows")
pytest_plugins = ["tests.cast"]

# Machines are noisy: no test is about how long something takes, and as many examples are enough on every run.
hypothesis.settings.register_profile(
    "tests", deadline=None, max_examples=50, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("tests")


def pytest_configure(config: pytest.Config) -> None:
    # A shell that starts something in the background has it ignore Ctrl-C, and all that it starts in turn.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # The processes that pytest-xdist starts use the server of the one that started them.
    is_controller = not hasattr(config, "workerinput")
    if is_controller and os.environ["DATABASE_URL"] == OWN_DATABASE:
        server = ExitStack()
        server.enter_context(embedded_database.using(VAR_DIR, durable=False))
        config.add_cleanup(server.close)
        _drop_databases_of_killed_runs()


def _drop_databases_of_killed_runs() -> None:
    with psycopg.connect(OWN_DATABASE, autocommit=True) as connection:
        found = connection.execute(
            "select datname from pg_database where datname like 'test\\_leadconduit\\_%'"
        )
        for (name,) in found.fetchall():
            if not _is_running(int(name.split("_")[2])):
                connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
