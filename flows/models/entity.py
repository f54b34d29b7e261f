from collections.abc import Iterable

from django.db import models
from django.utils import timezone

from leadconduit.accounts.models import Account
from leadconduit.lib.ids import IdField, new_id


class EntityQuerySet(models.QuerySet["Entity"]):
    def for_account(self, account: Account) -> "EntityQuerySet":
        return self.filter(account=account)


class Entity(models.Model):
    """The named party behind a source or a recipient. A source's entity id stands in its submission URL."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="entities")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    source = models.CharField(max_length=20, null=True)
    recipient = models.CharField(max_length=20, null=True)
    module_ids = models.JSONField(default=list)
    time_zone = models.CharField(max_length=60, blank=True)
    website = models.CharField(max_length=500, blank=True)
    logo_url = models.CharField(max_length=500, null=True)
    field_suffix = models.CharField(max_length=5, null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EntityQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="entity_by_account")]
        verbose_name_plural = "entities"

    @classmethod
    def names(cls, ids: Iterable[str]) -> dict[str, str]:
        return dict(cls.objects.filter(pk__in=set(ids)).values_list("pk", "name"))

    def __str__(self) -> str:
        return self.name
