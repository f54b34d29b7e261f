from django.db import models

from leadconduit.lib.ids import IdField


class Due(models.Model):
    """The queue: one lean row per delivery that waits for its own turn. A worker that claims it takes a lease.

    There is no state "being sent": a dead worker's rows fall due by themselves when their lease ends.
    """

    delivery_id = IdField(primary_key=True)
    destination_id = IdField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    lease_id = models.UUIDField(null=True)

    class Meta:
        db_table = "due"
        indexes = [
            models.Index(fields=["destination_id", "due_at"], name="due_in_order"),
            models.Index(
                fields=["destination_id"], name="due_leased", condition=models.Q(lease_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} due at {self.due_at}"
