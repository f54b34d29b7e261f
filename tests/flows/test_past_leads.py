"""Leads of before, for samples and comparisons: real submissions, asked for by their account."""

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from flows import editing, intake, past_leads
from flows.models import Flow, Lead
from leadconduit.accounts.models import Account
from leadconduit.lib.ids import new_id
from tests.factories import (
    AccountFactory,
    DestinationFactory,
    EntityFactory,
    FlowFactory,
    source_of,
    use_of,
)

pytestmark = pytest.mark.django_db


def submitted(flow: Flow, email: str) -> Lead:
    assert flow.deployed
    entity = flow.deployed.document["sources"][0]["entity"]["id"]
    found = intake.find(flow_id=flow.pk, entity_id=entity)
    assert found
    return intake.submit(found, {"email": email}, ip="192.0.2.7", now=timezone.now())


def deployed_flow(account: Account, **parts: Any) -> Flow:
    source = source_of(EntityFactory.create(account=account, name="Ads"))
    return FlowFactory.create(account=account, sources=[source], deployed=True, **parts)


def test_the_newest_leads_come_first_and_are_found_by_address_or_id(acme: Account) -> None:
    flow = deployed_flow(acme)
    first, second = submitted(flow, "ada@example.com"), submitted(flow, "bob@example.com")
    deployed_flow(AccountFactory.create())

    assert [lead.pk for lead in past_leads.latest(acme)] == [second.pk, first.pk]
    assert [lead.pk for lead in past_leads.latest(acme, limit=1)] == [second.pk]
    assert [lead.pk for lead in past_leads.latest(acme, search=" Ada@example.com ")] == [first.pk]
    assert [lead.pk for lead in past_leads.latest(acme, search=second.pk)] == [second.pk]


def test_a_lead_of_another_account_is_not_found(acme: Account) -> None:
    lead = submitted(deployed_flow(AccountFactory.create()), "ada@example.com")

    assert past_leads.find(acme, lead.pk) is None
    assert past_leads.find(acme, "no id") is None
    assert past_leads.latest(acme, search=lead.pk) == []


def test_a_lead_has_the_variables_that_its_flow_gave_it(acme: Account) -> None:
    flow = deployed_flow(acme, name="Solar")
    lead = submitted(flow, "ada@example.com")

    found = past_leads.find(acme, lead.pk)
    assert found
    variables = past_leads.variables_of(found)

    assert variables["lead"] == lead.values
    assert variables["flow"] == {"id": flow.pk, "name": "Solar"}
    assert variables["source"]["name"] == "Ads"
    assert variables["account"] == {"id": acme.pk, "name": acme.name}
    assert variables["submission"]["ip"] == "192.0.2.7"


def test_what_was_delivered_to_a_destination_comes_by_lead_and_action(acme: Account) -> None:
    destination = DestinationFactory.create(account=acme, actions=["Create", "Notify"])
    flow = deployed_flow(acme, uses=[destination])
    older, newer = submitted(flow, "ada@example.com"), submitted(flow, "bob@example.com")
    submitted(deployed_flow(acme), "not-delivered@example.com")
    create, notify = destination.actions.order_by("position")

    found = past_leads.delivered_to(destination)

    assert {(one.action_id, one.lead_id) for one in found} == {
        (action.pk, lead.pk) for action in (create, notify) for lead in (older, newer)
    }
    assert [one.lead_id for one in found] == [newer.pk, newer.pk, older.pk, older.pk]
    assert len(past_leads.delivered_to(destination, limit=3)) == 3


def test_without_deliveries_the_leads_of_the_flows_that_use_it_are_taken(acme: Account) -> None:
    flow = deployed_flow(acme)
    lead = submitted(flow, "ada@example.com")
    destination = DestinationFactory.create(account=acme)
    FlowFactory.create(account=acme, uses=[destination])
    assert past_leads.delivered_to(destination) == []

    editing.change(
        flow=flow, parts=lambda _: {"destinations": [use_of(destination)]}, author=None, now=timezone.now()
    )

    assert [one.lead_id for one in past_leads.delivered_to(destination)] == [lead.pk]


def test_it_takes_the_same_queries_for_one_lead_as_for_many(
    acme: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    destination = DestinationFactory.create(account=acme)
    flow = deployed_flow(acme, uses=[destination])
    for number in range(5):
        submitted(flow, f"{number}-{new_id()}@example.com")

    with django_assert_num_queries(5):
        assert len(past_leads.delivered_to(destination)) == 5
