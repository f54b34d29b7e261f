import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from django.utils import timezone

from destinations.models import Lane
from flows.delivery import queue
from flows.delivery.database import Database
from flows.delivery.queue import Claim
from flows.models import Due
from tests.factories import AccountFactory
from tests.flows.delivery import makers

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")


def test_a_delivery_is_due_at_once() -> None:
    (delivery,) = makers.deliveries(makers.destination(), 1)

    (claim,) = claim_once()

    assert claim.delivery_id == delivery.pk
    assert claim.tries == 0


def test_a_follower_is_not_queued() -> None:
    to = makers.destination(actions=2)

    first, _ = makers.chain(to, makers.lead(to.account))

    assert list(Due.objects.values_list("delivery_id", flat=True)) == [first.pk]


def test_a_claimed_delivery_is_not_claimed_again_while_its_lease_lasts() -> None:
    makers.deliveries(makers.destination(), 1)

    claim_once()

    assert claim_once() == []


def test_a_claimed_delivery_falls_due_again_when_its_lease_ends() -> None:
    makers.deliveries(makers.destination(), 1)
    (first,) = claim_once()

    Due.objects.update(due_at=timezone.now())
    (second,) = claim_once()

    assert second.delivery_id == first.delivery_id
    assert second.lease_id != first.lease_id
    assert second.tries == 0
    assert (first.interrupted, second.interrupted) == (False, True)


def test_nothing_is_claimed_before_its_time() -> None:
    makers.deliveries(makers.destination(), 1, now=timezone.now() + timedelta(minutes=1))

    assert claim_once() == []


@pytest.mark.parametrize("cause", ["paused_until", "broken_until", "limited_until", "unauthorized_until"])
def test_nothing_is_claimed_from_a_closed_lane(cause: str) -> None:
    to = makers.destination()
    Lane.objects.update(**{cause: timezone.now() + timedelta(minutes=1)})
    makers.deliveries(to, 1)

    assert claim_once() == []


def test_a_lane_opens_again_when_every_cause_is_over() -> None:
    to = makers.destination(limited_until=timezone.now() - timedelta(seconds=1))
    makers.deliveries(to, 1)
    to.lane.pause()
    assert claim_once() == []

    to.lane.resume()

    assert len(claim_once()) == 1


def test_a_probing_lane_lets_one_through() -> None:
    makers.deliveries(makers.destination(probing=True), 3)

    assert len(claim_once()) == 1
    assert claim_once() == []


def test_no_more_than_max_in_flight_are_claimed() -> None:
    makers.deliveries(makers.destination(max_in_flight=3), 10)

    claims = claim_once() + claim_once()

    assert len(claims) == 3


def test_finishing_makes_room() -> None:
    makers.deliveries(makers.destination(max_in_flight=1), 2)
    (first,) = claim_once()

    assert finish([first]) == {first.delivery_id}

    (second,) = claim_once()
    assert second.delivery_id != first.delivery_id


def test_the_oldest_goes_first() -> None:
    to = makers.destination(max_in_flight=1)
    now = timezone.now()
    makers.deliveries(to, 1, now=now - timedelta(seconds=1))
    (older,) = makers.deliveries(to, 1, now=now - timedelta(minutes=1))

    (claim,) = claim_once()

    assert claim.delivery_id == older.pk


def test_a_big_backlog_keeps_no_other_destination_waiting() -> None:
    owner = AccountFactory.create()
    makers.deliveries(makers.destination(owner, max_in_flight=1000), 500)
    small = [makers.destination(owner) for _ in range(3)]
    for to in small:
        makers.deliveries(to, 1)

    claims = claim_once(room=40)

    assert {claim.destination_id for claim in claims} >= {to.pk for to in small}


def test_every_destination_has_its_turn_when_there_is_room_for_few() -> None:
    owner = AccountFactory.create()
    made = [makers.destination(owner) for _ in range(5)]
    for to in made:
        makers.deliveries(to, 20)

    served = Counter(claim.destination_id for claim in claim_in_turns(turns=5, room=2))

    assert set(served.values()) == {2}
    assert set(served) == {to.pk for to in made}


def test_concurrent_claimers_take_nothing_twice_and_never_exceed_max_in_flight() -> None:
    owner = AccountFactory.create()
    for _ in range(3):
        makers.deliveries(makers.destination(owner, max_in_flight=8), 40)

    claims, most = asyncio.run(race(claimers=6, deliveries=120))

    assert len(claims) == 120
    assert len({claim.delivery_id for claim in claims}) == 120
    assert max(most.values()) <= 8


