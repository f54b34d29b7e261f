import json
from urllib.parse import urlsplit

import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.hubspot.stand_in import BRIGHT, HUBSPOT
from destinations.sandbox.keeping import KeptRecords
from destinations.sandbox.stand_ins import environment
from tests.destinations.connectors.receiver import Receiver


@pytest.fixture
def portal(receiver: Receiver, settings: Settings) -> Receiver:
    """A server behind HubSpot's address, which answers what it is told to."""
    settings.OUTBOUND_REWRITE = {"https://api.hubapi.com": receiver.url}
    return receiver


@pytest.fixture
def stand_in(live_server: LiveServer, settings: Settings) -> KeptRecords:
    """The stand-in behind HubSpot's addresses; its records."""
    settings.BASE_URL = live_server.url
    settings.OUTBOUND_ALLOW = []
    parts = urlsplit(live_server.url)
    settings.OUTBOUND_SANDBOX = [(parts.hostname or "", parts.port or 80)]
    settings.OUTBOUND_REWRITE = json.loads(environment(live_server.url)["OUTBOUND_REWRITE"])
    return KeptRecords(HUBSPOT, BRIGHT).seeded()


@pytest.fixture
def calls(stand_in: KeptRecords) -> Calls:
    return Calls(Fixed({"token": "pat-na1-stand-in-brightleaf", "hub_id": BRIGHT.id}))
