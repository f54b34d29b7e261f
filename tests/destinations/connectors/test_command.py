import json

import pytest
from django.conf import settings
from django.core.management import call_command


def test_the_command_prints_one_json_array(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("connectors")

    webhook = next(entry for entry in json.loads(capsys.readouterr().out) if entry["key"] == "webhook")
    assert webhook["name"] == "Custom Webhook"
    assert set(webhook["auth"]) == {"none", "api_key", "basic", "bearer", "headers", "oauth2_client"}
    assert webhook["actions"] == [{"key": "send", "name": "Send lead"}]


def test_the_documentation_is_what_they_declare(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("connectors", "--markdown")

    assert (settings.BASE_DIR / "docs/connectors.md").read_text() == capsys.readouterr().out, (
        "Run: manage.py connectors --markdown > docs/connectors.md"
    )
