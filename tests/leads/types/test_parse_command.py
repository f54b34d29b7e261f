import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from leadconduit.lib import embedded_database

MANAGE = Path(__file__).parents[3] / "manage.py"


def run(monkeypatch: pytest.MonkeyPatch, type: str, lines: str) -> list[object]:
    output = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    call_command("parse", type, stdout=output)
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_each_line_is_answered_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "number", '"$1,000"\n\n5\n"x"\nnull\n["1"]') == [
        {"normal": 1000, "raw": "$1,000", "valid": True},
        {"normal": 5, "raw": 5, "valid": True},
        {"normal": None, "raw": "x", "valid": False},
        None,
        [{"normal": 1, "raw": "1", "valid": True}],
    ]


def test_a_type_without_components_gives_the_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "city", '" S\u00e3o\u2028Paulo "') == [" São\u2028Paulo "]


def test_what_cannot_be_stored_is_replaced_as_at_intake(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "string", r'"a\u0000\ud800"') == ["a\ufffd\ufffd"]


def test_an_unknown_type_is_named_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match=r"no type 'colour'.* boolean, city"):
        run(monkeypatch, "colour", '"red"')


@pytest.mark.parametrize("line", ['"unfinished', "red", "[" * 100_000, "1" * 5_000])
def test_a_line_that_is_no_json_is_named(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    with pytest.raises(CommandError, match="Line 2 is not JSON"):
        run(monkeypatch, "string", f'"red"\n{line}')


def test_it_runs_without_a_database(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}

    done = subprocess.run(
        [sys.executable, MANAGE, "parse", "state"],
        input='"tx"',
        env=environment | {"VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout) == {"normal": "TX", "raw": "tx", "valid": True, "name": "Texas"}
    assert not embedded_database.path(tmp_path).exists()
