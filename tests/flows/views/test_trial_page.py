"""Test your flow: what a lead would come to, with nothing kept, delivered, or asked unless somebody says so."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from destinations.models import Destination
from flows import editing, intake
from flows.models import Delivery, Entity, Event, Flow, Lead
from leadconduit.accounts.models import Account, User
from tests.factories import (
    DestinationFactory,
    EntityFactory,
    FlowFactory,
    filter_step,
    recipient_step,
    source_of,
    use_of,
)
from tests.flows.recipients.answering import Answering

IN_TEXAS = {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}]}
REFUSES = {"outcome_search_term": "taken", "reason_path": "why"}


@pytest.fixture
def visitor(adam: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(adam)


@pytest.fixture
def crm(acme: Account) -> Destination:
    return DestinationFactory.create(account=acme, name="CRM", actions=["Create", "Notify"])


@pytest.fixture
def checker(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="Checker", source=None, recipient="enhancement")


@pytest.fixture
def source(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="Website")


def flow_of(source: Entity, *uses: Destination, **parts: Any) -> Flow:
    return FlowFactory.create(
        account=source.account,
        uses=list(uses),
        deployed=True,
        **{"fields": ["email", "state"], "sources": [source_of(source)], **parts},
    )


def page(visitor: Client, flow: Flow, **query: str) -> str:
    return " ".join(visitor.get(f"/app/flows/{flow.pk}/test/", query).content.decode().split())


def tried(visitor: Client, flow: Flow, lead: Any = None, **posted: str) -> str:
    """The page after a test of these values."""
    sample = json.dumps({"email": "ada@x.co", "state": "TX"} if lead is None else lead)
    assert flow.saved
    sources = [one["entity"]["id"] for one in flow.saved.document["sources"]]
    posted = {"sample": sample, "source": sources[0] if sources else "", **posted}
    answer = visitor.post(f"/app/flows/{flow.pk}/test/", posted)
    assert not Lead.objects.filter(email="ada@x.co").exists()
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()
    return " ".join(answer.content.decode().split())


def test_the_built_in_sample_has_the_flows_fields(visitor: Client, source: Entity) -> None:
    flow = flow_of(source, fields=["email", "company.name", "trustedform_cert_url", "my_own"])

    sample = json.loads(visitor.get(f"/app/flows/{flow.pk}/test/").context["form"].initial["sample"])

    assert sample["email"] == "ada@example.com"
    assert sample["company"]["name"]
    assert sample["my_own"] == ""
    assert list(sample) == ["email", "company", "trustedform_cert_url", "my_own"]


def test_the_saved_flow_is_run_and_what_each_action_would_get_is_shown(
    visitor: Client, source: Entity, crm: Destination
) -> None:
    flow = flow_of(source, crm)
    editing.change(flow=flow, parts=lambda _: {"steps": [filter_step()]}, author=None, now=timezone.now())

    shown = tried(visitor, flow)

    assert "Passed" in shown
    assert "lead.state is equal to &quot;CA&quot;: no, it is &quot;TX&quot;" in shown
    assert "The gate would be open." in shown
    assert shown.index("CRM: Create") < shown.index("CRM: Notify")
    assert "&quot;email&quot;" in shown or '"email"' in shown
    assert shown.count("ada@x.co") >= 3


def test_values_are_shown_as_the_flow_reads_them(visitor: Client, source: Entity) -> None:
    shown = tried(visitor, flow_of(source), {"email": "nobody", "state": "texas"})

    assert "Not valid" in shown
    assert "Submitted as “texas”" in shown


def test_a_lead_that_a_step_stops_goes_nowhere_and_says_to_whom_it_would_have_gone(
    visitor: Client, source: Entity, crm: Destination
) -> None:
    flow = flow_of(source, crm, steps=[filter_step(description="Californians")])

    shown = tried(visitor, flow, {"state": "CA"})

    assert "Step 1, “Californians”, stopped it: Not in our area." in shown
    assert "The source would be answered failure: Not in our area." in shown
    assert shown.count("Withheld") == 2
    assert "Payload" not in shown


def test_nobody_is_called_unless_somebody_says_so(
    visitor: Client, source: Entity, crm: Destination, checker: Entity, crm_server: Answering
) -> None:
    crm_server.body = '{"why": "Seen before"}'
    flow = flow_of(source, crm, steps=[recipient_step(checker, crm_server.url, mapped=REFUSES)])
    assert "Real requests go to 127.0.0.1." in page(visitor, flow)

    shown = tried(visitor, flow)

    assert crm_server.asked == []
    assert "Not called" in shown
    assert "Taken as success." in shown
    assert "The gate would be open." in shown

    shown = tried(visitor, flow, call="on")

    assert [json.loads(asked.body) for asked in crm_server.asked] == [{"email": "ada@x.co"}]
    assert "Step 1, “Checker”, answered failure: Seen before." in shown
    assert "What Checker was asked and answered" in shown


def test_rules_decide_who_is_asked_and_who_gets_it(
    visitor: Client, source: Entity, crm: Destination, checker: Entity
) -> None:
    other = DestinationFactory.create(account=source.account, name="Sheet", actions=["Row"])
    flow = flow_of(
        source,
        steps=[recipient_step(checker, rule_set=IN_TEXAS)],
        destinations=[use_of(crm, rule_set=IN_TEXAS), use_of(other, enabled=False)],
    )

    shown = tried(visitor, flow, {"email": "b@x.co", "state": "NY"})

    assert "Its rules did not hold, so nobody was asked." in shown
    assert "its condition does not hold. lead.state is equal to &quot;TX&quot;: no" in shown
    assert '<b>Sheet: Row</b> <p class="muted">Paused in this flow.</p>' in shown


def test_mappings_and_acceptance_criteria_of_the_source_are_used(visitor: Client, source: Entity) -> None:
    mapping = {"property": "state", "value": "{{lead.region}}"}
    criteria = {"rule_set": IN_TEXAS, "outcome": "failure", "reason": "Texas only"}
    flow = flow_of(
        source,
        sources=[
            source_of(
                source,
                integration={"module_id": "leadconduit-default.inbound", "mappings": [mapping]},
                acceptance_criteria=criteria,
            )
        ],
    )

    assert "Accepted" in tried(visitor, flow, {"email": "b@x.co", "region": "TX"})
    refused = tried(visitor, flow, {"email": "b@x.co", "region": "NY"})
    assert "Acceptance criteria of the source: Texas only." in refused
    assert "Not fields of this flow, so left out: region." in refused


def test_a_stored_lead_is_tried_as_it_was_kept(visitor: Client, source: Entity, acme: Account) -> None:
    mapping = {"property": "state", "value": "{{lead.state}}{{lead.state}}"}
    integration = {"module_id": "leadconduit-default.inbound", "mappings": [mapping]}
    flow = flow_of(source, sources=[source_of(source, integration=integration)], steps=[filter_step()])
    found = intake.find(flow_id=flow.pk, entity_id=source.pk)
    assert found
    lead = intake.submit(found, {"email": "b@x.co", "state": "T"}, ip="127.0.0.1", now=timezone.now())
    assert f"?lead={lead.pk}" in page(visitor, flow)

    begun = visitor.get(f"/app/flows/{flow.pk}/test/", {"lead": lead.pk})
    sample = begun.context["form"].initial["sample"]
    assert json.loads(sample) == {"email": "b@x.co", "state": "TT"}
    posted = {"sample": sample, "lead": lead.pk, "source": source.pk}
    shown = visitor.post(f"/app/flows/{flow.pk}/test/", posted).content.decode()

    assert "no, it is &quot;TT&quot;" in shown
    assert Lead.objects.count() == 1


@pytest.mark.parametrize(
    ("sample", "sentence"), [("{", "This is not JSON"), ("[]", "A lead is a JSON object")]
)
def test_what_is_no_lead_is_refused_at_its_place(
    sample: str, sentence: str, visitor: Client, source: Entity
) -> None:
    answer = visitor.post(f"/app/flows/{flow_of(source).pk}/test/", {"sample": sample})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_flow_without_sources_steps_and_destinations_can_be_tried(visitor: Client, acme: Account) -> None:
    flow = FlowFactory.create(account=acme)

    shown = tried(visitor, flow)

    assert "The flow has no steps." in shown
    assert "Nobody: the flow has no destination." in shown


def test_another_accounts_lead_is_not_there(visitor: Client, source: Entity, elsewhere: Account) -> None:
    other = flow_of(EntityFactory.create(account=elsewhere))
    assert other.saved
    found = intake.find(flow_id=other.pk, entity_id=other.saved.document["sources"][0]["entity"]["id"])
    assert found
    lead = intake.submit(found, {"email": "theirs@x.co"}, ip="127.0.0.1", now=timezone.now())

    assert "theirs@x.co" not in page(visitor, flow_of(source), lead=lead.pk)


def test_it_costs_the_same_queries_however_many_actions(
    visitor: Client, source: Entity, crm: Destination, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for uses in ([crm], [crm, *(DestinationFactory.create(account=source.account) for _ in range(5))]):
        flow = flow_of(source, *uses)
        page(visitor, flow)  # compiles the revision
        with django_assert_num_queries(10):
            visitor.post(f"/app/flows/{flow.pk}/test/", {"sample": "{}", "source": source.pk})
