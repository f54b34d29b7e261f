"""What keeps mapping rows from being used: every mistake at its row and field."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from destinations.mapping.rows import MAX_ROWS, SENDS, MappingRow, place
from destinations.mapping.tables import Table
from destinations.mapping.transformations import MAX_TRANSFORMATIONS, patterns_of, problems_of, template_of
from leadconduit.leads import rules
from leadconduit.leads.patterns import PatternError, compile_pattern
from leadconduit.leads.template import TemplateError, compile_template

MAX_TARGET_LENGTH = 200
MAX_TARGET_DEPTH = 10
MAX_PLACES = 200
"""Of a list that rows fill."""

MAX_TEXT_LENGTH = 10_000
"""Of a default, and of a text that is sent as it is written."""

MAX_SLOW_PATTERNS = 10
"""Patterns of a mapping that only a backtracking engine can run: each may take its time-out, for every lead."""

Problem = tuple[int, str, str]


def problems(rows: Sequence[MappingRow], tables: Sequence[Table] = ()) -> list[Problem]:
    """What keeps rows from being used: the row's index, its field, a sentence.

    The field is `target`, `template`, `default`, `sends`, `rule_set`, `transformations`, or one of the last by its
    place, with its option where it is that: `transformations.0`, `transformations.0.pattern`.
    """
    if len(rows) > MAX_ROWS:
        return [(MAX_ROWS, "target", f"A mapping has at most {MAX_ROWS} rows.")]
    found = [(index, *problem) for index, row in enumerate(rows) for problem in _problems_of(row, tables)]
    return sorted([*found, *_conflicts(rows), *_slow_patterns(rows)])


def _problems_of(row: MappingRow, tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    if sentence := _problem_of_target(row):
        yield "target", sentence
    yield from _problems_of_source(row)
    if row.sends not in SENDS:
        yield "sends", "Choose which form of a value is sent."
    if len(row.transformations) > MAX_TRANSFORMATIONS:
        yield "transformations", f"A row has at most {MAX_TRANSFORMATIONS} transformations."
    for number, transformation in enumerate(row.transformations[:MAX_TRANSFORMATIONS]):
        for option, sentence in problems_of(transformation, tables):
            yield f"transformations.{number}.{option}".rstrip("."), sentence
    if row.rule_set is not None:
        for path, sentence in rules.problems(row.rule_set):
            yield "rule_set", f"{_where(path)}{sentence}"


def _problem_of_target(row: MappingRow) -> str:
    if not row.target.strip():
        return "Name the field that receives the value."
    if len(row.target) > MAX_TARGET_LENGTH:
        return f"A field's name may have at most {MAX_TARGET_LENGTH} characters."
    if len(row.path) > MAX_TARGET_DEPTH:
        return f"A field may be nested at most {MAX_TARGET_DEPTH} deep."
    if any(not part.strip() or part != part.strip() for part in row.path):
        return "A field's name has no empty part or space beside a dot, at its start or at its end."
    if not row.target.isprintable():
        return "A field's name has no line breaks or control characters."
    return _problem_of_places(row.path)


def _problem_of_places(path: Sequence[str]) -> str:
    places = [part for part in path if place(part) is not None]
    if path[0] in places:
        return "A number is a place in a list: write the list's name before it, as in `phones.0`."
    if any(part != str(place(part)) for part in places):
        return "Write a place in a list without leading zeros, as in `phones.1`."
    if any(int(part) >= MAX_PLACES for part in places):
        return f"A list has at most {MAX_PLACES} places: 0 to {MAX_PLACES - 1}."
    return ""


def _problems_of_source(row: MappingRow) -> Iterator[tuple[str, str]]:
    if row.literal:
        if len(row.template) > MAX_TEXT_LENGTH:
            yield "template", f"A text may have at most {MAX_TEXT_LENGTH:,} characters."
    else:
        try:
            compile_template(row.template)
        except TemplateError as error:
            yield "template", str(error)
    if len(row.default) > MAX_TEXT_LENGTH:
        yield "default", f"A default may have at most {MAX_TEXT_LENGTH:,} characters."
    if not row.template.strip() and not row.default.strip() and not _fills_blanks(row):
        yield "template", "This row would never send anything: give it a variable, a text or a default."


def _fills_blanks(row: MappingRow) -> bool:
    return any(
        transformation.get("use") in ("first_nonblank", "boolean") for transformation in row.transformations
    )


def _where(path: str) -> str:
    """Which rule of a rule set, in words."""
    parts = path.split(".")
    return f"Rule {int(parts[1]) + 1}: " if len(parts) > 1 and parts[1].isdecimal() else ""


def _conflicts(rows: Sequence[MappingRow]) -> Iterator[Problem]:
    """A field holds a value, other fields, or a list, never two of these at once. The lower row is the one to blame."""
    values: dict[tuple[str, ...], str] = {}
    holders: dict[tuple[str, ...], tuple[bool, str]] = {}
    for index, row in enumerate(rows):
        above = _above(row.path)
        other = holders[row.path][1] if row.path in holders else _first(values, [path for path, _ in above])
        if other:
            yield (
                index,
                "target",
                f"`{row.target}` and `{other}` cannot both be sent: one would hold the other.",
            )
        for path, is_list in above:
            was_list, earlier = holders.setdefault(path, (is_list, row.target))
            if was_list != is_list:
                name = ".".join(path)
                yield (
                    index,
                    "target",
                    f"`{row.target}` and `{earlier}` cannot both be sent: `{name}` is either a list or has fields.",
                )
                break
        values.setdefault(row.path, row.target)


def _above(path: tuple[str, ...]) -> list[tuple[tuple[str, ...], bool]]:
    """What holds a field, from the outside in, and whether it is a list."""
    return [(path[:length], place(path[length]) is not None) for length in range(1, len(path))]


def _first(values: dict[tuple[str, ...], str], paths: Sequence[tuple[str, ...]]) -> str | None:
    return next((values[path] for path in paths if path in values), None)


def which_count(rows: Sequence[MappingRow]) -> list[bool]:
    """Does each row take part? Of those whose targets cannot all be sent the lower one does, whatever the lead.

    So no holder is ever a value, nothing of the lead is written into, and applying need not look.
    """
    counts: list[bool] = []
    values: set[tuple[str, ...]] = set()
    holders: dict[tuple[str, ...], bool] = {}
    for row in reversed(rows):
        above = _above(row.path)
        clashes = any(path in values or holders.get(path, is_list) != is_list for path, is_list in above)
        counts.append(not clashes and row.path not in holders and not _problem_of_places(row.path))
        if counts[-1]:
            values.add(row.path)
            holders.update(above)
    return counts[::-1]


def _slow_patterns(rows: Sequence[MappingRow]) -> Iterator[Problem]:
    seen = 0
    for index, row in enumerate(rows):
        for field, backtracking in _backtracking(row):
            seen += backtracking
            if seen > MAX_SLOW_PATTERNS:
                sentence = (
                    f"A mapping has at most {MAX_SLOW_PATTERNS} patterns that look around or refer back."
                )
                yield index, field, sentence
                return


def _backtracking(row: MappingRow) -> Iterator[tuple[str, int]]:
    """How many patterns each field has that may take their time-out. Those that cannot be read are said elsewhere."""
    for field, template in templates_of(row):
        with suppress(TemplateError):
            yield field, compile_template(template).backtracking if field != "rule_set" else 0
    for _, slow in rules.slow_patterns(row.rule_set):
        yield "rule_set", slow
    for number, transformation in enumerate(row.transformations):
        for pattern in patterns_of(transformation):
            with suppress(PatternError):
                yield f"transformations.{number}.pattern", int(compile_pattern(pattern).needs_backtracking)


def templates_of(row: MappingRow) -> Iterator[tuple[str, str]]:
    """All templates of a row, each with the field that it stands in."""
    if not row.literal:
        yield "template", row.template
    for number, transformation in enumerate(row.transformations):
        if template := template_of(transformation):
            yield f"transformations.{number}.template", template
    for template in rules.templates_in(row.rule_set):
        yield "rule_set", template
