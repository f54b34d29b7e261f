"""What tries came to, written in batches: one durable transaction for all that ended within a few milliseconds.

Rows of the queue change only where the lease still holds; the attempt itself is kept in any case. So a batch may be
written twice, when the answer to the first commit was lost, and changes nothing the second time.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
import structlog
from django.utils import timezone

from destinations.outcome import Receipt
from flows.delivery import followers, queue
from flows.delivery.attempt import Attempted
from flows.delivery.database import LOST, Cursor, Database
from leadconduit.leads.values import clean

logger = structlog.get_logger(__name__)

GATHER_SECONDS = 0.005
BATCH = 200
LONGEST_WAIT_SECONDS = 2.0


class Recorder:
    """Gathers what was tried and writes it. Nothing is let go of before it is committed."""

    def __init__(self, database: Database, *, recorded: Callable[[int], None]) -> None:
        """`recorded` is told how many were written, or given up."""
        self._database = database
        self._recorded = recorded
        self._waiting: asyncio.Queue[Attempted] = asyncio.Queue()

    def put(self, attempted: Attempted) -> None:
        self._waiting.put_nowait(attempted)

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            batch = await self._gather()
            await self._write(batch)
            self._recorded(len(batch))

    async def _gather(self) -> list[Attempted]:
        batch = [await self._waiting.get()]
        await asyncio.sleep(GATHER_SECONDS)
        while len(batch) < BATCH and not self._waiting.empty():
            batch.append(self._waiting.get_nowait())
        return batch

    async def _write(self, batch: Sequence[Attempted]) -> None:
        """As long as the database is away this waits. When that lasts, the leases end, and all is sent again."""
        pause = 0.1
        while True:
            try:
                async with self._database.transaction() as cursor:
                    await record(cursor, batch, now=timezone.now())
                return
            except LOST as error:
                logger.warning("record.waits", error=str(error), attempts=len(batch))
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_WAIT_SECONDS)
            except Exception:
                logger.exception("record.broke", attempts=len(batch))
                await self._write_apart(batch)
                return

    async def _write_apart(self, batch: Sequence[Attempted]) -> None:
        """One of a batch cannot be stored as it is: each by itself then, so that it takes no other with it."""
        if len(batch) > 1:
            for attempted in batch:
                await self._write([attempted])
        elif batch[0].result.exchange is not None:
            await self._write([_bare(batch[0])])
        else:
            logger.error("record.given_up", delivery_id=batch[0].claim.delivery_id)


def _bare(attempted: Attempted) -> Attempted:
    """The attempt without what came from outside."""
    reason, _ = clean(attempted.result.reason)
    return replace(
        attempted, result=replace(attempted.result, reason=str(reason), exchange=None, receipt=None)
    )


async def record(cursor: Cursor, batch: Sequence[Attempted], *, now: datetime) -> None:
    """Attempts, queue, deliveries, followers and lanes, in the caller's transaction."""
    await cursor.execute(queue.WALK_INDEXES)
    again = [attempted for attempted in batch if attempted.next_at]
    ended = [attempted for attempted in batch if not attempted.next_at]
    held = await queue.finish(cursor, [attempted.claim for attempted in ended])
    held |= await queue.reschedule(
        cursor,
        [attempted.claim for attempted in again],
        at=[attempted.next_at for attempted in again if attempted.next_at],
        spent=[int(attempted.spends_a_try) for attempted in again],
    )
    counted = [attempted for attempted in batch if attempted.claim.delivery_id in held]
    await _keep_attempts(cursor, batch, held)
    await _sum_up(cursor, counted, now=now)
    await followers.start(cursor, _ended(counted, delivered=True), now=now)
    await followers.cancel(cursor, _ended(counted, delivered=False), now=now)
    await queue.close_lanes(cursor, _closed_lanes(batch))


def _ended(counted: Sequence[Attempted], *, delivered: bool) -> list[str]:
    return [
        attempted.claim.delivery_id
        for attempted in counted
        if attempted.next_at is None and (attempted.state == "delivered") is delivered
    ]


def _closed_lanes(batch: Sequence[Attempted]) -> dict[str, datetime]:
    until: dict[str, datetime] = {}
    for attempted in batch:
        if attempted.lane_closed_until:
            lane = attempted.claim.destination_id
            until[lane] = max(attempted.lane_closed_until, until.get(lane, attempted.lane_closed_until))
    return until


# As one document: an exchange is full of quotes, and an array of texts would have each of them escaped on the way.
KEEP_ATTEMPTS = """
insert into flows_attempt
    (id, delivery_id, revision_id, number, started_at, ms, outcome, reason, exchange, counted, account_id)
select made.*, (select account_id from flows_delivery where flows_delivery.id = made.delivery_id)
from jsonb_to_recordset(%(attempts)s::jsonb) as made (
    id text, delivery_id text, revision_id text, number int, started_at timestamptz, ms int, outcome text, reason text,
    exchange jsonb, counted bool
)
on conflict (id) do nothing
"""


async def _keep_attempts(cursor: Cursor, batch: Sequence[Attempted], held: set[str]) -> None:
    attempts = [_row(attempted, counted=attempted.claim.delivery_id in held) for attempted in batch]
    # Names of headers may be of a subclass of str, which orjson takes only when told to.
    document = orjson.dumps(attempts, option=orjson.OPT_NON_STR_KEYS).decode()
    await cursor.execute(KEEP_ATTEMPTS, {"attempts": document})


def _row(attempted: Attempted, *, counted: bool) -> dict[str, Any]:
    return {
        "id": attempted.id,
        "delivery_id": attempted.claim.delivery_id,
        "revision_id": attempted.revision_id,
        "number": attempted.number,
        "started_at": attempted.started_at,
        "ms": attempted.ms,
        "outcome": attempted.result.outcome.value,
        "reason": attempted.reason,
        "exchange": attempted.result.exchange,
        "counted": counted,
    }


SUM_UP = """
update flows_delivery
set state = tried.state, outcome = tried.outcome, reason = tried.reason, attempt_count = attempt_count + 1,
    finished_at = case when tried.state = 'waiting' then null else %(now)s end,
    receipt = coalesce(tried.receipt::jsonb, flows_delivery.receipt)
from unnest(%(ids)s::text[], %(states)s::text[], %(outcomes)s::text[], %(reasons)s::text[], %(receipts)s::text[])
    as tried(id, state, outcome, reason, receipt)
where flows_delivery.id = any(%(ids)s) and flows_delivery.id = tried.id
"""


async def _sum_up(cursor: Cursor, counted: Sequence[Attempted], *, now: datetime) -> None:
    if not counted:
        return
    await cursor.execute(
        SUM_UP,
        {
            "ids": [attempted.claim.delivery_id for attempted in counted],
            "states": [attempted.state for attempted in counted],
            "outcomes": [attempted.result.outcome.value for attempted in counted],
            "reasons": [attempted.reason for attempted in counted],
            "receipts": [_receipt(attempted.result.receipt) for attempted in counted],
            "now": now,
        },
    )


def _receipt(receipt: Receipt | None) -> str | None:
    return None if receipt is None else orjson.dumps(receipt.to_json()).decode()
