import json
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from destinations.connectors.calls import Calls
from destinations.connectors.salesforce.stand_in import BRIGHT, SALESFORCE
from destinations.sandbox.keeping import KeptRecords
from destinations.sandbox.stand_ins import environment
from leadconduit.lib import outbound
from leadconduit.lib.outbound import Request
from tests.destinations.connectors.receiver import Receiver
from tests.destinations.connectors.salesforce.orders import Renewing

HOST = f"https://{BRIGHT.host}"


@pytest.fixture
def org(live_server: LiveServer, settings: Settings) -> KeptRecords:
    """The stand-in behind Salesforce's addresses; its records."""
    settings.BASE_URL = live_server.url
    settings.OUTBOUND_ALLOW = []
    parts = urlsplit(live_server.url)
    settings.OUTBOUND_SANDBOX = [(parts.hostname or "", parts.port or 80)]
    settings.OUTBOUND_REWRITE = json.loads(environment(live_server.url)["OUTBOUND_REWRITE"])
    return KeptRecords(SALESFORCE, BRIGHT).seeded()


@pytest.fixture
def receiver(receiver: Receiver, settings: Settings) -> Receiver:
    """Behind the address of an organisation: no other host gets a token."""
    settings.OUTBOUND_REWRITE = {"https://acme.my.salesforce.com": receiver.url}
    receiver.url = "https://acme.my.salesforce.com"
    return receiver


@pytest.fixture
def calls(org: KeptRecords) -> Callable[[], Calls]:
    """Calls of an order's own, all with one token."""
    credentials = {"access_token": token(), "instance_url": HOST}
    return lambda: Calls(Renewing(credentials))


def token() -> str:
    client = {"client_id": SALESFORCE.oauth.client_id, "client_secret": SALESFORCE.oauth.client_secret}
    body = urlencode({"grant_type": "client_credentials", **client}).encode()
    headers = (("Content-Type", "application/x-www-form-urlencoded"),)
    answer = outbound.send(Request("POST", f"{HOST}/services/oauth2/token", headers, body))
    assert answer.response is not None, answer.error
    given: str = json.loads(answer.response.text)["access_token"]
    return given
