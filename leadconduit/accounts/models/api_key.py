import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

from leadconduit.accounts.models.account import Account
from leadconduit.accounts.models.audit_event import AuditEvent
from leadconduit.accounts.models.user import User
from leadconduit.lib.ids import IdField, new_id

# A key in use says so at most this often, so that reading the API does not write.
LATEST_USE_PRECISION = timedelta(minutes=1)
LONGEST_NAME = 100


def digest_of(key: str) -> str:
    """A key is 160 random bits: one round of SHA-256 is as good as any slow hash."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def for_account(self, account: Account) -> "ApiKeyQuerySet":
        return self.filter(account=account)

    def newest_first(self) -> "ApiKeyQuerySet":
        """Keys that work before those that were revoked."""
        return self.order_by(models.F("revoked_at").desc(nulls_first=True), "-id")

    def of_clear(self, key: str) -> "ApiKey | None":
        """The working key with this clear text, and its account, in one query."""
        return self.select_related("account").filter(digest=digest_of(key), revoked_at__isnull=True).first()


class ApiKey(models.Model):
    """A key to an account's REST API. Its 40 hex digits are shown once and never stored."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=LONGEST_NAME)
    digest = models.CharField(max_length=64, editable=False)
    ending = models.CharField(max_length=4, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    latest_use_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        # Not `unique=True`, which would add a second index for LIKE.
        constraints = [models.UniqueConstraint(fields=["digest"], name="api_key_digest_once")]

    def __str__(self) -> str:
        return f"{self.name} (…{self.ending})"

    @classmethod
    @transaction.atomic
    def make(
        cls, *, account: Account, name: str, by: User | None, key: str | None = None
    ) -> tuple["ApiKey", str]:
        """A new key and its clear text, which nobody can ask for again."""
        clear = key or secrets.token_hex(20)
        row = cls.objects.create(
            account=account, name=name, digest=digest_of(clear), ending=clear[-4:], created_by=by
        )
        AuditEvent.record(account=account, by=by, action="api_key.created", on=row)
        return row, clear

    @transaction.atomic
    def revoke(self, *, by: User | None, now: datetime) -> bool:
        """Stop accepting the key, from now on and for good. False when it was revoked before."""
        revoked = ApiKey.objects.filter(pk=self.pk, revoked_at__isnull=True).update(revoked_at=now)
        if revoked:
            self.revoked_at = now
            AuditEvent.record(account=self.account, by=by, action="api_key.revoked", on=self)
        return bool(revoked)

    def mark_used(self, *, now: datetime) -> None:
        if self.latest_use_at is None or now - self.latest_use_at > LATEST_USE_PRECISION:
            self.latest_use_at = now
            self.save(update_fields=["latest_use_at"])
