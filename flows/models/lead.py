from datetime import datetime

from django.db import models

from flows.models.flow import Flow
from flows.models.revision import FlowRevision
from leadconduit.accounts.models import Account, User
from leadconduit.lib.ids import IdField, new_id, time_of


class Gate(models.TextChoices):
    OPEN = "open", "Open"
    STOPPED = "stopped", "Stopped"
    FAILED = "failed", "Failed"
    RELEASED = "released", "Released"


class LeadQuerySet(models.QuerySet["Lead"]):
    def for_account(self, account: Account) -> "LeadQuerySet":
        return self.filter(account=account)


class Lead(models.Model):
    """One submission, with the answer its source got and the gate that its steps left.

    Partitioned by range of id. It refers to the rest without constraints, so that dropping a week of leads, or
    deleting a flow, touches nothing else: whatever it names may be gone.
    `values` are nested by field id, typed as `leads.types` reads them; `invalid` lists the ids of values that had to
    be repaired; `blame` is the step that shut the gate: `{"id", "position", "description"}`, and where it was a
    mapping of the source `"unmapped": true`, since the values are then those before all mappings; `appended` is what
    recipients answered, by the keys of their steps. A released lead keeps who released it, when and why, and what it
    is not owed even so: `{"unmet", "gone"}` (see `flows/release.py`).
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    flow = models.ForeignKey(
        Flow, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    revision = models.ForeignKey(
        FlowRevision, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    source_id = IdField()
    email = models.CharField(max_length=320, blank=True)
    values = models.JSONField()
    invalid = models.JSONField(default=list)
    submission = models.JSONField(default=dict)
    outcome = models.CharField(max_length=10)
    reason = models.TextField(blank=True)
    gate = models.CharField(max_length=8, choices=Gate.choices)
    blame = models.JSONField(null=True)
    appended = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    released_by = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True)
    release_reason = models.TextField(blank=True, default="", db_default="")
    release_detail = models.JSONField(null=True)

    objects = LeadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account", "id"], name="lead_by_account"),
            models.Index(fields=["account", "gate", "id"], name="lead_by_gate"),
            models.Index(fields=["account", "flow", "id"], name="lead_by_flow"),
            models.Index(fields=["email", "id"], name="lead_by_email"),
        ]

    def __str__(self) -> str:
        return f"lead {self.pk}"

    @property
    def submitted_at(self) -> datetime:
        return time_of(self.pk)
