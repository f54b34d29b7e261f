"""A compiled mapping. Kept by revision and applied to every lead, so it does as little as it can."""

import collections.abc
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from destinations.mapping.checking import which_count
from destinations.mapping.rows import MappingRow, place
from destinations.mapping.scope import Context, Scope, Step
from destinations.mapping.tables import Table
from destinations.mapping.transformations import compile_step, template_of
from leadconduit.leads.bounds import BoundedWork, TooLong
from leadconduit.leads.rules import Rules, compile_rules
from leadconduit.leads.template import compile_template, is_path
from leadconduit.leads.values import Form, is_blank, plain, walk

MAX_PAYLOAD = 5_000_000
"""Characters of all values that the rows of a mapping send together."""

Variables = collections.abc.Mapping[str, object]
Read = Callable[[Scope], object]
State = Literal["sent", "default", "blank", "skipped", "overridden", "too_long", "conflict"]

_ONE_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_$][^\s{}.]*\.[^\s{}]+)\s*\}\}")

_BEFORE_E164 = frozenset({"trim", "collapse_spaces", "digits", "first_nonblank"})


@dataclass(frozen=True, slots=True)
class RowResult:
    """What one row does for a lead. `why` says what else than the row's value is sent; `notes` what to look at."""

    value: object
    sent: bool
    why: str = ""
    notes: tuple[str, ...] = ()
    state: State = "sent"


@dataclass(frozen=True, slots=True)
class _Line:
    """A row, ready to run. `parents` and `name` are the target's path, places in lists as numbers.

    `normal_of` is the path of its variable, where the row sends the normal form of that one alone.
    """

    target: str
    parents: tuple[str | int, ...]
    name: str | int
    read: Read
    steps: tuple[Step, ...]
    default: str | None
    rules: Rules | None
    counts: bool
    normal_of: tuple[str, ...] = ()

    def value(self, scope: Scope) -> object:
        """What is sent without a default; None for a blank. Raises TooLong."""
        value = self.read(scope)
        for step in self.steps:
            value = step(value, scope)
        if type(value) is str:
            return None if not value or value.isspace() else value
        return None if is_blank(value) else value


class Mapping:
    """Rows count from top to bottom and the later wins, but one that comes to nothing leaves what is there."""

    __slots__ = ("_all", "_lines", "_lists")

    def __init__(self, lines: Sequence[_Line]) -> None:
        self._all = tuple(lines)
        self._lines = tuple(line for line in lines if line.counts)
        self._lists = _lists_of(self._lines)

    def apply(self, variables: Variables) -> dict[str, object]:
        """What is sent for these variables. Nothing of them is changed, or becomes a part of it.

        Raises TooLong, whose sentence names the target, when the values are more than MAX_PAYLOAD together.
        """
        payload: dict[str | int, object] = {}
        scope = Scope(variables)
        size = 0
        line = None
        try:
            with BoundedWork():
                for line in self._lines:
                    if line.rules is not None and not line.rules.matches(variables):
                        continue
                    value = line.value(scope)
                    if value is None:
                        value = line.default
                        if value is None:
                            continue
                    size += len(value) if type(value) is str else _size(value)
                    if size > MAX_PAYLOAD:
                        raise _payload_too_long()
                    node = payload
                    for parent in line.parents:
                        node = node.setdefault(parent, {})  # type: ignore[assignment]  # see checking.which_count
                    node[line.name] = value
        except TooLong as error:
            raise TooLong(f"`{line.target if line else ''}`: {error.sentence}") from error
        for parents, name in self._lists:
            _make_list(payload, parents, name)
        return payload  # type: ignore[return-value]  # only lists have places, and the payload is none

    def explain(self, variables: Variables) -> list[RowResult]:
        """What each row does, for somebody who tries the mapping out. Nothing is raised."""
        size = 0
        results: list[RowResult] = []
        with BoundedWork():
            for line in self._all:
                result = _result_of(line, variables)
                size += _size(result.value) if result.sent else 0
                if result.sent and size > MAX_PAYLOAD:
                    result = RowResult(None, False, _payload_too_long().sentence, result.notes, "too_long")
                results.append(result)
        return _with_overridden([line.target for line in self._all], results)


def compile_mapping(rows: Sequence[MappingRow], tables: Sequence[Table] = ()) -> Mapping:
    """For rows without `problems`. Raises ValueError (TemplateError among them) or LookupError for some that have."""
    context = Context(tables)
    lines = zip(rows, which_count(rows), strict=True)
    return Mapping([_line(row, counts, context.reading(_form_of(row))) for row, counts in lines])


def _form_of(row: MappingRow) -> Form:
    """A telephone number is read for E.164 as it was submitted: its normal form no longer says of which country it is,
    and what is left of one from abroad may well be somebody's number at home."""
    uses = [transformation["use"] for transformation in row.transformations]
    read = uses[: uses.index("e164")] if "e164" in uses else None
    templates = [row.template, *filter(None, map(template_of, row.transformations))]
    if read is None or row.sends == "raw" or not _BEFORE_E164.issuperset(read):
        return row.sends
    if any(template.strip() and not _ONE_VARIABLE.fullmatch(template.strip()) for template in templates):
        return row.sends
    return "raw" if row.sends == "normal" else "raw_if_valid"


