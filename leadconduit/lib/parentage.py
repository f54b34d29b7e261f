"""A process that ends with its parent, however the parent ends: nobody can clean up after a SIGKILL but the child."""

import ctypes
import os
import signal
import sys
import threading
import time
from pathlib import Path

#: Names the process id of the parent with which a process started by `make` or by the supervisor has to end.
VARIABLE = "ENDS_WITH_PARENT"

PR_SET_PDEATHSIG = 1
SECONDS_BETWEEN_LOOKS = 0.5


def end_with_parent(parent: int) -> None:
    """Send this process SIGTERM as soon as `parent` is no longer its parent. Call it from the main thread."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    else:
        threading.Thread(target=_watch, args=[parent], daemon=True).start()
    # The parent may have ended before the kernel knew that we mind.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os.kill(os.getpid(), signal.SIGTERM)


def make_above() -> int | None:
    """The process id of our parent if it is `make`, on Linux."""
    parent = os.getppid()
    try:
        name = Path(f"/proc/{parent}/comm").read_text().strip()
    except OSError:
        return None
    return parent if name in {"make", "gmake"} and _catches_interrupt(parent) else None


def is_interrupted(make: int) -> bool:
    """Whether this `make` got SIGINT, and now waits for us to end.

    A terminal sends Ctrl-C to both of us; `kill -INT` reaches make alone, which neither passes it on nor tells. All
    that shows is that it no longer catches the signal.
    """
    return not _catches_interrupt(make)


def _catches_interrupt(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (signal.SIGINT - 1) & 1)
