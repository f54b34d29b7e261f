from django.db import models
from django.utils import timezone


class InspectedRequest(models.Model):
    """A request that the sandbox's inspector received. Production serves no inspector and keeps none."""

    method = models.CharField(max_length=20)
    path = models.TextField()
    headers = models.JSONField()
    body = models.TextField()
    received_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
