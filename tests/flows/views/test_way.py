"""A lead's way through its flow, as its page tells it: criteria, recipients, and what the gate kept back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from destinations.models import Destination
from flows import intake
from flows.models import Delivery, Entity, Flow, Lead, State
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
NESTED = {
    "op": "or",
    "rules": [*IN_TEXAS["rules"], {"op": "and", "rules": [{"lhv": "lead.email", "op": "is blank"}]}],
}
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


def flow_of(acme: Account, *uses: Destination, **parts: Any) -> Flow:
    return FlowFactory.create(
        account=acme,
        fields=["email", "state"],
        uses=list(uses),
        deployed=True,
        **{"sources": [source_of(EntityFactory.create(account=acme))], **parts},
    )


def submitted(flow: Flow, **values: str) -> Lead:
    assert flow.deployed is not None
    found = intake.find(flow_id=flow.pk, entity_id=flow.deployed.document["sources"][0]["entity"]["id"])
    assert found is not None
    return intake.submit(found, {"email": "ada@x.co", **values}, ip="127.0.0.1", now=timezone.now())


def page_of(visitor: Client, lead: Lead) -> str:
    return " ".join(visitor.get(f"/app/leads/{lead.pk}/").content.decode().split())


def test_a_recipient_that_refuses_is_named_with_its_answer_and_what_it_kept_back(
    visitor: Client, acme: Account, crm: Destination, checker: Entity, crm_server: Answering
) -> None:
    crm_server.body = '{"why": "Seen before", "score": {"total": 3}}'
    step = recipient_step(checker, crm_server.url, description="Ask the checker", mapped=REFUSES)
    lead = submitted(flow_of(acme, crm, steps=[step]))

    page = page_of(visitor, lead)

    assert "Step 1, “Ask the checker”, answered failure: Seen before." in page
    assert "What Checker was asked and answered" in page
    assert "checker.score.total" in page
    for action in ("CRM: Create", "CRM: Notify"):
        assert f'<b>{action}</b> <p class="muted">Was not sent: the gate is shut.</p>' in page
    assert page.count("Withheld") == 2


def test_an_error_of_a_recipient_says_why_there_is_no_answer(
    visitor: Client, acme: Account, crm: Destination, checker: Entity, crm_server: Answering
) -> None:
    step = recipient_step(checker, crm_server.url)
    crm_server.stop()
    lead = submitted(flow_of(acme, crm, steps=[step]))

    page = page_of(visitor, lead)

    assert "Step 1, “Checker”, went wrong:" in page
    assert "No answer" in page


def test_a_recipient_that_was_passed_over_says_by_which_rule(
    visitor: Client, acme: Account, crm: Destination, checker: Entity
) -> None:
    lead = submitted(flow_of(acme, crm, steps=[recipient_step(checker, rule_set=NESTED)]), state="NY")

    page = page_of(visitor, lead)

    assert "Skipped" in page
    assert "Its rules did not hold, so nobody was asked." in page
    assert "lead.state is equal to &quot;TX&quot;: no, it is &quot;NY&quot;" in page
    assert "All of these: no" in page
    assert "The gate is open." in page


@pytest.mark.parametrize("of", ["flow", "source"])
def test_acceptance_criteria_that_do_not_hold_are_to_blame(
    of: str, visitor: Client, acme: Account, crm: Destination
) -> None:
    criteria = {"acceptance_criteria": {"rule_set": IN_TEXAS, "outcome": "failure", "reason": "Texas only"}}
    source = source_of(EntityFactory.create(account=acme), **(criteria if of == "source" else {}))
    flow = flow_of(acme, crm, sources=[source], steps=[filter_step()], **(criteria if of == "flow" else {}))

    page = page_of(visitor, submitted(flow, state="NY"))

    assert f"Acceptance criteria of the {of}: Texas only." in page
    assert "Not accepted" in page
    assert "lead.state is equal to &quot;TX&quot;: no, it is &quot;NY&quot;" in page
    assert "Not reached" in page

    page = page_of(visitor, submitted(flow, state="TX"))

    assert "Accepted" in page
    assert "The gate is open." in page


def test_a_use_whose_condition_does_not_hold_is_not_among_what_is_withheld(
    visitor: Client, acme: Account, crm: Destination
) -> None:
    flow = flow_of(acme, steps=[filter_step()], destinations=[use_of(crm, rule_set=IN_TEXAS)])

    page = page_of(visitor, submitted(flow, state="CA"))

    assert "Withheld" not in page
    assert page.count("this use has a condition that did not hold") == 2
    assert "It would go nowhere: no condition of an action holds for it." in page


def test_the_list_counts_deliveries_in_trouble_that_were_not_sent_again(
    visitor: Client, acme: Account, crm: Destination
) -> None:
    flow = flow_of(acme, crm)
    bad, mended = submitted(flow), submitted(flow)
    Delivery.objects.of_lead(bad).update(state=State.FAILED)
    rejected = Delivery.objects.of_lead(mended)[0]
    Delivery.objects.filter(pk=rejected.pk).update(state=State.REJECTED)

    assert [row["trouble"] for row in visitor.get("/app/leads/").context["rows"]] == [
        "1 rejected",
        "2 failed",
    ]

    visitor.post(f"/app/deliveries/{rejected.pk}/replays/")

    assert [row["trouble"] for row in visitor.get("/app/leads/").context["rows"]] == ["", "2 failed"]


def test_a_leads_page_costs_the_same_queries_however_many_steps_and_uses(
    visitor: Client,
    acme: Account,
    crm: Destination,
    checker: Entity,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    skips = recipient_step(checker, rule_set=IN_TEXAS)
    others = [DestinationFactory.create(account=acme, actions=["One", "Two"]) for _ in range(3)]
    for steps, uses in (([filter_step()], [crm]), ([skips, skips, filter_step()], [crm, *others])):
        flow = flow_of(acme, *uses, steps=steps)
        passed, withheld = submitted(flow), submitted(flow, state="CA")
        with django_assert_num_queries(15):
            page_of(visitor, passed)
        with django_assert_num_queries(16):
            page_of(visitor, withheld)
