from django.db import models
from django.utils import timezone

from flows.models.flow import Flow
from leadconduit.accounts.models import User
from leadconduit.lib.ids import IdField, new_id


class FlowRevision(models.Model):
    """What a flow is at one time: a number, an author, one document. It never changes; a save makes the next.

    `document`: `{"name", "enabled", "fields": [id], "types": {field id: type}, "sources": [source], "steps": [step],
    "destinations": [{"destination": id, "actions": [{"action": id, "action_id", "enabled", "rule_set",
    "independent"}]}]}`, where
    source and step are as the REST API has them, and `types` has those of the fields that are known.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    document = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flow", "number"], name="flow_revision_number_once")]

    def __str__(self) -> str:
        return f"revision {self.number}"
