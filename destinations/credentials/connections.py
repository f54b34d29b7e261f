"""A connection's life: connected as somebody, dead, connected anew. What follows for the lanes of its destinations."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction

from destinations.models import Connection, ConnectionStatus, ConnectionToken, Destination, Lane
from destinations.models.connection import CLOSED
from destinations.models.lane import FOREVER, OPEN
from destinations.platforms.port import Connected, Identity
from leadconduit.accounts.models import Account, AuditEvent, Role, User

logger = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
"""Until refused credentials are tried again. It doubles with each refusal in a row."""
TOLD_AT, TOLD_AT_FAILURE = 2, 5
"""With which refusal, or failure of a token server, in a row admins are written to: most pass before."""


CHANGED = (
    *("settings", "secrets", "name", "user", "organisation", "organisation_id"),
    *("status", "problem", "verified_at", "probe_at", "refusals", "version"),
)
"""What may be another when it is connected anew."""


def destinations_using(connection: Connection, *, live: bool = False) -> "list[Destination]":
    """The destinations whose revisions name it, by name; with `live`, those that deliver by it."""
    of_account = Destination.objects.filter(account=connection.account_id, deleted_at__isnull=True)
    named = (
        of_account.filter(live__document__connection=connection.pk)
        if live
        else of_account.filter(revisions__document__connection=connection.pk).distinct()
    )
    return list(named.order_by("name", "pk"))


def names_using(account: Account, connections: Sequence[Connection]) -> dict[str, list[str]]:
    """The names of the destinations whose revisions name each of these, by its id."""
    if not connections:
        return {}
    of, ids = "revisions__document__connection", [connection.pk for connection in connections]
    naming = Destination.objects.for_account(account).filter(**{f"{of}__in": ids})
    found: dict[str, list[str]] = {}
    for connection, name, _ in naming.order_by("name", "pk").values_list(of, "name", "pk").distinct():
        found.setdefault(connection, []).append(name)
    return found


def begin(connection: Connection, outcome: Connected, *, now: datetime) -> None:
    """What came of credentials that were just entered, in the caller's transaction."""
    sentence = outcome.problems.get("", "")
    connection.status = ConnectionStatus.CONNECTED
    if outcome.status == "waiting":
        connection.status = ConnectionStatus.WAITING
    elif outcome.status == "refused" and not sentence:
        connection.status = ConnectionStatus.INCOMPLETE
    elif outcome.status == "refused":
        connection.status, connection.problem = ConnectionStatus.NEEDS_ATTENTION, sentence
    elif outcome.status == "connected":
        connection.verified_at = now
    _keep_identity(connection, outcome.identity)
    connection.save(force_update=True)
    if outcome.tokens is not None:
        ConnectionToken.objects.keep(connection, outcome.tokens, now=now)


def is_unknown(connection: Connection, identity: Identity | None) -> bool:
    """Can nobody tell whether it leads to the data that it led to before?"""
    return bool(connection.organisation_id) and not (identity and identity.organisation_id)


def is_known(connection: Connection, identity: Identity) -> bool:
    """Does any connection lead there already? A vendor may end that one's consent too with a token of this one."""
    known = Connection.objects.filter(platform=connection.platform, integration=connection.integration)
    return known.filter(organisation_id=identity.organisation_id).exists()


def is_another(connection: Connection, identity: Identity | None) -> bool:
    """Does this identity lead to other data than the connection did before?"""
    before, after = connection.organisation_id, identity.organisation_id if identity else ""
    return bool(before and after and before != after)


@transaction.atomic
def connected(
    connection: Connection,
    outcome: Connected,
    *,
    by: User | None,
    now: datetime,
    entered: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None,
) -> bool:
    """Its credentials are good. Lanes that were closed for its sake are open again; what waits goes out.

    `entered` replaces what it had: what may be shown, and what may not. Nothing happens, and False is returned, where
    somebody disconnected it, or connected it anew, since `connection` was read: before the system was asked.
    """
    locked = _locked(connection.pk, connection.version)
    if locked is None:
        return False
    if entered is not None:
        locked.settings = dict(entered[0])
        locked.seal(dict(entered[1]))
    _be_good(locked)
    locked.verified_at = now if outcome.status == "connected" else None
    locked.version += 1
    _keep_identity(locked, outcome.identity)
    locked.save(update_fields=CHANGED)
    if outcome.tokens is not None:
        ConnectionToken.objects.keep(locked, outcome.tokens, now=now)
    _open_lanes(locked)
    for name in CHANGED:
        setattr(connection, name, getattr(locked, name))
    AuditEvent.record(
        account=locked.account,
        by=by,
        action="connection.connected",
        on=locked,
        detail={"organisation_id": locked.organisation_id},
    )
    return True


