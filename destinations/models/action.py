import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from destinations.models.destination import Destination
from leadconduit.accounts.models.api_key import digest_of
from leadconduit.lib.ids import IdField, new_id


def webhook_url_of(id: str, platform_url: str) -> str:
    """The platform's own address where it has one; else ours, wherever the product is served by now."""
    return platform_url or f"{settings.BASE_URL}/hooks/{id}"


class ActionQuerySet(models.QuerySet["Action"]):
    def current(self) -> "ActionQuerySet":
        return self.filter(removed_at__isnull=True).order_by("position")


class Action(models.Model):
    """One thing that a destination can do, as the live revision has it.

    `action_id` is its public identity within the destination and never changes. `webhook_url` is where an outside
    system makes it act; its key is shown once and kept as a digest.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="actions")
    action_id = models.CharField(max_length=200, editable=False)
    name = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()
    platform_url = models.URLField(max_length=500, blank=True, editable=False)
    key_digest = models.CharField(max_length=64, blank=True, editable=False)
    key_made_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["destination", "action_id"], name="action_id_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def webhook_url(self) -> str:
        return webhook_url_of(self.pk, self.platform_url)

    def make_key(self, *, now: datetime) -> str:
        """A new key for the webhook_url, in clear for the only time. The one before it stops working."""
        key = secrets.token_hex(20)
        self.key_digest, self.key_made_at = digest_of(key), now
        self.save(update_fields=["key_digest", "key_made_at"])
        return key

    def accepts(self, key: str) -> bool:
        return bool(self.key_digest) and secrets.compare_digest(self.key_digest, digest_of(key))
