"""Connecting, by consent and by a token: the built-in platform, over HTTP, with the stand-in as HubSpot."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

from destinations.connectors.hubspot import HUBSPOT
from destinations.connectors.hubspot import stand_in as hubspot
from destinations.credentials import oauth
from destinations.platforms.builtin import BuiltinSetup
from destinations.platforms.port import DestinationValues
from destinations.sandbox.keeping import KeptRecords
from leadconduit.lib import outbound

CALLBACK = "http://testserver/app/connections/callback/"
CLIENT = {"client_id": hubspot.HUBSPOT.oauth.client_id, "client_secret": hubspot.HUBSPOT.oauth.client_secret}


def test_consent_leads_to_the_portal_and_its_token_can_be_renewed(
    stand_in: KeptRecords, client: Client
) -> None:
    setup = BuiltinSetup({HUBSPOT.key: HUBSPOT})
    destination = DestinationValues(
        account_id="a", instance_id="i", integration="hubspot", scheme="oauth2_code", credentials=CLIENT
    )

    asked = setup.consent(destination, redirect_uri=CALLBACK, state="s")
    url = urlsplit(asked.url)
    allowed = {"organisation": hubspot.NORTH.id, "decision": "allow"}
    answer = client.post(
        f"{url.path}?{url.query}", urlencode(allowed), content_type="application/x-www-form-urlencoded"
    )
    code = parse_qs(urlsplit(answer["Location"]).query)["code"][0]
    connected = setup.consented(destination, code=code, verifier=asked.verifier, redirect_uri=CALLBACK)

    assert connected.status == "connected", connected.problems
    assert connected.identity is not None
    assert connected.identity.organisation_id == hubspot.NORTH.id
    assert connected.identity.user == hubspot.NORTH.user
    assert (
        connected.identity.organisation
        == f"Portal {hubspot.NORTH.id}, {hubspot.NORTH.user.partition('@')[2]}"
    )
    assert connected.tokens is not None
    assert connected.tokens.kept["hub_id"] == int(hubspot.NORTH.id)
    assert connected.tokens.expires_at is not None

    declared, refresh = HUBSPOT.oauth["oauth2_code"], connected.tokens.kept["refresh_token"]
    request = oauth.refresh_request(declared, CLIENT, refresh)
    given = oauth.tokens_of(
        declared, outbound.send(request), asked=request, now=datetime.now(UTC), before=connected.tokens.kept
    )
    assert given.kept["access_token"] != connected.tokens.kept["access_token"]


def test_a_private_apps_token_is_tried_at_once(stand_in: KeptRecords) -> None:
    setup = BuiltinSetup({HUBSPOT.key: HUBSPOT})
    destination = DestinationValues(account_id="a", instance_id="i", integration="hubspot")

    good = setup.connect(destination, "bearer", {"token": "pat-na1-stand-in-brightleaf"})
    bad = setup.connect(destination, "bearer", {"token": "pat-na1-of-nobody"})

    assert (good.status, good.identity and good.identity.organisation_id) == ("connected", "8114201")
    assert bad.status == "refused"
