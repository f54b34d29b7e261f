"""What acts on a destination at once, whatever its revisions: renaming, pausing, new keys, deleting."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from destinations import configured
from destinations.configured import platform_of
from destinations.models import Action, Connection, Destination, DestinationRevision
from destinations.models.revision import EMPTY_DOCUMENT
from destinations.platforms.port import DestinationValues
from destinations.wizard.drafts import lock
from destinations.wizard.errors import DeliveriesWait, InUse, NotActivated, WizardError, quoted
from leadconduit.accounts.models import AuditEvent, User


class BadName(WizardError):
    """A name has 1 to 200 characters."""


class NameTaken(WizardError):
    """Another destination is called that already: flows and logs would not tell them apart."""


def rename(*, destination: Destination, name: str, by: User | None) -> None:
    """Raises BadName, NameTaken."""
    name = name.strip()
    if not 1 <= len(name) <= 200 or not name.isprintable():
        raise BadName
    others = Destination.objects.for_account(destination.account).exclude(pk=destination.pk)
    if others.filter(name__iexact=name).exists():
        raise NameTaken
    with transaction.atomic():
        locked = lock(destination)
        before = locked.name
        if name == before:
            return
        locked.rename(name)
        _note("destination.renamed", locked, by, before=before)
    platform_of(destination).setup.rename(_values(locked), name)


def pause(*, destination: Destination, by: User | None, now: datetime) -> None:
    """Let its deliveries wait. Those under way end; nothing is lost."""
    with transaction.atomic():
        locked = _activated(destination)
        if locked.paused_at:
            return
        locked.paused_at, locked.paused_by = now, by
        locked.save(update_fields=["paused_at", "paused_by"])
        locked.lane.pause()
        _note("destination.paused", locked, by)
    platform_of(destination).setup.pause(_values(locked))


def resume(*, destination: Destination, by: User | None) -> None:
    """Let go what waited."""
    with transaction.atomic():
        locked = _activated(destination)
        if locked.paused_at is None:
            return
        locked.paused_at = locked.paused_by = None
        locked.save(update_fields=["paused_at", "paused_by"])
        locked.lane.resume()
        _note("destination.resumed", locked, by)
    platform_of(destination).setup.resume(_values(locked))


def make_key(*, action: Action, by: User | None, now: datetime) -> str:
    """A new key for an action's webhook_url, in clear for the only time. The one before it stops working."""
    with transaction.atomic():
        locked = _activated(action.destination)
        again = bool(action.key_digest)
        key = action.make_key(now=now)
        _note("destination.key_made", locked, by, name=action.name, again=again)
    return key


def delete(
    *,
    destination: Destination,
    by: User | None,
    now: datetime,
    used_by: Callable[[], Sequence[str]],
    waiting: Callable[[], int],
) -> None:
    """Take the destination away for good; what deliveries recorded stays.

    `used_by` names the flows that use it, `waiting` counts its deliveries that are still to be made; both are
    asked while its row is held, as attaching holds it. Its credentials are erased.

    Raises InUse, DeliveriesWait.
    """
    with transaction.atomic():
        locked = lock(destination)
        if flows := used_by():
            raise InUse(
                f"“{locked.name}” was not deleted, since a flow delivers to it: {quoted(flows)}."
                " Detach it there and deploy, then delete it."
            )
        if count := waiting():
            are = "delivery is" if count == 1 else "deliveries are"
            raise DeliveriesWait(
                f"“{locked.name}” was not deleted: {count:,} {are} still waiting and would be lost."
                " Let them end first."
            )
        locked.deleted_at = now
        locked.save(update_fields=["deleted_at"])
        _erase_credentials(locked)
        _note("destination.deleted", locked, by)
    platform_of(destination).setup.delete(_values(locked))


def _erase_credentials(destination: Destination) -> None:
    """All that only its revisions name."""
    documents = DestinationRevision.objects.filter(destination__account=destination.account_id)
    others = documents.exclude(destination=destination).filter(destination__deleted_at__isnull=True)
    named = set(documents.filter(destination=destination).values_list("document__connection", flat=True))
    named -= set(others.values_list("document__connection", flat=True))
    Connection.objects.filter(account=destination.account_id, pk__in=[id for id in named if id]).delete()


def _activated(destination: Destination) -> Destination:
    locked = lock(destination)
    if locked.activated_at is None:
        raise NotActivated
    return locked


def _values(destination: Destination) -> DestinationValues:
    document = destination.live.document if destination.live else EMPTY_DOCUMENT
    return configured.values_of(destination, document)


def _note(action: str, destination: Destination, by: User | None, **detail: object) -> None:
    AuditEvent.record(account=destination.account, by=by, action=action, on=destination, detail=detail)
