from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from destinations.models.destination import Destination
from leadconduit.accounts.models import User
from leadconduit.lib.ids import IdField, new_id

EMPTY_DOCUMENT: dict[str, Any] = {"connection": None, "scheme": None, "configuration": {}, "actions": []}


class DestinationRevisionQuerySet(models.QuerySet["DestinationRevision"]):
    def draft_of(self, destination: Destination) -> "DestinationRevision | None":
        return self.filter(destination=destination, applied_at__isnull=True).first()

    @transaction.atomic
    def open_draft(
        self, *, destination: Destination, by: User | None, now: datetime
    ) -> "DestinationRevision":
        """The draft of a destination, begun from what is live where there is none yet."""
        Destination.objects.select_for_update(no_key=True).get(pk=destination.pk)
        if draft := self.draft_of(destination):
            return draft
        document = destination.live.document if destination.live else EMPTY_DOCUMENT
        return self.create(
            destination=destination,
            number=self.next_number(destination),
            author=by,
            document=document,
            changed_at=now,
        )

    def next_number(self, destination: Destination) -> int:
        """Ask it while holding the destination's row."""
        latest: int = self.filter(destination=destination).aggregate(n=Coalesce(models.Max("number"), 0))["n"]
        return latest + 1

    def applied_to(self, destination: Destination) -> "DestinationRevisionQuerySet":
        """The versions of a destination: every revision that is or was live, the newest first."""
        return self.filter(destination=destination, applied_at__isnull=False).order_by("-number")


class DestinationRevision(models.Model):
    """What a destination is at one time. Never a secret.

    `document`: `{"connection": connection id or null, "scheme": key or null, "configuration": {key: value},
    "actions": [{"id", "action_id", "name", "configuration": {key: value}, "mapping": [{"target", "template",
    "default"}]}]}`. A revision that was applied never changes again; the one that was not is the draft. `author` made
    it what it is, `applied_by` put it to use; `restores` is the number of the one that it brought back.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    document = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    applied_at = models.DateTimeField(null=True, editable=False)
    applied_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    applied_untested = models.BooleanField(default=False, db_default=False, editable=False)
    restores = models.PositiveIntegerField(null=True, editable=False)

    objects = DestinationRevisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["destination", "number"], name="revision_number_once"),
            models.UniqueConstraint(
                fields=["destination"],
                condition=models.Q(applied_at__isnull=True),
                name="one_draft_per_destination",
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.number}"

    @property
    def actions(self) -> list[dict[str, Any]]:
        actions: list[dict[str, Any]] = self.document["actions"]
        return actions

    def action(self, id: str) -> dict[str, Any] | None:
        return next((action for action in self.actions if action["id"] == id), None)

    def change(self, *, by: User | None, now: datetime, **parts: Any) -> bool:
        """Put new parts into a draft's document. Answers whether anything is different from before."""
        document = {**self.document, **parts}
        if document == self.document:
            return False
        self.document, self.author, self.changed_at = document, by, now
        self.save(update_fields=["document", "author", "changed_at"])
        return True
