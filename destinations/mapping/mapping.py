"""A compiled mapping. Kept by revision and applied to every lead, so it does as little as it can."""

import collections.abc
from collections.abc import Sequence
from dataclasses import dataclass

from destinations.mapping.rows import MappingRow
from leadconduit.leads.template import Template, compile_template
from leadconduit.leads.values import is_blank


@dataclass(frozen=True, slots=True)
class _Line:
    parents: tuple[str, ...]
    name: str
    template: Template
    default: str | None


@dataclass(frozen=True, slots=True)
class Mapping:
    lines: tuple[_Line, ...]

    def apply(self, variables: collections.abc.Mapping[str, object]) -> dict[str, object]:
        """What is sent for these variables: nested objects along the targets' dots.

        Rows count from top to bottom and the later wins, but a row that comes to nothing leaves what is there.
        """
        payload: dict[str, object] = {}
        for line in self.lines:
            value = line.template.render(variables)
            if is_blank(value):
                if line.default is None:
                    continue
                value = line.default
            node = payload
            for parent in line.parents:
                node = node.setdefault(parent, {})  # type: ignore[assignment]  # see _without_conflicts
            node[line.name] = value
        return payload


def compile_mapping(rows: Sequence[MappingRow]) -> Mapping:
    """Raises TemplateError for a template that cannot be read; `problems` finds all of them first."""
    return Mapping(
        tuple(
            _Line(
                row.path[:-1],
                row.path[-1],
                compile_template(row.template),
                None if is_blank(row.default) else row.default,
            )
            for row in _without_conflicts(rows)
        )
    )


def _without_conflicts(rows: Sequence[MappingRow]) -> list[MappingRow]:
    """Of two rows whose targets cannot both be sent (`a` and `a.b`), the lower one counts, whatever the lead.

    So no parent is ever a value: nothing of the lead is written into, and `apply` need not look.
    """
    kept: list[MappingRow] = []
    values: set[tuple[str, ...]] = set()
    objects: set[tuple[str, ...]] = set()
    for row in reversed(rows):
        above = {row.path[:length] for length in range(1, len(row.path))}
        if row.path in objects or above & values:
            continue
        values.add(row.path)
        objects |= above
        kept.append(row)
    return kept[::-1]