def _line(row: MappingRow, counts: bool, context: Context) -> _Line:
    path = [part if (number := place(part)) is None else number for part in row.path]
    return _Line(
        target=row.target,
        parents=tuple(path[:-1]),
        name=path[-1],
        read=_reader(row, context.form),
        steps=tuple(compile_step(transformation, context) for transformation in row.transformations),
        default=None if is_blank(row.default) else row.default,
        rules=compile_rules(row.rule_set) if row.rule_set is not None else None,
        counts=counts,
        normal_of=_normal_of(row, context.form),
    )


def _normal_of(row: MappingRow, form: Form) -> tuple[str, ...]:
    one = None if row.literal or form.startswith("raw") else _ONE_VARIABLE.fullmatch(row.template.strip())
    return tuple(one[1].split(".")) if one else ()


# --- Reading a row's source


def _reader(row: MappingRow, form: Form) -> Read:
    """What a template renders to, without components. One that is a text or a single variable does without it."""
    text = row.template
    if row.literal or "{{" not in text:
        return lambda _: text
    template = compile_template(text)
    if (one := _ONE_VARIABLE.fullmatch(text)) and is_path(one[1]):
        return _variable(one[1].split("."), form)
    return lambda scope: template.render(scope.variables, notes=scope.notes, form=form)


def _variable(path: Sequence[str], form: Form) -> Read:
    first, *rest = path
    name = rest[0] if len(rest) == 1 else None

    def of_anything(scope: Scope) -> object:
        return plain(walk(scope.variables, path), form)

    def of_lead(scope: Scope) -> object:
        holder = scope.variables.get(first)
        if type(holder) is not dict:
            return of_anything(scope)
        value = holder.get(name)
        return value if type(value) is str else plain(value, form)

    return of_anything if name is None else of_lead


# --- Building a payload


def _lists_of(lines: Sequence[_Line]) -> tuple[tuple[tuple[str | int, ...], str | int], ...]:
    """Where the payload has lists: for each what holds it, and its name there. The innermost come first."""
    paths = [(*line.parents, line.name) for line in lines]
    lists = {path[:at] for path in paths for at, part in enumerate(path) if isinstance(part, int)}
    return tuple((path[:-1], path[-1]) for path in sorted(lists, key=len, reverse=True))


def _make_list(payload: dict[str | int, object], parents: Sequence[str | int], name: str | int) -> None:
    """Values at places become a list. A place that nothing fills is null, so that the others keep their meaning."""
    node: object = payload
    for parent in parents:
        node = node.get(parent) if isinstance(node, dict) else None
    places = node.get(name) if isinstance(node, dict) else None
    if isinstance(node, dict) and isinstance(places, dict):
        node[name] = [places.get(number) for number in range(max(places) + 1)]


def _size(value: object) -> int:
    """About as many characters as a value has in JSON."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(map(_size, value), 2 * len(value))
    if isinstance(value, dict):
        return sum(len(str(name)) + _size(item) + 4 for name, item in value.items())
    return value.bit_length() // 3 + 1 if isinstance(value, int) else 20


def _payload_too_long() -> TooLong:
    return TooLong(
        f"With this value more than {MAX_PAYLOAD:,} characters would be sent, the most there can be."
    )


# --- Explaining


def _result_of(line: _Line, variables: Variables) -> RowResult:
    notes: list[str] = []
    try:
        return replace(_result(line, variables, notes), notes=tuple(notes))
    except TooLong as error:
        return RowResult(None, False, error.sentence, tuple(notes), "too_long")


def _result(line: _Line, variables: Variables, notes: list[str]) -> RowResult:
    if not line.counts:
        return RowResult(
            None, False, "A row below sends a field that cannot stand beside this one.", state="conflict"
        )
    if line.rules is not None and not (verdict := line.rules.match(variables)).matched:
        failed = "; ".join(judged.sentence for judged in verdict.rules() if not judged.matched)
        return RowResult(None, False, f"The condition does not hold. {failed}.", state="skipped")
    value = line.value(Scope(variables, notes))
    notes.extend(_lost_country(walk(variables, line.normal_of)) if line.normal_of else ())
    if value is not None:
        return RowResult(value, True)
    if line.default is not None:
        return RowResult(line.default, True, "It comes to nothing, so the default is sent.", state="default")
    return RowResult(None, False, "It comes to nothing, so the field is left out.", state="blank")


def _lost_country(value: object) -> list[str]:
    """A telephone number's normal form leaves its country out, which only at home goes without saying."""
    if (
        not isinstance(value, dict)
        or not value.get("valid")
        or value.get("country_calling_code") in (None, 1)
    ):
        return []
    return [f"The number's country (+{value['country_calling_code']}) is not sent: E.164 would add it."]


def _with_overridden(targets: Sequence[str], results: Sequence[RowResult]) -> list[RowResult]:
    """The later of two rows that send the same field wins."""
    winners = {target: row for row, target in enumerate(targets) if results[row].sent}
    return [
        replace(
            result,
            sent=False,
            why=f"Row {winners[target] + 1} sends `{target}` too, and the lower row counts.",
            state="overridden",
        )
        if result.sent and winners[target] != row
        else result
        for row, (target, result) in enumerate(zip(targets, results, strict=True))
    ]
