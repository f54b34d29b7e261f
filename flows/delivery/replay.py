"""Trying a delivery again, and sending it again: by a person, and noted as theirs.

*Try again* goes on with the same delivery: the receiver can tell by its key that it is a retry. *Send again* makes
another delivery of one that had its final answer: the receiver will take it for new.
"""

from datetime import datetime

from django.db import transaction

from flows.delivery import followers, queue
from flows.models import Delivery, Due, Lead, State
from leadconduit.accounts.models import AuditEvent, User

AGAIN = (State.FAILED, State.CANCELLED)
ANSWERED = (State.DELIVERED, State.REJECTED)
UNENDED = (State.WAITING, State.ACCEPTED)


class ReplayRefused(Exception):
    """This delivery cannot be tried or sent again. `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@transaction.atomic
def try_again(delivery: Delivery, *, by: User | None, now: datetime) -> None:
    """Reopen a failed or cancelled delivery, and those that were cancelled with it; hurry one that waits for a retry.

    Raises ReplayRefused. `delivery` is refreshed.
    """
    _refuse_what_cannot_be_sent(delivery)
    leader = _lock_leader(delivery)
    locked = _locked(delivery)
    if locked.state == State.WAITING:
        _hurry(locked, now=now)
    elif locked.state in AGAIN:
        _reopen(locked, now=now, leader=leader)
    else:
        raise ReplayRefused(
            f"This delivery is {locked.state}: only a failed or cancelled one is tried again."
        )
    AuditEvent.record(account=delivery.account, by=by, action="delivery.tried_again", on=delivery)
    delivery.refresh_from_db()


@transaction.atomic
def send_again(delivery: Delivery, *, by: User | None, now: datetime) -> Delivery:
    """A new delivery, with a key of its own, of what was delivered or rejected. Raises ReplayRefused."""
    _refuse_what_cannot_be_sent(delivery)
    locked = _locked(delivery)
    if locked.state not in ANSWERED:
        raise ReplayRefused(
            f"This delivery is {locked.state}: only a delivered or rejected one is sent again."
        )
    again = Delivery.objects.create(
        account_id=locked.account_id,
        flow_id=locked.flow_id,
        lead_id=locked.lead_id,
        destination_id=locked.destination_id,
        action_id=locked.action_id,
        origin=locked,
        input=locked.input,
    )
    queue.put([again], now=now)
    AuditEvent.record(
        account=delivery.account,
        by=by,
        action="delivery.sent_again",
        on=delivery,
        detail={"delivery": again.pk},
    )
    return again


def _refuse_what_cannot_be_sent(delivery: Delivery) -> None:
    if delivery.destination.deleted_at is not None:
        raise ReplayRefused("The destination was deleted.")
    if delivery.action.removed_at is not None:
        raise ReplayRefused("The action was removed from the destination.")
    if delivery.lead_id and not Lead.objects.filter(pk=delivery.lead_id).exists():
        raise ReplayRefused("The lead is no longer kept.")


def _locked(delivery: Delivery) -> Delivery:
    return Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)


def _lock_leader(delivery: Delivery) -> Delivery | None:
    """The delivery that this one follows. Locked before it, as the worker does, so that neither waits for the other."""
    return Delivery.objects.select_for_update(no_key=True).filter(pk=delivery.follows_id).first()


def _hurry(delivery: Delivery, *, now: datetime) -> None:
    """One that is being sent right now has a lease, and is left alone."""
    due = Due.objects.filter(delivery_id=delivery.pk)
    if not due.exists():
        raise ReplayRefused("This delivery waits for the one before it.")
    due.filter(lease_id__isnull=True, due_at__gt=now).update(due_at=now)


def _reopen(delivery: Delivery, *, now: datetime, leader: Delivery | None) -> None:
    """Due at once, unless what it follows has not ended. Those that were cancelled with it wait for it again."""
    delivery.state, delivery.reason, delivery.finished_at = State.WAITING, "", None
    delivery.save(update_fields=["state", "reason", "finished_at"])
    if leader is None or leader.state not in UNENDED:
        Due.objects.create(delivery_id=delivery.pk, destination_id=delivery.destination_id, due_at=now)
    followers.reopen(delivery)
