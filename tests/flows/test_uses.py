"""Which actions a flow uses, in what order and how: changed one by one, also by two people at once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from destinations.models import Action, Destination
from flows import editing, uses
from flows.definition import Document, InvalidFlow
from flows.models import Flow, Stage
from leadconduit.accounts.models import Account
from tests.factories import NOON, DestinationFactory, FlowFactory, use_of
from tests.processes import wait_until
from tests.threads import InThread, somebody_waits

TEXANS = {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}]}
BY: dict[str, Any] = {"author": None, "now": NOON}


@pytest.fixture
def crm(acme: Account) -> Destination:
    return DestinationFactory.create(account=acme, name="CRM", actions=["One", "Two", "Three"])


@pytest.fixture
def sheet(acme: Account) -> Destination:
    return DestinationFactory.create(account=acme, name="Sheet", actions=["Row"])


def actions_of(destination: Destination, *names: str) -> list[Action]:
    return [destination.actions.get(name=name) for name in names]


def saved(flow: Flow) -> list[dict[str, Any]]:
    fresh = Flow.objects.select_related("saved").get(pk=flow.pk)
    assert fresh.saved is not None
    used: list[dict[str, Any]] = fresh.saved.document["destinations"]
    return used


def used(flow: Flow) -> list[list[str]]:
    return [[action["action_id"] for action in use["actions"]] for use in saved(flow)]


def test_attached_actions_come_behind_those_of_their_destination(
    acme: Account, crm: Destination, sheet: Destination
) -> None:
    flow = FlowFactory.create(account=acme, destinations=[use_of(crm, "two"), use_of(sheet)])

    uses.attach(flow=flow, actions=actions_of(crm, "Two", "One"), **BY)

    assert used(flow) == [["two", "one"], ["row"]]


def test_attaching_deploys_where_that_is_asked_for(acme: Account, crm: Destination) -> None:
    flow = FlowFactory.create(account=acme)

    uses.attach(flow=flow, actions=actions_of(crm, "One"), deploys=True, **BY)

    assert flow.usages.filter(stage=Stage.DEPLOYED).count() == 1


def test_a_use_keeps_how_it_is_used_while_others_come_and_go(acme: Account, crm: Destination) -> None:
    flow = FlowFactory.create(account=acme, destinations=[use_of(crm, "one", enabled=False, rule_set=TEXANS)])
    before = saved(flow)[0]["actions"][0]

    uses.attach(flow=flow, actions=actions_of(crm, "Two", "Three"), **BY)
    uses.detach(flow=flow, action_id=actions_of(crm, "Two")[0].pk, **BY)

    assert saved(flow)[0]["actions"][0] == before
    assert used(flow) == [["one", "three"]]


def test_a_destination_goes_with_its_last_action(acme: Account, sheet: Destination) -> None:
    flow = FlowFactory.create(account=acme, uses=[sheet])

    uses.detach(flow=flow, action_id=actions_of(sheet, "Row")[0].pk, **BY)

    assert used(flow) == []


@pytest.mark.parametrize(
    ("name", "by", "order"),
    [
        ("Two", -1, ["two", "one", "three"]),
        ("Two", 1, ["one", "three", "two"]),
        ("One", -1, ["one", "two", "three"]),
        ("Three", 1, ["one", "two", "three"]),
    ],
)
def test_an_action_moves_within_its_destination(
    acme: Account, crm: Destination, sheet: Destination, name: str, by: int, order: list[str]
) -> None:
    flow = FlowFactory.create(account=acme, uses=[sheet, crm])

    uses.move(flow=flow, id=actions_of(crm, name)[0].pk, by=by, **BY)

    assert used(flow) == [["row"], order]


def test_a_destination_moves_with_its_actions(acme: Account, crm: Destination, sheet: Destination) -> None:
    flow = FlowFactory.create(account=acme, uses=[sheet, crm])

    uses.move(flow=flow, id=crm.pk, by=-1, **BY)

    assert used(flow) == [["one", "two", "three"], ["row"]]


def test_a_use_is_paused_and_put_under_a_condition(acme: Account, sheet: Destination) -> None:
    flow = FlowFactory.create(account=acme, uses=[sheet])
    action_id = actions_of(sheet, "Row")[0].pk

    uses.put(flow=flow, action_id=action_id, enabled=False, **BY)
    uses.put(flow=flow, action_id=action_id, rule_set=TEXANS, **BY)
    (action,) = saved(flow)[0]["actions"]
    assert (action["enabled"], action["rule_set"]["rules"][0]["rhv"]) == (False, "TX")

    uses.put(flow=flow, action_id=action_id, rule_set=None, **BY)
    assert saved(flow)[0]["actions"][0]["rule_set"] is None


def test_a_condition_that_cannot_be_run_is_refused(acme: Account, sheet: Destination) -> None:
    flow = FlowFactory.create(account=acme, uses=[sheet])
    action_id = actions_of(sheet, "Row")[0].pk

    with pytest.raises(InvalidFlow) as refusal:
        uses.put(flow=flow, action_id=action_id, rule_set={"op": "nor", "rules": []}, **BY)

    assert "destinations.0.actions.0.rule_set.op" in refusal.value.errors


@pytest.mark.parametrize(
    "change",
    [
        lambda flow, id: uses.detach(flow=flow, action_id=id, **BY),
        lambda flow, id: uses.move(flow=flow, id=id, by=1, **BY),
        lambda flow, id: uses.put(flow=flow, action_id=id, enabled=False, **BY),
    ],
)
def test_what_the_flow_does_not_use_any_more_is_said_to_be_gone(
    acme: Account, crm: Destination, sheet: Destination, change: Callable[[Flow, str], Flow]
) -> None:
    flow = FlowFactory.create(account=acme, uses=[crm])

    with pytest.raises(uses.UseGone):
        change(flow, actions_of(sheet, "Row")[0].pk)

    assert used(flow) == [["one", "two", "three"]]


# --- At the same time


def with_field(name: str) -> Callable[[Document], dict[str, Any]]:
    return lambda document: {"fields": [*document["fields"], name]}


@pytest.mark.django_db(transaction=True)
def test_two_people_who_change_the_same_part_at_once_both_have_their_change(acme: Account) -> None:
    flow = FlowFactory.create(account=acme, fields=["email"])

    with transaction.atomic():
        editing.change(flow=flow, parts=with_field("state"), **BY)
        other = InThread(lambda: editing.change(flow=flow, parts=with_field("city"), **BY))
        wait_until(somebody_waits, "the other change waits")
    other.join()

    assert other.raised is None
    revision = Flow.objects.select_related("saved").get(pk=flow.pk).saved
    assert revision is not None
    assert (revision.number, revision.document["fields"]) == (3, ["email", "state", "city"])


@pytest.mark.django_db(transaction=True)
def test_two_destinations_that_are_attached_at_once_are_both_there(
    acme: Account, crm: Destination, sheet: Destination
) -> None:
    flow = FlowFactory.create(account=acme)
    one, row = actions_of(crm, "One"), actions_of(sheet, "Row")

    with transaction.atomic():
        uses.attach(flow=flow, actions=one, **BY)
        other = InThread(lambda: uses.attach(flow=flow, actions=row, **BY))
        wait_until(somebody_waits, "the other change waits")
    other.join()

    assert other.raised is None
    assert used(flow) == [["one"], ["row"]]
