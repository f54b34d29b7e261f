"""`make run` from the outside: what it prints, what it serves, and what is left of it however it ends."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.processes import PATIENCE, environment, is_running, wait_until

ROOT = Path(__file__).resolve().parent.parent


class Running:
    """`make run` with a VAR_DIR and a port of its own."""

    def __init__(self, var_dir: Path, port: int) -> None:
        self.var_dir = var_dir
        self.port = port
        self.said = var_dir.parent / "said"
        self.complained = var_dir.parent / "complained"
        told = {**environment(), "VAR_DIR": str(var_dir), "PORT": str(port)}
        del told["DATABASE_URL"]
        with self.said.open("wb") as said, self.complained.open("wb") as complained:
            # A group of its own, as a terminal gives it.
            self.make = subprocess.Popen(
                ["make", "run"],
                cwd=ROOT,
                env=told,
                stdout=said,
                stderr=complained,
                start_new_session=True,
            )

    def wait_until_it_serves(self) -> list[str]:
        """What it printed."""
        wait_until(
            lambda: "\ncurl" in self.said.read_text() or self.make.poll() is not None, "make run served"
        )
        assert self.make.poll() is None, self.complained.read_text()
        return self.said.read_text().splitlines()

    def processes(self) -> list[int]:
        """All that it started, whoever their parent is now: they know its VAR_DIR."""
        return [
            int(process.name)
            for process in Path("/proc").glob("[0-9]*")
            if is_running(int(process.name)) and str(self.var_dir).encode() in _told(process)
        ]

    def supervisor(self) -> int:
        (supervisor,) = [
            pid for pid in self.processes() if b"manage.py\0run\0" in _told(Path(f"/proc/{pid}"))
        ]
        return supervisor


def _told(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    except OSError:
        return b""


@pytest.fixture
def directory() -> Iterator[Path]:
    # Not pytest's own, which the database's user cannot enter where root runs the tests.
    directory = Path(tempfile.mkdtemp(prefix="lc-", dir="/tmp"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        chosen: int = probe.getsockname()[1]
        return chosen


def read(url: str) -> str:
    with urlopen(url) as answer:
        said: bytes = answer.read()
        return said.decode()


def members_in(salesforce: str) -> int:
    """Of campaigns, as the page of the stand-in counts them."""
    found = re.search(r"Campaign members</h2>\s*<span[^>]*>(\d+)", read(salesforce))
    return int(found[1]) if found else 0


def read_json(url: str) -> object:
    with urlopen(Request(url, headers={"Accept": "application/json"})) as answer:
        return json.load(answer)


def test_it_says_how_to_use_it_delivers_a_lead_and_leaves_nothing(directory: Path, port: int) -> None:
    running = Running(directory / "var", port)

    *_, opening, login, key, inspector, stand_ins, curl = running.wait_until_it_serves()
    command, *_, url, _, lead = shlex.split(curl)
    with urlopen(url, data=lead.encode()) as answer:
        outcome = json.load(answer)["outcome"]
    requests = inspector.removeprefix("Inspector: ")
    wait_until(lambda: len(read_json(requests)) == 2, "both actions had delivered")  # type: ignore[arg-type]
    salesforce = requests.replace("/inspector/", "/salesforce/")
    wait_until(lambda: members_in(salesforce) == 1, "its lead was in the campaign")
    assert "ada@example.com" in read(salesforce)
    os.killpg(running.make.pid, signal.SIGINT)
    running.make.wait(PATIENCE)

    assert opening == f"Open: http://127.0.0.1:{port}/app/"
    assert login.startswith("Login: ")
    assert len(key.removeprefix("API key: ")) == 40
    assert stand_ins == f"Stand-ins: http://127.0.0.1:{port}/sandbox/"
    assert command == "curl"
    assert outcome == "success"
    wait_until(lambda: not running.processes(), "all its processes had ended")


def test_what_a_killed_one_leaves_does_not_block_the_next(directory: Path, port: int) -> None:
    killed = Running(directory / "var", port)
    before = killed.wait_until_it_serves()
    os.kill(killed.supervisor(), signal.SIGKILL)
    killed.make.wait(PATIENCE)

    following = Running(directory / "var", port)
    after = following.wait_until_it_serves()
    # Only make is told, as `kill -INT` does it.
    following.make.send_signal(signal.SIGINT)
    following.make.wait(PATIENCE)

    assert after == before
    wait_until(lambda: not following.processes(), "all its processes had ended")


def test_a_killed_make_takes_everything_with_it(directory: Path, port: int) -> None:
    running = Running(directory / "var", port)
    running.wait_until_it_serves()

    running.make.kill()
    running.make.wait(PATIENCE)

    wait_until(lambda: not running.processes(), "all its processes had ended")


def test_a_taken_port_is_said_in_words(directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        running = Running(directory / "var", port)

        assert running.make.wait(PATIENCE) != 0
        assert f"Port {port} is taken by another process" in running.complained.read_text()
