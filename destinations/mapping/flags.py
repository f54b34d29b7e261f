"""What somebody should look at in a mapping, row by row, for the lead that it is tried on."""

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from destinations.mapping.checking import templates_of
from destinations.mapping.components import components_of
from destinations.mapping.mapping import RowResult
from destinations.mapping.rows import MappingRow, place
from destinations.mapping.scope import shown
from destinations.platforms.port import TargetField, Targets
from leadconduit.leads import types
from leadconduit.leads.names import BESIDE
from leadconduit.leads.standard_fields import type_of
from leadconduit.leads.template import TemplateError, compile_template, is_path
from leadconduit.leads.values import as_text

Kind = Literal[
    "required",
    "too_long",
    "not_in_choices",
    "wrong_type",
    "unknown_field",
    "not_taken",
    "overridden",
    "note",
]

MOST_CHOICES = 5
"""That a sentence names."""

LIKE = 0.7
"""How alike two names are, from 0 to 1, when one is probably the other misspelt."""


@dataclass(frozen=True, slots=True)
class Flag:
    """`row` is the index of the row it stands at, or None for a field that no row fills."""

    row: int | None
    target: str
    kind: Kind
    sentence: str


def check(
    rows: Sequence[MappingRow],
    results: Sequence[RowResult],
    targets: Targets,
    known_paths: Collection[str],
    taken: Collection[str] = (),
) -> list[Flag]:
    """Flags in the order of the rows; those without a row come first.

    `results` are of `Mapping.explain` for the same rows. `known_paths` are what templates may name, `lead.` included;
    a mapping of them to a lead's field types says which components there are. `taken` are the ids of the fields that
    the account's flows take; without any, nothing is said about that.
    """
    known = _Known(known_paths, taken)
    fields = {field.key: field for field in targets.fields}
    flags = [*_missing(rows, results, targets.fields), *_gaps(rows, results)]
    for index, (row, result) in enumerate(zip(rows, results, strict=True)):
        flags += [Flag(index, row.target, kind, said) for kind, said in _of_source(row, known)]
        flags += [Flag(index, row.target, kind, said) for kind, said in _of_result(rows[index:], result)]
        field = fields.get(row.target)
        if field is not None and result.sent:
            flags += [Flag(index, row.target, kind, said) for kind, said in _of_value(field, result)]
    return sorted(flags, key=lambda flag: -1 if flag.row is None else flag.row)


def _missing(
    rows: Sequence[MappingRow], results: Sequence[RowResult], fields: Sequence[TargetField]
) -> Iterator[Flag]:
    for field in fields:
        filling = [
            index
            for index, row in enumerate(rows)
            if row.target == field.key or row.target.startswith(f"{field.key}.")
        ]
        if not field.required or any(results[index].sent for index in filling):
            continue
        if not filling:
            yield Flag(None, field.key, "required", f"“{field.label}” is required, and no row fills it.")
        elif results[filling[-1]].state == "skipped":
            said = f"“{field.label}” is required, and this row's condition does not hold for this lead."
            yield Flag(filling[-1], field.key, "required", said)
        else:
            said = (
                f"“{field.label}” is required, and comes to nothing for this lead. A default would fill it."
            )
            yield Flag(filling[-1], field.key, "required", said)


def _of_result(rows: Sequence[MappingRow], result: RowResult) -> Iterator[tuple[Kind, str]]:
    """`rows` are the one that the result is of, and those below it."""
    row, *below = rows
    if result.state == "too_long":
        yield "too_long", result.why
    if result.state == "overridden" and any(
        other.target == row.target and other.rule_set is None for other in below
    ):
        yield "overridden", result.why
    for note in result.notes:
        yield "note", note


def _gaps(rows: Sequence[MappingRow], results: Sequence[RowResult]) -> Iterator[Flag]:
    """Places in lists that no row fills, said at the row behind them."""
    paths = {index: row.path for index, row in enumerate(rows)}
    filled = {path[: at + 1] for path in paths.values() for at in range(len(path))}
    said: set[tuple[str, ...]] = set()
    for index, path in paths.items():
        for at, part in enumerate(path):
            number, up_to = place(part), path[: at + 1]
            # Places may have thousands of digits as long as somebody types: those are problems of the row.
            if number is None or len(part) > 4 or up_to in said or not results[index].sent:
                continue
            said.add(up_to)
            first = number
            while first and (*path[:at], str(first - 1)) not in filled:
                first -= 1
            if first < number:
                yield Flag(index, rows[index].target, "note", _of_gap(path[:at], first, number))


