import json
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.google_sheets.declaration import CONSENT
from destinations.connectors.google_sheets.stand_in import BRIGHT, GOOGLE_SHEETS
from destinations.credentials import oauth
from destinations.platforms.port import Tokens
from destinations.sandbox.keeping import KeptRecords
from destinations.sandbox.stand_ins import environment
from leadconduit.lib import outbound
from tests.destinations.sandbox.vendor import Vendor

CLIENT = {
    "client_id": GOOGLE_SHEETS.oauth.client_id,
    "client_secret": GOOGLE_SHEETS.oauth.client_secret,
}


@pytest.fixture
def google(live_server: LiveServer, settings: Settings) -> KeptRecords:
    """The stand-in behind Google's addresses; its records."""
    settings.BASE_URL = live_server.url
    settings.OUTBOUND_ALLOW = []
    parts = urlsplit(live_server.url)
    settings.OUTBOUND_SANDBOX = [(parts.hostname or "", parts.port or 80)]
    settings.OUTBOUND_REWRITE = json.loads(environment(live_server.url)["OUTBOUND_REWRITE"])
    return KeptRecords(GOOGLE_SHEETS, BRIGHT).seeded()


@pytest.fixture
def tokens(google: KeptRecords, live_server: LiveServer, settings: Settings) -> Tokens:
    """By consent, as declared: code, PKCE, exchange."""
    redirect_uri = f"{live_server.url}/app/connections/callback/"
    asked = oauth.consent(CONSENT, CLIENT, redirect_uri=redirect_uri, state="s")
    settings.OUTBOUND_REWRITE = json.loads(environment("http://testserver")["OUTBOUND_REWRITE"])
    code = Vendor(Client()).consent(asked.url, BRIGHT.id)["code"]
    settings.OUTBOUND_REWRITE = json.loads(environment(live_server.url)["OUTBOUND_REWRITE"])
    request = oauth.exchange_request(
        CONSENT, CLIENT, code=code, verifier=asked.verifier, redirect_uri=redirect_uri
    )
    return oauth.tokens_of(CONSENT, outbound.send(request), asked=request, now=timezone.now())


@pytest.fixture
def calls(tokens: Tokens) -> Calls:
    return Calls(Fixed({**CLIENT, **tokens.kept}))
