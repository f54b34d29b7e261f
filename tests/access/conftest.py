"""Who asks, and the things of Acme that routes name."""

import base64

import pytest
from django.test import Client
from django.utils import timezone

from destinations.models import Action, Connection
from flows import intake
from flows.models import Delivery, Event
from leadconduit.accounts.models import Account, ApiKey, CustomField, User
from tests.access.table import Access
from tests.factories import (
    DestinationFactory,
    EntityFactory,
    FlowFactory,
    filter_step,
    source_of,
)


@pytest.fixture
def askers(acme: Account, elsewhere: Account, adam: User, vera: User, sam: User) -> dict[str, Client]:
    """A client for each column of the table."""
    revoked = _key(acme, revoked=True)
    return dict(
        zip(
            Access._fields,
            [
                _client(),
                _client(sam, _key(elsewhere)),
                _client(vera),
                _client(adam),
                _client(key=_key(acme)),
                _client(key=revoked),
            ],
            strict=True,
        )
    )


def _client(user: User | None = None, key: str = "") -> Client:
    token = base64.b64encode(f"API:{key}".encode()).decode()
    client = Client(headers={"Authorization": f"Basic {token}"} if key else {})
    if user:
        client.force_login(user)
    return client


def _key(account: Account, *, revoked: bool = False) -> str:
    row, clear = ApiKey.make(account=account, name="Integration", by=None)
    if revoked:
        row.revoke(by=None, now=timezone.now())
    return clear


@pytest.fixture
def things(acme: Account) -> dict[str, str]:
    """What follows each word of a route, or what a parameter of that name is: all of it Acme's."""
    destination, seller = DestinationFactory.create(account=acme), EntityFactory.create(account=acme)
    step = filter_step()
    flow = FlowFactory.create(
        account=acme, sources=[source_of(seller)], steps=[step], uses=[destination], deployed=True
    )
    assert flow.saved is not None
    found = intake.find(flow_id=flow.pk, entity_id=seller.pk)
    assert found is not None
    field = CustomField.make(account=acme, name="Roof age", type="number", by=None)
    lead = intake.submit(found, {"email": "lead@acme.test"}, ip="127.0.0.1", now=timezone.now())
    connection = Connection(account=acme, integration="webhook", scheme="bearer")
    connection.seal({"token": "s3cret"})
    connection.save()
    return {
        "api-keys": ApiKey.make(account=acme, name="Zapier", by=None)[0].pk,
        "destinations": destination.instance_id,
        "connections": connection.pk,
        "actions": Action.objects.get(destination=destination).pk,
        "versions": "1",
        "choices": "list",
        "new": "webhook",
        "history": "1",
        "hooks": Action.objects.get(destination=destination).pk,
        "entities": seller.pk,
        "sources": seller.pk,
        "flows": flow.pk,
        "steps": flow.saved.document["steps"][0]["id"],
        "fields": field.pk,
        "/fields/{id}": field.field_id,
        "leads": lead.pk,
        "events": Event.objects.get(lead=lead, type="source").pk,
        "deliveries": Delivery.objects.get(lead=lead).pk,
        # By the parameter's own name.
        "account_id": acme.pk,
        "platform": "builtin",
        "integration": "webhook",
        "rest": "anything",
        "sandbox": "salesforce",
        "records": "Lead",
        "record_id": "00Q5e00000aaaaaAAA",
    }
