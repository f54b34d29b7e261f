"""Driving parts of the loop from a test: one transaction at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from destinations.outcome import Outcome, Result
from flows.delivery import queue
from flows.delivery.attempt import Attempted
from flows.delivery.database import Cursor, Database
from flows.delivery.queue import Claim
from flows.delivery.record import record
from leadconduit.lib.ids import new_id

T = TypeVar("T")


def transact(work: Callable[[Cursor], Awaitable[T]]) -> T:
    """What `work` answers, of a transaction of its own."""

    async def once() -> T:
        database = Database()
        try:
            async with database.transaction() as cursor:
                return await work(cursor)
        finally:
            await database.close()

    return asyncio.run(once())


def claim(room: int = 100) -> list[Claim]:
    return transact(lambda cursor: queue.claim(cursor, room=room)).claims


def the_one() -> Claim:
    """Claim what must be the only due delivery."""
    (only,) = claim()
    return only


def attempted(
    claim: Claim,
    outcome: Outcome = Outcome.DELIVERED,
    *,
    reason: str = "",
    again_at: datetime | None = None,
    lane_closed_until: datetime | None = None,
    number: int = 1,
    exchange: dict[str, object] | None = None,
    not_connected: bool = False,
) -> Attempted:
    return Attempted(
        id=new_id(),
        claim=claim,
        number=number,
        revision_id=None,
        started_at=datetime.now(UTC),
        ms=12,
        result=Result(outcome, reason, exchange=exchange, not_connected=not_connected),
        next_at=again_at,
        lane_closed_until=lane_closed_until,
    )


def write(*batch: Attempted) -> None:
    transact(lambda cursor: record(cursor, batch, now=datetime.now(UTC)))


def later(**span: float) -> datetime:
    return datetime.now(UTC) + timedelta(**span)
