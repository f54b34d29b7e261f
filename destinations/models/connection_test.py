from django.db import models
from django.utils import timezone

from destinations.models.destination import Destination
from destinations.models.revision import DestinationRevision
from leadconduit.accounts.models import User
from leadconduit.lib.ids import IdField, new_id


class ConnectionTest(models.Model):
    """One real request, sent from the wizard with the draft's own credential, and what came of it.

    `exchange` is masked before it gets here. A test speaks for a draft when it was started after its last change. What
    was sent in one go has one `run`; tests of before there were runs have none.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="tests")
    revision = models.ForeignKey(DestinationRevision, on_delete=models.CASCADE, related_name="tests")
    run = IdField(default="", db_default="", editable=False)
    action = IdField()
    action_name = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    exchange = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["destination", "-id"], name="test_by_destination")]

    def __str__(self) -> str:
        return f"{self.action_name}: {self.outcome}"

    @property
    def succeeded(self) -> bool:
        return self.outcome in {"delivered", "accepted"}
