"""What pyproject.toml asks for is what requirements.lock installs, and each of it is argued for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()
LOCKED = dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^ ;]+)", LOCK, re.MULTILINE))
WANTED = [
    Requirement(text) for text in PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
]


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_what_is_wanted_is_locked(wanted: Requirement) -> None:
    assert wanted.specifier.contains(LOCKED[canonicalize_name(wanted.name)])


def test_what_is_wanted_is_argued_for_and_nothing_else() -> None:
    argued = re.findall(r"^\| ([a-z0-9-]+) \|", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE)

    assert sorted(set(argued) - {"package"}) == sorted(wanted.name for wanted in WANTED)


def test_each_locked_package_has_hashes() -> None:
    for block in re.split(r"\n(?=\S)", LOCK.strip()):
        assert "--hash=sha256:" in block


def test_the_lock_names_no_host() -> None:
    assert "://" not in LOCK
