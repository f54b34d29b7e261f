"""A lead with everything that can happen to one: steps, a recipient, a source, attempts to deliver."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from destinations.models import Destination
from flows import intake
from flows.models import Attempt, Delivery, Flow, Lead
from leadconduit.accounts.models import Account
from leadconduit.lib.ids import new_id
from tests.factories import DestinationFactory, EntityFactory, FlowFactory, filter_step, source_of

EXCHANGE: dict[str, Any] = {
    "request": {
        "method": "POST",
        "uri": "https://receiver.example/leads",
        "headers": {"Content-Type": "application/json"},
        "body": '{"email":"ada@example.com"}',
        "timestamp": "2026-11-24T12:00:00.250Z",
    },
    "response": {
        "status": 503,
        "status_text": "Service Unavailable",
        "version": "1.1",
        "headers": {"Retry-After": ""},
        "body": "",
        "timestamp": "2026-11-24T12:00:00.300Z",
    },
    "ms": 50,
}
CRITERIA: dict[str, Any] = {
    "outcome": "failure",
    "reason": "Where is the email?",
    "rule_set": {"op": "and", "rules": [{"lhv": "lead.email", "op": "is not blank"}]},
}


@dataclass(frozen=True)
class Story:
    flow: Flow
    lead: Lead
    crm: Destination
    deliveries: list[Delivery]


def story(account: Account, recipient_url: str, *, email: str = "ada@example.com", **parts: Any) -> Story:
    """A lead that passed a filter, a recipient and another filter, and is owed to both actions of a destination."""
    crm = DestinationFactory.create(account=account, name="CRM", actions=["Contacts", "Deals"])
    seller = EntityFactory.create(account=account, name="Leads Inc")
    steps = [filter_step(description="Area"), recipient_step(account, recipient_url), filter_step()]
    flow = FlowFactory.create(
        account=account,
        name="Sales",
        fields=["email", "state"],
        sources=[source_of(seller, acceptance_criteria=CRITERIA)],
        **{"steps": steps, "uses": [crm], "acceptance_criteria": CRITERIA, "deployed": True, **parts},
    )
    lead = submit(flow, seller.pk, {"email": email, "state": "Texas"})
    return Story(flow, lead, crm, list(Delivery.objects.of_lead(lead).order_by("pk")))


def recipient_step(account: Account, url: str) -> dict[str, Any]:
    scorer = EntityFactory.create(account=account, name="My Scorer", source=None, recipient="enhancement")
    return {
        "type": "recipient",
        "entity": {"id": scorer.pk},
        "integration": {
            "module_id": "leadconduit-custom.outbound.json",
            "mappings": [
                {"property": "url", "value": url},
                {"property": "json_property.email", "value": "{{lead.email}}"},
                {"property": "basic_password", "value": "keep out"},
            ],
        },
        "rule_set": {"op": "and", "rules": [{"lhv": "lead.email", "op": "is not blank"}]},
    }


def submit(flow: Flow, entity_id: str, values: dict[str, Any], *, now: datetime | None = None) -> Lead:
    found = intake.find(flow_id=flow.pk, entity_id=entity_id)
    assert found is not None
    return intake.submit(found, values, ip="203.0.113.9", now=now or timezone.now())


def attempt(delivery: Delivery, number: int, outcome: str, **parts: Any) -> Attempt:
    at = delivery.created_at + timedelta(seconds=number)
    values = {"started_at": at, "ms": 50, "reason": "", "exchange": EXCHANGE, **parts}
    return Attempt.objects.create(
        pk=new_id(at), account=delivery.account, delivery=delivery, number=number, outcome=outcome, **values
    )
