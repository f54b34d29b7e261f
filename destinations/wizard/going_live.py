"""A draft is put to use: the only way by which anything that leads meet is changed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil

from django.db import transaction

from destinations import configured
from destinations.configured import platform_of
from destinations.models import Action, Destination, DestinationRevision, Lane
from destinations.platforms.port import DestinationValues, LiveAction
from destinations.wizard.drafts import lock
from destinations.wizard.errors import (
    ChangedMeanwhile,
    InUse,
    NotActivated,
    NotComplete,
    NothingToApply,
    NotTested,
    quoted,
)
from destinations.wizard.testing import progress
from leadconduit.accounts.models import AuditEvent, User

SECONDS_BEYOND_SEND = 15

UsedBy = Callable[[Action], Sequence[str]]
"""The names of the flows that use an action. Asked while the destination's row is held."""


def activate(
    *, destination: Destination, by: User | None, now: datetime, untested: bool = False
) -> DestinationRevision:
    """Let flows use the destination. `untested`: without a successful test, which is recorded.

    Raises NotComplete, NotTested, ChangedMeanwhile, Gone.
    """
    return _put_to_use(destination, by=by, now=now, untested=untested, used_by=lambda _: ())


def apply(
    *, destination: Destination, by: User | None, now: datetime, used_by: UsedBy, untested: bool = False
) -> DestinationRevision:
    """Make the draft of an active destination live: the next delivery of every flow that uses it goes by it.

    Raises what `activate` does, NothingToApply, and InUse where an action was removed that a flow uses.
    """
    if destination.activated_at is None:
        raise NotActivated
    return _put_to_use(destination, by=by, now=now, untested=untested, used_by=used_by)


def _put_to_use(
    destination: Destination, *, by: User | None, now: datetime, untested: bool, used_by: UsedBy
) -> DestinationRevision:
    draft = DestinationRevision.objects.draft_of(destination)
    if draft is None:
        raise NothingToApply
    found = progress(destination, draft)
    if found.missing:
        raise NotComplete(f"Nothing was put to use, since something is still missing. {found.missing[0]}")
    if not found.step("test").complete and not untested:
        raise NotTested(f"Nothing was put to use. {found.step('test').missing[0]}")
    values = configured.values_of(destination, draft.document)
    live_actions = platform_of(destination).setup.activate(values)
    return _go_live(
        destination, draft, live_actions, by=by, now=now, tested=found.step("test").complete, used_by=used_by
    )


@transaction.atomic
def _go_live(
    destination: Destination,
    checked: DestinationRevision,
    live_actions: Sequence[LiveAction],
    *,
    by: User | None,
    now: datetime,
    tested: bool,
    used_by: UsedBy,
) -> DestinationRevision:
    locked = lock(destination)
    draft = DestinationRevision.objects.draft_of(locked)
    if draft is None or draft.document != checked.document:
        raise ChangedMeanwhile
    _write_actions(locked, draft, live_actions, now=now, used_by=used_by)
    draft.applied_at = now
    draft.save(update_fields=["applied_at"])
    first = locked.activated_at is None
    locked.live, locked.activated_untested = draft, not tested
    if first:
        locked.activated_at, locked.activated_by = now, by
    locked.save(update_fields=["live", "activated_at", "activated_by", "activated_untested"])
    Lane.objects.update_or_create(
        destination=locked,
        defaults={"lease_seconds": _lease_seconds(locked, configured.values_of(locked, draft.document))},
    )
    AuditEvent.record(
        account=locked.account,
        by=by,
        action="destination.activated" if first else "destination.applied",
        on=locked,
        detail={"revision": draft.number, "tested": tested},
    )
    return draft


def _write_actions(
    destination: Destination,
    draft: DestinationRevision,
    live_actions: Sequence[LiveAction],
    *,
    now: datetime,
    used_by: UsedBy,
) -> None:
    """Make the rows what the draft says. A row that goes is marked as removed, since deliveries name it."""
    wanted = {action["id"] for action in draft.actions}
    for row in destination.actions.current().exclude(pk__in=wanted):
        if flows := used_by(row):
            raise InUse(
                f"“{row.name}” cannot be removed, since a flow delivers to it: {quoted(flows)}."
                " Nothing was applied. Detach it there and deploy, or discard the changes."
            )
        row.removed_at = now
        row.save(update_fields=["removed_at"])
    addresses = {live.action_id: live.webhook_url for live in live_actions}
    for position, action in enumerate(draft.actions):
        shared = {
            "name": action["name"],
            "position": position,
            "platform_url": addresses.get(action["action_id"], ""),
            "removed_at": None,
        }
        Action.objects.update_or_create(
            id=action["id"],
            destination=destination,
            defaults=shared,
            create_defaults=shared | {"action_id": action["action_id"], "created_at": now},
        )


def _lease_seconds(destination: Destination, values: DestinationValues) -> int:
    """A lease outlives the slowest send, and the worker's own work around it."""
    return ceil(platform_of(destination).sender.longest_send(values)) + SECONDS_BEYOND_SEND
