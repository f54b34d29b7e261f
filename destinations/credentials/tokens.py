"""Access tokens that are good now.

A token that expires, or is refused, is renewed once, whoever notices: within a process all wait for one task; of
several processes and machines one holds a lease on the token's row, and the others look until there is a newer one.
Neither a lock nor a transaction is held while the token server is asked. A refresh token that is refused counts as
dead only when nobody else has spent it meanwhile.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.db import connection as database
from django.db.models import F
from django.utils import timezone

from destinations.connectors.calls import Credentials, CredentialSource, Fixed, NotConnected
from destinations.connectors.declaration import OAuth2
from destinations.connectors.registry import REGISTRY
from destinations.credentials import connections, oauth
from destinations.credentials.oauth import NoToken
from destinations.models import Connection, ConnectionStatus, ConnectionToken
from destinations.models.lane import OPEN
from destinations.platforms.port import DestinationValues, PlatformError, Tokens
from leadconduit.lib import outbound
from leadconduit.lib.encryption import DecryptionError
from leadconduit.lib.ids import new_id
from leadconduit.lib.outbound import Request

logger = structlog.get_logger(__name__)

LEASE = timedelta(seconds=oauth.TIMEOUT + 5)
LONGEST_MARGIN = timedelta(seconds=60)
"""A token is renewed so long before it expires, or after nine tenths of its life where that is later."""
FIRST_PAUSE, LONGEST_PAUSE = 15.0, 600.0
"""Seconds before the token server is asked again that gave no token."""
PATIENCE = 25.0
"""Seconds that somebody waits for a token which somebody else gets."""

LONGEST = PATIENCE + oauth.TIMEOUT
"""Seconds that it takes at most to have a good token: waiting for somebody who then dies, and asking."""

NOT_THERE = "The connection was deleted: authenticate again."
WAITING = "Nobody has given consent yet: connect it first."
DEAD = "It has to be connected again."

T = TypeVar("T")


def source(destination: DestinationValues) -> CredentialSource:
    """Where a piece of work gets its credentials: those that were read with the destination, as long as they are good."""
    declared = oauth_of(destination.integration, destination.scheme)
    if declared is None or not destination.connection_id:
        return Fixed(destination.credentials)
    return Renewable(destination.connection_id, destination.credentials)


def oauth_of(integration: str, scheme: str) -> OAuth2 | None:
    connector = REGISTRY.get(integration)
    return connector.oauth.get(scheme) if connector else None


def client_of(integration: str, scheme: str) -> dict[str, str]:
    """The application that the operator has registered with the vendor for everybody, if there is one: to ask people for
    consent. Where an application acts for itself, each account has its own, and may say to which host its secret goes."""
    registered: Mapping[str, dict[str, str]] = settings.OAUTH_CLIENTS
    return registered.get(integration, {}) if scheme == "oauth2_code" else {}


def with_client(integration: str, scheme: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """With the operator's application, where somebody did not enter one of their own: never half of one and half of
    the other."""
    return dict(values) if values.get("client_id") else {**values, **client_of(integration, scheme)}


def credentials_of(connection: Connection) -> dict[str, Any]:
    """What connectors get to see of it: settings, secrets, and what the token server gave. Raises DecryptionError."""
    known = {**connection.settings, **connection.reveal()}
    token = getattr(connection, "token", None)
    if token is None or not token.version:
        return known
    given = {key: value for key, value in token.reveal().items() if key != "refresh_token"}
    return {**known, **given, "token_version": token.version, "token_good_until": _good_until(token)}


def longest_lived(destination: DestinationValues) -> str:
    """What to revoke: with the refresh token goes all that came of the consent (RFC 7009, 2.1), with an access token
    nothing else; "" where there is neither. Raises PlatformError."""
    token = ConnectionToken.objects.filter(pk=destination.connection_id, version__gt=0).first()
    try:
        kept = token.reveal() if token else {}
    except DecryptionError as error:
        raise PlatformError("The stored credentials cannot be read.") from error
    known = {**destination.credentials, **kept}
    return str(known.get("refresh_token") or known.get("access_token") or "")


def _good_until(token: ConnectionToken) -> datetime | None:
    if token.expires_at is None or token.given_at is None:
        return None
    return token.expires_at - min(LONGEST_MARGIN, (token.expires_at - token.given_at) / 10)


def is_good(credentials: Credentials) -> bool:
    until = credentials.get("token_good_until")
    return "access_token" in credentials and (until is None or until > timezone.now())


@dataclass(frozen=True, slots=True)
class Renewable:
    """The credentials of a connection with OAuth."""

    connection_id: str
    credentials: Credentials = field(repr=False)

    async def get(self) -> Credentials:
        if is_good(self.credentials):
            return self.credentials
        return await _together(self.connection_id, self.credentials.get("token_version", 0))

    async def renew(self, refused: Credentials) -> Credentials:
        return await _together(self.connection_id, refused.get("token_version", 0))


# --- One renewal for all who ask in this process. Always on the loop that owns the outbound connections.

_under_way: dict[tuple[str, int], "asyncio.Task[Credentials]"] = {}


async def _together(connection_id: str, version: int) -> Credentials:
    key = (connection_id, version)
    task = _under_way.get(key)
    if task is None:
        task = _under_way[key] = asyncio.create_task(_renewed(connection_id, version))
        task.add_done_callback(lambda _: _under_way.pop(key, None))
    # Whoever gives up waiting must not end it for the others.
    return await asyncio.shield(task)


# --- One renewal for all processes


async def _renewed(connection_id: str, version: int) -> Credentials:
    """Credentials newer than `version`. Raises NotConnected."""
    ends = asyncio.get_running_loop().time() + PATIENCE
    while True:
        found = await in_thread(lambda: _found(connection_id, version))
        if found.newer is not None:
            return found.newer
        if found.request is not None:
            return await _asked(found, found.request)
        if asyncio.get_running_loop().time() > ends:
            raise NotConnected("The token server takes too long.", gone=False, retry_after=FIRST_PAUSE)
        await asyncio.sleep(0.05 + random.random() / 10)  # noqa: S311  # it spreads the looks and guards nothing


@dataclass(frozen=True, slots=True)
class _Found:
    """`newer` credentials; or the `request` that is ours to send, as the holder of the lease; or neither: somebody asks."""

    connection: Connection
    declared: OAuth2
    newer: Credentials | None = field(default=None, repr=False)
    request: Request | None = field(default=None, repr=False)
    asker: UUID | None = None
    secrets: Mapping[str, Any] = field(default_factory=dict, repr=False)
    before: Mapping[str, Any] = field(default_factory=dict, repr=False)
    version: int = 0


def _found(connection_id: str, version: int) -> _Found:
    connection = Connection.objects.filter(pk=connection_id).first()
    declared = oauth_of(connection.integration, connection.scheme) if connection else None
    if connection is None or declared is None:
        raise NotConnected(NOT_THERE, gone=True)
    try:
        token = ConnectionToken.objects.of(connection)
    except IntegrityError as error:
        raise NotConnected(NOT_THERE, gone=True) from error
    connection.token = token
    credentials = _opened(connection)
    if token.version > version and is_good(credentials):
        return _Found(connection, declared, newer=credentials)
    if connection.is_dead:
        raise NotConnected(connection.problem or DEAD, gone=True)
    if connection.status == ConnectionStatus.WAITING or (
        connection.scheme == "oauth2_code" and not token.version
    ):
        raise NotConnected(WAITING, gone=True)
    now = timezone.now()
    if token.cools_until > now:
        pause = (token.cools_until - now).total_seconds()
        raise NotConnected("The token server gives no token at the moment.", gone=False, retry_after=pause)
    asker = uuid4()
    mine = ConnectionToken.objects.filter(pk=connection.pk, version=token.version, asked_until__lte=now)
    if not mine.update(asked_by=asker, asked_until=now + LEASE):
        return _Found(connection, declared)
    try:
        return _with_request(connection, declared, token, asker)
    except NotConnected:
        ConnectionToken.objects.filter(pk=connection.pk, asked_by=asker).update(
            asked_by=None, asked_until=OPEN
        )
        raise


def _with_request(connection: Connection, declared: OAuth2, token: ConnectionToken, asker: UUID) -> _Found:
    secrets = connection.reveal()
    values = with_client(connection.integration, connection.scheme, {**connection.settings, **secrets})
    before = token.reveal() if token.version else {}
    before.pop("access_token", None)
    if connection.scheme == "oauth2_client":
        request = oauth.client_request(declared, values)
    elif refresh_token := before.get("refresh_token"):
        request = oauth.refresh_request(declared, values, refresh_token)
    else:
        connections.died(connection, DEAD, now=timezone.now())
        raise NotConnected(DEAD, gone=True)
    return _Found(
        connection,
        declared,
        request=request,
        asker=asker,
        secrets=secrets,
        before=before,
        version=token.version,
    )


def _opened(connection: Connection) -> dict[str, Any]:
    try:
        return credentials_of(connection)
    except DecryptionError as error:
        logger.exception("connection.not_readable", connection_id=connection.pk)
        raise NotConnected("The stored credentials cannot be read: authenticate again.", gone=True) from error


async def _asked(found: _Found, request: Request) -> Credentials:
    """Ask the token server, and keep what it says. Raises NotConnected, whatever goes wrong, with the lease given back."""
    try:
        return await _answered(found, request)
    except NotConnected:
        raise
    except Exception as error:
        trace_id = new_id()
        logger.exception("connection.broke", connection_id=found.connection.pk, trace_id=trace_id)
        with contextlib.suppress(DatabaseError):
            await in_thread(lambda: _given_back(found))
        sentence = f"Something went wrong on our side while renewing the token (trace {trace_id})."
        raise NotConnected(sentence, gone=False, retry_after=FIRST_PAUSE) from error


def _given_back(found: _Found) -> None:
    until = timezone.now() + timedelta(seconds=FIRST_PAUSE)
    held = ConnectionToken.objects.filter(pk=found.connection.pk, asked_by=found.asker)
    held.update(asked_by=None, asked_until=OPEN, cools_until=until)


async def _answered(found: _Found, request: Request) -> Credentials:
    """Asks with no database near."""
    answer = await outbound.asend(request)
    try:
        given = oauth.tokens_of(
            found.declared,
            answer,
            asked=request,
            now=timezone.now(),
            before=found.before,
        )
    except NoToken as refusal:
        refused = refusal
    else:
        kept = await in_thread(lambda: _kept(found, given))
        if kept is None:
            await _given_up(found, given)
            raise await in_thread(lambda: _not_wanted(found))
        return kept
    return await in_thread(lambda: _without(found, refused))


def _kept(found: _Found, given: Tokens) -> Credentials | None:
    """What is newest now; None where nobody wants a token any more, since the connection is gone or was disconnected."""
    now = timezone.now()
    with transaction.atomic():
        connection = _as_found(found)
        kept = connection is not None and ConnectionToken.objects.keep(
            connection, given, now=now, instead_of=found.version
        )
    if kept and found.connection.token.failures:
        connections.recovered(found.connection.pk, version=found.connection.version, now=now)
    return _newest(found)


def _as_found(found: _Found) -> Connection | None:
    """The connection, which nobody else can change in this transaction; None where somebody has."""
    locked = Connection.objects.select_for_update()
    return locked.filter(pk=found.connection.pk, version=found.connection.version).first()


def _newest(found: _Found) -> Credentials | None:
    """None where the connection has no token. Raises NotConnected where it was connected anew: its work begins anew."""
    connection = Connection.objects.select_related("token").filter(pk=found.connection.pk).first()
    credentials = _opened(connection) if connection else {}
    if connection is None or not credentials.get("access_token"):
        return None
    if connection.version != found.connection.version:
        raise _not_wanted(found)
    return credentials


def _not_wanted(found: _Found) -> NotConnected:
    connection = Connection.objects.filter(pk=found.connection.pk).first()
    if connection is None:
        return NotConnected(NOT_THERE, gone=True)
    if connection.is_dead:
        return NotConnected(connection.problem or DEAD, gone=True)
    return NotConnected("It was connected anew in the meantime.", gone=False, retry_after=FIRST_PAUSE)


async def _given_up(found: _Found, given: Tokens) -> None:
    """Nobody knows of this token any more, so nobody else would revoke it."""
    connection = found.connection
    values = with_client(connection.integration, connection.scheme, {**connection.settings, **found.secrets})
    token = given.kept.get("refresh_token") or given.kept["access_token"]
    if request := oauth.revoke_request(found.declared, values, token):
        await outbound.asend(request)


def _without(found: _Found, refusal: NoToken) -> Credentials:
    """There is no token. Somebody else may have got one after all; else the connection is dead, or cools down."""
    connection = Connection.objects.select_related("token").filter(pk=found.connection.pk).first()
    token = getattr(connection, "token", None)
    if connection is None or token is None or connection.version != found.connection.version:
        raise _not_wanted(found)
    if token.version != found.version:
        newest = _newest(found)
        if newest is None:
            raise _not_wanted(found)
        return newest
    now = timezone.now()
    pause = min(FIRST_PAUSE * 2 ** min(connection.token.failures, 10), LONGEST_PAUSE)
    ConnectionToken.objects.filter(pk=connection.pk, asked_by=found.asker).update(
        asked_by=None,
        asked_until=OPEN,
        failures=F("failures") + 1,
        cools_until=OPEN if refusal.is_final else now + timedelta(seconds=pause),
    )
    if refusal.is_final:
        connections.died(connection, refusal.sentence, now=now)
        raise NotConnected(refusal.sentence, gone=True)
    connections.cools(
        connection,
        refusal.sentence,
        failures=connection.token.failures + 1,
        until=now + timedelta(seconds=pause),
    )
    raise NotConnected(refusal.sentence, gone=False, retry_after=pause)


async def in_thread(work: Callable[[], T]) -> T:
    """Runs with the database in a thread of its own, which gives its connection back."""

    def run() -> T:
        try:
            return work()
        finally:
            database.close()

    return await asyncio.to_thread(run)
