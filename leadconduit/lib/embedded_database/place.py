"""Where the embedded server's files stand, and which operating system user runs it.

PostgreSQL refuses to run as root. Root therefore lends it to `postgres` or `nobody`; where that user cannot reach
VAR_DIR (a clone under /root, say), the data stand under /var/lib/leadconduit, and `VAR_DIR/postgres` is a link
to them. The link also tells a VAR_DIR from an earlier, deleted one at the same path, whose data it must not inherit:
the keys to their secrets are gone.
"""

import hashlib
import os
import pwd
import re
import stat
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from .errors import DatabaseUnavailable

SHARED_HOME = Path("/var/lib/leadconduit")
NAME = "leadconduit"
PORT = 5432

# A socket's whole path holds 107 bytes (103 on macOS), and the server adds its own 14.
LONGEST_SOCKET_DIRECTORY = 85


@dataclass(frozen=True)
class Owner:
    """An operating system user that the server runs as."""

    name: str
    uid: int
    gid: int

    @property
    def groups(self) -> list[int]:
        return os.getgrouplist(self.name, self.gid)


@dataclass(frozen=True)
class Place:
    """One VAR_DIR's server: `home` holds its data, locks and log; `owner` is None where we run it ourselves."""

    home: Path
    owner: Owner | None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def is_elsewhere(self) -> bool:
        return self.home.parent == SHARED_HOME

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def sockets(self) -> Path:
        """The directory of the server's socket, open to its owner and to root alone."""
        if len(os.fsencode(self.data)) <= LONGEST_SOCKET_DIRECTORY and re.fullmatch(
            r"[\w./-]+", str(self.data), re.ASCII
        ):
            return self.data
        return Path("/tmp") / f"lcpg-{_digest(self.data)}"  # noqa: S108 - make_sockets looks who owns it

    @property
    def url(self) -> str:
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self.sockets), safe='')}&port={PORT}"


def locate(var_dir: Path) -> Place:
    """The place that belongs to this VAR_DIR; creates nothing."""
    var_dir = var_dir.resolve()
    inside = var_dir / "postgres"
    if os.geteuid() != 0:
        return Place(inside, owner=None)

    if (inside / "data").is_dir() and not inside.is_symlink():
        return Place(inside, _owner_of(inside / "data"))
    owner = _server_user()
    if not inside.is_symlink() and may_enter(owner, var_dir):
        return Place(inside, owner)
    return Place(SHARED_HOME / _digest(var_dir), owner)


def make(var_dir: Path) -> Place:
    """The place that belongs to this VAR_DIR, with its home in existence."""
    var_dir.mkdir(parents=True, exist_ok=True)
    place = locate(var_dir)
    place.home.mkdir(parents=True, exist_ok=True)
    if place.owner:
        _open_to_all(place.home)
    if place.is_elsewhere:
        _open_to_all(SHARED_HOME)
    return place


def is_linked(var_dir: Path, place: Place) -> bool:
    """Whether data that stand elsewhere are known to this very VAR_DIR."""
    link = var_dir / "postgres"
    return not place.is_elsewhere or (link.is_symlink() and link.readlink() == place.home)


def link(var_dir: Path, place: Place) -> None:
    """Make data that stand elsewhere this VAR_DIR's own, setting aside what is there already. The server is stopped."""
    link = var_dir / "postgres"
    if link.is_symlink():
        _tell(f"{var_dir} was moved or copied here: its earlier database stays in {link.readlink()}")
        link.unlink()
    if place.data.exists():
        aside = Path(tempfile.mkdtemp(prefix=time.strftime("until-%Y%m%d-"), dir=place.home))
        place.data.rename(aside / "data")
        _tell(f"The database of an earlier {var_dir} now stands in {aside}")
    link.symlink_to(place.home)


def make_sockets(place: Place) -> None:
    """Create the socket directory where it is not the data directory itself. Raises DatabaseUnavailable."""
    if place.sockets == place.data:
        return
    place.sockets.mkdir(mode=0o700, exist_ok=True)
    if place.owner and place.sockets.stat().st_uid == 0:
        os.chown(place.sockets, place.owner.uid, place.owner.gid)
    found = place.sockets.lstat()
    expected = place.owner.uid if place.owner else os.geteuid()
    # /tmp is everybody's: a directory that somebody else prepared could catch our connections.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != expected or found.st_mode & 0o077:
        raise DatabaseUnavailable(f"{place.sockets} is not ours alone: remove it, or set a shorter VAR_DIR")


def remove_sockets(place: Place) -> None:
    """Leave no empty socket directory behind a stopped server."""
    if place.sockets != place.data:
        with suppress(OSError):
            place.sockets.rmdir()


def may_enter(owner: Owner, directory: Path) -> bool:
    """Whether the user can walk to this directory; what does not exist yet is taken to be made enterable."""
    groups = {owner.gid, *owner.groups}
    for step in (directory, *directory.parents):
        try:
            found = step.stat()
        except FileNotFoundError:
            continue
        if found.st_uid == owner.uid:
            allowed = found.st_mode & stat.S_IXUSR
        elif found.st_gid in groups:
            allowed = found.st_mode & stat.S_IXGRP
        else:
            allowed = found.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True


def _server_user() -> Owner:
    for name in ("postgres", "nobody"):
        try:
            return _owner(pwd.getpwnam(name))
        except KeyError:
            continue
    raise DatabaseUnavailable(
        "PostgreSQL does not run as root, and there is no user postgres or nobody to run it"
    )


def _owner_of(data: Path) -> Owner:
    # An ordinary user's own database stays that user's when root comes along.
    uid = data.stat().st_uid
    return _owner(pwd.getpwuid(uid)) if uid else _server_user()


def _owner(entry: pwd.struct_passwd) -> Owner:
    return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _open_to_all(directory: Path) -> None:
    directory.chmod(0o755)


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
