from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Now
from django.utils import timezone

from destinations.models.connection import CLOSED, Connection
from leadconduit.accounts.models import Account, User
from leadconduit.lib.ids import IdField, new_id


class DestinationQuerySet(models.QuerySet["Destination"]):
    def for_account(self, account: Account) -> "DestinationQuerySet":
        return self.filter(account=account, deleted_at__isnull=True)

    def activated(self) -> "DestinationQuerySet":
        """What the API and flows see: paused ones included, drafts never."""
        return self.filter(activated_at__isnull=False)

    def with_held_by(self) -> "DestinationQuerySet":
        """With `held_by`, the id of the connection that has to be connected again before they deliver; None without. With
        `limited_until` too."""
        closed = Connection.objects.filter(status__in=CLOSED)
        return (
            self.with_limited_until()
            .alias(delivers_by=KeyTextTransform("connection", "live__document"))
            .annotate(held_by=models.Subquery(closed.filter(pk=models.OuterRef("delivers_by")).values("pk")))
        )

    def with_limited_until(self) -> "DestinationQuerySet":
        """With `limited_until`, until when the system asked to wait; None where it does not."""
        waits = models.When(lane__limited_until__gt=Now(), then=models.F("lane__limited_until"))
        return self.annotate(limited_until=models.Case(waits))

    def search(self, text: str) -> "DestinationQuerySet":
        return self.filter(models.Q(name__icontains=text) | models.Q(integration_name__icontains=text))


class Destination(models.Model):
    """A configured instance of an integration, reused by every flow of its account.

    `instance_id` is its public identity, opaque text given by the platform that runs it. Rows are deleted softly,
    since leads' records go on naming them.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="destinations")
    instance_id = models.CharField(max_length=200, editable=False)
    platform = models.CharField(max_length=20, default="builtin")
    integration = models.CharField(max_length=60)
    integration_name = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    live = models.ForeignKey(
        "DestinationRevision", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    activated_at = models.DateTimeField(null=True, editable=False)
    activated_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    activated_untested = models.BooleanField(default=False, editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    paused_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects = DestinationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="destination_by_account")]
        constraints = [
            # Not `unique=True`, which would add a second index for LIKE.
            models.UniqueConstraint(fields=["instance_id"], name="instance_id_once"),
            models.CheckConstraint(
                name="destination_live_means_activated",
                condition=models.Q(live__isnull=True, activated_at__isnull=True)
                | models.Q(live__isnull=False, activated_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> str:
        """One of draft, live, paused."""
        if self.activated_at is None:
            return "draft"
        return "paused" if self.paused_at else "live"

    def rename(self, name: str) -> None:
        self.name = name
        self.save(update_fields=["name"])
