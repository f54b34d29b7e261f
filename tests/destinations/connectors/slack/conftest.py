import json
from urllib.parse import urlsplit

import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.slack.stand_in import BRIGHT, SLACK, TOKEN
from destinations.sandbox.keeping import KeptRecords
from destinations.sandbox.stand_ins import environment
from tests.destinations.connectors.receiver import Receiver


@pytest.fixture
def workspace(receiver: Receiver, settings: Settings) -> Receiver:
    """A server behind Slack's address, which answers what it is told to."""
    settings.OUTBOUND_REWRITE = {"https://slack.com": receiver.url}
    return receiver


@pytest.fixture
def stand_in(live_server: LiveServer, settings: Settings) -> KeptRecords:
    """The stand-in behind Slack's address; its records."""
    settings.BASE_URL = live_server.url
    settings.OUTBOUND_ALLOW = []
    parts = urlsplit(live_server.url)
    settings.OUTBOUND_SANDBOX = [(parts.hostname or "", parts.port or 80)]
    settings.OUTBOUND_REWRITE = json.loads(environment(live_server.url)["OUTBOUND_REWRITE"])
    return KeptRecords(SLACK, BRIGHT).seeded()


@pytest.fixture
def calls(stand_in: KeptRecords) -> Calls:
    return Calls(Fixed({"token": TOKEN}))
