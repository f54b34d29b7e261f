"""Addresses of other systems lead to stand-ins while the product is tried out."""

import os
import subprocess
import sys

import pytest
from pytest_django.fixtures import Settings

from leadconduit.lib import outbound
from leadconduit.lib.outbound import Request
from tests.destinations.connectors.receiver import Receiver, receiver

__all__ = ["receiver"]

BASE = "http://127.0.0.1:8000/sandbox/acme"
REWRITE = {"https://login.acme.test": BASE, "https://*.my.acme.test": f"{BASE}/org"}


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("https://login.acme.test/oauth/token?a=b%20c", f"{BASE}/oauth/token?a=b%20c"),
        ("https://LOGIN.acme.test:443/x", f"{BASE}/x"),
        ("https://login.acme.test", BASE),
        ("https://one.my.acme.test/x", f"{BASE}/org/x"),
        ("https://one.sandbox.my.acme.test/x", f"{BASE}/org/x"),
        ("https://my.acme.test/x", None),
        ("http://login.acme.test/x", None),
        ("https://login.acme.test:8443/x", None),
        ("https://evillogin.acme.test/x", None),
        ("https://login.acme.test.evil.test/x", None),
        ("https://user@login.acme.test/x", None),
        ("https://login.acme.test:no/x", None),
        ("not an address", None),
    ],
)
def test_only_the_origin_changes_and_only_of_those_named(
    settings: Settings, url: str, leads_to: str | None
) -> None:
    settings.OUTBOUND_REWRITE = REWRITE

    assert outbound.rewritten(url) == (leads_to or url)


def test_nothing_changes_where_nothing_is_named(settings: Settings) -> None:
    settings.OUTBOUND_REWRITE = {}

    assert outbound.rewritten("https://login.acme.test/x") == "https://login.acme.test/x"


def test_a_request_goes_where_its_address_leads_and_its_exchange_says_so(
    settings: Settings, receiver: Receiver
) -> None:
    port = int(receiver.url.rpartition(":")[2])
    settings.OUTBOUND_ALLOW = []
    settings.OUTBOUND_SANDBOX = [("127.0.0.1", port)]
    settings.OUTBOUND_REWRITE = {"https://login.acme.test": f"{receiver.url}/sandbox/acme"}

    answer = outbound.send(Request("POST", "https://login.acme.test/oauth/token", body=b"x"))

    assert answer.error is None
    assert answer.exchange["request"]["uri"].endswith(f":{port}/sandbox/acme/oauth/token")


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({"SANDBOX": "0"}, "only SANDBOX=1 serves"),
        ({"OUTBOUND_REWRITE": "[]"}, "must be a JSON object"),
        ({"OUTBOUND_REWRITE": '{"login.acme.test": "http://127.0.0.1:8000/x"}'}, "is not an origin"),
        ({"OUTBOUND_REWRITE": '{"https://a.test": "http://10.0.0.1/x"}'}, "does not lie below BASE_URL"),
    ],
)
def test_settings_refuse_what_makes_no_sense(environment: dict[str, str], why: str) -> None:
    given = {
        "SANDBOX": "1",
        "BASE_URL": "http://127.0.0.1:8000",
        "OUTBOUND_REWRITE": '{"https://a.test": "http://127.0.0.1:8000/x"}',
    }
    told = subprocess.run(
        [sys.executable, "-c", "import leadconduit.settings"],
        env=os.environ | given | environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 1
    assert why in told.stderr
