import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.processes import environment, is_running, wait_until

CHILD = """
import os, sys, time
from leadconduit.lib import parentage
parentage.end_with_parent(int(os.environ["ENDS_WITH_PARENT"]))
print(os.getpid(), flush=True)
time.sleep(600)
"""
PARENT = """
import os, subprocess, sys
subprocess.run([sys.executable, "-c", sys.argv[1]], env={**os.environ, "ENDS_WITH_PARENT": str(os.getpid())})
"""


def test_a_child_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        parent.kill()

        wait_until(lambda: not is_running(child))


def test_a_child_whose_parent_ended_before_it_began_ends_at_once() -> None:
    late = subprocess.run(
        [sys.executable, "-c", CHILD],
        env={**os.environ, "ENDS_WITH_PARENT": "1"},
        capture_output=True,
        check=False,
    )

    assert late.returncode == -signal.SIGTERM


def test_make_that_is_interrupted_alone_is_noticed(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, time\n"
        "from leadconduit.lib import parentage\n"
        "make = parentage.make_above()\n"
        "print('ready', flush=True)\n"
        "while not parentage.is_interrupted(make): time.sleep(0.05)\n"
        "print('noticed', flush=True)\n"
    )
    (tmp_path / "Makefile").write_text(f"it:\n\t@{sys.executable} {program}\n")
    root = Path(__file__).parents[2]
    command = ["make", "-f", str(tmp_path / "Makefile"), "it"]
    with subprocess.Popen(
        command, cwd=root, env={**environment(), "PYTHONPATH": str(root)}, stdout=subprocess.PIPE
    ) as make:
        assert make.stdout
        assert make.stdout.readline() == b"ready\n"

        make.send_signal(signal.SIGINT)

        assert make.stdout.readline() == b"noticed\n"
