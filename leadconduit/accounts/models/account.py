from django.db import models
from django.utils import timezone

from leadconduit.lib.ids import IdField, new_id


class Account(models.Model):
    """One customer. Everything that a customer has belongs to exactly one account."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    # What the ids of its own fields end in, given with the first of them and never changed.
    field_suffix = models.CharField(max_length=5, blank=True, default="", db_default="", editable=False)
    # Whether an admin may release a lead that a flow withheld. Only an owner decides.
    release_allowed = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name
