"""Changing flows."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from destinations.models import Destination
from flows import editing
from flows.definition import InvalidFlow
from flows.models import Entity, Flow, FlowRevision, FlowUsage
from leadconduit.accounts.models import Account, ApiKey, AuditEvent, User
from tests.factories import (
    NOON,
    AccountFactory,
    DestinationFactory,
    EntityFactory,
    FlowFactory,
    filter_step,
    flow_body,
    recipient_step,
    source_of,
    use_of,
)
from tests.processes import wait_until
from tests.threads import InThread, somebody_waits

LATER = NOON + timedelta(hours=1)


def test_a_new_flow_is_saved_and_not_deployed(acme: Account, olive: User) -> None:
    flow = editing.create(account=acme, body=flow_body(enabled=False), author=olive, now=NOON)

    flow = Flow.objects.get(pk=flow.pk)
    assert flow.saved is not None
    assert (flow.name, flow.enabled, flow.status) == ("Sales Leads", False, "undeployed")
    assert (flow.saved.number, flow.saved.author, flow.saved.document["name"]) == (1, olive, "Sales Leads")
    assert flow.created_at == flow.updated_at == NOON


def test_a_caller_may_choose_the_id(acme: Account) -> None:
    flow = editing.create(account=acme, body=flow_body(id="5FD4371E940DF5A34A3888B2"), author=None, now=NOON)

    assert flow.pk == "5fd4371e940df5a34a3888b2"


@pytest.mark.parametrize("id", ["5fd4", "z" * 24, 7, "", True])
def test_an_id_that_is_none_is_refused(acme: Account, id: object) -> None:
    with pytest.raises(InvalidFlow) as refusal:
        editing.create(account=acme, body=flow_body(id=id), author=None, now=NOON)

    assert refusal.value.errors == {"id": "An id is 24 hex digits."}


def test_an_id_is_taken_whoever_has_it(acme: Account, elsewhere: Account) -> None:
    other = FlowFactory.create(account=elsewhere)

    with pytest.raises(editing.IdTaken, match=f"The id {other.pk} is taken."):
        editing.create(account=acme, body=flow_body(id=other.pk), author=None, now=NOON)

    assert not Flow.objects.for_account(acme).exists()


def test_a_save_makes_the_next_revision(acme: Account, olive: User) -> None:
    flow = FlowFactory.create(account=acme, now=NOON)

    saved = editing.save(flow=flow, body=flow_body(name="Renamed"), author=olive, now=LATER)

    assert (saved.name, saved.updated_at, saved.created_at) == ("Renamed", LATER, NOON)
    numbers = FlowRevision.objects.filter(flow=flow).order_by("number").values_list("number", "author")
    assert list(numbers) == [(1, None), (2, olive.pk)]


def test_a_save_of_the_same_changes_nothing(acme: Account) -> None:
    body = flow_body(steps=[filter_step()])
    flow = editing.create(account=acme, body=body, author=None, now=NOON)

    saved = editing.save(flow=flow, body=body, author=None, now=LATER)

    assert saved.saved_id == flow.saved_id
    assert saved.updated_at == NOON


def test_a_refused_save_changes_nothing(acme: Account) -> None:
    flow = FlowFactory.create(account=acme)

    with pytest.raises(InvalidFlow):
        editing.save(flow=flow, body=flow_body(caps=[1]), author=None, now=LATER)

    assert FlowRevision.objects.filter(flow=flow).count() == 1


def test_leads_meet_a_change_once_it_is_deployed(acme: Account) -> None:
    flow = FlowFactory.create(account=acme, deployed=True)
    first = flow.deployed_id

    editing.save(flow=flow, body=flow_body(name="Renamed"), author=None, now=LATER)
    flow.refresh_from_db()
    assert (flow.deployed_id, flow.status) == (first, "changed")

    editing.deploy(flow=flow, author=None, now=LATER)
    flow.refresh_from_db()
    assert (flow.deployed_id, flow.deployed_at, flow.status) == (flow.saved_id, LATER, "deployed")


def test_a_deleted_flow_is_gone_but_its_row_stays(acme: Account) -> None:
    flow = FlowFactory.create(account=acme, uses=[DestinationFactory.create(account=acme)], deployed=True)

    editing.delete(flow=flow, author=None, now=LATER)

    assert not Flow.objects.for_account(acme).exists()
    assert Flow.objects.get(pk=flow.pk).deleted_at == LATER
    assert not FlowUsage.objects.filter(flow=flow).exists()


@pytest.mark.parametrize("change", [editing.deploy, editing.delete])
def test_a_deleted_flow_cannot_change(acme: Account, change: object) -> None:
    flow = FlowFactory.create(account=acme)
    editing.delete(flow=flow, author=None, now=LATER)

    with pytest.raises(Flow.DoesNotExist):
        change(flow=flow, author=None, now=LATER)  # type: ignore[operator]


def test_every_change_is_noted(acme: Account, olive: User) -> None:
    key, _ = ApiKey.make(account=acme, name="Zapier", by=olive)

    flow = editing.create(account=acme, body=flow_body(), author=olive, now=NOON, through=key)
    editing.save(flow=flow, body=flow_body(name="Renamed"), author=olive, now=NOON)
    editing.deploy(flow=flow, author=olive, now=NOON)
    editing.delete(flow=flow, author=olive, now=NOON)

    notes = AuditEvent.objects.filter(object_id=flow.pk).order_by("pk")
    assert [(note.action, note.detail["revision"]) for note in notes] == [
        ("flow.created", 1),
        ("flow.saved", 2),
        ("flow.deployed", 2),
        ("flow.deleted", 2),
    ]
    assert notes[0].detail["api_key"] == str(key)


# --- At the same time


@pytest.mark.django_db(transaction=True)
def test_a_destination_is_held_while_it_is_being_attached() -> None:
    account = AccountFactory.create()
    destination, other = (
        DestinationFactory.create(account=account),
        DestinationFactory.create(account=account),
    )
    flow = FlowFactory.create(account=account)

    with transaction.atomic():
        body = flow_body(destinations=[use_of(destination)])
        editing.save(flow=flow, body=body, author=None, now=timezone.now())

        assert not can_be_locked(destination)
        assert can_be_locked(other)
    assert can_be_locked(destination)


@pytest.mark.django_db(transaction=True)
def test_two_who_save_flows_of_the_same_entities_never_wait_for_each_other() -> None:
    """Each names first what the other names last; both of them take what they name in one order."""
    account = AccountFactory.create()
    one, two = (
        EntityFactory.create(account=account, name=f"Both {name}", recipient="buyer")
        for name in ("one", "two")
    )
    assert one.pk < two.pk

    flows = [FlowFactory.create(account=account), FlowFactory.create(account=account)]

    def saving(flow: Flow, source: Entity, recipient: Entity) -> InThread:
        body = flow_body(sources=[source_of(source)], steps=[recipient_step(recipient)])
        return InThread(lambda: editing.save(flow=flow, body=body, author=None, now=timezone.now()))

    with transaction.atomic():
        Entity.objects.select_for_update(no_key=True).get(pk=one.pk)
        saves = [saving(flows[0], two, one)]
        wait_until(somebody_waits, "a save waits for the first entity")
        # Whoever waits for the first has not taken the second.
        assert can_be_locked(two)
    saves.append(saving(flows[1], one, two))
    for save in saves:
        save.join()

    assert [save.raised for save in saves] == [None, None]
    assert list(Flow.objects.for_account(account).values_list("saved__number", flat=True)) == [2, 2]


def can_be_locked(row: Destination | Entity) -> bool:
    """Whether another connection could take the row now, as deleting it does."""
    answers: list[bool] = []

    def lock() -> None:
        try:
            with transaction.atomic():
                type(row).objects.select_for_update(no_key=True, nowait=True).get(pk=row.pk)
            answers.append(True)
        except OperationalError:
            answers.append(False)
        finally:
            connection.close()

    thread = threading.Thread(target=lock)
    thread.start()
    thread.join()
    return answers[0]
