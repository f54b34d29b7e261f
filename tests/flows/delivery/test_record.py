import asyncio
from dataclasses import replace

import pytest
from django.utils import timezone

from destinations.models import Action, Lane
from destinations.outcome import Outcome, Receipt
from flows.delivery.attempt import Attempted
from flows.delivery.database import Database
from flows.delivery.record import Recorder
from flows.models import Attempt, Delivery, Due, State
from tests.flows.delivery import makers
from tests.flows.delivery.loop import attempted, claim, later, the_one, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def delivery() -> Delivery:
    (made,) = makers.deliveries(makers.destination(), 1)
    return made


def test_a_delivered_one_is_off_the_queue_and_says_when(delivery: Delivery) -> None:
    write(attempted(the_one()))

    delivery.refresh_from_db()
    assert (delivery.state, delivery.outcome, delivery.reason) == (State.DELIVERED, "delivered", "")
    assert delivery.attempt_count == 1
    assert delivery.finished_at is not None
    assert not Due.objects.exists()


def test_an_attempt_keeps_its_exchange(delivery: Delivery) -> None:
    exchange: dict[str, object] = {"request": {"body": '{"name": "Zoë \\"Z\\""}'}, "response": None, "ms": 3}

    write(attempted(the_one(), exchange=exchange))

    attempt = Attempt.objects.get()
    assert attempt.exchange == exchange
    assert (attempt.delivery_id, attempt.outcome, attempt.number, attempt.ms) == (
        delivery.pk,
        "delivered",
        1,
        12,
    )
    assert attempt.counted


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.REJECTED, State.REJECTED),
        (Outcome.MISCONFIGURED, State.FAILED),
        (Outcome.UNAVAILABLE, State.FAILED),
    ],
)
def test_the_last_word_decides_the_state(delivery: Delivery, outcome: Outcome, state: State) -> None:
    write(attempted(the_one(), outcome))

    delivery.refresh_from_db()
    assert (delivery.state, delivery.outcome) == (state, outcome)
    assert delivery.reason == outcome.sentence
    assert not Due.objects.exists()


def test_one_that_is_tried_again_goes_on_waiting(delivery: Delivery) -> None:
    again_at = later(seconds=30)

    write(attempted(the_one(), Outcome.UNAVAILABLE, reason="Closed for lunch.", again_at=again_at))

    delivery.refresh_from_db()
    due = Due.objects.get()
    assert (delivery.state, delivery.outcome, delivery.reason) == (
        State.WAITING,
        "unavailable",
        "Closed for lunch.",
    )
    assert (delivery.attempt_count, delivery.finished_at) == (1, None)
    assert (due.due_at, due.tries, due.lease_id) == (again_at, 1, None)


def test_an_attempt_whose_lease_was_lost_is_kept_and_counts_for_nothing(delivery: Delivery) -> None:
    (stale,) = claim()
    Due.objects.update(due_at=timezone.now())
    (fresh,) = claim()
    write(attempted(stale, Outcome.REJECTED))

    write(attempted(fresh))

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempt_count) == (State.DELIVERED, 1)
    assert list(Attempt.objects.order_by("id").values_list("outcome", "counted")) == [
        ("rejected", False),
        ("delivered", True),
    ]


def test_writing_the_same_batch_twice_changes_nothing(delivery: Delivery) -> None:
    batch = attempted(the_one())
    write(batch)

    write(batch)

    delivery.refresh_from_db()
    assert delivery.attempt_count == 1
    assert Attempt.objects.get().counted


def test_a_rate_limit_closes_the_lane_until_the_latest_wish() -> None:
    to = makers.destination()
    makers.deliveries(to, 3)
    first, second, _ = claim()
    until = later(minutes=5)

    write(
        attempted(first, Outcome.RATE_LIMITED, again_at=until, lane_closed_until=until),
        attempted(second, Outcome.RATE_LIMITED, again_at=until, lane_closed_until=later(minutes=1)),
    )

    lane = Lane.objects.get()
    assert lane.limited_until == until
    assert lane.opens_at == until
    assert claim() == []


# --- Followers


@pytest.fixture
def chain() -> list[Delivery]:
    to = makers.destination(actions=3)
    return makers.chain(to, makers.lead(to.account))


