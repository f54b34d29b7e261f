"""The product as processes of its own, on the tests' database."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from psycopg.conninfo import make_conninfo

from destinations.sandbox import stand_ins
from flows.delivery.database import connection_parameters
from tests.flows.delivery.receiver import ROOT, WorkerProcess
from tests.processes import wait_until

WEB_THREADS = 4


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("static")
    collect = [sys.executable, str(ROOT / "manage.py"), "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(collect, env=os.environ | {"STATIC_ROOT": str(root)}, check=True)
    return root


@pytest.fixture
def product(transactional_db: None, static_root: Path) -> Iterator[str]:
    """Web and worker, running, whose connectors speak to the stand-ins; the address that they are served at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {
        **stand_ins.environment(url),
        "DATABASE_URL": make_conninfo(**connection_parameters()),
        "STATIC_ROOT": str(static_root),
        "PORT": str(port),
        "BASE_URL": url,
        "OUTBOUND_ALLOW": "127.0.0.0/8",
        "WEB_PROCESSES": "1",
        "WEB_THREADS": str(WEB_THREADS),
    }
    web = subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "web"], env=os.environ | environment, cwd=ROOT
    )
    worker = WorkerProcess(**environment)
    try:
        wait_until(lambda: web.poll() is None and _serves(url), "the product serves")
        yield url
    finally:
        worker.kill()
        web.terminate()
        web.wait()


def _serves(url: str) -> bool:
    try:
        with urlopen(f"{url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:  # not there yet, or busy with its start
        return False
