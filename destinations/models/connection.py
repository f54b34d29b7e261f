import json
from typing import Any

from django.db import models
from django.utils import timezone

from leadconduit.accounts.models import Account, User
from leadconduit.lib import encryption
from leadconduit.lib.ids import IdField, new_id


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def for_account(self, account: Account) -> "ConnectionQuerySet":
        return self.filter(account=account)


class ConnectionStatus(models.TextChoices):
    INCOMPLETE = "incomplete", "Not complete"
    WAITING = "waiting", "Waiting for consent"
    CONNECTED = "connected", "Connected"
    NEEDS_ATTENTION = "needs_attention", "Needs attention"
    DISCONNECTED = "disconnected", "Disconnected"


CLOSED = (ConnectionStatus.NEEDS_ATTENTION, ConnectionStatus.DISCONNECTED)
"""What is owed by it waits."""


class Connection(models.Model):
    """Credentials for one integration, for any number of destinations.

    `settings` holds what may be shown (a user name, a header's name), `secrets` the rest, encrypted and bound to
    this row. Secrets are write-only: only an adapter that sends with them reads them. What is `incomplete` was refused for its
    form: it is shown again, and nothing is asked with it. Other credentials are another
    connection, unless somebody connects this one anew: then `version` counts on, and `user`, `organisation` and
    `organisation_id` say again as whom. `problem` is why it needs attention. With `probe_at`, that may pass by itself:
    what is owed by it is tried again then; without, only a person can help. `refusals` counts those in a row.
    `goes_to` is the host that its secrets are for, where a destination's configuration says that; "" until one does.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="connections")
    platform = models.CharField(max_length=20, default="builtin")
    integration = models.CharField(max_length=60)
    scheme = models.CharField(max_length=20)
    settings = models.JSONField(default=dict)
    secrets = models.BinaryField(editable=False)
    goes_to = models.TextField(blank=True, default="", db_default="", editable=False)
    name = models.CharField(max_length=200, blank=True, default="", db_default="")
    user = models.CharField(max_length=320, blank=True, default="", db_default="")
    organisation = models.CharField(max_length=200, blank=True, default="", db_default="")
    organisation_id = models.CharField(max_length=200, blank=True, default="", db_default="")
    status = models.CharField(
        max_length=16,
        choices=ConnectionStatus.choices,
        default=ConnectionStatus.CONNECTED,
        db_default=ConnectionStatus.CONNECTED,
    )
    problem = models.TextField(blank=True, default="", db_default="")
    verified_at = models.DateTimeField(null=True)
    probe_at = models.DateTimeField(null=True)
    refusals = models.PositiveSmallIntegerField(default=0, db_default=0)
    version = models.PositiveIntegerField(default=1, db_default=1)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ConnectionQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name or f"{self.integration} ({self.scheme})"

    @property
    def is_closed(self) -> bool:
        """What is owed by it waits."""
        return self.status in CLOSED

    @property
    def is_dead(self) -> bool:
        """Only a person can help, by connecting again."""
        return self.is_closed and self.probe_at is None

    def seal(self, secrets: dict[str, Any]) -> None:
        """Keep these secrets, encrypted. The row is still to be saved."""
        self.secrets = encryption.encrypt(json.dumps(secrets).encode(), bound_to=self._bound_to)

    def reveal(self) -> dict[str, Any]:
        """The secrets in clear, for an adapter that is about to send."""
        revealed: dict[str, Any] = json.loads(
            encryption.decrypt(bytes(self.secrets), bound_to=self._bound_to)
        )
        return revealed

    @property
    def _bound_to(self) -> str:
        return f"destinations_connection:{self.pk}:secrets"
