from django.db import models
from django.utils import timezone


class StandInRecord(models.Model):
    """A record that a stand-in keeps for one of its organisations. Production has no stand-ins and keeps none."""

    stand_in = models.CharField(max_length=60)
    organisation = models.CharField(max_length=60)
    kind = models.CharField(max_length=60)
    record_id = models.CharField(max_length=60)
    fields = models.JSONField(default=dict)
    is_seed = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("stand_in", "organisation", "kind", "record_id"), name="stand_in_record_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stand_in} {self.kind} {self.record_id}"


class StandInFault(models.Model):
    """Something that a stand-in does wrong on purpose: with every request, or with the next only."""

    stand_in = models.CharField(max_length=60)
    fault = models.CharField(max_length=30)
    once = models.BooleanField(default=False)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("stand_in", "fault"), name="stand_in_fault_once")]

    def __str__(self) -> str:
        return f"{self.stand_in} {self.fault}"


class StandInToken(models.Model):
    """A code or token that a stand-in gave, as its SHA-256: a dump shows none that would be taken.

    Those that come of one consent are a `family`.
    """

    digest = models.CharField(max_length=64, unique=True)
    stand_in = models.CharField(max_length=60)
    kind = models.CharField(
        max_length=10, choices=[("code", "code"), ("access", "access"), ("refresh", "refresh")]
    )
    family = models.CharField(max_length=24)
    organisation = models.CharField(max_length=60)
    scope = models.TextField(default="")
    redirect_uri = models.TextField(default="")
    challenge = models.CharField(max_length=128, default="")
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    is_spent = models.BooleanField(default=False)
    is_revoked = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.stand_in} {self.kind}"
