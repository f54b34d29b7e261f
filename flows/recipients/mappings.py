"""Mappings and a lead's variables become the values of a module's properties."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flows.recipients.sealing import unseal
from leadconduit.leads.bounds import TooLong
from leadconduit.leads.rules import Rules, compile_rules
from leadconduit.leads.template import Template, compile_template
from leadconduit.leads.values import as_text, lookup

Variables = Mapping[str, object]
Constant = int | float | None

MAX_VALUES = 5_000_000
"""Characters of all values together."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A credential as it is kept."""

    sealed: str

    def open(self, variables: Variables) -> Template:
        """Raises DecryptionError."""
        return compile_template(unseal(self.sealed, account_id=as_text(lookup(variables, "account.id"))))


@dataclass(frozen=True, slots=True)
class PropertyMapping:
    """Sets one property where the rules match."""

    property: str
    value: Template | Sealed | Constant | tuple[Template | None, ...]
    rules: Rules | None

    def sets(self, variables: Variables) -> bool:
        return self.rules is None or self.rules.matches(variables)

    def result(self, variables: Variables) -> object:
        value = self.value
        if isinstance(value, Sealed):
            value = value.open(variables)
        if isinstance(value, Template):
            return value.render(variables)
        if isinstance(value, tuple):
            return [item and item.render(variables) for item in value]
        return value


def compile_mappings(mappings: Iterable[Mapping[str, Any]]) -> tuple[PropertyMapping, ...]:
    """For mappings as a flow's document has them, which were checked when it was saved."""
    return tuple(
        PropertyMapping(
            mapping["property"],
            Sealed(mapping["sealed"]) if "sealed" in mapping else _compiled(mapping["value"]),
            compile_rules(mapping["rule_set"]) if mapping.get("rule_set") else None,
        )
        for mapping in mappings
    )


def _compiled(value: object) -> Template | Constant | tuple[Template | None, ...]:
    if isinstance(value, str):
        return compile_template(value)
    if isinstance(value, list):
        return tuple(None if item is None else compile_template(item) for item in value)
    assert value is None or isinstance(value, int | float)
    return value


def values_of(mappings: Iterable[PropertyMapping], variables: Variables) -> dict[str, object]:
    """From top to bottom: of two mappings of one property that apply, the later wins.

    Raises TooLong, or DecryptionError for a credential that cannot be opened.
    """
    values: dict[str, object] = {}
    size = 0
    for mapping in mappings:
        if not mapping.sets(variables):
            continue
        result = mapping.result(variables)
        size += len(as_text(result))
        if size > MAX_VALUES:
            raise TooLong(f"The mappings set more than {MAX_VALUES:,} characters, the most there can be.")
        values[mapping.property] = result
    return values
