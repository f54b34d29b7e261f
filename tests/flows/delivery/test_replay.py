from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Model
from django.utils import timezone

from destinations.models import Action, Destination
from flows.delivery.replay import ReplayRefused, say_it_arrived, send_again, try_again
from flows.models import Attempt, Delivery, Due, Lead, State
from leadconduit.accounts.models import AuditEvent, User
from tests.flows.delivery import makers
from tests.flows.delivery.makers import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery() -> Delivery:
    """Delivered or failed, as a test will have it: it is off the queue."""
    to = makers.destination()
    (made,) = makers.deliveries(to, 1, of=makers.lead(to.account))
    Due.objects.all().delete()
    return made


def ended(delivery: Delivery, state: State, **values: Any) -> Delivery:
    Delivery.objects.filter(pk=delivery.pk).update(state=state, finished_at=NOW, **values)
    delivery.refresh_from_db()
    return delivery


# --- Try again


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_trying_again_reopens_the_same_delivery_with_its_key(delivery: Delivery, state: State) -> None:
    key = ended(delivery, state, attempt_count=12, reason="Gave up.").key

    try_again(delivery, by=None, now=NOW)

    due = Due.objects.get()
    assert (delivery.state, delivery.key, delivery.reason, delivery.finished_at) == (
        State.WAITING,
        key,
        "",
        None,
    )
    assert delivery.attempt_count == 12
    assert (due.delivery_id, due.due_at, due.tries) == (delivery.pk, NOW, 0)


@pytest.mark.parametrize("state", [State.DELIVERED, State.REJECTED])
def test_what_was_answered_is_not_tried_again(delivery: Delivery, state: State) -> None:
    ended(delivery, state)

    with pytest.raises(ReplayRefused, match=f"This delivery is {state}"):
        try_again(delivery, by=None, now=NOW)

    assert not Due.objects.exists()


def test_one_that_waits_for_its_retry_is_hurried() -> None:
    (delivery,) = makers.deliveries(makers.destination(), 1, now=NOW + timedelta(hours=6))

    try_again(delivery, by=None, now=NOW)

    assert Due.objects.get().due_at == NOW


def test_one_that_is_being_sent_is_left_alone() -> None:
    (delivery,) = makers.deliveries(makers.destination(), 1)
    Due.objects.update(lease_id=uuid4(), due_at=NOW + timedelta(seconds=45))

    try_again(delivery, by=None, now=NOW)

    assert Due.objects.get().due_at == NOW + timedelta(seconds=45)


def test_trying_again_twice_reopens_once(delivery: Delivery) -> None:
    ended(delivery, State.FAILED)
    same = Delivery.objects.get(pk=delivery.pk)

    try_again(delivery, by=None, now=NOW)
    try_again(same, by=None, now=NOW)

    assert Due.objects.count() == 1


@pytest.mark.parametrize("again", [try_again, send_again])
def test_replaying_is_noted_as_somebodys(delivery: Delivery, olive: User, again: Any) -> None:
    ended(delivery, State.FAILED if again is try_again else State.DELIVERED)

    again(delivery, by=olive, now=NOW)

    event = AuditEvent.objects.get()
    assert event.actor == olive
    assert event.action == ("delivery.tried_again" if again is try_again else "delivery.sent_again")
    assert event.object_id == delivery.pk


# --- Followers


@pytest.fixture
def chain() -> list[Delivery]:
    """The first failed, so the two behind it were cancelled."""
    to = makers.destination(actions=3)
    made = makers.chain(to, makers.lead(to.account))
    Due.objects.all().delete()
    return [ended(made[0], State.FAILED), ended(made[1], State.CANCELLED), ended(made[2], State.CANCELLED)]


def states(chain: list[Delivery]) -> list[str]:
    return [Delivery.objects.get(pk=delivery.pk).state for delivery in chain]


def test_those_that_were_cancelled_with_it_wait_for_it_again(chain: list[Delivery]) -> None:
    try_again(chain[0], by=None, now=NOW)

    assert states(chain) == [State.WAITING, State.WAITING, State.WAITING]
    assert Due.objects.get().delivery_id == chain[0].pk


def test_a_follower_of_what_is_lost_can_be_tried_by_itself(chain: list[Delivery]) -> None:
    try_again(chain[1], by=None, now=NOW)

    assert states(chain) == [State.FAILED, State.WAITING, State.WAITING]
    assert Due.objects.get().delivery_id == chain[1].pk


def test_a_follower_cannot_overtake_its_leader(chain: list[Delivery]) -> None:
    try_again(chain[0], by=None, now=NOW)

    with pytest.raises(ReplayRefused, match="waits for the one before it"):
        try_again(chain[1], by=None, now=NOW)


# --- Send again


@pytest.mark.parametrize("state", [State.DELIVERED, State.REJECTED])
def test_sending_again_is_a_new_delivery_that_names_its_origin(delivery: Delivery, state: State) -> None:
    ended(delivery, state)

    again = send_again(delivery, by=None, now=NOW)

    assert again.origin == delivery
    assert again.key != delivery.key
    assert (again.lead, again.action, again.state) == (delivery.lead, delivery.action, State.WAITING)
    assert again.attempt_count == 0
    assert Due.objects.get().delivery_id == again.pk
    delivery.refresh_from_db()
    assert delivery.state == state


def test_sending_again_keeps_the_input_of_a_delivery_without_a_lead() -> None:
    (delivery,) = makers.deliveries(makers.destination(), 1)
    ended(delivery, State.DELIVERED)

    assert send_again(delivery, by=None, now=NOW).input == delivery.input


