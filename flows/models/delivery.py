from datetime import datetime

from django.db import models

from destinations.models import Action, Destination
from flows.models.flow import Flow
from flows.models.lead import Lead
from leadconduit.accounts.models import Account
from leadconduit.lib.ids import IdField, children_from, new_id, time_of


class State(models.TextChoices):
    WAITING = "waiting", "Waiting"
    ACCEPTED = "accepted", "Accepted"
    DELIVERED = "delivered", "Delivered"
    REJECTED = "rejected", "Rejected"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


FINAL = {State.DELIVERED, State.REJECTED, State.FAILED, State.CANCELLED}


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def for_account(self, account: Account) -> "DeliveryQuerySet":
        return self.filter(account=account)

    def of_lead(self, lead: Lead) -> "DeliveryQuerySet":
        return self.filter(account=lead.account_id, lead=lead, id__gte=children_from(lead.pk))


class Delivery(models.Model):
    """One lead owed to one action. It sums its attempts up; whether it is due stands in `Due`.

    Partitioned by range of id, without constraints: what it names may be gone. A delivery that no lead caused (a
    call of an action's webhook_url) keeps its input. `key` travels with every attempt, so that a receiver can tell a
    retry from a new delivery; one that is sent again after a final answer is a new row that names its `origin`.
    `receipt` is what the receiver calls the record that it made, `{"id", "url"}`, where it says so.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    key = IdField(default=new_id, editable=False)
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    flow = models.ForeignKey(
        Flow, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    lead = models.ForeignKey(
        Lead,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="deliveries",
    )
    destination = models.ForeignKey(
        Destination, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    action = models.ForeignKey(
        Action, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    follows = models.ForeignKey(
        "self",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="followers",
    )
    origin = models.ForeignKey(
        "self",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="repeats",
    )
    input = models.JSONField(null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    outcome = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    receipt = models.JSONField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["account", "id"], name="delivery_by_account"),
            models.Index(fields=["account", "state", "id"], name="delivery_by_state"),
            models.Index(fields=["lead", "id"], name="delivery_by_lead"),
            models.Index(fields=["destination", "id"], name="delivery_by_destination"),
            models.Index(
                fields=["follows"], name="delivery_by_follows", condition=models.Q(follows__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"

    @property
    def created_at(self) -> datetime:
        return time_of(self.pk)
