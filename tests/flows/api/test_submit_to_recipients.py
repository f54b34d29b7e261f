"""Leads of flows that ask a recipient: what the source hears, what is kept, and who is owed the lead."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from destinations.models import Destination
from flows import past_leads
from flows.delivery.loading import Loader
from flows.delivery.queue import Claim
from flows.models import Delivery, Entity, Event, Flow, Lead
from leadconduit.accounts.models import Account
from tests.factories import (
    DestinationFactory,
    EntityFactory,
    FlowFactory,
    filter_step,
    recipient_step,
    source_of,
)
from tests.flows.recipients.answering import Answering

pytestmark = pytest.mark.django_db

OHIO = {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "OH"}]}


@pytest.fixture
def seller(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="Seller")


@pytest.fixture
def crm(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="My CRM", source=None, recipient="crm")


def flow_of(acme: Account, seller: Entity, *steps: dict[str, Any], **parts: Any) -> Flow:
    flow: Flow = FlowFactory.create(
        account=acme,
        deployed=True,
        fields=["email", "state"],
        sources=[source_of(seller)],
        steps=list(steps),
        uses=[DestinationFactory.create(account=acme), DestinationFactory.create(account=acme)],
        **parts,
    )
    return flow


def submit(flow: Flow, seller: Entity) -> Any:
    answer = Client().post(
        f"/flows/{flow.pk}/sources/{seller.pk}/submit",
        b"email=Ada%40Example.com&state=TX",
        content_type="application/x-www-form-urlencoded",
    )
    return answer.json()


def asked_of(crm_server: Answering, crm: Entity, **parts: Any) -> dict[str, Any]:
    return recipient_step(crm, url=crm_server.url, id="crmcrm", **parts)


def test_a_recipient_that_takes_the_lead_lets_it_go_on(
    acme: Account, seller: Entity, crm: Entity, crm_server: Answering
) -> None:
    crm_server.body = '{"score": 7}'

    answer = submit(flow_of(acme, seller, asked_of(crm_server, crm)), seller)

    lead = Lead.objects.get()
    assert answer == {"outcome": "success", "lead": {"id": lead.pk}, "price": 0}
    assert lead.appended == {"my_crm": {"score": 7, "outcome": "success", "price": 0}}
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize(
    ("status", "mapped", "outcome", "reason"),
    [
        (503, {}, "error", "Server error"),
        (200, {"outcome_search_term": "taken", "default_reason": "Not taken"}, "failure", "Not taken"),
    ],
)
def test_a_recipient_that_answers_an_error_or_a_failure_withholds_the_lead(
    acme: Account,
    seller: Entity,
    crm: Entity,
    crm_server: Answering,
    status: int,
    mapped: dict[str, str],
    outcome: str,
    reason: str,
) -> None:
    crm_server.status = status

    answer = submit(flow_of(acme, seller, asked_of(crm_server, crm, mapped=mapped)), seller)

    lead = Lead.objects.get()
    assert answer["outcome"] == "success"
    assert (lead.gate, Delivery.objects.count()) == ("failed", 0)
    assert lead.blame == {"id": "crmcrm", "position": 1, "description": "My CRM"}
    step, source = Event.objects.order_by("pk")
    assert (step.type, step.step_id, step.outcome, step.reason) == ("recipient", "crmcrm", outcome, reason)
    assert (source.type, source.outcome) == ("source", "success")
    (transaction,) = step.detail["transactions"]
    assert (transaction["request"]["uri"], transaction["response"]["status"]) == (crm_server.url, status)
    assert step.detail["appended"] == lead.appended["my_crm"]


def test_a_recipient_that_is_skipped_withholds_nothing(
    acme: Account, seller: Entity, crm: Entity, crm_server: Answering
) -> None:
    submit(flow_of(acme, seller, asked_of(crm_server, crm, rule_set=OHIO)), seller)

    assert (Lead.objects.get().gate, Delivery.objects.count(), crm_server.asked) == ("open", 2, [])
    assert Event.objects.order_by("pk").values_list("outcome", flat=True)[0] == "skip"


def test_a_filter_tells_the_source_what_a_recipient_answered(
    acme: Account, seller: Entity, crm: Entity, crm_server: Answering
) -> None:
    crm_server.body = '{"reason": "Duplicate"}'
    not_taken = {"lhv": "my_crm.outcome", "op": "is equal to", "rhv": "failure"}
    flow = flow_of(
        acme,
        seller,
        asked_of(crm_server, crm, mapped={"outcome_search_term": "taken"}),
        filter_step(not_taken, reason="{{my_crm.reason}}"),
    )

    answer = submit(flow, seller)

    assert (answer["outcome"], answer["reason"]) == ("failure", "Duplicate")
    assert Lead.objects.get().gate == "failed"


def test_acceptance_criteria_answer_the_source_before_anybody_is_asked(
    acme: Account, seller: Entity, crm: Entity, crm_server: Answering
) -> None:
    criteria = {"rule_set": OHIO, "outcome": "failure", "reason": "Not from {{lead.state}}"}
    flow = flow_of(acme, seller, asked_of(crm_server, crm), acceptance_criteria=criteria)

    answer = submit(flow, seller)

    lead, event = Lead.objects.get(), Event.objects.get()
    assert (answer["outcome"], answer["reason"]) == ("failure", "Not from TX")
    assert (lead.gate, crm_server.asked, Delivery.objects.count()) == ("stopped", [], 0)
    assert event.detail["acceptance"][0]["of"] == "flow"


def test_what_was_appended_can_be_mapped_for_destinations(
    acme: Account, seller: Entity, crm: Entity, crm_server: Answering
) -> None:
    crm_server.body = '{"id": "C-7"}'
    flow = flow_of(acme, seller, asked_of(crm_server, crm))
    delivery = _submitted(flow, seller)
    to = Destination.objects.get(pk=delivery.destination_id)
    assert to.live
    to.live.document["actions"][0]["mapping"] = [{"target": "crm_id", "template": "{{my_crm.id}}"}]
    to.live.save()

    claim = Claim(delivery.pk, to.pk, 0, uuid4(), 45)
    order = Loader().prepare([claim])[delivery.pk].order

    assert order
    assert order.payload == {"crm_id": "C-7"}
    assert past_leads.variables_of(Lead.objects.get())["my_crm"]["id"] == "C-7"


def _submitted(flow: Flow, seller: Entity) -> Delivery:
    submit(flow, seller)
    return Delivery.objects.order_by("pk")[0]


def test_a_lead_is_dated_after_its_recipients_have_answered(
    acme: Account, seller: Entity, crm: Entity, crm_server: Answering
) -> None:
    """Whoever reads leads or events on from the newest id would miss one that is older and comes later."""
    submit(flow_of(acme, seller, asked_of(crm_server, crm)), seller)

    lead = Lead.objects.get()
    event = Event.objects.order_by("pk").first()
    assert event
    assert event.pk > lead.pk
    assert lead.submitted_at.isoformat() >= lead.submission["timestamp"][:19]
