import re
import unicodedata

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from leadconduit.accounts.models.account import Account
from leadconduit.accounts.models.audit_event import AuditEvent
from leadconduit.accounts.models.user import User
from leadconduit.leads.standard_fields import STANDARD_FIELDS
from leadconduit.lib.ids import IdField, new_id

LONGEST_NAME = 100
LONGEST_DESCRIPTION = 500
SUFFIX_LENGTH = 3


class FieldIdTaken(ValueError):
    """The id that a name would give is that of another field. `sentence` says so."""

    def __init__(self, field_id: str) -> None:
        self.sentence = f"The id {field_id} is taken: give the field another name."
        super().__init__(self.sentence)


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def for_account(self, account: Account) -> "CustomFieldQuerySet":
        return self.filter(account=account)

    def search(self, text: str) -> "CustomFieldQuerySet":
        return self.filter(
            models.Q(name__icontains=text)
            | models.Q(field_id__icontains=text)
            | models.Q(description__icontains=text)
        )

    def types(self) -> dict[str, str]:
        """The type of each field, by the id that a lead names it with. One query."""
        return dict(self.values_list("field_id", "type"))


class CustomField(models.Model):
    """A field of leads that one account has made for itself, beside the standard ones.

    `field_id` is what a lead, a flow and a template name it by; made from its first name, it stays, as its type does:
    leads were read by both.
    """

    id = IdField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="custom_fields")
    field_id = models.CharField(max_length=LONGEST_NAME + 10, editable=False)
    name = models.CharField(max_length=LONGEST_NAME)
    type = models.CharField(max_length=20, editable=False)
    description = models.CharField(max_length=LONGEST_DESCRIPTION, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "field_id"], name="field_id_once")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def make(
        cls,
        *,
        account: Account,
        name: str,
        type: str,
        description: str = "",
        field_id: str = "",
        by: User | None,
    ) -> "CustomField":
        """A new field, its id made of its name, or of `field_id`, which may end in the account's suffix already.

        Raises FieldIdTaken, and ValueError for a name that `id_part` finds nothing in.
        """
        suffix = f"_{_suffix_of(account)}"
        field_id = f"{id_part(field_id.removesuffix(suffix) or name)}{suffix}"
        if field_id in STANDARD_FIELDS:
            raise FieldIdTaken(field_id)
        try:
            with transaction.atomic():
                field = cls.objects.create(
                    account=account, field_id=field_id, name=name, type=type, description=description
                )
        except IntegrityError:
            raise FieldIdTaken(field_id) from None
        AuditEvent.record(
            account=account, by=by, action="field.created", on=field, detail={"id": field_id, "type": type}
        )
        return field

    @transaction.atomic
    def change(self, *, name: str, description: str, by: User | None) -> None:
        if (self.name, self.description) == (name, description):
            return
        self.name, self.description = name, description
        self.save(update_fields=["name", "description"])
        AuditEvent.record(
            account=self.account, by=by, action="field.changed", on=self, detail={"id": self.field_id}
        )

    @transaction.atomic
    def discard(self, *, by: User | None) -> None:
        """Delete it. Values that leads have of it stay, and flows that list it are as they were."""
        AuditEvent.record(
            account=self.account, by=by, action="field.deleted", on=self, detail={"id": self.field_id}
        )
        self.delete()


def id_part(name: str) -> str:
    """What a field's name is in its id: `Roof age (yrs)` is `roof_age_yrs`, and dots nest as they do in ids.

    Raises ValueError where no letter of a to z and no digit is left.
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    parts = [re.sub(r"[^a-z0-9]+", "_", part).strip("_") for part in plain.split(".")]
    found = ".".join(part for part in parts if part)
    if not found:
        raise ValueError("Use at least one letter of a to z, or a digit: the field's id is made of them.")
    return found


def suffix_for(account: Account) -> str:
    """What the ids of the account's own fields end in: the beginning of its name, or of its id if it has no letters."""
    if account.field_suffix:
        return account.field_suffix
    plain = unicodedata.normalize("NFKD", account.name.casefold()).encode("ascii", "ignore").decode()
    letters = re.sub(r"[^a-z0-9]", "", plain)[:SUFFIX_LENGTH]
    return letters if len(letters) == SUFFIX_LENGTH else account.pk[-SUFFIX_LENGTH:]


def _suffix_of(account: Account) -> str:
    """The account's suffix, which from now on is kept: an account that is renamed goes on with it."""
    kept = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not kept.field_suffix:
        kept.field_suffix = suffix_for(kept)
        kept.save(update_fields=["field_suffix"])
    account.field_suffix = kept.field_suffix
    return kept.field_suffix
