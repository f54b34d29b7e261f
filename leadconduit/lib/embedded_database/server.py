"""The server process itself: is it alive, start it, stop it. Callers hold the lock that lets one of them change it."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

import psycopg
from psycopg import sql

from . import binaries
from .errors import DatabaseUnavailable
from .place import NAME, PORT, Place, make_sockets, remove_sockets

#: Seconds. Recovery after a crash replays the log, so a living server is given long.
PATIENCE = 120
STOP_PATIENCE = 60

#: What a server says when the remains of the one before it need a moment to go.
PASSING_TROUBLES = ("pre-existing shared memory block", "lock file", "is still in use")

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
}
CARELESS = {"fsync": "off", "full_page_writes": "off"}

LARGEST_LOG = 10_000_000

# Servers that this process started: they are its children, and a child that ends stays a zombie until it is asked.
_children: list[subprocess.Popen[bytes]] = []


def is_alive(place: Place) -> bool:
    """Whether a server process works on these data; asks no connection of it."""
    _reap()
    return _postmaster(place.data) is not None


def ensure_running(place: Place, *, durable: bool) -> bool:
    """Return when the database can be used; True if the server had to be started. Raises DatabaseUnavailable."""
    if _answers_before_it_ends(place):
        return False
    found = binaries.find(place.owner)
    major = found.major
    if not (place.data / "PG_VERSION").exists():
        _create(place, found, major)
    _require_version(place, major)
    _remove_dead_pid_file(place.data)
    _start(place, found, durable=durable)
    _create_database(place)
    return True


def stop(place: Place) -> None:
    """End the server, if one runs, with its data in order. Raises DatabaseUnavailable if it will not go."""
    pid = _postmaster(place.data)
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)
    for _ in _while_patient(STOP_PATIENCE):
        if not is_alive(place):
            remove_sockets(place)
            return
    raise DatabaseUnavailable(f"The server in {place.data} does not stop; its log is {place.log}")


def _answers_before_it_ends(place: Place) -> bool:
    """True once the server answers, False if there is none; one that starts or stops is waited for."""
    for _ in _while_patient(PATIENCE):
        _reap()
        if _answers(place):
            return True
        if not _somebody_works_in(place.data):
            return False
    raise DatabaseUnavailable(f"The server in {place.data} does not answer; its log is {place.log}")


def _answers(place: Place) -> bool:
    if not (place.sockets / f".s.PGSQL.{PORT}").exists():
        return False
    try:
        with _connect(place, "postgres") as connection:
            connection.execute("select 1")
    except psycopg.OperationalError:
        return False
    return True


def _connect(place: Place, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=str(place.sockets), port=PORT, user=NAME, dbname=database, connect_timeout=10, autocommit=True
    )


def _create(place: Place, found: binaries.Binaries, major: int) -> None:
    """Make an empty cluster. It gets its name last, so that a killed beginning is never taken for a cluster."""
    making = place.home / "data.making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    if place.owner:
        os.chown(making, place.owner.uid, place.owner.gid)
    # The builtin locale sorts alike on every machine; before version 17 the C library's had to do.
    locale = (
        ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if major >= 17
        else ["--locale=C"]
    )
    made = subprocess.run(
        [
            found.directory / "initdb",
            "-D",
            making,
            "-U",
            NAME,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--data-checksums",
            *locale,
        ],
        capture_output=True,
        text=True,
        check=False,
        **_as_owner(place),
    )
    if made.returncode:
        raise DatabaseUnavailable(f"The database cannot be created in {place.home}: {made.stderr.strip()}")
    making.rename(place.data)


def _require_version(place: Place, major: int) -> None:
    stored = int((place.data / "PG_VERSION").read_text())
    if stored != major:
        raise DatabaseUnavailable(
            f"{place.data} was written by PostgreSQL {stored} and the installed one is {major}: "
            f"dump it with version {stored}, set another VAR_DIR and load it there"
        )


def _remove_dead_pid_file(data: Path) -> None:
    # A killed postmaster whose parent never asks after it, or a stranger who got its number, keeps a new server from
    # starting. Nobody works in the directory here, so the file says nothing any more.
    if Path("/proc/self/cwd").exists():
        (data / "postmaster.pid").unlink(missing_ok=True)


def _start(place: Place, found: binaries.Binaries, *, durable: bool) -> None:
    """Run the server detached from us and wait until it answers. Raises DatabaseUnavailable."""
    make_sockets(place)
    settings = SETTINGS | {"unix_socket_directories": str(place.sockets)} | ({} if durable else CARELESS)
    command = [str(found.directory / "postgres"), "-D", str(place.data)]
    command += [f"--{name}={value}" for name, value in settings.items()]
    for _ in _while_patient(PATIENCE):
        told_from = _rotate(place.log)
        with place.log.open("ab") as log:
            # A session of its own: Ctrl-C in our terminal is not meant for the server.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_as_owner(place),
            )
        _children.append(process)
        for _ in _while_patient(PATIENCE):
            if _answers(place):
                return
            if process.poll() is not None:
                break
        told = place.log.read_bytes()[told_from:].decode(errors="replace")
        if not any(trouble in told for trouble in PASSING_TROUBLES):
            break
    raise DatabaseUnavailable(f"The server in {place.data} does not start:\n{told.strip()}")


def _create_database(place: Place) -> None:
    with _connect(place, "postgres") as connection:
        known = connection.execute("select 1 from pg_database where datname = %s", [NAME]).fetchone()
        if not known:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(NAME)))


def _postmaster(data: Path) -> int | None:
    """The process id of the server that works on these data, or None."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
    except (OSError, IndexError, ValueError):
        return None
    return pid if _works_in(data, pid) else None


def _somebody_works_in(data: Path) -> bool:
    """Whether the server, or a child that outlived it, still has its hands on the data."""
    if not Path("/proc/self/cwd").exists():
        return _postmaster(data) is not None
    return any(_works_in(data, int(process.name)) for process in Path("/proc").glob("[0-9]*"))


def _works_in(data: Path, pid: int) -> bool:
    # A server's processes stand in their data directory; a zombie, or another process with that number, does not.
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == data
    except OSError:
        return not Path("/proc/self/cwd").exists() and _exists(pid)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _reap() -> None:
    _children[:] = [process for process in _children if process.poll() is None]


def _rotate(log: Path) -> int:
    """Begin the log anew when it has grown large; the offset at which the next line will stand."""
    size = log.stat().st_size if log.exists() else 0
    if size <= LARGEST_LOG:
        return size
    log.rename(log.with_suffix(".log.1"))
    return 0


class _Process(TypedDict, total=False):
    cwd: str
    env: dict[str, str]
    umask: int
    user: int
    group: int
    extra_groups: list[int]


def _as_owner(place: Place) -> _Process:
    """Popen's arguments that make a process the owner's, with nothing of our environment that the server would heed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    process: _Process = {"cwd": "/", "env": kept | {"LC_ALL": "C"}, "umask": 0o077}
    if place.owner:
        process |= {"user": place.owner.uid, "group": place.owner.gid, "extra_groups": place.owner.groups}
    return process


def _while_patient(seconds: float) -> Iterator[None]:
    """Repeat, soon at first and then more slowly, for so many seconds."""
    end = time.monotonic() + seconds
    pause = 0.005
    while time.monotonic() < end:
        yield
        time.sleep(pause)
        pause = min(pause * 1.5, 0.25)
