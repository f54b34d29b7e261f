from typing import Any

from django.db import models
from django.utils import timezone

from leadconduit.accounts.models.account import Account
from leadconduit.accounts.models.user import User
from leadconduit.lib.ids import IdField, new_id


class AuditEvent(models.Model):
    """Who did what to which thing, and when. Append-only; never a secret, never a lead's value."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    action = models.CharField(max_length=60)
    object_id = IdField()
    object_name = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["account", "object_id", "-id"], name="audit_by_object")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_name}"

    @classmethod
    def record(
        cls,
        *,
        account: Account,
        by: User | None,
        action: str,
        on: models.Model,
        detail: dict[str, Any] | None = None,
    ) -> None:
        """Note in the product's words: `record(action="destination.paused", on=destination, by=user)`."""
        cls.objects.create(
            account=account,
            actor=by,
            action=action,
            object_id=on.pk,
            object_name=str(on)[:200],
            detail=detail or {},
        )
