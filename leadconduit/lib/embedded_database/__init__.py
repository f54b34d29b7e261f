"""A PostgreSQL of our own under VAR_DIR, for whoever sets no DATABASE_URL.

The first process that needs the server starts it, the last one that leaves stops it. A process says that it uses
the server by a shared lock on one file, which the kernel drops however the process ends: a killed process leaves
at worst a running server, which the next one adopts.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import place as places
from . import server
from .errors import DatabaseUnavailable

__all__ = ["DatabaseUnavailable", "path", "revive", "url", "using"]


def path(var_dir: Path) -> Path:
    """Where the data of this VAR_DIR stand, or would stand; creates nothing."""
    return places.locate(var_dir).data


def url(var_dir: Path) -> str:
    """The connection URI of this VAR_DIR's database; starts nothing."""
    return places.locate(var_dir).url


@contextmanager
def using(var_dir: Path, *, durable: bool = True) -> Iterator[str]:
    """Yield the URI of a database that runs until the block ends; the last block to end, in any process, stops it.

    `durable=False` trades safety at a power cut for speed, for tests. Raises DatabaseUnavailable.
    """
    with _refusals_in_words(var_dir):
        place = places.make(var_dir)
        users = _open(place.home / "users.lock")
    try:
        with _refusals_in_words(var_dir), _changing(place):
            _make_our_own(var_dir, place, users)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            with _refusals_in_words(var_dir), _changing(place):
                server.ensure_running(place, durable=durable)
            yield place.url
        finally:
            with _changing(place):
                if _nobody_else_uses(users):
                    server.stop(place)
    finally:
        os.close(users)


def revive(var_dir: Path, *, durable: bool = True) -> bool:
    """Start the server again if it died under its users; True if it had. Costs no connection while it lives."""
    place = places.locate(var_dir)
    if server.is_alive(place):
        return False
    with _changing(place):
        return server.ensure_running(place, durable=durable)


@contextmanager
def _changing(place: places.Place) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    lock = _open(place.home / "change.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@contextmanager
def _refusals_in_words(var_dir: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise DatabaseUnavailable(
            f"{error.filename} is closed to us: run as the user that {var_dir} belongs to, or set another VAR_DIR"
        ) from error


def _make_our_own(var_dir: Path, place: places.Place, users: int) -> None:
    if places.is_linked(var_dir, place):
        return
    if not _nobody_else_uses(users):
        raise DatabaseUnavailable(
            f"{place.home} is in use by processes of an earlier {var_dir}: stop them first"
        )
    server.stop(place)
    places.link(var_dir, place)


def _nobody_else_uses(users: int) -> bool:
    # Upgrading gives up our own shared lock, also when it fails, which is what a leaving process wants.
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(lock: Path) -> int:
    # Read-only is enough for flock, and lets another user than the file's owner take it.
    return os.open(lock, os.O_RDONLY | os.O_CREAT, 0o644)
