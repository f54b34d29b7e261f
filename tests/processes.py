"""What tests of real processes share."""

import os
import time
from collections.abc import Callable
from pathlib import Path

#: Seconds. How long a test waits for what must come; far more than it takes.
PATIENCE = 120


def wait_until(holds: Callable[[], object], what: str = "it") -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.05)


def environment() -> dict[str, str]:
    """Ours, without what a `make` that runs the tests tells the one that a test runs."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


def is_running(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
