import json
from urllib.parse import urlsplit

import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from destinations.connectors.calls import Calls
from destinations.connectors.marketo.stand_in import BRIGHT, MARKETO
from destinations.sandbox.keeping import KeptRecords
from destinations.sandbox.stand_ins import environment
from leadconduit.lib import outbound
from leadconduit.lib.outbound import Request
from tests.destinations.connectors.marketo.orders import HOST, Tokens


@pytest.fixture
def instance(live_server: LiveServer, settings: Settings) -> KeptRecords:
    """The stand-in behind Marketo's address; its records."""
    settings.BASE_URL = live_server.url
    settings.OUTBOUND_ALLOW = []
    parts = urlsplit(live_server.url)
    settings.OUTBOUND_SANDBOX = [(parts.hostname or "", parts.port or 80)]
    settings.OUTBOUND_REWRITE = json.loads(environment(live_server.url)["OUTBOUND_REWRITE"])
    return KeptRecords(MARKETO, BRIGHT).seeded()


@pytest.fixture
def calls(instance: KeptRecords) -> Calls:
    """With a token that is good."""
    return Calls(Tokens([token()]))


def token() -> str:
    query = f"client_id={MARKETO.oauth.client_id}&client_secret={MARKETO.oauth.client_secret}"
    url = f"{HOST}/identity/oauth/token?grant_type=client_credentials&{query}"
    answer = outbound.send(Request("GET", url))
    assert answer.response is not None, answer.error
    given: str = json.loads(answer.response.text)["access_token"]
    return given