def _of_gap(holder: Sequence[str], first: int, number: int) -> str:
    name, last = ".".join(holder), number - 1
    if first == last:
        return f"No row fills `{name}.{first}`: a null is sent there."
    return f"No row fills `{name}.{first}` to `{name}.{last}`: {number - first} nulls are sent there."


# --- Values against the receiver's field


def _of_value(field: TargetField, result: RowResult) -> Iterator[tuple[Kind, str]]:
    value = result.value
    if sentence := _wrong_type(field, value):
        yield "wrong_type", sentence
        return
    # No transformation is applied to a default.
    if isinstance(value, str) and field.type in _AS_ITSELF and result.state != "default":
        itself, use = _AS_ITSELF[field.type]
        yield "note", f"{shown(value)} is sent as a text. The transformation “{use}” sends {itself}."
    values = value if isinstance(value, list) else [value]
    if field.choices and (sentence := next(filter(None, (_not_offered(field, one) for one in values)), "")):
        yield "not_in_choices", sentence
    length = max(map(len, map(as_text, values)), default=0)
    if field.max_length is not None and length > field.max_length:
        said = f"“{field.label}” takes at most {field.max_length:,} characters, and this has {length:,}."
        yield "too_long", f"{said} The transformation “Truncate” would cut it."


def _not_offered(field: TargetField, value: object) -> str:
    text = as_text(value)
    offered = [choice.value for choice in field.choices]
    if text in offered:
        return ""
    said = f"{shown(text)} is not a choice of “{field.label}”"
    alike = text.strip().casefold()
    for choice in field.choices:
        if alike in (choice.value.casefold(), choice.label.casefold()):
            return f"{said}; it takes “{choice.value}”."
    more = len(offered) - MOST_CHOICES
    named = ", ".join(offered[:MOST_CHOICES])
    return f"{said}: it takes {named}{f' and {more:,} others' if more > 0 else ''}."


def _wrong_type(field: TargetField, value: object) -> str:
    wanted = _WANTED.get(field.type)
    if field.type == "list":
        return (
            "" if isinstance(value, list) else f"“{field.label}” takes a list. “Split” makes one of a text."
        )
    if field.type == "object":
        return "" if isinstance(value, dict) else f"“{field.label}” takes an object: fill its parts by rows."
    if isinstance(value, dict):
        return f"“{field.label}” takes one value, and this is an object."
    if isinstance(value, list):
        # Receivers often take several of a picklist.
        return (
            ""
            if field.type == "choice"
            else f"“{field.label}” takes one value, and this is a list: “Join” it."
        )
    if wanted is None or wanted[0](value):
        return ""
    said = f"“{field.label}” takes {wanted[1]}, and {shown(as_text(value))} is none."
    if field.type == "boolean" and _is_valid("boolean", as_text(value)):
        return f"{said} The transformation “{_AS_ITSELF['boolean'][1]}” makes it one."
    return said


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float) or _reads_as_number(as_text(value)) is not None


def _reads_as_number(text: str) -> float | None:
    try:
        return float(text) if len(text) < 100 else None
    except ValueError:
        return None


def _is_integer(value: object) -> bool:
    number = value if isinstance(value, int | float) else _reads_as_number(as_text(value))
    return not isinstance(value, bool) and number is not None and float(number).is_integer()


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool) or as_text(value).lower() in ("true", "false")


def _is_date(value: object) -> bool:
    text = as_text(value)
    return text.isdecimal() or _is_valid("date", text) or _is_valid("time", text)


def _is_url(value: object) -> bool:
    try:
        url = urlsplit(as_text(value))
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(url.netloc)


def _is_phone(value: object) -> bool:
    return sum(character.isdecimal() for character in as_text(value)[:100]) >= 7


def _is_valid(type: str, text: str) -> bool:
    parsed = types.parse(type, text[:1000])
    return isinstance(parsed, dict) and bool(parsed["valid"])


_WANTED: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "number": (_is_number, "a number"),
    "integer": (_is_integer, "a whole number"),
    "boolean": (_is_boolean, "true or false"),
    "date": (_is_date, "a date"),
    "datetime": (_is_date, "a date and a time"),
    "email": (lambda value: _is_valid("email", as_text(value)), "an e-mail address"),
    "phone": (_is_phone, "a telephone number"),
    "url": (_is_url, "a web address"),
}

_AS_ITSELF: Mapping[str, tuple[str, str]] = {
    "number": ("the number itself", "Number"),
    "integer": ("the number itself", "Number"),
    "boolean": ("true or false itself", "True or false"),
}
"""What a text that reads right is not yet, and the label of the transformation that makes it so."""


# --- Names of what is not there