def test_a_follower_is_due_when_its_leader_is_delivered(chain: list[Delivery]) -> None:
    write(attempted(the_one()))

    (next_one,) = claim()
    assert next_one.delivery_id == chain[1].pk
    assert Due.objects.count() == 1


def test_a_follower_waits_while_its_leader_is_tried_again(chain: list[Delivery]) -> None:
    write(attempted(the_one(), Outcome.UNAVAILABLE, again_at=later(minutes=1)))

    chain[1].refresh_from_db()
    assert chain[1].state == State.WAITING
    assert Due.objects.get().delivery_id == chain[0].pk


def test_all_that_follow_are_cancelled_when_the_leader_ends_otherwise(chain: list[Delivery]) -> None:
    names = list(Action.objects.order_by("position").values_list("name", flat=True))

    write(attempted(the_one(), Outcome.REJECTED))

    followers = [Delivery.objects.get(pk=delivery.pk) for delivery in chain[1:]]
    assert [follower.state for follower in followers] == [State.CANCELLED, State.CANCELLED]
    assert [follower.reason for follower in followers] == [
        f"{names[0]}, which comes before it, was rejected.",
        f"{names[1]}, which comes before it, was cancelled.",
    ]
    assert all(follower.finished_at for follower in followers)
    assert not Due.objects.exists()


def test_a_follower_that_fails_leaves_what_was_delivered(chain: list[Delivery]) -> None:
    write(attempted(the_one()))

    write(attempted(the_one(), Outcome.MISCONFIGURED))

    states = [Delivery.objects.get(pk=delivery.pk).state for delivery in chain]
    assert states == [State.DELIVERED, State.FAILED, State.CANCELLED]


# --- What cannot be stored


def test_one_that_cannot_be_stored_takes_no_other_with_it() -> None:
    good, bad = makers.deliveries(makers.destination(), 2)
    claims = {made.delivery_id: made for made in claim()}

    recorded = asyncio.run(
        record_all(
            attempted(claims[good.pk], exchange={"response": "fine"}),
            attempted(claims[bad.pk], reason="NUL \0 here", exchange={"response": "NUL \0 here"}),
        )
    )

    assert recorded == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.DELIVERED}
    assert Attempt.objects.get(delivery=good).exchange == {"response": "fine"}
    assert Attempt.objects.get(delivery=bad).exchange is None
    assert Attempt.objects.get(delivery=bad).reason == "NUL \ufffd here"


async def record_all(*batch: Attempted) -> int:
    database, done, counts = Database(), asyncio.Event(), list[int]()

    def recorded(count: int) -> None:
        counts.append(count)
        done.set()

    recorder = Recorder(database, recorded=recorded)
    for made in batch:
        recorder.put(made)
    running = asyncio.create_task(recorder.run())
    async with asyncio.timeout(10):
        await done.wait()
    running.cancel()
    await database.close()
    return sum(counts)


def test_what_the_receiver_returned_stays_with_the_delivery(delivery: Delivery) -> None:
    done = attempted(the_one())

    write(replace(done, result=replace(done.result, receipt=Receipt("00\x00Q1", "https://crm.example/00Q1"))))

    delivery.refresh_from_db()
    assert delivery.receipt is not None
    assert delivery.receipt["id"].endswith("Q1")
    assert delivery.receipt["url"] == "https://crm.example/00Q1"


def test_what_is_no_address_is_no_link_to_a_record(delivery: Delivery) -> None:
    done = attempted(the_one())

    write(replace(done, result=replace(done.result, receipt=Receipt("7", "javascript:alert(1)"))))

    delivery.refresh_from_db()
    assert delivery.receipt == {"id": "7", "url": None}


def test_a_try_that_a_dead_connection_ended_is_kept_and_not_counted_against_the_lead(
    delivery: Delivery,
) -> None:
    write(attempted(the_one(), Outcome.UNAUTHORIZED, again_at=later(seconds=10), not_connected=True))

    delivery.refresh_from_db()
    assert (delivery.state, delivery.outcome, delivery.attempt_count) == (State.WAITING, "unauthorized", 1)
    assert Due.objects.get().tries == 0
