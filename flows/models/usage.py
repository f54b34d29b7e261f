from django.db import models

from destinations.models import Action
from flows.models.flow import Flow


class Stage(models.TextChoices):
    SAVED = "saved"
    DEPLOYED = "deployed"


class FlowUsage(models.Model):
    """A flow delivers to this action: a projection of the flow's revisions, rebuilt by save and by deploy."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="usages")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="usages")
    stage = models.CharField(max_length=8, choices=Stage.choices)
    position = models.PositiveSmallIntegerField()
    enabled = models.BooleanField(default=True)
    rule_set = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flow", "action", "stage"], name="usage_once_per_stage")
        ]
        indexes = [models.Index(fields=["flow", "stage", "position"], name="usage_in_order")]

    def __str__(self) -> str:
        return f"{self.flow_id} delivers to {self.action_id} ({self.stage})"
