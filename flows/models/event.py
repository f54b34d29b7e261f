from django.db import models

from flows.models.flow import Flow
from flows.models.lead import Lead
from leadconduit.accounts.models import Account
from leadconduit.lib.ids import IdField, new_id


class Event(models.Model):
    """What happened to a lead at one step, or at its source. Append-only, partitioned by range of id."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    flow = models.ForeignKey(
        Flow, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    lead = models.ForeignKey(
        Lead, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="events"
    )
    type = models.CharField(max_length=20)
    step_id = models.CharField(max_length=6, blank=True)
    outcome = models.CharField(max_length=10)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    ms = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["lead", "id"], name="event_by_lead"),
            models.Index(fields=["account", "id"], name="event_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.type}: {self.outcome}"
