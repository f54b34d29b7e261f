"""A draft is put to use: the only way by which anything that leads meet is changed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil

from django.db import transaction

from destinations import configured
from destinations.configured import platform_of
from destinations.credentials import connections
from destinations.models import Action, Destination, DestinationRevision, Lane
from destinations.platforms.port import DestinationValues, LiveAction
from destinations.wizard.drafts import lock
from destinations.wizard.errors import (
    ChangedMeanwhile,
    DeliveriesWait,
    InUse,
    NotActivated,
    NotComplete,
    NothingToApply,
    NotTested,
    quoted,
)
from destinations.wizard.snapshot import progress
from leadconduit.accounts.models import AuditEvent, User

SECONDS_BEYOND_SEND = 15

UsedBy = Callable[[Action], Sequence[str]]
"""The names of the flows that use an action. Asked while the destination's row is held."""

Waiting = Callable[[Action], int]
"""How many deliveries to an action are still to be made. Asked while the destination's row is held."""


def activate(
    *, destination: Destination, by: User | None, now: datetime, untested: bool = False
) -> DestinationRevision:
    """Let flows use the destination. `untested`: without a successful test, which is recorded.

    Raises NotComplete, NotTested, ChangedMeanwhile, Gone.
    """
    return _put_to_use(
        destination, by=by, now=now, untested=untested, used_by=lambda _: (), waiting=lambda _: 0
    )


def apply(
    *,
    destination: Destination,
    by: User | None,
    now: datetime,
    used_by: UsedBy,
    waiting: Waiting,
    untested: bool = False,
) -> DestinationRevision:
    """Make the draft of an active destination live: the next delivery of every flow that uses it goes by it.

    Raises what `activate` does, NothingToApply, InUse where an action was removed that a flow uses, and
    DeliveriesWait where deliveries to it are still to be made.
    """
    if destination.activated_at is None:
        raise NotActivated
    return _put_to_use(destination, by=by, now=now, untested=untested, used_by=used_by, waiting=waiting)


def _put_to_use(
    destination: Destination,
    *,
    by: User | None,
    now: datetime,
    untested: bool,
    used_by: UsedBy,
    waiting: Waiting,
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
    with transaction.atomic():
        locked = lock(destination)
        current = DestinationRevision.objects.draft_of(locked)
        if current is None or current.document != draft.document:
            raise ChangedMeanwhile
        put_in_force(
            locked,
            current,
            live_actions,
            by=by,
            now=now,
            tested=found.step("test").complete,
            used_by=used_by,
            waiting=waiting,
        )
    return current


def put_in_force(
    destination: Destination,
    revision: DestinationRevision,
    live_actions: Sequence[LiveAction],
    *,
    by: User | None,
    now: datetime,
    tested: bool,
    used_by: UsedBy,
    waiting: Waiting,
) -> None:
    """Make a revision live: the one place that does. `live_actions` are what the platform made of it.

    Within the caller's transaction, in which the destination is locked. Raises InUse, DeliveriesWait.
    """
    connections.hold(revision.document["connection"])
    _write_actions(destination, revision, live_actions, now=now, used_by=used_by, waiting=waiting)
    revision.applied_at, revision.applied_by, revision.applied_untested = now, by, not tested
    revision.save(update_fields=["applied_at", "applied_by", "applied_untested"])
    first = destination.activated_at is None
    destination.live, destination.activated_untested = revision, not tested
    if first:
        destination.activated_at, destination.activated_by = now, by
    destination.save(update_fields=["live", "activated_at", "activated_by", "activated_untested"])
    values = configured.values_of(destination, revision.document)
    Lane.objects.update_or_create(
        destination=destination, defaults={"lease_seconds": _lease_seconds(destination, values)}
    )
    connections.close_lane_if_dead(destination, revision.document["connection"])
    _note(destination, revision, by, first=first, tested=tested)


def _note(
    destination: Destination, revision: DestinationRevision, by: User | None, *, first: bool, tested: bool
) -> None:
    detail: dict[str, object] = {"revision": revision.number, "tested": tested}
    action = "destination.activated" if first else "destination.applied"
    if revision.restores is not None:
        action, detail["restores"] = "destination.rolled_back", revision.restores
    AuditEvent.record(account=destination.account, by=by, action=action, on=destination, detail=detail)


def _write_actions(
    destination: Destination,
    revision: DestinationRevision,
    live_actions: Sequence[LiveAction],
    *,
    now: datetime,
    used_by: UsedBy,
    waiting: Waiting,
) -> None:
    """Make the rows what the revision says. A row that goes is marked as removed, since deliveries name it."""
    wanted = {action["id"] for action in revision.actions}
    for row in destination.actions.current().exclude(pk__in=wanted):
        _refuse_to_remove_what_is_needed(row, used_by, waiting)
        row.removed_at = now
        row.save(update_fields=["removed_at"])
    addresses = {live.action_id: live.webhook_url for live in live_actions}
    for position, action in enumerate(revision.actions):
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


def _refuse_to_remove_what_is_needed(action: Action, used_by: UsedBy, waiting: Waiting) -> None:
    if flows := used_by(action):
        raise InUse(
            f"“{action.name}” cannot be removed, since a flow delivers to it: {quoted(flows)}."
            " Nothing was applied. Detach it there and deploy first."
        )
    if count := waiting(action):
        are = "delivery to it is" if count == 1 else "deliveries to it are"
        raise DeliveriesWait(
            f"“{action.name}” cannot be removed: {count:,} {are} still waiting and would be lost."
            " Nothing was applied. Let them end first."
        )


def _lease_seconds(destination: Destination, values: DestinationValues) -> int:
    """A lease outlives the slowest send, and the worker's own work around it."""
    return ceil(platform_of(destination).sender.longest_send(values)) + SECONDS_BEYOND_SEND
