from django.db import models

from destinations.models.destination import Destination
from leadconduit.lib.ids import IdField, new_id


class LiveAnswer(models.Model):
    """What a system said last about a destination's choices or fields, so that pages need not ask it each time.

    `about` says what was asked: `targets:{action_id}` or `choices:{field}`. `stamp` is of what the answer depended on:
    another one makes the answer stale.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="live_answers")
    about = models.CharField(max_length=300)
    stamp = models.CharField(max_length=20)
    answer = models.JSONField()
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["destination", "about"], name="live_answer_once")]

    def __str__(self) -> str:
        return self.about
