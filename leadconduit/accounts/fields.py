"""Every field that an account's leads may have: the standard ones, and those that it has made for itself."""

from typing import NamedTuple

from leadconduit.accounts.models import Account, CustomField
from leadconduit.leads.standard_fields import STANDARD_FIELDS


class KnownField(NamedTuple):
    """A field as a person chooses it. `description` and `example` may be empty for one of the account's own."""

    id: str
    name: str
    type: str
    description: str
    example: str = ""
    deprecated: bool = False
    is_own: bool = False


_STANDARD = {
    field.id: KnownField(
        field.id, field.name, field.type, field.description, field.example, deprecated=field.deprecated
    )
    for field in STANDARD_FIELDS.values()
}


def known_fields(account: Account) -> dict[str, KnownField]:
    """By id, the account's own first. One query."""
    own = CustomField.objects.for_account(account).order_by("field_id")
    return {
        field.field_id: KnownField(field.field_id, field.name, field.type, field.description, is_own=True)
        for field in own
    } | _STANDARD


def standard_fields(search: str = "") -> list[KnownField]:
    """The standard ones whose id, name or description has the text, whatever its case.

    Those at the top come first, then each family by itself, in the order of ids.
    """
    wanted = search.casefold()
    found = [
        field
        for field in _STANDARD.values()
        if wanted in f"{field.id}\n{field.name}\n{field.description}".casefold()
    ]
    return sorted(found, key=place_of)


def place_of(field: KnownField) -> tuple[bool, str]:
    return "." in field.id, field.id
