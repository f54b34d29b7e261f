"""Those that wait for another: actions of one destination run one after another for the same lead.

A follower is queued when its leader is delivered. When the leader ends otherwise, it and all behind it are cancelled,
and say why; when the leader is reopened, so are they.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flows.delivery.database import Cursor
from flows.models import Delivery, Due, State
from leadconduit.lib.ids import children_from

START = """
insert into due (delivery_id, destination_id, due_at)
select id, destination_id, %(now)s from flows_delivery
where follows_id = any(%(leaders)s) and id >= %(lowest)s and state = 'waiting'
on conflict (delivery_id) do nothing
"""

CANCEL = """
with recursive orphan as (
    select follower.id, leader.action_id as leader_action_id, leader.state::text as leader_state, follower.action_id
    from flows_delivery leader join flows_delivery follower on follower.follows_id = leader.id
    where leader.id = any(%(leaders)s) and follower.follows_id = any(%(leaders)s)
      and follower.id >= %(lowest)s and follower.state = 'waiting'
    union all
    select follower.id, orphan.action_id, 'cancelled', follower.action_id
    from orphan join flows_delivery follower on follower.follows_id = orphan.id
    where follower.id >= %(lowest)s and follower.state = 'waiting'
)
update flows_delivery
set state = 'cancelled', finished_at = %(now)s,
    reason = format('%%s, which comes before it, %%s.', coalesce(action.name, 'The action'),
        case orphan.leader_state when 'failed' then 'failed' else 'was ' || orphan.leader_state end)
from orphan left join destinations_action action on action.id = orphan.leader_action_id
where flows_delivery.id = orphan.id and flows_delivery.id >= %(lowest)s
"""


async def start(cursor: Cursor, leaders: Sequence[str], *, now: datetime) -> None:
    """Queue those that waited for these delivered ones."""
    if leaders:
        await cursor.execute(START, _among_siblings(leaders, now))


async def cancel(cursor: Cursor, leaders: Sequence[str], *, now: datetime) -> None:
    """End those that waited for these, which ended without being delivered."""
    if leaders:
        await cursor.execute(CANCEL, _among_siblings(leaders, now))


def reopen(leader: Delivery) -> None:
    """Let those wait again that were cancelled with this one, in the caller's transaction."""
    siblings = Delivery.objects.filter(id__gte=children_from(leader.pk))
    leaders = [leader.pk]
    while leaders:
        cancelled = siblings.filter(follows__in=leaders, state=State.CANCELLED)
        leaders = list(cancelled.values_list("pk", flat=True))
        siblings.filter(pk__in=leaders).update(state=State.WAITING, reason="", finished_at=None)


def go_on(leader: Delivery, *, now: datetime) -> None:
    """Queue those that were cancelled with this one, which counts as delivered after all, in the caller's transaction."""
    reopen(leader)
    waiting = Delivery.objects.filter(
        follows=leader, id__gte=children_from(leader.pk), state=State.WAITING
    ).values_list("pk", "destination_id")
    Due.objects.bulk_create(
        [Due(delivery_id=id, destination_id=destination_id, due_at=now) for id, destination_id in waiting],
        ignore_conflicts=True,  # one may have been tried again by itself
    )


def _among_siblings(leaders: Sequence[str], now: datetime) -> dict[str, Any]:
    return {"leaders": list(leaders), "lowest": children_from(min(leaders)), "now": now}
