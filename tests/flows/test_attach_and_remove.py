"""Attaching an action while somebody takes it away: whoever comes second sees what the first one did."""

import pytest
from django.db import transaction

from destinations import lifecycle, wizard
from destinations.models import Action, Destination
from destinations.wizard import WizardError
from flows import definition, editing, usages
from flows.models import Flow
from leadconduit.accounts.models import Account, User
from tests.factories import NOON, DestinationFactory, FlowFactory, flow_body, use_of
from tests.processes import wait_until
from tests.threads import InThread, somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crm(acme: Account) -> Destination:
    return DestinationFactory.create(account=acme, name="CRM", actions=["One", "Two"])


@pytest.fixture
def flow(acme: Account) -> Flow:
    return FlowFactory.create(account=acme, name="Solar")


def attach(flow: Flow, crm: Destination, action_id: str = "one") -> None:
    body = flow_body(name="Solar", destinations=[use_of(crm, action_id)])
    editing.save(flow=flow, body=body, author=None, now=NOON)


def delete(crm: Destination) -> None:
    lifecycle.delete(
        destination=crm,
        by=None,
        now=NOON,
        used_by=lambda: [flow.name for flow in usages.flows_using(crm)],
        waiting=lambda: 0,
    )


def apply_without_one(crm: Destination) -> None:
    def used_by(action: Action) -> list[str]:
        return [flow.name for flow in usages.flows_using(crm, action=action)]

    wizard.apply(destination=crm, by=None, now=NOON, used_by=used_by, waiting=lambda _: 0, untested=True)


def test_a_destination_that_is_being_attached_is_not_deleted(crm: Destination, flow: Flow) -> None:
    with transaction.atomic():
        attach(flow, crm)
        deleting = InThread(lambda: delete(crm))
        wait_until(somebody_waits, "the deletion waits for the flow to be saved")
    deleting.join()

    assert isinstance(deleting.raised, wizard.InUse)
    assert Destination.objects.get(pk=crm.pk).deleted_at is None


def test_a_destination_that_is_being_deleted_is_not_attached(crm: Destination, flow: Flow) -> None:
    with transaction.atomic():
        delete(crm)
        attaching = InThread(lambda: attach(flow, crm))
        wait_until(somebody_waits, "the flow waits for the deletion")
    attaching.join()

    assert isinstance(attaching.raised, definition.InvalidFlow)
    assert usages.flows_using(crm) == []


def test_an_action_that_is_being_attached_is_not_removed(crm: Destination, flow: Flow, adam: User) -> None:
    two = crm.actions.get(name="Two")
    keep = [wizard.ActionEntry(two.pk, "Two", {"path": ""})]
    wizard.save_actions(destination=crm, actions=keep, by=adam, now=NOON)

    with transaction.atomic():
        attach(flow, crm)
        applying = InThread(lambda: apply_without_one(crm))
        wait_until(somebody_waits, "applying waits for the flow to be saved")
    applying.join()

    assert isinstance(applying.raised, WizardError)
    assert [action.name for action in crm.actions.current()] == ["One", "Two"]


def test_an_action_that_is_being_removed_is_not_attached(crm: Destination, flow: Flow, adam: User) -> None:
    two = crm.actions.get(name="Two")
    keep = [wizard.ActionEntry(two.pk, "Two", {"path": ""})]
    wizard.save_actions(destination=crm, actions=keep, by=adam, now=NOON)

    with transaction.atomic():
        apply_without_one(crm)
        attaching = InThread(lambda: attach(flow, crm))
        wait_until(somebody_waits, "the flow waits for applying")
    attaching.join()

    assert isinstance(attaching.raised, definition.InvalidFlow)
    assert usages.flows_using(crm) == []
