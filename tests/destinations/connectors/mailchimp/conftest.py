import json
from urllib.parse import urlsplit

import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.mailchimp.stand_in import BRIGHT, MAILCHIMP
from destinations.sandbox.keeping import KeptRecords
from destinations.sandbox.stand_ins import environment
from tests.destinations.connectors.mailchimp.orders import KNOWN
from tests.destinations.connectors.receiver import Receiver


@pytest.fixture
def account(receiver: Receiver, settings: Settings) -> Receiver:
    """A server behind Mailchimp's address, which answers what it is told to."""
    settings.OUTBOUND_REWRITE = {"https://us6.api.mailchimp.com": receiver.url}
    return receiver


@pytest.fixture
def stand_in(live_server: LiveServer, settings: Settings) -> KeptRecords:
    """The stand-in behind Mailchimp's addresses; its records."""
    settings.BASE_URL = live_server.url
    settings.OUTBOUND_ALLOW = []
    parts = urlsplit(live_server.url)
    settings.OUTBOUND_SANDBOX = [(parts.hostname or "", parts.port or 80)]
    settings.OUTBOUND_REWRITE = json.loads(environment(live_server.url)["OUTBOUND_REWRITE"])
    return KeptRecords(MAILCHIMP, BRIGHT).seeded()


@pytest.fixture
def calls(stand_in: KeptRecords) -> Calls:
    return Calls(Fixed(KNOWN))
