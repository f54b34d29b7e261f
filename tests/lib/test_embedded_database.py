import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from leadconduit.lib import embedded_database
from leadconduit.lib.embedded_database import DatabaseUnavailable
from tests.processes import is_running, wait_until

# Another process that uses the database of VAR_DIR argv[1] until its input ends.
USER = """
import sys
from pathlib import Path
from leadconduit.lib import embedded_database
with embedded_database.using(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A VAR_DIR whose database holds a table `note` of one row and does not run; never to be changed."""
    with _reachable_directory() as directory:
        var_dir = directory / "var"
        with embedded_database.using(var_dir) as url, psycopg.connect(url) as connection:
            connection.execute("create table note as select 'kept' as text")
        yield var_dir


@pytest.fixture
def directory() -> Iterator[Path]:
    with _reachable_directory() as directory:
        yield directory


@pytest.fixture
def var_dir(stopped: Path, directory: Path) -> Path:
    """A copy of that VAR_DIR."""
    # cp, because the files belong to the server's own user where root runs the tests.
    subprocess.run(["cp", "-a", stopped, directory], check=True)
    return directory / "var"


class _reachable_directory:  # noqa: N801 - reads as a function
    """A temporary directory that the server's user can walk to; pytest's own are closed to all but us."""

    def __enter__(self) -> Path:
        self.path = Path(tempfile.mkdtemp(prefix="lc-", dir="/tmp"))
        self.path.chmod(0o755)
        return self.path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path)