def _of_source(row: MappingRow, known: "_Known") -> Iterator[tuple[Kind, str]]:
    for path in dict.fromkeys(_paths_of(row)):
        if sentence := known.problem(path):
            yield "unknown_field", sentence
        elif field := known.not_taken(path):
            yield "not_taken", f"No flow of yours takes `{field}`: add it under the flow's Fields."
    if not row.literal and known.is_name(text := row.template.strip()):
        yield "unknown_field", f"Sent as this very text; did you mean `{{{{{text}}}}}`?"


def _paths_of(row: MappingRow) -> Iterator[str]:
    """What a row's templates name: its own, those of its transformations, those of its condition."""
    for _, template in templates_of(row):
        # One that cannot be read is a problem of the row, and said there.
        with suppress(TemplateError):
            yield from compile_template(template).paths


class _Known:
    """What there is to name: a lead's fields, by their ids without `lead.`, and everything else by its path."""

    def __init__(self, paths: Collection[str], taken: Collection[str]) -> None:
        of_type = paths if isinstance(paths, Mapping) else dict.fromkeys(paths)
        fields = {
            path.removeprefix("lead."): type for path, type in of_type.items() if path.startswith("lead.")
        }
        self.types = {field: type or type_of(field) for field, type in fields.items()}
        self.others = {*BESIDE, *(path for path in paths if not path.startswith("lead."))}
        self.roots = {path.partition(".")[0] for path in self.others}
        self.taken = frozenset(taken)

    def problem(self, path: str) -> str:
        """A sentence on a path that nothing of the lead has, or ""."""
        if path == "lead":
            return ""
        if not path.startswith("lead."):
            return self._problem_beside(path)
        id = _without_places(path.removeprefix("lead."))
        if not id or id in self.types or any(field.startswith(f"{id}.") for field in self.types):
            return ""
        field, _, component = id.rpartition(".")
        if field in self.types:
            return self._problem_of_component(field, component)
        return f"The lead has no field `{id}`{self._perhaps(id)}"

    def not_taken(self, path: str) -> str:
        """The field of a path without a problem, where flows take fields and none takes this one; else ""."""
        if not self.taken or not path.startswith("lead.") or path == "lead.id":
            return ""
        id = _without_places(path.removeprefix("lead."))
        field = id if id in self.types else id.rpartition(".")[0]
        if field not in self.types:
            return ""
        return "" if any(_is_part(one, field) or _is_part(field, one) for one in self.taken) else field

    def is_name(self, text: str) -> bool:
        """Is a text the path of something that there is?"""
        first, dot, _ = text.partition(".")
        return bool(dot) and is_path(text) and first in {"lead", *self.roots} and not self.problem(text)

    def _problem_beside(self, path: str) -> str:
        root = path.partition(".")[0]
        # What recipients answer differs from lead to lead, so their keys alone are looked at.
        if path in self.others or (root in self.roots and (root == path or root not in _EXACT)):
            return ""
        said = f"Nothing is called `{path}`"
        id = _without_places(path)
        if id in self.types or id.rpartition(".")[0] in self.types:
            return f"{said}; did you mean `lead.{path}`?"
        meant = difflib.get_close_matches(path, [*self.others, *self._in_lead()], 1, LIKE)
        if meant:
            return f"{said}; did you mean `{meant[0]}`?"
        meant = difflib.get_close_matches(path, self.types, 1, LIKE)
        return f"{said}; did you mean `lead.{meant[0]}`?" if meant else f"{said}."

    def _in_lead(self) -> Iterator[str]:
        return (f"lead.{field}" for field in self.types)

    def _problem_of_component(self, field: str, component: str) -> str:
        components = components_of(self.types[field])
        if component in components:
            return ""
        meant = difflib.get_close_matches(component, components, 1, LIKE)
        said = f"`{field}` has no part `{component}`"
        return f"{said}; did you mean `{field}.{meant[0]}`?" if meant else f"{said}."

    def _perhaps(self, id: str) -> str:
        if meant := difflib.get_close_matches(id, self.types, 1, LIKE):
            return f"; did you mean `{meant[0]}`?"
        field, _, component = id.rpartition(".")
        if field and (meant := difflib.get_close_matches(field, self.types, 1, LIKE)):
            return f"; did you mean `{meant[0]}.{component}`?"
        return "."


_EXACT = frozenset({"receipts", *(path.partition(".")[0] for path in BESIDE)})
"""Of what begins with these, every path is known."""


def _without_places(path: str) -> str:
    return ".".join(part for part in path.split(".") if place(part) is None)


def _is_part(path: str, whole: str) -> bool:
    return path == whole or path.startswith(f"{whole}.")
