"""A connection's life: connected as somebody, dead, connected anew. What follows for the lanes of its destinations."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction

from destinations.models import Connection, ConnectionStatus, ConnectionToken, Destination, Lane
from destinations.models.lane import FOREVER, OPEN
from destinations.platforms.port import Connected, Identity
from leadconduit.accounts.models import AuditEvent, Role, User

logger = structlog.get_logger(__name__)


def destinations_using(connection: Connection, *, live: bool = False) -> "list[Destination]":
    """The destinations whose revisions name it, by name; with `live`, those that deliver by it."""
    of_account = Destination.objects.filter(account=connection.account_id, deleted_at__isnull=True)
    named = (
        of_account.filter(live__document__connection=connection.pk)
        if live
        else of_account.filter(revisions__document__connection=connection.pk).distinct()
    )
    return list(named.order_by("name", "pk"))


def begin(connection: Connection, outcome: Connected, *, now: datetime) -> None:
    """What came of credentials that were just entered, in the caller's transaction."""
    sentence = outcome.problems.get("", "")
    if outcome.status == "waiting":
        connection.status = ConnectionStatus.WAITING
    elif outcome.status == "refused" and sentence:
        connection.status, connection.problem = ConnectionStatus.NEEDS_ATTENTION, sentence
    elif outcome.status == "connected":
        connection.verified_at = now
    _keep_identity(connection, outcome.identity)
    connection.save()
    if outcome.tokens is not None:
        ConnectionToken.objects.keep(connection, outcome.tokens, now=now)


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
) -> None:
    """Its credentials are good. Lanes that were closed for its sake are open again; what waits goes out.

    `entered` replaces what it had: what may be shown, and what may not.
    """
    if entered is not None:
        connection.settings = dict(entered[0])
        connection.seal(dict(entered[1]))
    connection.status, connection.problem, connection.verified_at = ConnectionStatus.CONNECTED, "", now
    connection.version += 1
    _keep_identity(connection, outcome.identity)
    connection.save()
    if outcome.tokens is not None:
        ConnectionToken.objects.keep(connection, outcome.tokens, now=now)
    _lanes(connection).exclude(unauthorized_until=OPEN).update(unauthorized_until=OPEN)
    AuditEvent.record(
        account=connection.account,
        by=by,
        action="connection.connected",
        on=connection,
        detail={"organisation_id": connection.organisation_id},
    )


def died(connection: Connection, sentence: str, *, now: datetime) -> bool:
    """Only a person can help: its destinations' lanes close, and what is owed to them waits. True for who noticed first.

    Must not be called inside a transaction: the account's admins are written to.
    """
    with transaction.atomic():
        noticed = (
            Connection.objects.filter(pk=connection.pk)
            .exclude(status=ConnectionStatus.NEEDS_ATTENTION)
            .update(status=ConnectionStatus.NEEDS_ATTENTION, problem=sentence)
        )
        _lanes(connection).update(unauthorized_until=FOREVER)
    if noticed:
        logger.warning("connection.died", connection_id=connection.pk)
        _tell_admins(connection, sentence)
    return bool(noticed)


@transaction.atomic
def verified(connection: Connection, outcome: Connected, *, by: User | None, now: datetime) -> None:
    """The system was asked, and knows these credentials."""
    if connection.status != ConnectionStatus.CONNECTED:
        connected(connection, outcome, by=by, now=now)
        return
    connection.verified_at = now
    _keep_identity(connection, outcome.identity)
    connection.save(update_fields=["verified_at", "user", "organisation", "organisation_id"])


@transaction.atomic
def rename(connection: Connection, name: str, *, by: User | None) -> None:
    before = str(connection)
    connection.name = name
    connection.save(update_fields=["name"])
    AuditEvent.record(
        account=connection.account, by=by, action="connection.renamed", on=connection, detail={"from": before}
    )


@transaction.atomic
def disconnect(connection: Connection, *, by: User | None) -> bool:
    """Erase its credentials. What is owed by it waits until it is connected again. True: nothing named it, it is gone."""
    AuditEvent.record(account=connection.account, by=by, action="connection.disconnected", on=connection)
    if not destinations_using(connection):
        connection.delete()
        return True
    connection.status, connection.problem = ConnectionStatus.NEEDS_ATTENTION, "It was disconnected."
    connection.version += 1
    connection.verified_at = None
    connection.seal({})
    connection.save()
    ConnectionToken.objects.filter(pk=connection.pk).delete()
    _lanes(connection).update(unauthorized_until=FOREVER)
    return False


def _keep_identity(connection: Connection, identity: Identity | None) -> None:
    if identity is None:
        return
    if not connection.organisation_id and identity.organisation:
        # Until it is known as whom, it is called as the integration is.
        connection.name = f"{connection.name}, {identity.organisation}"[:200]
    connection.user = identity.user[:320]
    connection.organisation = identity.organisation[:200]
    connection.organisation_id = identity.organisation_id[:200]


def close_lane_if_dead(destination: Destination, connection_id: str | None) -> None:
    """A destination that begins to deliver by another connection is open or closed as that one is."""
    dead = Connection.objects.filter(pk=connection_id, status=ConnectionStatus.NEEDS_ATTENTION).exists()
    Lane.objects.filter(destination=destination).update(unauthorized_until=FOREVER if dead else OPEN)


def _lanes(connection: Connection) -> "models.QuerySet[Lane]":
    using = Destination.objects.filter(
        account=connection.account_id, live__document__connection=connection.pk
    )
    return Lane.objects.filter(destination__in=using.values("pk"))


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
        f"Connect it again here:\n{settings.BASE_URL}/app/connections/{connection.pk}/\n"
    )
    for address in admins.values_list("email", flat=True):
        try:
            EmailMessage(f"{connection} needs attention", body, to=[address]).send()
        except OSError:
            logger.exception("connection.email_not_sent", connection_id=connection.pk)
