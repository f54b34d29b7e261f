import json
from collections.abc import Mapping
from typing import Any

from django.db import models

from destinations.models.connection import Connection
from destinations.models.lane import OPEN
from leadconduit.lib import encryption


class ConnectionToken(models.Model):
    """What a token server gave a connection last. Encrypted as the connection's own secrets are.

    `version` counts what was given, so that whoever was refused knows whether there is something newer. One at a time
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
