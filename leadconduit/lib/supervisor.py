"""Keep the product's processes running until somebody asks to stop, then leave none of them behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from . import parentage

#: Seconds. How long a process may take to end what is under way before it is killed; a worker takes up to 30.
GRACE = 35

SHORTEST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
#: A process that lived this long did not fail for the reason that its predecessor failed for.
SETTLED_AFTER = 30.0

SECONDS_BETWEEN_LOOKS = 0.2


class StopRequest:
    """True once Ctrl-C, SIGTERM, a closed terminal or the end of our parent asked us to stop. Counts the asking."""

    def __init__(self) -> None:
        self.times = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)
        self._make = parentage.make_above()

    def __bool__(self) -> bool:
        if self.times == 0 and self._make and parentage.is_interrupted(self._make):
            self.times = 1
        return self.times > 0

    def _note(self, *_: object) -> None:
        self.times += 1


@dataclass
class Service:
    """A process that is to run all the time; `command` is started again, after a growing pause, whenever it ends."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    pause: float = field(default=SHORTEST_PAUSE, init=False)
    changed_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        self.process = start(self.command, self.environment)
        self.changed_at = time.monotonic()

    def look_after(self) -> None:
        """Note that the process ended, or start it again when its pause is over."""
        now = time.monotonic()
        if self.process is None:
            if now - self.changed_at >= self.pause:
                self.start()
        elif self.process.poll() is not None:
            settled = now - self.changed_at >= SETTLED_AFTER
            self.pause = SHORTEST_PAUSE if settled else min(self.pause * 2, LONGEST_PAUSE)
            say(f"{self.name} ended with {self.process.returncode}; starting it again in {self.pause:g} s")
            kill(self.process)
            self.process, self.changed_at = None, now


@contextmanager
def running(services: Sequence[Service], stop: StopRequest) -> Iterator[None]:
    """Start the services, and stop them when the block ends; asked to stop a second time, kill them."""
    try:
        for service in services:
            service.start()
        yield
    finally:
        end([service.process for service in services if service.process], stop)


def start(
    command: Sequence[str], environment: Mapping[str, str], *, stdout: int | None = None
) -> subprocess.Popen[bytes]:
    """A process in a session of its own, so that Ctrl-C reaches it through us, in order; it ends when we are killed."""
    return subprocess.Popen(
        command,
        env={**environment, parentage.VARIABLE: str(os.getpid())},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        start_new_session=True,
    )


def end(processes: Sequence[subprocess.Popen[bytes]], stop: StopRequest) -> None:
    """Ask the processes to end, wait for them, and kill what is left of them."""
    for process in processes:
        process.terminate()
    asked, patience = stop.times, time.monotonic() + GRACE
    while any(process.poll() is None for process in processes):
        if time.monotonic() > patience or stop.times > max(asked, 1):
            break
        time.sleep(SECONDS_BETWEEN_LOOKS)
    for process in processes:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and the children that it leaves behind."""
    with suppress(ProcessLookupError, PermissionError):  # nobody is left; macOS says so by the second
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
