"""The fields that every account has: what LeadConduit calls its standard fields.

Ids, names and types are LeadConduit's (`GET /fields`, as of November 2026); what is said about each is ours.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

# For a field of the account's own, of which no example is known. By type; any other is a text.
EXAMPLES = {
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


@dataclass(frozen=True, slots=True)
class StandardField:
    """`type` is one of the types of values, or `array`; `example` is what a source might submit.

    `aggregate` says that counting leads by the field makes sense; a deprecated field is read, but not for new use.
    """

    id: str
    name: str
    type: str
    aggregate: bool
    deprecated: bool
    description: str
    example: str


def type_of(id: str) -> str | None:
    """The type of a standard field, by its id; None for what is none."""
    found = STANDARD_FIELDS.get(id)
    return found.type if found else None


def _read() -> dict[str, StandardField]:
    text = files("leadconduit.leads").joinpath("standard_fields.csv").read_text(encoding="utf-8")
    return {row["id"]: _field(row) for row in csv.DictReader(text.splitlines())}


def _field(row: dict[str, str]) -> StandardField:
    return StandardField(
        id=row["id"],
        name=row["name"],
        type=row["type"],
        aggregate=row["aggregate"] == "true",
        deprecated=row["deprecated"] == "true",
        description=row["description"],
        example=row["example"],
    )


STANDARD_FIELDS: Mapping[str, StandardField] = MappingProxyType(_read())
"""By id, in the order of ids."""


def example_value(type: str, example: str) -> str:
    """A plausible value: the field's own example, or one of its type."""
    return example or EXAMPLES.get(type, "example")
