"""Versions: the revisions of a destination that are or were live, and going back to one of them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from destinations import configured
from destinations.configured import Document, platform_of
from destinations.models import Destination, DestinationRevision
from destinations.platforms.port import LiveAction
from destinations.wizard import drafts
from destinations.wizard.errors import ChangedMeanwhile, NotActivated, NotComplete, NothingToApply
from destinations.wizard.going_live import UsedBy, Waiting, put_in_force
from destinations.wizard.snapshot import progress
from leadconduit.accounts.models import User


def seen(destination: Destination) -> str:
    """What somebody sees who is about to go back: the live version, and the draft as it is.

    `roll_back` takes it again, so that nothing is replaced or discarded that was not there when it was asked about.
    """
    draft = DestinationRevision.objects.draft_of(destination)
    return (
        f"{destination.live_id} {draft.pk} {draft.changed_at.isoformat()}"
        if draft
        else f"{destination.live_id}"
    )


def roll_back(
    *,
    destination: Destination,
    to: DestinationRevision,
    by: User | None,
    now: datetime,
    seen_then: str,
    used_by: UsedBy,
    waiting: Waiting,
) -> DestinationRevision:
    """Make a new version that is as `to` was, and make it live at once. A draft is discarded.

    Credentials are not part of it: how the destination authenticates stays as it is live now. `seen_then` is what `seen`
    said when whoever decided this was asked.

    Raises NotComplete where what comes back lacks something by now, NothingToApply where it is what is live, InUse,
    DeliveriesWait, ChangedMeanwhile, Gone.
    """
    live = destination.live
    if live is None or to.applied_at is None:
        raise NotActivated
    restored = DestinationRevision(
        destination=destination,
        document=restoring(to.document, live.document),
        author=by,
        changed_at=now,
        restores=to.number,
    )
    if restored.document == live.document:
        raise NothingToApply(
            f"Version {to.number} is the same as what is live: there is nothing to go back to."
        )
    if missing := progress(destination, restored).missing:
        raise NotComplete(
            f"Version {to.number} cannot be live again as it is. Nothing was changed. {missing[0]}"
        )
    values = configured.values_of(destination, restored.document)
    live_actions = platform_of(destination).setup.activate(values)
    _replace_live(
        destination,
        restored,
        live_actions,
        tested=_was_tested(destination, to, live),
        by=by,
        now=now,
        seen_then=seen_then,
        used_by=used_by,
        waiting=waiting,
    )
    return restored


def restoring(document: Document, live: Document) -> Document:
    """The document of an earlier version as it would be live now: with the credentials that are in force."""
    return {**document, "scheme": live["scheme"], "connection": live["connection"]}


def _was_tested(destination: Destination, to: DestinationRevision, live: DestinationRevision) -> bool:
    """A test speaks for a version with the credentials it was sent with, and no others."""
    same = to.document["connection"] == live.document["connection"]
    return same and progress(destination, to).step("test").complete


@transaction.atomic
def _replace_live(
    destination: Destination,
    restored: DestinationRevision,
    live_actions: Sequence[LiveAction],
    *,
    tested: bool,
    by: User | None,
    now: datetime,
    seen_then: str,
    used_by: UsedBy,
    waiting: Waiting,
) -> None:
    locked = drafts.lock(destination)
    if locked.live_id != destination.live_id or seen(locked) != seen_then:
        raise ChangedMeanwhile
    if DestinationRevision.objects.draft_of(locked):
        drafts.discard_draft(destination=locked, by=by)
    restored.number = DestinationRevision.objects.next_number(locked)
    restored.save(force_insert=True)
    put_in_force(
        locked, restored, live_actions, by=by, now=now, tested=tested, used_by=used_by, waiting=waiting
    )