@pytest.mark.parametrize("state", [State.WAITING, State.FAILED, State.CANCELLED])
def test_what_has_no_answer_is_not_sent_again(delivery: Delivery, state: State) -> None:
    ended(delivery, state)

    with pytest.raises(ReplayRefused, match=f"This delivery is {state}"):
        send_again(delivery, by=None, now=NOW)


def test_sending_again_sends_those_that_follow_it_again_too(chain: list[Delivery]) -> None:
    for delivery in chain:
        ended(delivery, State.DELIVERED)

    again = send_again(chain[0], by=None, now=NOW)

    made = list(Delivery.objects.filter(origin__isnull=False).order_by("pk"))
    assert made[0] == again
    assert [one.origin for one in made] == chain
    assert [one.follows for one in made] == [None, made[0], made[1]]
    assert len({one.key for one in [*made, *chain]}) == 6
    assert Due.objects.get().delivery_id == again.pk


def test_sending_one_in_the_middle_again_leaves_those_before_it_alone(chain: list[Delivery]) -> None:
    for delivery in chain:
        ended(delivery, State.DELIVERED)

    again = send_again(chain[1], by=None, now=NOW)

    assert again.follows is None
    assert [one.origin for one in Delivery.objects.filter(origin__isnull=False).order_by("pk")] == chain[1:]


def test_what_follows_is_not_sent_again_by_an_action_that_is_gone(chain: list[Delivery]) -> None:
    for delivery in chain:
        ended(delivery, State.DELIVERED)
    Action.objects.filter(pk=chain[1].action_id).update(removed_at=NOW)

    again = send_again(chain[0], by=None, now=NOW)

    last = Delivery.objects.get(origin=chain[2])
    assert last.follows == again
    assert not Delivery.objects.filter(origin=chain[1]).exists()


# --- It arrived


def tried(delivery: Delivery, *outcomes: str) -> None:
    for number, outcome in enumerate(outcomes, start=1):
        Attempt.objects.create(delivery=delivery, number=number, outcome=outcome)


def test_what_may_have_arrived_is_delivered_when_somebody_says_so(delivery: Delivery, olive: User) -> None:
    tried(ended(delivery, State.FAILED, outcome="unknown", reason="No answer."), "unknown")

    say_it_arrived(delivery, by=olive, now=NOW)

    assert (delivery.state, delivery.outcome, delivery.receipt) == (State.DELIVERED, "unknown", None)
    assert (delivery.reason, delivery.finished_at) == (f"{olive} said that it arrived.", NOW)
    event = AuditEvent.objects.get()
    assert (event.actor, event.action) == (olive, "delivery.said_to_have_arrived")
    assert not Due.objects.exists()


def test_those_behind_it_go_on_as_after_any_delivery(chain: list[Delivery]) -> None:
    tried(chain[0], "unknown")

    say_it_arrived(chain[0], by=None, now=NOW)

    assert states(chain) == [State.DELIVERED, State.WAITING, State.WAITING]
    assert Due.objects.get().delivery_id == chain[1].pk


def test_one_behind_it_that_was_tried_by_itself_is_queued_once(chain: list[Delivery]) -> None:
    tried(chain[0], "unknown")
    try_again(chain[1], by=None, now=NOW)

    say_it_arrived(chain[0], by=None, now=NOW)

    assert Due.objects.get().delivery_id == chain[1].pk


def test_an_earlier_try_may_have_arrived_though_the_last_did_not(delivery: Delivery) -> None:
    tried(ended(delivery, State.FAILED, outcome="unreachable"), "unknown", "unreachable")

    say_it_arrived(delivery, by=None, now=NOW)

    assert delivery.state == State.DELIVERED


@pytest.mark.parametrize(
    ("state", "outcome", "sentence"),
    [
        (State.WAITING, "unknown", "This delivery is waiting: "),
        (State.REJECTED, "rejected", "This delivery is rejected: "),
        (State.FAILED, "misconfigured", "Each try of this delivery was answered"),
    ],
)
def test_what_cannot_have_arrived_is_not_said_to(
    delivery: Delivery, state: State, outcome: str, sentence: str
) -> None:
    tried(ended(delivery, state, outcome=outcome), outcome)

    with pytest.raises(ReplayRefused, match=sentence):
        say_it_arrived(delivery, by=None, now=NOW)

    delivery.refresh_from_db()
    assert delivery.state == state


# --- What can no longer be sent


@pytest.mark.parametrize("again", [try_again, send_again])
@pytest.mark.parametrize(
    ("model", "change", "sentence"),
    [
        (Destination, {"deleted_at": timezone.now()}, "The destination was deleted."),
        (Action, {"removed_at": timezone.now()}, "The action was removed from the destination."),
        (Lead, None, "The lead is no longer kept."),
    ],
)
def test_what_is_gone_gets_nothing(
    delivery: Delivery, again: Any, model: type[Model], change: dict[str, Any] | None, sentence: str
) -> None:
    ended(delivery, State.FAILED if again is try_again else State.DELIVERED)
    rows = model._default_manager.all()
    rows.update(**change) if change else rows.delete()
    delivery = Delivery.objects.get(pk=delivery.pk)

    with pytest.raises(ReplayRefused) as refused:
        again(delivery, by=None, now=NOW)

    assert refused.value.sentence == sentence
    assert not Due.objects.exists()
