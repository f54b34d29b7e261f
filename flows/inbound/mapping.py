"""A source's own mappings: what it submits becomes what the flow's fields are called, before values are read by type."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from leadconduit.leads.bounds import TooLong
from leadconduit.leads.rules import Rules, compile_rules
from leadconduit.leads.template import Template, compile_template
from leadconduit.leads.values import as_text, clean, is_blank

logger = structlog.get_logger(__name__)

MAX_MAPPED = 5_000_000
"""Characters of all values that a source's mappings set together."""

Constant = str | int | float | None


class NotMapped(Exception):
    """The mappings could not be applied: what the lead's values are nobody knows. `sentence` is for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """Sets one field, by its id, where the rules match."""

    field: str
    value: Template | Constant | tuple[Template | None, ...]
    rules: Rules | None

    @property
    def parts(self) -> list[str]:
        return self.field.split(".")

    def sets(self, variables: Mapping[str, object]) -> bool:
        return self.rules is None or self.rules.matches(variables)

    def result(self, variables: Mapping[str, object]) -> object:
        if isinstance(self.value, tuple):
            return [template and template.render(variables) for template in self.value]
        if isinstance(self.value, Template):
            return self.value.render(variables)
        return self.value

    @property
    def paths(self) -> list[str]:
        """The variables that its value reads."""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        return [path for value in values if isinstance(value, Template) for path in value.paths]

    @property
    def may_be_blank(self) -> bool:
        """Whether a blank result is meant: nothing was asked."""
        return not self.paths


def compile_mappings(mappings: Iterable[Mapping[str, Any]]) -> tuple[SourceMapping, ...]:
    """For mappings as the API has them, which were checked when the flow was saved."""
    return tuple(
        SourceMapping(
            mapping["property"].removeprefix("lead."),
            _compiled(mapping["value"]),
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


def fields_asked(mappings: Iterable[SourceMapping]) -> list[str]:
    """The names that the mappings' values read from a submission, each once: a source may send them too."""
    paths = [path for mapping in mappings for path in mapping.paths]
    return list(dict.fromkeys(path.removeprefix("lead.") for path in paths if path.startswith("lead.")))


def apply_mappings(
    mappings: Iterable[SourceMapping], submitted: Mapping[str, Any], variables: Mapping[str, object]
) -> dict[str, Any]:
    """What was submitted, with what the mappings make of it, from top to bottom: each sees what those above it set.

    Templates and rules see it as `lead`, raw, beside the other `variables`. One that asks the lead and comes to
    nothing leaves what is there; a null, or a blank written plainly, takes it away. Raises NotMapped.
    """
    mapped = dict(submitted)
    seen = _storable(submitted)
    size = 0
    for mapping in mappings:
        try:
            now = {**variables, "lead": seen}
            if not mapping.sets(now):
                continue
            result = mapping.result(now)
            if is_blank(result) and not mapping.may_be_blank:
                continue
            size += len(as_text(result))
        except TooLong as error:
            raise NotMapped(f"The source's mapping of {mapping.field}: {error.sentence}") from error
        except Exception as error:
            # As a step that cannot be judged: a fault of ours never lets a lead through.
            logger.exception("source.mapping_failed")
            raise NotMapped(f"The source's mapping of {mapping.field} could not be applied.") from error
        if size > MAX_MAPPED:
            raise NotMapped(f"The source's mappings set more than {MAX_MAPPED:,} characters.")
        mapped, seen = _placed(mapped, mapping.parts, result), _placed(seen, mapping.parts, result)
    return mapped


def _storable(submitted: Mapping[str, Any]) -> dict[str, Any]:
    cleaned, _ = clean(dict(submitted))
    assert isinstance(cleaned, dict)
    return cleaned


def _placed(document: dict[str, Any], parts: list[str], value: object) -> dict[str, Any]:
    """A copy with the value at the place that the field's id names. Where that is not to be had, the id is the key."""
    whole = ".".join(parts)
    if whole in document or len(parts) == 1:
        return {**document, whole: value}
    below = document.get(parts[0], {})
    if not isinstance(below, dict):
        return {**document, whole: value}
    return {**document, parts[0]: _placed(below, parts[1:], value)}