def died(connection: Connection, sentence: str, *, now: datetime) -> bool:
    """Only a person can help: its destinations' lanes close, and what is owed to them waits. True for who noticed first.

    Nothing happens where it was disconnected, or connected anew, since `connection` was read. Must not be called inside a
    transaction: the account's admins are written to.
    """
    with transaction.atomic():
        locked = _locked(connection.pk, connection.version)
        if locked is None:
            return False
        noticed = not locked.is_dead
        if noticed:
            locked.status, locked.problem = ConnectionStatus.NEEDS_ATTENTION, sentence
            locked.probe_at, locked.refusals = None, 0
            locked.save(update_fields=["status", "problem", "probe_at", "refusals"])
        _close_again(locked)
    if noticed:
        logger.warning("connection.died", connection_id=connection.pk)
        _tell_admins(locked, sentence)
    return noticed


def stays_closed(connection_id: str) -> None:
    """Somebody tried to deliver by it, and it is dead: a lane over it that stands open is closed again."""
    with transaction.atomic():
        connection = Connection.objects.select_for_update().filter(pk=connection_id).first()
        if connection is not None and connection.is_dead:
            _close_again(connection)


def refused(connection_id: str, sentence: str, *, version: int, now: datetime) -> None:
    """The system refuses credentials that nothing renews: its destinations' lanes close, for a pause that grows.

    Then one delivery of each lane is tried, and either opens it or begins the next pause. Those of another `version`
    have been replaced meanwhile. Must not be called inside a transaction: the account's admins are written to.
    """
    with transaction.atomic():
        connection = _locked(connection_id, version)
        if connection is None:
            return
        if connection.is_dead or (connection.probe_at and connection.probe_at > now):
            _close_again(connection)
            return
        connection.refusals += 1
        pause = min(FIRST_PAUSE * 2 ** min(connection.refusals - 1, 10), LONGEST_PAUSE)
        _hold(connection, sentence, until=now + pause)
    logger.warning("connection.refused", connection_id=connection.pk, refusals=connection.refusals)
    if connection.refusals == TOLD_AT:
        _tell_admins(connection, sentence)


def cools(connection: Connection, sentence: str, *, failures: int, until: datetime) -> None:
    """Its token server gave no token, so often in a row, and is left alone for a while; so are the lanes.

    Must not be called inside a transaction: the account's admins are written to.
    """
    with transaction.atomic():
        locked = _locked(connection.pk, connection.version)
        if locked is None:
            return
        if locked.is_dead:
            _close_again(locked)
            return
        if failures >= TOLD_AT_FAILURE:
            _hold(locked, sentence, until=until)
        else:
            _lanes(locked).filter(unauthorized_until__lt=until).update(unauthorized_until=until)
    if failures == TOLD_AT_FAILURE:
        _tell_admins(locked, sentence)


def recovered(connection_id: str, *, version: int, now: datetime) -> None:
    """Credentials of this version that were refused for a while are taken again: what waits goes out."""
    with transaction.atomic():
        connection = _locked(connection_id, version)
        if connection is None or connection.is_dead:
            return
        if connection.status == ConnectionStatus.NEEDS_ATTENTION:
            _be_good(connection)
            connection.verified_at = now
            connection.save()
            logger.info("connection.recovered", connection_id=connection_id)
        _open_lanes(connection)


@transaction.atomic
def verified(connection: Connection, outcome: Connected, *, by: User | None, now: datetime) -> bool:
    """The system was asked, and knows these credentials. False as `connected` has it."""
    locked = _locked(connection.pk, connection.version)
    if locked is None:
        return False
    if locked.status != ConnectionStatus.CONNECTED:
        return connected(locked, outcome, by=by, now=now)
    locked.verified_at = now
    _keep_identity(locked, outcome.identity)
    locked.save(update_fields=["name", "verified_at", "user", "organisation", "organisation_id"])
    return True


@transaction.atomic
def rename(connection: Connection, name: str, *, by: User | None) -> None:
    """With a number behind it where another connection of the account is called so."""
    before = str(connection)
    connection.name = _unique(connection, name)
    connection.save(update_fields=["name"])
    AuditEvent.record(
        account=connection.account, by=by, action="connection.renamed", on=connection, detail={"from": before}
    )


