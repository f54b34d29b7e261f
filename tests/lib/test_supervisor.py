import os
import signal
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadconduit.lib import supervisor
from leadconduit.lib.supervisor import Service, StopRequest
from tests.processes import is_running, wait_until

SLEEPER = "import time; time.sleep(600)"
STUBBORN = """
    import pathlib, signal, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pathlib.Path(sys.argv[1]).touch()
    time.sleep(600)
"""
PARENT = """
    import pathlib, subprocess, sys, time
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    pathlib.Path(sys.argv[1]).write_text(f"{child.pid}.")
    time.sleep(600)
"""


@pytest.fixture
def stop() -> Iterator[StopRequest]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield StopRequest()
    for number, handler in kept.items():
        signal.signal(number, handler)


def service(code: str, *arguments: object) -> Service:
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return Service("it", command, os.environ)


def looked_after(service: Service) -> Service:
    service.look_after()
    return service


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_way_to_ask_for_a_stop_is_heard(stop: StopRequest, number: signal.Signals) -> None:
    assert not stop

    os.kill(os.getpid(), number)

    assert stop


def test_a_service_that_ends_is_started_again(stop: StopRequest, capfd: pytest.CaptureFixture[str]) -> None:
    it = service("raise SystemExit(3)")
    with supervisor.running([it], stop):
        first = it.process
        wait_until(lambda: looked_after(it).process not in {None, first})

    assert "it ended with 3; starting it again in 1 s" in capfd.readouterr().err


def test_a_service_that_keeps_ending_is_started_less_and_less_often(stop: StopRequest) -> None:
    it = service("")
    it.pause = 10
    with supervisor.running([it], stop):
        wait_until(lambda: looked_after(it).process is None)

    assert it.pause == 20


def test_services_end_with_the_block(stop: StopRequest) -> None:
    it = service(SLEEPER)
    with supervisor.running([it], stop):
        process = it.process

    assert process
    assert process.returncode == -signal.SIGTERM


def test_a_service_that_does_not_end_is_killed_when_asked_a_second_time(
    stop: StopRequest, tmp_path: Path
) -> None:
    it = service(STUBBORN, tmp_path / "ready")
    second = threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT])
    with supervisor.running([it], stop):
        wait_until((tmp_path / "ready").exists)
        process = it.process
        os.kill(os.getpid(), signal.SIGINT)
        second.start()

    assert process
    assert process.returncode == -signal.SIGKILL
    second.join()


def test_children_that_a_service_leaves_behind_are_killed(stop: StopRequest, tmp_path: Path) -> None:
    told = tmp_path / "child"
    with supervisor.running([service(PARENT, told)], stop):
        wait_until(lambda: told.exists() and told.read_text().endswith("."))

    child = int(told.read_text().rstrip("."))
    wait_until(lambda: not is_running(child))
