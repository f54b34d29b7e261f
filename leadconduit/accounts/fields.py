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

    @property
    def value(self) -> str:
        """What a lead may have in it."""
        return self.example or OF_TYPE.get(self.type, ANY_VALUE)


ANY_VALUE = "example"
"""Of a field of which nothing is known."""

# For a field of the account's own, of which no example is known. Any other type is a text.
OF_TYPE = {
    "boolean": "yes",
    "date": "2026-03-14",
    "dob": "1986-03-14",
    "email": "ada@example.com",
    "ip": "192.0.2.10",
    "number": "42",
    "phone": "512-555-0142",
    "postal_code": "78701",
    "range": "100-200",
    "state": "TX",
    "time": "2026-03-14T15:30:00Z",
    "url": "https://www.example.com/",
}


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
