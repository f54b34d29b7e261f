"""The product's own client reaches a stand-in at the vendor's address."""

import json
from urllib.parse import urlencode, urlsplit

import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from destinations.connectors.salesforce.stand_in import BRIGHT, SALESFORCE
from destinations.sandbox import keeping, serving
from destinations.sandbox.stand_ins import environment
from leadconduit.lib import outbound
from leadconduit.lib.outbound import NoAnswer, Request

ORG = f"https://{BRIGHT.host}"


@pytest.fixture
def served(live_server: LiveServer, settings: Settings) -> None:
    settings.BASE_URL = live_server.url
    settings.OUTBOUND_ALLOW = []
    parts = urlsplit(live_server.url)
    settings.OUTBOUND_SANDBOX = [(parts.hostname or "", parts.port or 80)]
    settings.OUTBOUND_REWRITE = json.loads(environment(live_server.url)["OUTBOUND_REWRITE"])


def token_request(timeout: float = 10) -> Request:
    client = {"client_id": SALESFORCE.oauth.client_id, "client_secret": SALESFORCE.oauth.client_secret}
    body = urlencode({"grant_type": "client_credentials", **client}).encode()
    kind = (("Content-Type", "application/x-www-form-urlencoded"),)
    return Request("POST", f"{ORG}/services/oauth2/token", kind, body, timeout)


def test_a_lead_goes_to_the_vendors_address_and_arrives_at_the_stand_in(served: None) -> None:
    given = outbound.send(token_request())
    assert given.response is not None, given.error
    token = json.loads(given.response.text)["access_token"]
    headers = (("Authorization", f"Bearer {token}"), ("Content-Type", "application/json"))
    body = json.dumps({"LastName": "Reyes", "Company": "Harbour"}).encode()

    answer = outbound.send(Request("POST", f"{ORG}/services/data/v63.0/sobjects/Lead", headers, body))

    assert answer.response is not None
    assert answer.response.status == 201
    assert "/sandbox/salesforce/services/data/" in answer.exchange["request"]["uri"]


def test_a_slow_system_keeps_a_caller_without_an_answer(
    served: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "SLOW_SECONDS", 0.6)
    keeping.switch(SALESFORCE, "slow", "once")

    assert isinstance(outbound.send(token_request(timeout=0.3)).error, NoAnswer)
