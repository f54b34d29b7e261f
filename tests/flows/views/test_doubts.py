"""Warnings about what a flow names and nothing provides: at the step, on the overview, right after a change."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from destinations.models import Destination, LiveAnswer
from destinations.platforms.port import TargetField, Targets
from flows.models import Entity, Flow
from leadconduit.accounts.models import Account, User
from tests.factories import DestinationFactory, EntityFactory, FlowFactory, filter_step, recipient_step

COMES_LATER = "`acme_crm.outcome` is blank here: step 2, which appends it, comes later."
IS_OFF = "`acme_crm.outcome` is blank here: step 1, which appends it, is turned off."
IS_GONE = "Nothing is called `acme_crm.outcome` here"


@pytest.fixture
def visitor(adam: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(adam)


@pytest.fixture
def crm(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="Acme CRM", source=None, recipient="crm")


def judging() -> dict[str, Any]:
    rule = {"lhv": "acme_crm.outcome", "op": "is not equal to", "rhv": "success"}
    return filter_step(rule, description="Verified?")


@pytest.fixture
def flow(acme: Account, crm: Entity) -> Flow:
    return FlowFactory.create(account=acme, steps=[recipient_step(crm), judging()])


def text(visitor: Client, path: str, data: dict[str, Any] | None = None) -> str:
    """A page, or where sending it leads."""
    answer = visitor.get(path) if data is None else visitor.post(path, data, follow=True)
    return answer.content.decode().replace("&#x27;", "'")


def steps(flow: Flow) -> list[dict[str, Any]]:
    saved = Flow.objects.select_related("saved").get(pk=flow.pk).saved
    assert saved is not None
    found: list[dict[str, Any]] = saved.document["steps"]
    return found


@pytest.mark.parametrize(("button", "sentence"), [("remove", IS_GONE), ("down", COMES_LATER)])
def test_whoever_takes_a_recipient_away_from_above_hears_what_needs_it(
    visitor: Client, flow: Flow, button: str, sentence: str
) -> None:
    path = f"/app/flows/{flow.pk}/steps/"
    assert "blank here" not in text(visitor, path)

    after = text(visitor, path, {button: steps(flow)[0]["id"]})

    assert after.count(sentence) == 2, "once as a message, once at the step"
    assert text(visitor, path).count(sentence) == 1
    overview = text(visitor, f"/app/flows/{flow.pk}/")
    assert "1 warning:" in overview
    assert sentence in overview
    assert "“Verified?”" in overview


def test_a_field_that_a_rule_names_and_that_is_removed(visitor: Client, acme: Account) -> None:
    step = filter_step({"lhv": "lead.state", "op": "is blank"})
    flow = FlowFactory.create(account=acme, fields=["email", "state"], steps=[step])

    after = text(visitor, f"/app/flows/{flow.pk}/fields/", {"remove": "state"})

    assert "Step 1: The flow has no field `state`: add it under Fields." in after


def test_a_recipient_that_is_off_is_named_at_the_rule_too(
    visitor: Client, acme: Account, crm: Entity
) -> None:
    flow = FlowFactory.create(account=acme, steps=[recipient_step(crm, enabled=False), judging()])

    assert IS_OFF in text(visitor, f"/app/flows/{flow.pk}/steps/{steps(flow)[1]['id']}/")


def test_the_overview_knows_what_destinations_are_sent(
    visitor: Client, acme: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    destination = DestinationFactory.create(account=acme, name="CRM", actions=["Create"])
    _maps(destination, "{{acme_crm.score}}")
    flow = FlowFactory.create(account=acme, uses=[destination])

    with django_assert_num_queries(5):
        page = text(visitor, f"/app/flows/{flow.pk}/")

    assert "Field mapping of CRM: Create" in page
    assert "Nothing is called `acme_crm.score`" in page


def test_a_field_that_salesforce_requires_and_the_flow_lacks_is_said_where_it_is_attached_and_deployed(
    visitor: Client, acme: Account
) -> None:
    org = DestinationFactory.create(account=acme, name="CRM", integration="salesforce", actions=["Create"])
    _maps(org, "{{lead.company.name}}", action_id="create_lead", target="Company")
    takes = Targets((TargetField("Company", "Company", required=True),)).to_json()
    LiveAnswer.objects.create(
        destination=org, about="targets:create_lead", stamp="1", answer=takes, asked_at=timezone.now()
    )
    flow = FlowFactory.create(account=acme, fields=["email"], uses=[org])
    sentence = "The receiver requires `Company`, and the flow has no field `company.name`"

    assert sentence in text(visitor, f"/app/flows/{flow.pk}/destinations/")
    assert sentence in text(visitor, f"/app/flows/{flow.pk}/")

    other = FlowFactory.create(account=acme, fields=["email", "company.name"], uses=[org])
    assert sentence not in text(visitor, f"/app/flows/{other.pk}/")


def _maps(destination: Destination, template: str, *, target: str = "a", **action: str) -> None:
    assert destination.live
    mapping = [{"target": target, "template": template, "default": ""}]
    destination.live.document["actions"][0] |= {"mapping": mapping, **action}
    destination.live.save(update_fields=["document"])