@transaction.atomic
def disconnect(connection: Connection, *, by: User | None) -> bool:
    """Erase its credentials. What is owed by it waits until it is connected again. True: nothing named it, it is gone."""
    connection = Connection.objects.select_for_update().get(pk=connection.pk)
    AuditEvent.record(account=connection.account, by=by, action="connection.disconnected", on=connection)
    if not destinations_using(connection):
        connection.delete()
        return True
    connection.status, connection.problem = ConnectionStatus.DISCONNECTED, "It was disconnected."
    connection.probe_at, connection.refusals = None, 0
    connection.version += 1
    connection.verified_at = None
    connection.seal({})
    connection.save(update_fields=CHANGED)
    ConnectionToken.objects.filter(pk=connection.pk).delete()
    _lanes(connection).update(unauthorized_until=FOREVER)
    return False


def _keep_identity(connection: Connection, identity: Identity | None) -> None:
    if identity is None:
        return
    if not connection.organisation_id and identity.organisation:
        # Until it is known as whom, it is called as the integration is.
        connection.name = _unique(connection, f"{connection.name}, {identity.organisation}")
    connection.user = _line(identity.user)[:320]
    connection.organisation = _line(identity.organisation)[:200]
    connection.organisation_id = identity.organisation_id[:200]


def hold(connection_id: str | None) -> None:
    """Nobody else changes how it stands until the caller's transaction ends. Before its lanes are touched, as everywhere."""
    Connection.objects.select_for_update().filter(pk=connection_id).first()


def close_lane_if_dead(destination: Destination, connection_id: str | None) -> None:
    """A destination that begins to deliver by another connection is open or closed as that one is.

    In the caller's transaction, after `hold`.
    """
    closed = Connection.objects.filter(pk=connection_id, status__in=CLOSED).first()
    until = OPEN if closed is None else closed.probe_at or FOREVER
    Lane.objects.filter(destination=destination).update(unauthorized_until=until)


def _locked(connection_id: str, version: int) -> Connection | None:
    return Connection.objects.select_for_update().filter(pk=connection_id, version=version).first()


def _be_good(connection: Connection) -> None:
    connection.status, connection.problem = ConnectionStatus.CONNECTED, ""
    connection.probe_at, connection.refusals = None, 0


def _hold(connection: Connection, sentence: str, *, until: datetime) -> None:
    """It needs attention, and may come right by itself: it is tried again then."""
    connection.status, connection.problem = ConnectionStatus.NEEDS_ATTENTION, sentence
    connection.probe_at = until
    connection.save()
    _lanes(connection).update(unauthorized_until=until)


def _close_again(connection: Connection) -> None:
    until = connection.probe_at or FOREVER
    _lanes(connection).filter(unauthorized_until__lt=until).update(unauthorized_until=until)


def _open_lanes(connection: Connection) -> None:
    _lanes(connection).exclude(unauthorized_until=OPEN).update(unauthorized_until=OPEN)


def _lanes(connection: Connection) -> "models.QuerySet[Lane]":
    using = Destination.objects.filter(
        account=connection.account_id, live__document__connection=connection.pk
    )
    return Lane.objects.filter(destination__in=using.values("pk"))


def _unique(connection: Connection, name: str) -> str:
    name = _line(name)[:190].rstrip()
    others = Connection.objects.filter(account=connection.account_id, name__startswith=name)
    taken = set(others.exclude(pk=connection.pk).values_list("name", flat=True))
    numbered = (f"{name} {number}" for number in itertools.count(2))
    return next(free for free in itertools.chain([name], numbered) if free not in taken)


def _line(text: str) -> str:
    """Without line breaks, which would end a header of an e-mail, and what no database keeps."""
    return " ".join(text.replace("\0", " ").split())


def _tell_admins(connection: Connection, sentence: str) -> None:
    admins = User.objects.filter(
        membership__account=connection.account_id,
        membership__role__in=[Role.ADMIN, Role.OWNER],
        is_active=True,
    )
    used = ", ".join(destination.name for destination in destinations_using(connection, live=True))
    body = (
        f"“{connection}” needs attention: {sentence}\n\n"
        f"{f'Deliveries wait that go to: {used}. None is lost.' if used else 'No destination delivers by it.'}\n\n"
        f"{'It is tried again by itself from time to time. ' if connection.probe_at else ''}"
        f"Connect it again here:\n{settings.BASE_URL}/app/connections/{connection.pk}/\n"
    )
    for address in admins.values_list("email", flat=True):
        try:
            EmailMessage(f"{_line(str(connection))} needs attention", body, to=[address]).send()
        except Exception:  # whatever an e-mail fails of must not undo what was found out
            logger.exception("connection.email_not_sent", connection_id=connection.pk)
