"""What rules and templates may name: the fields of a lead with their parts, and what stands beside the lead."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from leadconduit.leads.rules.checking import template_of_left
from leadconduit.leads.template import TemplateError, compile_template
from leadconduit.leads.types.described import COMPONENTS

BESIDE: Final[Mapping[str, str]] = {
    "submission.ip": "ip",
    "submission.timestamp": "time",
    "source.name": "string",
    "source.id": "string",
    "flow.name": "string",
    "flow.id": "string",
    "account.name": "string",
    "account.id": "string",
}
"""The variables that every lead has, with their types."""


@dataclass(frozen=True, slots=True)
class Names:
    """Where a rule stands: `fields` of its leads with their types ("" for none), `keys` of what earlier steps append.

    `are_all`: there is nothing else to be named, as there is where a rule stands in no flow.
    """

    fields: Mapping[str, str]
    keys: tuple[str, ...] = ()
    are_all: bool = True
    beside: Mapping[str, str] = field(default_factory=lambda: BESIDE)
    absent: Mapping[str, str] = field(default_factory=dict)
    """Why a key is none of `keys`, for those of steps that do not come before: "step 3, …, comes later"."""

    def offered(self) -> list[str]:
        """Paths to choose from."""
        return [
            *(f"lead.{id}" for id in self.fields),
            *(f"{key}.{part}" for key in self.keys for part in ("outcome", "reason")),
            *self.beside,
            *(f"lead.{id}.{part}" for id, type in self.fields.items() for part in _parts(type)),
        ]

    def type_of(self, lhv: str) -> str | None:
        """The type of a rule's left-hand side, where it is one variable whose type is known."""
        path = lhv.strip().strip("{} ")
        if path in self.beside:
            return self.beside[path]
        found, part = self._field(path.removeprefix("lead."))
        if found is None or not path.startswith("lead."):
            return None
        type = self.fields[found]
        return (_parts(type).get(part) if part else type) or None

    def has(self, path: str) -> bool:
        """Whether a path that begins with `lead.` is of a field."""
        rest = path.removeprefix("lead.")
        return self._field(rest)[0] is not None or self._is_family(rest)

    def doubts(self, rule: Mapping[str, Any]) -> list[str]:
        """What is odd about the variables that a rule names, a sentence each. Such a rule runs all the same."""
        if not self.are_all:
            return []
        right = rule.get("rhv")
        texts = [template_of_left(str(rule.get("lhv", ""))), *(right if isinstance(right, list) else [right])]
        return list(self.doubts_in(text for text in texts if isinstance(text, str)))

    def doubts_in(self, templates: Iterable[str], *, with_lead: bool = True) -> Iterator[str]:
        """What is odd about the variables of templates, each once; those of the lead left aside where that is asked."""
        paths = dict.fromkeys(path for text in templates for path in paths_in(text))
        found = (self._doubt(path) for path in paths if with_lead or path.partition(".")[0] != "lead")
        return iter(dict.fromkeys(doubt for doubt in found if doubt))

    def _doubt(self, path: str) -> str:
        root, _, rest = path.partition(".")
        if root == "lead":
            return self._doubt_of_field(rest)
        roots = {one.partition(".")[0] for one in self.beside}
        if root in self.keys or path in self.beside or path in roots:
            return ""
        if root in roots:
            known = ", ".join(f"`{one}`" for one in self.beside if one.startswith(f"{root}."))
            return f"There is no `{path}`, only {known}."
        if root in self.absent:
            return f"`{path}` is blank here: {self.absent[root]}."
        meant, _ = self._field(path)
        return (
            f"Nothing is called `{path}` here. Did you mean `lead.{path}`?"
            if meant
            else f"Nothing is called `{path}` here: a field of the lead begins with `lead.`"
        )

    def _doubt_of_field(self, rest: str) -> str:
        found, part = self._field(rest)
        if found is None:
            return "" if self._is_family(rest) else f"The flow has no field `{rest}`: add it under Fields."
        parts = _parts(self.fields[found])
        first = part.partition(".")[0]
        if not first or not parts or first in parts or first.isdecimal():
            return ""
        return f"`{found}` is of the type {self.fields[found]}, which has no part `{first}`."

    def _is_family(self, rest: str) -> bool:
        return not rest or any(id.startswith(f"{rest}.") for id in self.fields)

    def _field(self, rest: str) -> tuple[str | None, str]:
        """The longest field that a path begins with, and the rest of the path."""
        id, part = rest, ""
        while id:
            if id in self.fields:
                return id, part
            id, _, last = id.rpartition(".")
            part = f"{last}.{part}" if part else last
        return None, ""


def _parts(type: str) -> Mapping[str, str]:
    return {one.name: one.type for one in COMPONENTS.get(type, ())}


def paths_in(text: str) -> tuple[str, ...]:
    try:
        return compile_template(text).paths
    except TemplateError:
        return ()
