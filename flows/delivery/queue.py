"""The queue: every statement on `due` and `lane`.

A delivery that waits for its turn has one row in `due`; claiming it gives the row a lease and a later due time, so the
rows of a worker that died fall due again by themselves. Claims take a little from each open lane in turn, so a large
backlog of one destination keeps nobody waiting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from flows.delivery.database import Cursor
from flows.models import Delivery, Due

MAX_LANES = 25
"""How many destinations one claim serves at most."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours until its lease ends. `tries` counts the attempts recorded before.

    `interrupted`: whoever had it before did not give it back, so that it may have gone out and left no attempt.
    """

    delivery_id: str
    destination_id: str
    tries: int
    lease_id: UUID
    lease_seconds: int
    interrupted: bool = False


class Claimed(NamedTuple):
    """What a claim got, and the destination after which the next one begins: "" for the first."""

    claims: list[Claim]
    after: str


def put(deliveries: Iterable[Delivery], *, now: datetime) -> None:
    """Queue deliveries in the caller's transaction; those that follow another wait until that one is delivered."""
    Due.objects.bulk_create(
        Due(delivery_id=delivery.pk, destination_id=delivery.destination_id, due_at=now)
        for delivery in deliveries
        if delivery.follows_id is None
    )


# With these, no plan but the walk over indexes is left, whatever the statistics say of tables that fill and empty all
# day. They end with the transaction: one of the session would leak, through a pooler, into somebody else's.
WALK_INDEXES = """
select set_config('jit', 'off', true), set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true)"""


# --- Claiming

# A claim that a crash forgets is only claimed again, with another lease: it need not wait for the disk.
CLAIM_SETTINGS = WALK_INDEXES + ", set_config('synchronous_commit', 'off', true)"

# Which open lanes owe something: from one destination to the next over the index, beginning after the last one served.
# ORDER BY .. LIMIT 1 and not EXISTS, which may read all that a lane owes. A lane that another worker is claiming from
# is passed by. One that was closed for its credentials lets one through at a time until it is known that they are good.
OPEN_LANES = """
with recursive walk as (
    (select destination_id from due where destination_id > %(after)s order by destination_id, due_at limit 1)
    union all
    select (select due.destination_id from due where due.destination_id > walk.destination_id
            order by due.destination_id, due.due_at limit 1)
    from walk where walk.destination_id is not null
)
select lane.destination_id, lane.most, lane.lease_seconds
from walk
cross join lateral (
    select destination_id, lease_seconds,
           case when probing or unauthorized_until > 'epoch' then 1 else max_in_flight end as most
    from lane where lane.destination_id = walk.destination_id and lane.opens_at <= now()
    for no key update skip locked
) lane
cross join lateral (
    select 1 from due where due.destination_id = lane.destination_id and due.due_at <= now()
    order by due.destination_id, due.due_at limit 1
) owes
where walk.destination_id is not null
limit %(lanes)s
"""

# Take from each lane what it has room for. A statement of its own, since it must see what those let through who held
# the lanes before.
TAKE = """
with picked as materialized (
    select mine.delivery_id, mine.interrupted, lane.lease_seconds
    from unnest(%(lanes)s::text[], %(most)s::int[], %(leases)s::int[]) as lane(destination_id, most, lease_seconds)
    cross join lateral (
        select greatest(lane.most - count(*), 0) as free from due
        where due.destination_id = lane.destination_id and due.lease_id is not null and due.due_at > now()
    ) room
    cross join lateral (
        select due.delivery_id, due.lease_id is not null as interrupted from due
        where due.destination_id = lane.destination_id and due.due_at <= now()
        order by due.destination_id, due.due_at
        limit least(room.free, %(share)s) for update skip locked
    ) mine
)
update due set lease_id = %(lease_id)s, due_at = now() + make_interval(secs => picked.lease_seconds)
from picked where due.delivery_id = picked.delivery_id
returning due.delivery_id, due.destination_id, due.tries, picked.lease_seconds, picked.interrupted
"""


async def claim(cursor: Cursor, *, room: int, after: str = "") -> Claimed:
    """Take at most `room` due deliveries, from destinations after `after` first. Begins a transaction's work."""
    await cursor.execute(CLAIM_SETTINGS)
    limit = min(room, MAX_LANES)
    lanes = await _open_lanes(cursor, after=after, limit=limit)
    if not lanes and after:
        lanes = await _open_lanes(cursor, after="", limit=limit)
    if not lanes:
        return Claimed([], "")
    lease_id = uuid4()
    destinations, most, leases = zip(*lanes, strict=True)
    taking = {"lanes": list(destinations), "most": list(most), "leases": list(leases)}
    await cursor.execute(TAKE, {**taking, "share": room // len(lanes), "lease_id": lease_id})
    claims = [
        Claim(delivery_id, destination_id, tries, lease_id, lease_seconds, interrupted)
        async for delivery_id, destination_id, tries, lease_seconds, interrupted in cursor
    ]
    return Claimed(claims, destinations[-1] if len(lanes) == limit else "")


async def _open_lanes(cursor: Cursor, *, after: str, limit: int) -> list[tuple[str, int, int]]:
    await cursor.execute(OPEN_LANES, {"after": after, "lanes": limit})
    return await cursor.fetchall()


# --- Giving back. Both touch only rows that still carry the claim's own lease.

FINISH = """
delete from due using unnest(%(deliveries)s::text[], %(leases)s::uuid[]) as ended(delivery_id, lease_id)
where due.delivery_id = any(%(deliveries)s) and due.delivery_id = ended.delivery_id and due.lease_id = ended.lease_id
returning due.delivery_id
"""

RESCHEDULE = """
update due set lease_id = null, due_at = again.at, tries = due.tries + again.spent
from unnest(%(deliveries)s::text[], %(leases)s::uuid[], %(at)s::timestamptz[], %(spent)s::int[])
    as again(delivery_id, lease_id, at, spent)
where due.delivery_id = any(%(deliveries)s) and due.delivery_id = again.delivery_id and due.lease_id = again.lease_id
returning due.delivery_id
"""

# In the order of their names, so that two workers that close the same lanes wait for each other in one direction.
CLOSE_LANE = """
update lane set limited_until = greatest(limited_until, %(until)s) where destination_id = %(destination)s
"""


async def finish(cursor: Cursor, claims: Sequence[Claim]) -> set[str]:
    """Take ended deliveries off the queue. Answers those whose lease still held."""
    return await _give_back(cursor, FINISH, claims)


async def reschedule(
    cursor: Cursor, claims: Sequence[Claim], *, at: Sequence[datetime], spent: Sequence[int]
) -> set[str]:
    """Queue tried deliveries for their next try, each `at` its time, with so many tries `spent` on this one.

    Answers those whose lease still held.
    """
    return await _give_back(cursor, RESCHEDULE, claims, at=list(at), spent=list(spent))


async def close_lanes(cursor: Cursor, until: Mapping[str, datetime]) -> None:
    """Nothing goes to these destinations before the receiver takes more: one row each, whatever waits behind it."""
    for destination_id in sorted(until):
        await cursor.execute(CLOSE_LANE, {"destination": destination_id, "until": until[destination_id]})


async def _give_back(cursor: Cursor, statement: str, claims: Sequence[Claim], **more: object) -> set[str]:
    if not claims:
        return set()
    deliveries = [claim.delivery_id for claim in claims]
    leases = [claim.lease_id for claim in claims]
    await cursor.execute(statement, {"deliveries": deliveries, "leases": leases, **more})
    return {delivery_id async for (delivery_id,) in cursor}
