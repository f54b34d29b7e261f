"""Releasing a lead that its flow withheld."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from destinations.models import Destination
from flows import editing, intake, release
from flows.models import Delivery, Due, Flow, FlowRevision, Gate, Lead
from leadconduit.accounts import release as permission
from leadconduit.accounts.models import Account, AuditEvent, User
from leadconduit.lib.ids import time_of
from tests.factories import (
    NOON,
    DestinationFactory,
    EntityFactory,
    FlowFactory,
    filter_step,
    source_of,
    use_of,
)
from tests.processes import wait_until
from tests.threads import InThread, somebody_waits

TEXAN = {"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}
ONLY_TEXANS = {"op": "and", "rules": [TEXAN]}
NO_CALIFORNIANS = filter_step(description="Californians")


@pytest.fixture
def acme(acme: Account, olive: User) -> Account:
    permission.allow(acme, True, by=olive)
    return acme


@pytest.fixture
def crm(acme: Account) -> Destination:
    return DestinationFactory.create(account=acme, name="CRM", actions=["Create", "Notify"])


@pytest.fixture
def sheet(acme: Account) -> Destination:
    return DestinationFactory.create(account=acme, name="Sheet", actions=["Row"])


def flow_to(account: Account, *uses: dict[str, Any]) -> Flow:
    return FlowFactory.create(
        account=account,
        fields=["email", "state"],
        sources=[source_of(EntityFactory.create(account=account))],
        steps=[NO_CALIFORNIANS],
        destinations=list(uses),
        deployed=True,
    )


def submitted(flow: Flow, state: str = "CA") -> Lead:
    assert flow.deployed
    entity_id = flow.deployed.document["sources"][0]["entity"]["id"]
    found = intake.find(flow_id=flow.pk, entity_id=entity_id)
    assert found
    return intake.submit(found, {"email": "ada@x.co", "state": state}, ip="192.0.2.7", now=timezone.now())


def released(lead: Lead, by: User, reason: str = "The filter was wrong") -> Lead:
    release.release(lead, by=by, reason=reason, now=timezone.now())
    return Lead.objects.get(pk=lead.pk)


def owed(lead: Lead) -> list[tuple[str, bool, bool]]:
    """The action of each delivery of a lead, whether it follows another, whether it is due."""
    due = set(Due.objects.values_list("delivery_id", flat=True))
    return [
        (delivery.action.action_id, delivery.follows_id is not None, delivery.pk in due)
        for delivery in Delivery.objects.of_lead(lead).order_by("pk")
    ]


def test_a_released_lead_is_owed_what_its_flow_would_have_owed_it(
    acme: Account, adam: User, crm: Destination, sheet: Destination
) -> None:
    lead = submitted(flow_to(acme, use_of(crm), use_of(sheet)))
    assert (lead.gate, owed(lead)) == ("stopped", [])

    released(lead, adam)

    assert owed(lead) == [("create", False, True), ("notify", True, False), ("row", False, True)]


def test_it_keeps_who_when_and_why_and_what_its_source_was_answered(
    acme: Account, adam: User, sheet: Destination
) -> None:
    lead = submitted(flow_to(acme, use_of(sheet)))

    release.release(lead, by=adam, reason="  The filter was wrong ", now=NOON)

    kept = Lead.objects.get(pk=lead.pk)
    assert (kept.gate, kept.released_by, kept.released_at) == (Gate.RELEASED, adam, NOON)
    assert kept.release_reason == "The filter was wrong"
    assert kept.blame
    assert kept.blame["description"] == "Californians"
    assert (kept.outcome, kept.reason) == ("failure", "Not in our area")


def test_its_deliveries_are_made_when_it_is_released(acme: Account, adam: User, sheet: Destination) -> None:
    lead = submitted(flow_to(acme, use_of(sheet)))
    now = timezone.now() + timedelta(days=1)

    release.release(lead, by=adam, reason="Late", now=now)

    (delivery,) = Delivery.objects.of_lead(lead)
    assert abs((time_of(delivery.pk) - now).total_seconds()) < 1


def test_it_is_noted_without_what_the_lead_says(acme: Account, adam: User, crm: Destination) -> None:
    lead = released(submitted(flow_to(acme, use_of(crm))), adam)

    note = AuditEvent.objects.get(action="lead.released")
    assert (note.object_id, note.actor, note.detail) == (lead.pk, adam, {"deliveries": 2, "left_out": 0})
    assert "ada" not in note.object_name


def test_a_lead_that_failed_is_released_as_one_that_was_stopped(
    acme: Account, adam: User, sheet: Destination
) -> None:
    lead = submitted(flow_to(acme, use_of(sheet)))
    Lead.objects.filter(pk=lead.pk).update(gate=Gate.FAILED)

    assert released(Lead.objects.get(pk=lead.pk), adam).gate == "released"


def test_it_goes_by_the_revision_that_it_ran_on(
    acme: Account, adam: User, crm: Destination, sheet: Destination
) -> None:
    flow = flow_to(acme, use_of(sheet))
    lead = submitted(flow)
    editing.change(
        flow=flow, parts=lambda _: {"destinations": [use_of(crm)]}, author=None, now=timezone.now()
    )
    editing.deploy(flow=flow, author=None, now=timezone.now())

    released(lead, adam)

    assert [action for action, *_ in owed(lead)] == ["row"]


def test_a_use_whose_condition_does_not_hold_or_that_is_paused_is_not_owed(
    acme: Account, adam: User, crm: Destination, sheet: Destination
) -> None:
    texans = use_of(crm, "create", rule_set=ONLY_TEXANS)
    texans["actions"] += use_of(crm, "notify", enabled=False)["actions"]
    lead = released(submitted(flow_to(acme, texans, use_of(sheet))), adam)

    assert [action for action, *_ in owed(lead)] == ["row"]
    assert lead.release_detail is not None
    (unmet,) = lead.release_detail["unmet"]
    assert unmet["action"] == crm.actions.get(name="Create").pk
    assert unmet["rules"]


def test_an_action_that_is_gone_is_left_out_and_named(
    acme: Account, adam: User, crm: Destination, sheet: Destination
) -> None:
    lead = submitted(flow_to(acme, use_of(crm), use_of(sheet)))
    crm.actions.filter(name="Create").update(removed_at=NOON)
    Destination.objects.filter(pk=sheet.pk).update(deleted_at=NOON)

    lead = released(lead, adam)

    assert owed(lead) == [("notify", False, True)]
    assert lead.release_detail is not None
    assert [one["name"] for one in lead.release_detail["gone"]] == ["CRM: Create", "Sheet: Row"]


# --- Refused


def refusal(lead: Lead, by: User) -> str:
    """Why a release is refused; nothing is made of it."""
    before = Lead.objects.values().get(pk=lead.pk)
    count = Delivery.objects.count()
    with pytest.raises(release.ReleaseRefused) as refused:
        release.release(lead, by=by, reason="Why not", now=timezone.now())
    assert Lead.objects.values().get(pk=lead.pk) == before
    assert Delivery.objects.count() == count
    assert not AuditEvent.objects.filter(
        action="lead.released", object_id=lead.pk, detail__deliveries=0
    ).exists()
    return refused.value.sentence


def test_none_is_released_where_the_owner_does_not_allow_it(
    acme: Account, olive: User, adam: User, sheet: Destination
) -> None:
    permission.allow(acme, False, by=olive)
    lead = submitted(flow_to(acme, use_of(sheet)))

    assert "olive@acme.test can turn it on" in refusal(lead, adam)


def test_none_is_released_twice(acme: Account, adam: User, sheet: Destination) -> None:
    seen_before = submitted(flow_to(acme, use_of(sheet)))
    released(seen_before, adam)

    assert refusal(seen_before, adam) == "It was released already."
    assert len(owed(seen_before)) == 1


def test_none_is_released_that_passed_its_gate(acme: Account, adam: User, sheet: Destination) -> None:
    lead = submitted(flow_to(acme, use_of(sheet)), state="TX")

    assert refusal(lead, adam).startswith("Its gate was open")


def test_none_is_released_that_would_go_nowhere(acme: Account, adam: User, sheet: Destination) -> None:
    assert "has no destination" in refusal(submitted(flow_to(acme)), adam)

    conditional = submitted(flow_to(acme, use_of(sheet, rule_set=ONLY_TEXANS)))
    assert "no condition of an action holds" in refusal(conditional, adam)

    to_what_goes = submitted(flow_to(acme, use_of(sheet)))
    sheet.actions.update(removed_at=NOON)
    assert refusal(to_what_goes, adam) == "Every action that it would go to is gone."


def test_none_is_released_whose_flow_is_no_longer_kept(acme: Account, adam: User, sheet: Destination) -> None:
    lead = submitted(flow_to(acme, use_of(sheet)))
    Lead.objects.filter(pk=lead.pk).update(revision_id="0" * 24)

    assert "no longer kept" in refusal(Lead.objects.get(pk=lead.pk), adam)
    assert FlowRevision.objects.exists()


def test_none_is_released_whose_values_are_not_known(acme: Account, adam: User, sheet: Destination) -> None:
    too_long = {"property": "email", "value": "{{lead.state}}" * 7}
    mapped = {"module_id": "leadconduit-default.inbound", "mappings": [too_long]}
    flow = FlowFactory.create(
        account=acme,
        fields=["email", "state"],
        sources=[source_of(EntityFactory.create(account=acme), integration=mapped)],
        destinations=[use_of(sheet)],
        deployed=True,
    )
    lead = submitted(flow, state="x" * 900_000)

    assert lead.gate == Gate.FAILED
    assert refusal(lead, adam).startswith("A mapping of its source went wrong")
    assert not owed(lead)


def test_none_is_released_whose_flow_was_deleted(acme: Account, adam: User, sheet: Destination) -> None:
    flow = flow_to(acme, use_of(sheet))
    lead = submitted(flow)
    Flow.objects.filter(pk=flow.pk).update(deleted_at=NOON)

    assert refusal(lead, adam) == "Its flow was deleted."


def test_a_lead_that_came_while_its_flow_was_disabled_can_be_released(
    acme: Account, adam: User, sheet: Destination
) -> None:
    flow = flow_to(acme, use_of(sheet))
    editing.change(flow=flow, parts=lambda _: {"enabled": False}, author=None, now=NOON)
    editing.deploy(flow=flow, author=None, now=NOON)
    lead = submitted(Flow.objects.get(pk=flow.pk), state="TX")

    assert len(owed(released(lead, adam))) == 1


# --- Asked before


def test_plans_cost_the_same_queries_however_many_leads(
    acme: Account, crm: Destination, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    flow = flow_to(acme, use_of(crm))
    leads = [submitted(flow) for _ in range(5)]

    with django_assert_num_queries(5):
        few = release.plans(leads[:1])
    with django_assert_num_queries(5):
        many = release.plans(leads)

    assert [len(plan.uses) for plan in (*few, *many)] == [2] * 6
    assert {plan.refusal for plan in many} == {""}


# --- At the same time


@pytest.mark.django_db(transaction=True)
def test_two_people_who_release_a_lead_at_once_deliver_it_once(
    acme: Account, olive: User, adam: User, sheet: Destination
) -> None:
    lead = submitted(flow_to(acme, use_of(sheet)))

    with transaction.atomic():
        released(lead, adam)
        other = InThread(lambda: released(lead, olive))
        wait_until(somebody_waits, "the other release waits")
    other.join()

    assert isinstance(other.raised, release.ReleaseRefused)
    assert len(owed(lead)) == 1


@pytest.mark.django_db(transaction=True)
def test_an_action_that_is_taken_away_meanwhile_is_left_out(
    acme: Account, adam: User, crm: Destination
) -> None:
    lead = submitted(flow_to(acme, use_of(crm)))

    with transaction.atomic():
        # As applying a change does: the destination's row first.
        Destination.objects.select_for_update(no_key=True).get(pk=crm.pk)
        crm.actions.filter(name="Create").update(removed_at=NOON)
        other = InThread(lambda: released(lead, adam))
        wait_until(somebody_waits, "the release waits")
    other.join()

    assert other.raised is None
    assert [action for action, *_ in owed(lead)] == ["notify"]
