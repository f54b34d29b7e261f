from django.db import models
from django.utils import timezone

from leadconduit.accounts.models import Account
from leadconduit.lib.ids import IdField, new_id


class FlowQuerySet(models.QuerySet["Flow"]):
    def for_account(self, account: Account) -> "FlowQuerySet":
        return self.filter(account=account, deleted_at__isnull=True)


class Flow(models.Model):
    """How leads of an account are processed. What it is stands in its revisions: the saved and the deployed one.

    `name` and `enabled` are the saved revision's, kept here for lists. Rows are deleted softly, since leads' records
    go on naming them.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="flows")
    name = models.CharField(max_length=200)
    enabled = models.BooleanField(default=True)
    saved = models.ForeignKey(
        "FlowRevision", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    deployed = models.ForeignKey(
        "FlowRevision", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    deployed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects = FlowQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="flow_by_account")]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> str:
        """One of undeployed, changed (saved differs from deployed), deployed."""
        if not self.deployed_id:
            return "undeployed"
        return "deployed" if self.deployed_id == self.saved_id else "changed"
