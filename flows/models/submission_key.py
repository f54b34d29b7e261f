from django.db import models

from leadconduit.lib.ids import IdField


class SubmissionKey(models.Model):
    """Which lead a source submitted under an `Idempotency-Key`, for as long as the key counts.

    Both digests are hex SHA-256: of the key, and of all that was submitted under it. The lead's id tells the time.
    While a submission is under way that asks recipients, and its lead is not kept yet, the id stands for it.
    """

    lead_id = IdField(primary_key=True)
    flow_id = IdField()
    source_id = IdField()
    key = models.CharField(max_length=64)
    request = models.CharField(max_length=64)
    is_kept = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flow_id", "source_id", "key"], name="submission_key_once")
        ]

    def __str__(self) -> str:
        return f"key of lead {self.lead_id}"
