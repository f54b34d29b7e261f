"""Mappings and a lead's variables become the values of a module's properties."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from flows.recipients.addresses import with_credentials
from flows.recipients.bodies import Unsendable
from flows.recipients.modules import is_pattern
from flows.recipients.sealing import is_secret, unseal
from flows.recipients.terms import literally
from leadconduit.leads.bounds import TooLong
from leadconduit.leads.rules import Rules, compile_rules
from leadconduit.leads.template import Template, compile_template
from leadconduit.leads.template.syntax import parse
from leadconduit.leads.values import as_text, is_blank, lookup

Variables = Mapping[str, object]
Constant = int | float | None

_IN_BRACES = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_SCHEMES = ("basic", "bearer", "token", "apikey", "api-key", "key")
"""What stands before a credential in a header, and is none."""

MAX_VALUES = 5_000_000
"""Characters of all values together."""


@dataclass(frozen=True, slots=True)
class Term:
    """A pattern with variables in it. What a lead has is sought as it is: no value of it is a pattern."""

    parts: tuple[str | Template, ...]

    def render(self, variables: Variables) -> str:
        return "".join(
            part if isinstance(part, str) else literally(as_text(part.render(variables)))
            for part in self.parts
        )


Compiled = Template | Constant | Term | tuple[Template | None, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A credential as it is kept; `url` is what those of a URL belong into."""

    sealed: str
    url: str = ""

    def open(self, variables: Variables) -> tuple[Compiled, list[str]]:
        """The value, and the credentials in it. Raises DecryptionError."""
        found = unseal(self.sealed, account_id=as_text(lookup(variables, "account.id")))
        if self.url:
            return compile_template(with_credentials(self.url, found)), [*found, *map(unquote_plus, found)]
        items = found if isinstance(found, list) else [found]
        return _compiled(found), [text for item in items for text in _constants(as_text(item))]


@dataclass(frozen=True, slots=True)
class PropertyMapping:
    """Sets one property where the rules match."""

    property: str
    value: Compiled | Sealed
    rules: Rules | None

    def sets(self, variables: Variables) -> bool:
        return self.rules is None or self.rules.matches(variables)

    def result(self, variables: Variables, secrets: list[str]) -> object:
        """What it is set to. Credentials in it are added to `secrets`."""
        value = self.value
        if isinstance(value, Sealed):
            value, opened = value.open(variables)
            secrets += opened
        elif is_secret(self.property) and isinstance(value, Template) and not value.paths:
            secrets.append(value.text)  # kept from before credentials were sealed
        if isinstance(value, Template | Term):
            return value.render(variables)
        if isinstance(value, tuple):
            return [item and item.render(variables) for item in value]
        return value


def _constants(text: str) -> list[str]:
    """What of a credential is the same for every lead: what variables give it is the lead's."""
    template = compile_template(text)
    if not template.paths:
        return [as_text(template.render({}))]
    pieces = [as_text(template.render({})), *_IN_BRACES.split(text)]
    return [piece.strip() for piece in pieces if piece.strip().lower() not in ("", *_SCHEMES)]


def compile_mappings(mappings: Iterable[Mapping[str, Any]]) -> tuple[PropertyMapping, ...]:
    """For mappings as a flow's document has them, which were checked when it was saved."""
    return tuple(
        PropertyMapping(
            mapping["property"],
            Sealed(mapping["sealed"], mapping.get("value", ""))
            if "sealed" in mapping
            else _of_property(mapping["property"], mapping["value"]),
            compile_rules(mapping["rule_set"]) if mapping.get("rule_set") else None,
        )
        for mapping in mappings
    )


def _of_property(name: str, value: object) -> Compiled:
    if not (is_pattern(name) and isinstance(value, str) and compile_template(value).paths):
        return _compiled(value)
    return Term(
        tuple(
            part if isinstance(part, str) else compile_template("{{" + part.source + "}}")
            for part in parse(value)
        )
    )


def _compiled(value: object) -> Compiled:
    if isinstance(value, str):
        return compile_template(value)
    if isinstance(value, list):
        return tuple(None if item is None else compile_template(item) for item in value)
    assert value is None or isinstance(value, int | float)
    return value


def values_of(
    mappings: Iterable[PropertyMapping], variables: Variables, *, secrets: list[str] | None = None
) -> dict[str, object]:
    """From top to bottom: of two mappings of one property that apply, the later wins.

    `secrets` collects the credentials that are opened. Raises TooLong, DecryptionError for a credential that cannot be
    opened, and Unsendable where a lead's blank value would leave nothing to search the answer for.
    """
    values: dict[str, object] = {}
    found = [] if secrets is None else secrets
    size = 0
    searches = False
    for mapping in mappings:
        if not mapping.sets(variables):
            continue
        result = mapping.result(variables, found)
        size += len(as_text(result))
        if size > MAX_VALUES:
            raise TooLong(f"The mappings set more than {MAX_VALUES:,} characters, the most there can be.")
        values[mapping.property] = result
        if mapping.property == "outcome_search_term":
            searches = isinstance(mapping.value, Term)
    if searches and is_blank(values["outcome_search_term"]):
        raise Unsendable("What the answer is searched for is blank for this lead, so that any would do.")
    return values