def test_a_worker_that_lost_its_lease_finishes_nothing() -> None:
    makers.deliveries(makers.destination(), 1)
    (stale,) = claim_once()
    Due.objects.update(due_at=timezone.now())
    (fresh,) = claim_once()

    assert finish([stale]) == set()
    assert finish([fresh]) == {fresh.delivery_id}


def test_a_worker_that_lost_its_lease_reschedules_nothing() -> None:
    makers.deliveries(makers.destination(), 1)
    (stale,) = claim_once()
    Due.objects.update(due_at=timezone.now())
    claim_once()

    assert reschedule([stale]) == set()
    assert Due.objects.get().tries == 0


def test_rescheduling_counts_the_try_and_gives_the_lease_up() -> None:
    makers.deliveries(makers.destination(), 1)
    (claim,) = claim_once()

    assert reschedule([claim]) == {claim.delivery_id}

    due = Due.objects.get()
    assert (due.tries, due.lease_id, due.due_at) == (1, None, makers.NOW)


def test_closing_a_lane_never_shortens_a_longer_pause() -> None:
    to = makers.destination(limited_until=makers.NOW + timedelta(hours=1))

    run(transact(lambda cursor: queue.close_lanes(cursor, {to.pk: makers.NOW})))

    assert Lane.objects.get().limited_until == makers.NOW + timedelta(hours=1)


def test_settings_of_a_claim_do_not_outlive_it() -> None:
    before, after = run(settings_around_a_claim())

    assert after == before


# --- Claiming from a test


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(coroutine)


async def transact(work: Any) -> Any:
    database = Database()
    try:
        async with database.transaction() as cursor:
            return await work(cursor)
    finally:
        await database.close()


def claim_once(room: int = 100) -> list[Claim]:
    claims: list[Claim] = run(transact(lambda cursor: queue.claim(cursor, room=room))).claims
    return claims


def claim_in_turns(*, turns: int, room: int) -> list[Claim]:
    claims: list[Claim] = []
    after = ""
    for _ in range(turns):
        claimed = run(transact(lambda cursor, after=after: queue.claim(cursor, room=room, after=after)))
        claims += claimed.claims
        after = claimed.after
    return claims


def finish(claims: list[Claim]) -> set[str]:
    finished: set[str] = run(transact(lambda cursor: queue.finish(cursor, claims)))
    return finished


def reschedule(claims: list[Claim]) -> set[str]:
    again: set[str] = run(
        transact(
            lambda cursor: queue.reschedule(
                cursor, claims, at=[makers.NOW] * len(claims), spent=[1] * len(claims)
            )
        )
    )
    return again


async def settings_around_a_claim() -> tuple[Any, Any]:
    wanted = "select current_setting('enable_seqscan'), current_setting('jit'), current_setting('synchronous_commit')"
    database = Database()
    try:
        async with database.transaction() as cursor:
            before = await (await cursor.execute(wanted)).fetchone()
        async with database.transaction() as cursor:
            await queue.claim(cursor, room=1)
        async with database.transaction() as cursor:
            return before, await (await cursor.execute(wanted)).fetchone()
    finally:
        await database.close()


async def race(*, claimers: int, deliveries: int) -> tuple[list[Claim], Counter[str]]:
    """Claim and finish at the same time until all are done; with the most that each destination had in flight."""
    claims: list[Claim] = []
    in_flight: Counter[str] = Counter()
    most: Counter[str] = Counter()

    async def work() -> None:
        database = Database()
        while len(claims) < deliveries:
            async with database.transaction() as cursor:
                mine = (await queue.claim(cursor, room=10)).claims
            claims.extend(mine)
            for claim in mine:
                in_flight[claim.destination_id] += 1
                most[claim.destination_id] = max(most[claim.destination_id], in_flight[claim.destination_id])
            await asyncio.sleep(0.002)
            # Counted as done before others can see that there is room.
            in_flight.subtract(claim.destination_id for claim in mine)
            async with database.transaction() as cursor:
                await queue.finish(cursor, mine)
        await database.close()

    async with asyncio.timeout(30):
        await asyncio.gather(*(work() for _ in range(claimers)))
    return claims, most
