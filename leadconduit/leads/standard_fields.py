"""The fields that every account has: what LeadConduit calls its standard fields.

Ids, names and types are LeadConduit's (`GET /fields`, as of November 2026); what is said about each is ours.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType


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
