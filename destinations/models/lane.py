from datetime import UTC, datetime

from django.db import models
from django.db.models.functions import Greatest

from destinations.models.destination import Destination

OPEN = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


class Lane(models.Model):
    """May a destination send, and how much at once. One column per cause, so that one never lifts another.

    Closing a lane is one update of one row, however many deliveries wait behind it.
    """

    destination = models.OneToOneField(
        Destination, on_delete=models.CASCADE, primary_key=True, related_name="lane"
    )
    paused_until = models.DateTimeField(default=OPEN, db_default=OPEN)
    broken_until = models.DateTimeField(default=OPEN, db_default=OPEN)
    limited_until = models.DateTimeField(default=OPEN, db_default=OPEN)
    unauthorized_until = models.DateTimeField(default=OPEN, db_default=OPEN)
    opens_at = models.GeneratedField(
        expression=Greatest("paused_until", "broken_until", "limited_until", "unauthorized_until"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    max_in_flight = models.PositiveSmallIntegerField(default=8, db_default=8)
    probing = models.BooleanField(default=False, db_default=False)
    max_per_second = models.FloatField(null=True)
    lease_seconds = models.PositiveSmallIntegerField(default=45, db_default=45)

    class Meta:
        db_table = "lane"
        constraints = [
            models.CheckConstraint(
                name="lane_lets_something_through", condition=models.Q(max_in_flight__gte=1)
            )
        ]

    def __str__(self) -> str:
        return f"lane of {self.destination_id}"

    def pause(self) -> None:
        self.paused_until = FOREVER
        self.save(update_fields=["paused_until"])

    def resume(self) -> None:
        self.paused_until = OPEN
        self.save(update_fields=["paused_until"])
