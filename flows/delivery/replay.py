"""Trying a delivery again, sending it again, saying that it arrived: by a person, and noted as theirs.

*Try again* goes on with the same delivery: the receiver can tell by its key that it is a retry. *Send again* makes
another delivery of one that had its final answer: the receiver will take it for new. *It arrived* ends one that was sent
and never answered as delivered, by what somebody saw at the receiver.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from destinations.models import Action
from destinations.outcome import Outcome
from flows.delivery import followers, queue
from flows.models import Attempt, Delivery, Due, Lead, State
from leadconduit.accounts.models import ApiKey, AuditEvent, User
from leadconduit.lib.ids import children_from, ids_after, new_id

AGAIN = (State.FAILED, State.CANCELLED)
ANSWERED = (State.DELIVERED, State.REJECTED)
UNENDED = (State.WAITING, State.ACCEPTED)


class ReplayRefused(Exception):
    """This delivery cannot be tried or sent again. `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@transaction.atomic
def try_again(delivery: Delivery, *, by: User | None, now: datetime, through: ApiKey | None = None) -> None:
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
    _note("delivery.tried_again", delivery, by, through)
    delivery.refresh_from_db()


@transaction.atomic
def say_it_arrived(
    delivery: Delivery, *, by: User | None, now: datetime, through: ApiKey | None = None
) -> None:
    """Count as delivered what failed and may have arrived: those behind it go on as after any delivery, without a receipt.

    Raises ReplayRefused. `delivery` is refreshed.
    """
    locked = _locked(delivery)
    if locked.state != State.FAILED:
        raise ReplayRefused(
            f"This delivery is {locked.state}: only of a failed one is it said that it arrived."
        )
    if locked.pk not in maybe_arrived([locked]):
        raise ReplayRefused("Each try of this delivery was answered, or nothing was sent: it did not arrive.")
    locked.state, locked.finished_at = State.DELIVERED, now
    locked.reason = f"{through or by or 'Somebody'} said that it arrived."
    locked.save(update_fields=["state", "reason", "finished_at"])
    if locked.destination.deleted_at is None:
        followers.go_on(locked, now=now)
    _note("delivery.said_to_have_arrived", delivery, by, through)
    delivery.refresh_from_db()


def maybe_arrived(deliveries: Collection[Delivery]) -> set[str]:
    """Those that failed and of which a try may have arrived, since it was sent and not answered. One query at most."""
    failed = [delivery.pk for delivery in deliveries if delivery.state == State.FAILED]
    if not failed:
        return set()
    tries = Attempt.objects.filter(
        delivery__in=failed, pk__gte=children_from(min(failed)), outcome=Outcome.UNKNOWN
    )
    return set(tries.values_list("delivery_id", flat=True))


@transaction.atomic
def send_again(delivery: Delivery, *, by: User | None, now: datetime) -> Delivery:
    """A new delivery, with a key of its own, of what was delivered or rejected, and of those that follow it.

    They go out anew in their order, since what they did was to the record that this one made. Raises ReplayRefused.
    """
    _refuse_what_cannot_be_sent(delivery)
    locked = _locked(delivery)
    if locked.state not in ANSWERED:
        raise ReplayRefused(
            f"This delivery is {locked.state}: only a delivered or rejected one is sent again."
        )
    origins = [locked, *behind(locked)]
    again: list[Delivery] = []
    for id, origin in zip(ids_after(new_id(), len(origins)), origins, strict=True):
        again.append(_repeat(origin, id, follows=again[-1] if again else None))
    Delivery.objects.bulk_create(again)
    queue.put(again, now=now)
    _note("delivery.sent_again", delivery, by, None, delivery=again[0].pk, followers=len(again) - 1)
    return again[0]


def behind(leader: Delivery) -> list[Delivery]:
    """Those that follow a delivery, and those that follow them, in order; without those whose action is gone."""
    siblings = Delivery.objects.filter(pk__gte=children_from(leader.pk)).order_by("pk")
    found: list[Delivery] = []
    level = [leader]
    while level:
        level = list(siblings.filter(follows__in=level))
        found += level
    current = Action.objects.current().filter(pk__in={delivery.action_id for delivery in found})
    still_there = set(current.values_list("pk", flat=True)) if found else set()
    return [delivery for delivery in found if delivery.action_id in still_there]


def _repeat(origin: Delivery, id: str, *, follows: Delivery | None) -> Delivery:
    return Delivery(
        id=id,
        account_id=origin.account_id,
        flow_id=origin.flow_id,
        lead_id=origin.lead_id,
        destination_id=origin.destination_id,
        action_id=origin.action_id,
        follows=follows,
        origin=origin,
        input=origin.input,
    )


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


def _note(action: str, on: Delivery, by: User | None, through: ApiKey | None, **detail: object) -> None:
    named = {"api_key": str(through)} if through else {}
    AuditEvent.record(account=on.account, by=by, action=action, on=on, detail={**detail, **named})


def _reopen(delivery: Delivery, *, now: datetime, leader: Delivery | None) -> None:
    """Due at once, unless what it follows has not ended. Those that were cancelled with it wait for it again."""
    delivery.state, delivery.reason, delivery.finished_at = State.WAITING, "", None
    delivery.save(update_fields=["state", "reason", "finished_at"])
    if leader is None or leader.state not in UNENDED:
        Due.objects.create(delivery_id=delivery.pk, destination_id=delivery.destination_id, due_at=now)
    followers.reopen(delivery)
