"""A token that ended between deliveries costs none: all requests of an action have the one that came in its place.

The stand-ins are asked over HTTP, and the connection is one that the product keeps.
"""

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from destinations.connectors.google_sheets.stand_in import BRIGHT as WORKSPACE
from destinations.connectors.google_sheets.stand_in import GOOGLE_SHEETS
from destinations.connectors.hubspot.stand_in import BRIGHT as PORTAL
from destinations.connectors.hubspot.stand_in import HUBSPOT
from destinations.connectors.marketo.stand_in import BRIGHT as INSTANCE
from destinations.connectors.marketo.stand_in import MARKETO
from destinations.connectors.registry import REGISTRY
from destinations.connectors.salesforce.stand_in import BRIGHT as ORG
from destinations.connectors.salesforce.stand_in import SALESFORCE
from destinations.connectors.stand_in import Organisation, StandIn
from destinations.credentials import tokens
from destinations.models import Connection, ConnectionStatus, ConnectionToken
from destinations.outcome import Outcome, Result
from destinations.platforms.port import DestinationValues, Order
from destinations.platforms.registry import PLATFORMS
from destinations.sandbox import keeping, oauth
from destinations.sandbox.keeping import KeptRecords
from destinations.sandbox.stand_ins import environment
from leadconduit.accounts.models import Account
from leadconduit.lib import outbound
from tests.destinations.connectors.google_sheets.orders import order as row
from tests.destinations.connectors.hubspot.orders import order as of_hubspot
from tests.destinations.connectors.marketo.orders import order as of_marketo
from tests.destinations.connectors.salesforce.orders import LEAD
from tests.destinations.connectors.salesforce.orders import order as of_salesforce

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def stand_ins(live_server: LiveServer, settings: Settings) -> None:
    settings.BASE_URL = live_server.url
    settings.OUTBOUND_ALLOW = []
    parts = urlsplit(live_server.url)
    settings.OUTBOUND_SANDBOX = [(parts.hostname or "", parts.port or 80)]
    settings.OUTBOUND_REWRITE = json.loads(environment(live_server.url)["OUTBOUND_REWRITE"])


def connection_to(
    account: Account, stand_in: StandIn, scheme: str = "oauth2_code", **more: str
) -> Connection:
    """With a token that the stand-in gave, and takes for expired from now on."""
    declared, server = REGISTRY[stand_in.key].oauth[scheme], stand_in.oauth
    connection = Connection(
        account=account,
        integration=stand_in.key,
        scheme=scheme,
        name=stand_in.name,
        settings={"client_id": server.client_id, **more},
    )
    connection.seal({"client_secret": server.client_secret})
    connection.save()
    given = oauth.consented(stand_in)
    kept = {key: given[key] for key in ("access_token", "refresh_token", *declared.keeps) if key in given}
    now = timezone.now()
    token = ConnectionToken(
        connection=connection, version=1, given_at=now, expires_at=now + timedelta(hours=1)
    )
    token.seal(kept)
    token.save()
    keeping.switch(stand_in, "expired_token", "on")
    return connection


def sent(connection: Connection, wanted: Order) -> Result:
    known = Connection.objects.select_related("token").get(pk=connection.pk)
    destination: DestinationValues = replace(
        wanted.destination,
        scheme=connection.scheme,
        credentials=tokens.credentials_of(known),
        connection_id=connection.pk,
        connection_version=connection.version,
    )
    result = outbound.run(PLATFORMS["builtin"].sender.send(replace(wanted, destination=destination)))
    assert isinstance(result, Result)
    return result


def statuses(result: Result) -> list[int]:
    assert result.exchange is not None
    exchanges = [*result.exchange.get("before", ()), result.exchange]
    return [one["response"]["status"] for one in exchanges]


def kept_by(stand_in: StandIn, organisation: Organisation) -> KeptRecords:
    return KeptRecords(stand_in, organisation).seeded()


def stays_good(connection: Connection) -> bool:
    connection.refresh_from_db()
    return (connection.status, connection.refusals) == (ConnectionStatus.CONNECTED, 0)


def test_hubspot_changes_the_contact_who_is_there(acme: Account) -> None:
    portal = kept_by(HUBSPOT, PORTAL)
    connection = connection_to(acme, HUBSPOT)
    payload = {"email": "mina.okafor@harbour.example", "firstname": "Minna"}

    result = sent(connection, of_hubspot("upsert_contact", payload, find_by="email"))

    assert (result.outcome, statuses(result)) == (Outcome.DELIVERED, [401, 409, 200]), result.sentence
    assert portal.find("contacts", email=payload["email"])[0].fields["firstname"] == "Minna"
    assert stays_good(connection)


def test_salesforce_converts_a_lead(acme: Account) -> None:
    org = kept_by(SALESFORCE, ORG)
    org.add("Lead", {"LastName": "Lovelace", "Company": "Analytical", "IsConverted": False}, LEAD)
    connection = connection_to(acme, SALESFORCE, environment="production")
    wanted = of_salesforce(
        "create_opportunity", {"LeadId": LEAD, "Name": "Roof"}, converted_status="Closed - Converted"
    )

    result = sent(connection, wanted)

    assert result.outcome is Outcome.DELIVERED, result.sentence
    assert statuses(result)[0] == 401
    assert len(statuses(result)) > 2
    assert org.find("Opportunity", Name="Roof")
    assert stays_good(connection)


def test_marketo_finds_a_person_and_adds_them(acme: Account) -> None:
    instance = kept_by(MARKETO, INSTANCE)
    connection = connection_to(acme, MARKETO, "oauth2_client", munchkin_id="123-ABC-456")

    result = sent(
        connection, of_marketo("add_to_list", {"email": "mina.okafor@harbour.example"}, {"list": "1001"})
    )

    assert (result.outcome, len(statuses(result))) == (Outcome.DELIVERED, 3), result.sentence
    assert len(instance.find("listMembers")) == 1
    assert stays_good(connection)


def test_google_sheets_reads_the_header_and_appends(acme: Account) -> None:
    sheets = kept_by(GOOGLE_SHEETS, WORKSPACE)
    connection = connection_to(acme, GOOGLE_SHEETS)

    result = sent(connection, row())

    assert (result.outcome, statuses(result)[0]) == (Outcome.DELIVERED, 401), result.sentence
    assert len(statuses(result)) > 2
    assert len(sheets.find("rows")) == 1
    assert stays_good(connection)
