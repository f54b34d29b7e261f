from django.db import models
from django.utils import timezone

from destinations.models import DestinationRevision
from flows.models.delivery import Delivery
from leadconduit.accounts.models import Account
from leadconduit.lib.ids import IdField, new_id


class Attempt(models.Model):
    """One try of a delivery: what was sent with which revision, and what came back. Append-only, partitioned.

    `exchange` was masked before it got here. `counted` is false where the worker had lost its lease meanwhile: the
    request went out, but another worker's result stands. `account` is the delivery's, for an account's attempts in order
    of time.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    delivery = models.ForeignKey(
        Delivery, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="attempts"
    )
    revision = models.ForeignKey(
        DestinationRevision,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
    )
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    ms = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    exchange = models.JSONField(null=True)
    counted = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["delivery", "id"], name="attempt_by_delivery"),
            models.Index(fields=["account", "id"], name="attempt_by_account"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number}: {self.outcome}"
