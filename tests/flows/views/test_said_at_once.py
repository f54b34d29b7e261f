"""Everything that is wrong with a part of a flow is said at once, each at its place, and then nothing is saved."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from flows.models import Entity, Flow, FlowRevision
from leadconduit.accounts.models import Account, User
from tests.factories import EntityFactory, FlowFactory, filter_step, recipient_step, source_of
from tests.pages import fields_of

UNFINISHED = {"rules": ["rule"], "rules-op": "and", "rules-0-lhv": "lead.state", "rules-0-op": "is equal to"}
NO_VALUE = "Say what to compare with."


@pytest.fixture
def visitor(adam: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(adam)


@pytest.fixture
def website(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="Website")


@pytest.fixture
def crm(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="CRM", source=None, recipient="crm")


def document(flow: Flow) -> dict[str, Any]:
    fresh = Flow.objects.select_related("saved").get(pk=flow.pk)
    assert fresh.saved is not None
    return dict(fresh.saved.document)


def refused(visitor: Client, path: str, fields: dict[str, Any]) -> str:
    """The page that says what is wrong; nothing was made."""
    before = FlowRevision.objects.count(), Entity.objects.count()
    answer = visitor.post(path, fields)
    assert answer.status_code == 422
    assert (FlowRevision.objects.count(), Entity.objects.count()) == before
    return html.unescape(answer.content.decode())


def shown(visitor: Client, path: str) -> dict[str, Any]:
    return dict(fields_of(visitor.get(path).content.decode()))


def test_of_a_filter(visitor: Client, acme: Account) -> None:
    flow = FlowFactory.create(account=acme)
    fields = UNFINISHED | {"reason": "{{lead.email", "description": "x" * 121, "outcome": "failure"}

    page = refused(visitor, f"/app/flows/{flow.pk}/steps/new/", fields)

    assert NO_VALUE in page
    assert 'id="rules-0-rhv_error"' in page
    assert 'id="id_reason_error"' in page
    assert page.count('href="#id_description"') == 1


def test_of_a_recipient_that_is_new(visitor: Client, acme: Account) -> None:
    flow = FlowFactory.create(account=acme)
    path = f"/app/flows/{flow.pk}/steps/new/recipient/"
    fields = shown(visitor, path)
    timeout = next(name for name, value in fields.items() if value == ["timeout_seconds"])
    slow = {timeout.replace("family", "value"): "900"}

    page = refused(visitor, path, fields | UNFINISHED | slow)
    assert page.count('href="#id_name"') == 1
    assert NO_VALUE in page
    assert "A mapping of `url` is required." in page
    assert "This must be a number of seconds from 1 to 360." in page

    page = refused(visitor, path, fields | UNFINISHED | slow | {"name": "Lead"})
    assert "would take the place of" in page
    assert NO_VALUE in page


def test_of_a_source(visitor: Client, acme: Account, website: Entity) -> None:
    mappings = [{"property": "email", "value": "{{lead.mail}}"}]
    integration = {"module_id": "leadconduit-default.inbound", "mappings": mappings}
    flow = FlowFactory.create(account=acme, sources=[source_of(website, integration=integration)])
    path = f"/app/flows/{flow.pk}/sources/{website.pk}/settings/"
    wrong = {"m-0-name": "a b", "m-0-value": "{{lead.mail", "reason": "{{lead.email"}

    page = refused(visitor, path, shown(visitor, path) | UNFINISHED | wrong)

    places = ("m-0-name", "m-0-value", "rules-0-rhv", "id_reason")
    assert all(f'id="{place}_error"' in page and f'href="#{place}"' in page for place in places)


def test_of_the_acceptance_criteria(visitor: Client, acme: Account) -> None:
    flow = FlowFactory.create(account=acme)

    page = refused(visitor, f"/app/flows/{flow.pk}/criteria/", UNFINISHED | {"reason": "{{lead.email"})

    assert all(f'id="{place}_error"' in page for place in ("rules-0-rhv", "id_reason", "id_outcome"))


def test_of_another_part_of_the_flow_it_is_said_which(visitor: Client, acme: Account, crm: Entity) -> None:
    steps = [filter_step(), recipient_step(crm, description="Ask the CRM")]
    flow = FlowFactory.create(account=acme, steps=steps)
    Entity.objects.filter(pk=crm.pk).delete()
    first = document(flow)["steps"][0]["id"]
    path = f"/app/flows/{flow.pk}/steps/{first}/"

    page = refused(visitor, path, shown(visitor, path))

    assert "Step 2, “Ask the CRM”: This account has no entity" in page


@pytest.mark.parametrize("notes", ["", "Ask Jane first.\n\n  - then Bob", "\n"])
def test_notes_and_a_step_without_a_description_are_kept_as_they_are(
    visitor: Client, acme: Account, crm: Entity, notes: str
) -> None:
    steps = [filter_step(description="", notes=notes), recipient_step(crm, description="", notes=notes)]
    flow = FlowFactory.create(account=acme, steps=steps)
    before = document(flow)

    for step in before["steps"]:
        path = f"/app/flows/{flow.pk}/steps/{step['id']}/"
        fields = shown(visitor, path)
        # As a browser sends line breaks.
        fields["notes"] = [fields["notes"][0].replace("\n", "\r\n")]
        assert visitor.post(path, fields).status_code == 302
        assert document(flow) == before
        visitor.post(path, fields | {"notes": "New"})
        assert "New" in visitor.get(f"/app/flows/{flow.pk}/steps/").content.decode()
        visitor.post(path, fields)


def test_notes_that_are_too_long_are_refused(visitor: Client, acme: Account) -> None:
    flow = FlowFactory.create(account=acme, steps=[filter_step()])
    path = f"/app/flows/{flow.pk}/steps/{document(flow)['steps'][0]['id']}/"

    page = refused(visitor, path, shown(visitor, path) | {"notes": "x" * 2001})

    assert page.count('href="#id_notes"') == 1
