"""Mapping rows as people write them, and as a revision's document keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

MAX_ROWS = 500

Sends = Literal["normal", "raw", "valid"]
"""Which form of a typed value is sent: its normal form, or where it is invalid what was submitted (`normal`); always
what was submitted (`raw`); only a valid one, an invalid one counting as blank (`valid`)."""

SENDS: tuple[Sends, ...] = ("normal", "raw", "valid")


@dataclass(frozen=True, slots=True)
class MappingRow:
    """How one target field gets its value.

    The template's result, or with `literal` the template as it is written, goes through the transformations in
    order. Where that comes to nothing the default, plain text, is sent. With a rule set the row takes part only for
    leads that match it. A transformation is an object: `use` is its key, the rest are its options.
    """

    target: str
    template: str = ""
    default: str = ""
    literal: bool = False
    transformations: tuple[Mapping[str, Any], ...] = ()
    rule_set: Mapping[str, Any] | None = None
    sends: Sends = "normal"

    @property
    def path(self) -> tuple[str, ...]:
        """The target's dots are objects inside objects, and numbers among its parts places in lists."""
        return tuple(self.target.split("."))

    def to_json(self) -> dict[str, Any]:
        """What is as in a row of nothing but a target is left out."""
        blank = MappingRow(self.target)
        row = {
            field.name: value
            for field in fields(self)
            if (value := getattr(self, field.name)) != getattr(blank, field.name)
        }
        if self.transformations:
            row["transformations"] = [dict(transformation) for transformation in self.transformations]
        return {"target": self.target} | row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "MappingRow":
        return cls(**{**row, "transformations": tuple(row.get("transformations", ()))})


def place(part: str) -> int | None:
    """The place in a list that a part of a target's path names, if it is a number."""
    return int(part) if part.isascii() and part.isdecimal() else None
