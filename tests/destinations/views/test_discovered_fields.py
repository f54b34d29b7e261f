"""Map fields, where the system itself says which fields an action takes."""

import json

import pytest
from django.test import Client

from destinations.configured import current
from destinations.connectors.declaration import Connector
from destinations.models import Destination, LiveAnswer
from tests.destinations.connectors.acme_crm import acme_crm
from tests.destinations.connectors.receiver import Receiver

__all__ = ["acme_crm"]

pytestmark = pytest.mark.django_db

FIELDS = json.dumps(
    {
        "fields": [
            {"key": "email", "label": "E-mail", "type": "email", "required": True},
            {"key": "Roof_Age__c", "label": "Roof age", "type": "integer"},
        ]
    }
)


@pytest.fixture
def base(page: Client, acme_crm: Connector, receiver: Receiver) -> str:
    """The address of a destination of Acme's that is configured, with one action."""
    answer = page.post("/app/destinations/new/", {"integration": "acme"})
    base = answer.headers["Location"].removesuffix("setup/auth/")
    page.post(f"{base}setup/auth/", {"scheme": "bearer", "shown": "bearer", "bearer-token": "s3cret"})
    page.post(
        f"{base}setup/configure/",
        {"offers": "1", "of-url": receiver.url, "offer-create_contact-wanted": "on"},
    )
    return base


def discover(page: Client, base: str, what: str = "stale", **posted: str) -> str:
    return page.post(f"{base}setup/map/", {"discover": what, **posted}).content.decode()


def test_before_the_system_was_asked_what_every_account_has_is_there(page: Client, base: str) -> None:
    content = page.get(f"{base}setup/map/").content.decode()

    assert "These are the fields that every account has." in content
    assert "Reading the fields of Acme CRM." in content
    assert "E-mail" in content


def test_the_systems_own_fields_can_be_mapped(page: Client, base: str, receiver: Receiver) -> None:
    receiver.body = FIELDS

    content = discover(page, base)

    assert "Roof age" in content
    assert "Reading the fields" not in content
    assert receiver.latest.path == "/fields"


def test_they_are_known_from_then_on(page: Client, base: str, receiver: Receiver) -> None:
    receiver.body = FIELDS
    discover(page, base)
    asked = len(receiver.requests)

    content = page.get(f"{base}setup/map/").content.decode()

    assert "Roof age" in content
    assert len(receiver.requests) == asked


def test_rows_that_were_not_saved_yet_are_saved_with_it(page: Client, base: str, receiver: Receiver) -> None:
    receiver.body = FIELDS
    (action,) = current(Destination.objects.get()).document["actions"]
    rows = f"rows-{action['id']}"

    discover(page, base, **{rows: "0", f"{rows}-0-target": "email", f"{rows}-0-template": "{{lead.email}}"})

    (action,) = current(Destination.objects.get()).document["actions"]
    assert action["mapping"] == [{"target": "email", "template": "{{lead.email}}"}]


def test_a_system_that_does_not_answer_keeps_nobody_from_mapping(
    page: Client, base: str, receiver: Receiver
) -> None:
    receiver.status = 503

    content = discover(page, base)

    assert "Acme does not answer at the moment." in content
    assert "Reading the fields" not in content
    assert "E-mail" in content
    assert not LiveAnswer.objects.exists()


def test_fields_that_went_are_flagged_at_their_rows_after_a_reload(
    page: Client, base: str, receiver: Receiver
) -> None:
    receiver.body = FIELDS
    (action,) = current(Destination.objects.get()).document["actions"]
    rows = f"rows-{action['id']}"
    mapped = {rows: "0", f"{rows}-0-target": "Roof_Age__c", f"{rows}-0-template": "1"}
    discover(page, base, **mapped)
    receiver.body = json.dumps({"fields": []})

    content = discover(page, base, "create_contact", **mapped)

    assert "The receiver has no field `Roof_Age__c`." in content.replace("&#x60;", "`")


def test_other_configuration_makes_them_stale(page: Client, base: str, receiver: Receiver) -> None:
    receiver.body = FIELDS
    discover(page, base)
    page.post(
        f"{base}setup/configure/",
        {"offers": "1", "of-url": f"{receiver.url}/eu", "offer-create_contact-wanted": "on"},
    )

    content = page.get(f"{base}setup/map/").content.decode()

    assert "Reading the fields of Acme CRM." in content
    assert "Roof age" in content
