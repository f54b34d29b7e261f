import json

import pytest
from django.core.management import call_command


def test_the_command_prints_one_json_array(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("connectors")

    webhook = next(entry for entry in json.loads(capsys.readouterr().out) if entry["key"] == "webhook")
    assert webhook["name"] == "Custom Webhook"
    assert set(webhook["auth"]) == {"none", "api_key", "basic", "bearer", "headers"}
    assert webhook["actions"] == [{"key": "send", "name": "Send lead"}]
