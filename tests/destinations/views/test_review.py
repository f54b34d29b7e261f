"""Before Apply: what the draft changes, and what it would have made of the last leads."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from destinations import wizard
from destinations.mapping import MappingRow
from destinations.models import Destination
from flows import editing, intake
from flows.models import Lead
from leadconduit.accounts.models import Account, User
from tests.destinations.views.journey import HTMX, base_of, text_of
from tests.destinations.wizard.steps import activated, change_url, document_of, fresh, later
from tests.factories import EntityFactory, FlowFactory, flow_body, source_of, use_of


@pytest.fixture
def crm(adam: User) -> Destination:
    return activated(adam)


def map_rows(destination: Destination, by: User, *rows: MappingRow) -> None:
    mappings = {action["id"]: list(rows) for action in document_of(destination)["actions"]}
    wizard.save_mapping(destination=destination, mappings=mappings, by=by, now=later(20))


def submit(acme: Account, crm: Destination, *leads: dict[str, Any]) -> None:
    """Through a flow that uses the destination."""
    entity = EntityFactory.create(account=acme)
    flow = FlowFactory.create(
        account=acme,
        fields=["email", "state"],
        sources=[source_of(entity)],
        uses=[fresh(crm)],
        deployed=True,
    )
    found = intake.find(flow_id=flow.pk, entity_id=entity.pk)
    assert found
    for values in leads:
        intake.submit(found, values, ip="127.0.0.1", now=timezone.now())


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(answer)))


EMAIL = MappingRow("email", "{{lead.email}}")
STATE = MappingRow("state", "{{lead.state}}")


def test_the_page_says_what_changes_and_what_becomes_of_the_leads(
    page: Client, crm: Destination, adam: User, acme: Account
) -> None:
    submit(acme, crm, {"email": "a@x.co", "state": "CA"}, {"email": "b@x.co"}, {"email": "c@x.co"})
    map_rows(crm, adam, EMAIL, STATE)

    shown = said(page.get(f"{base_of(crm)}changes/"))

    assert "Fields of “Contacts” state added Source after: {{lead.state}}" in shown
    assert "2 of 3 deliveries (3 leads, 1 action) stay as they are, 1 changes" in shown
    assert f"a@x.co to “Contacts” · {Lead.objects.earliest('pk').pk} state after: CA" in shown


def test_htmx_gets_what_becomes_of_the_leads_alone(
    page: Client, crm: Destination, adam: User, acme: Account
) -> None:
    submit(acme, crm, {"email": "a@x.co"}, {"email": "b@x.co"})
    change_url(crm, adam)

    fragment = page.get(f"{base_of(crm)}changes/", headers=HTMX)

    assert "All 2 deliveries (2 leads, 1 action) stay as they are." in text_of(fragment)
    assert "<html" not in text_of(fragment)


def test_where_no_lead_came_in_it_says_so(page: Client, crm: Destination, adam: User) -> None:
    change_url(crm, adam)

    assert "No lead came in yet" in text_of(page.get(f"{base_of(crm)}changes/"))


def test_leads_of_the_flows_that_use_it_do_where_nothing_was_delivered_yet(
    page: Client, crm: Destination, adam: User, acme: Account
) -> None:
    entity = EntityFactory.create(account=acme)
    flow = FlowFactory.create(account=acme, sources=[source_of(entity)], deployed=True)
    found = intake.find(flow_id=flow.pk, entity_id=entity.pk)
    assert found
    intake.submit(found, {"email": "a@x.co"}, ip="127.0.0.1", now=timezone.now())
    body = flow_body(sources=[source_of(entity)], destinations=[use_of(fresh(crm))])
    editing.save(flow=flow, body=body, author=None, now=timezone.now())
    map_rows(crm, adam, MappingRow("mail", "{{lead.email}}"))

    assert "0 of 1 delivery (1 lead, 1 action) stay as they are, 1 changes" in said(
        page.get(f"{base_of(crm)}changes/")
    )


def test_without_a_draft_there_is_nothing_to_see(page: Client, crm: Destination) -> None:
    answer = page.get(f"{base_of(crm)}changes/")

    assert answer.headers["Location"] == base_of(crm)


def test_the_step_that_applies_shows_it_and_fetches_the_leads(
    page: Client, crm: Destination, adam: User
) -> None:
    map_rows(crm, adam, EMAIL, STATE)

    shown = text_of(page.get(f"{base_of(crm)}setup/test/"))

    assert "What changes" in shown
    assert "{{lead.state}}" in shown
    assert f'hx-get="{base_of(crm)}changes/"' in shown
    assert f'href="{base_of(crm)}changes/"' in shown


def test_before_the_first_activation_there_is_nothing_to_compare_with(page: Client) -> None:
    page.post("/app/destinations/new/", {"integration": "webhook"})
    destination = Destination.objects.get()

    assert "What changes" not in text_of(page.get(f"{base_of(destination)}setup/test/"))


def test_comparing_costs_the_same_queries_however_many_leads_there_are(
    page: Client,
    crm: Destination,
    adam: User,
    acme: Account,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    submit(acme, crm, *({"email": f"{number}@x.co", "state": "CA"} for number in range(12)))
    map_rows(crm, adam, EMAIL, STATE)

    with django_assert_num_queries(10):
        page.get(f"{base_of(crm)}changes/", headers=HTMX)


def test_a_viewer_may_look(vera: User, adam: User, crm: Destination) -> None:
    change_url(crm, adam)
    page = Client()
    page.force_login(vera)

    assert "URL changed" in said(page.get(f"{base_of(crm)}changes/"))