def notes(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [text for (text,) in connection.execute("select text from note").fetchall()]


def tables(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute("select tablename from pg_tables where schemaname = 'public'")
        return [name for (name,) in found.fetchall()]


def postmaster(var_dir: Path) -> int:
    return int((embedded_database.path(var_dir) / "postmaster.pid").read_text().split()[0])


def runs(var_dir: Path) -> bool:
    return (embedded_database.path(var_dir) / "postmaster.pid").exists()


def start_user(var_dir: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(var_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline().startswith("postgresql://")
    return process


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_running(pid), "it had ended")


def digest(path: Path) -> str:
    return hashlib.sha256(bytes(path)).hexdigest()[:12]


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate()
    assert process.returncode == 0


def test_a_new_var_dir_gets_a_database_in_utf8_with_checksums(directory: Path) -> None:
    with embedded_database.using(directory / "var") as url, psycopg.connect(url) as connection:
        encoding = connection.execute("show server_encoding").fetchone()
        checksums = connection.execute("show data_checksums").fetchone()

    assert encoding == ("UTF8",)
    assert checksums == ("on",)


def test_to_ask_where_the_database_is_creates_nothing(directory: Path) -> None:
    var_dir = directory / "var"

    assert embedded_database.path(var_dir) == var_dir / "postgres" / "data"
    assert str(directory.name) in embedded_database.url(var_dir)
    assert not var_dir.exists()


def test_a_second_start_finds_what_the_first_one_kept(var_dir: Path) -> None:
    with embedded_database.using(var_dir) as url:
        assert notes(url) == ["kept"]


def test_the_server_stops_with_its_last_user(var_dir: Path) -> None:
    with embedded_database.using(var_dir):
        other = start_user(var_dir)

    assert runs(var_dir)
    leave(other)
    assert not runs(var_dir)


def test_processes_that_start_together_share_one_server(var_dir: Path) -> None:
    command = [sys.executable, "-c", USER, str(var_dir)]
    together = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]

    urls = [process.stdout.readline().strip() for process in together if process.stdout]

    assert set(urls) == {embedded_database.url(var_dir)}
    for process in together:
        leave(process)
    assert not runs(var_dir)


def test_a_killed_user_leaves_a_server_that_the_next_one_adopts(var_dir: Path) -> None:
    killed = start_user(var_dir)
    killed.kill()
    killed.communicate()
    server = postmaster(var_dir)

    with embedded_database.using(var_dir) as url:
        assert notes(url) == ["kept"]
        assert postmaster(var_dir) == server

    assert not runs(var_dir)


def test_a_killed_server_is_revived_with_every_row(var_dir: Path) -> None:
    with embedded_database.using(var_dir) as url:
        with psycopg.connect(url) as connection:
            connection.execute("insert into note select 'more' from generate_series(1, 1000)")
        kill(postmaster(var_dir))

        assert embedded_database.revive(var_dir)
        assert len(notes(url)) == 1001


def test_a_living_server_needs_no_revival(var_dir: Path) -> None:
    with embedded_database.using(var_dir):
        assert not embedded_database.revive(var_dir)


def test_a_server_killed_with_its_starter_comes_back(var_dir: Path) -> None:
    starter = start_user(var_dir)
    kill(postmaster(var_dir))
    starter.kill()
    starter.communicate()

    with embedded_database.using(var_dir) as url:
        assert notes(url) == ["kept"]


def test_a_pid_file_that_names_a_stranger_stops_nothing(var_dir: Path) -> None:
    data = embedded_database.path(var_dir)
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n{int(time.time())}\n5432\n")

    with embedded_database.using(var_dir) as url:
        assert notes(url) == ["kept"]


def test_a_cluster_whose_making_was_interrupted_is_made_anew(directory: Path) -> None:
    unfinished = directory / "var" / "postgres" / "data.making"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    with embedded_database.using(directory / "var") as url:
        assert tables(url) == []
    assert not unfinished.exists()


def test_two_var_dirs_share_no_database(var_dir: Path, directory: Path) -> None:
    with embedded_database.using(var_dir), embedded_database.using(directory / "other") as other:
        assert tables(other) == []


def test_a_path_too_long_for_a_socket_has_its_socket_elsewhere(var_dir: Path, directory: Path) -> None:
    long = directory / ("long-" * 20) / "var"
    long.parent.mkdir()
    var_dir.rename(long)

    with embedded_database.using(long) as url:
        assert notes(url) == ["kept"]
        (sockets,) = Path("/tmp").glob(f"lcpg-{digest(embedded_database.path(long))}")
    assert not sockets.exists()


def test_a_path_with_signs_of_its_own_works(var_dir: Path, directory: Path) -> None:
    odd = directory / "a b,c'ü" / "var"
    odd.parent.mkdir()
    var_dir.rename(odd)

    with embedded_database.using(odd) as url:
        assert notes(url) == ["kept"]


def test_data_of_another_major_version_are_refused_in_words(var_dir: Path) -> None:
    (embedded_database.path(var_dir) / "PG_VERSION").write_text("14\n")

    with (
        pytest.raises(DatabaseUnavailable, match="was written by PostgreSQL 14"),
        embedded_database.using(var_dir),
    ):
        pass


def test_a_server_that_does_not_start_says_why(var_dir: Path) -> None:
    (embedded_database.path(var_dir) / "postgresql.conf").write_text("no such setting\n")

    with pytest.raises(DatabaseUnavailable, match="syntax error in file"), embedded_database.using(var_dir):
        pass


def test_roots_data_stand_elsewhere_where_the_server_cannot_reach_var_dir(directory: Path) -> None:
    var_dir = directory / "closed" / "var"
    var_dir.parent.mkdir(mode=0o700)

    elsewhere = Path("/var/lib/leadconduit") / digest(var_dir)
    assert embedded_database.path(var_dir).parent == (
        elsewhere if os.geteuid() == 0 else var_dir / "postgres"
    )


def test_a_var_dir_that_only_we_can_enter_works_and_stays_closed(directory: Path) -> None:
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    try:
        with embedded_database.using(closed / "var") as url:
            assert tables(url) == []
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(embedded_database.path(closed / "var").parent)


def test_a_var_dir_made_anew_inherits_nothing_from_a_deleted_one(directory: Path) -> None:
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    try:
        with embedded_database.using(closed / "var") as url, psycopg.connect(url) as connection:
            connection.execute("create table secret ()")
        shutil.rmtree(closed / "var")

        with embedded_database.using(closed / "var") as url:
            assert tables(url) == []
    finally:
        shutil.rmtree(embedded_database.path(closed / "var").parent)
