import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import F
from django.db.models.functions import Greatest

from destinations.models.connection import Connection
from destinations.models.lane import OPEN
from destinations.platforms.port import Tokens
from leadconduit.lib import encryption

BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)


class ConnectionTokenQuerySet(models.QuerySet["ConnectionToken"]):
    def of(self, connection: Connection) -> "ConnectionToken":
        """The row of a connection; of one that was given no token yet, an empty one."""
        return self.get_or_create(connection=connection, defaults={"sealed": b""})[0]

    def keep(
        self, connection: Connection, given: Tokens, *, now: datetime, instead_of: int | None = None
    ) -> bool:
        """Keep what a token server gave. `instead_of`: only where that version is still the last one."""
        token = self.of(connection)
        token.seal(given.kept)
        rows = self.filter(pk=connection.pk)
        return bool(
            (rows if instead_of is None else rows.filter(version=instead_of)).update(
                sealed=token.sealed,
                expires_at=given.expires_at,
                given_at=now,
                version=Greatest(F("version") + 1, int((now - BEGINNING).total_seconds())),
                asked_by=None,
                asked_until=OPEN,
                cools_until=OPEN,
                failures=0,
            )
        )


class ConnectionToken(models.Model):
    """What a token server gave a connection last. Encrypted as the connection's own secrets are.

    `version` counts what was given, so that whoever was refused knows whether there is something newer. It is seconds
    since BEGINNING at least, and so counts on where the row was deleted, and made again for a connection made anew. One at a time
    asks the server: whoever holds the lease (`asked_by`, until `asked_until`). After a failure nobody asks before
    `cools_until`.
    """

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, primary_key=True, related_name="token"
    )
    sealed = models.BinaryField(editable=False)
    expires_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)
    given_at = models.DateTimeField(null=True)
    asked_by = models.UUIDField(null=True)
    asked_until = models.DateTimeField(default=OPEN)
    cools_until = models.DateTimeField(default=OPEN)
    failures = models.PositiveSmallIntegerField(default=0)

    objects = ConnectionTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"token of {self.connection_id}"

    def seal(self, kept: Mapping[str, Any]) -> None:
        """Keep what was given. The row is still to be saved."""
        self.sealed = encryption.encrypt(json.dumps(kept).encode(), bound_to=self._bound_to)

    def reveal(self) -> dict[str, Any]:
        """What was given, in clear. Raises DecryptionError."""
        revealed: dict[str, Any] = json.loads(encryption.decrypt(bytes(self.sealed), bound_to=self._bound_to))
        return revealed

    @property
    def _bound_to(self) -> str:
        return f"destinations_connectiontoken:{self.connection_id}:sealed"
