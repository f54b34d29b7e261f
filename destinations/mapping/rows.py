"""Mapping rows as people write them, and what is wrong with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leadconduit.leads.template import TemplateError, compile_template

MAX_ROWS = 500
MAX_TARGET_LENGTH = 200
MAX_TARGET_DEPTH = 10
MAX_DEFAULT_LENGTH = 10_000


@dataclass(frozen=True, slots=True)
class MappingRow:
    """How one target field gets its value. The default is plain text, sent when the template renders to a blank."""

    target: str
    template: str = ""
    default: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """The target's dots are objects inside objects."""
        return tuple(self.target.split("."))


def problems(rows: Sequence[MappingRow]) -> list[tuple[int, str, str]]:
    """What keeps rows from being used: the row's index, its field (`target`, `template`, `default`), a sentence."""
    if len(rows) > MAX_ROWS:
        return [(MAX_ROWS, "target", f"A mapping has at most {MAX_ROWS} rows.")]
    found = [(index, *problem) for index, row in enumerate(rows) for problem in _problems_of(row)]
    return sorted(found + list(_conflicts(rows)))


def _problems_of(row: MappingRow) -> Iterator[tuple[str, str]]:
    if sentence := _problem_of_target(row):
        yield "target", sentence
    try:
        compile_template(row.template)
    except TemplateError as error:
        yield "template", f"{error.sentence} (column {error.column})"
    if len(row.default) > MAX_DEFAULT_LENGTH:
        yield "default", f"A default may have at most {MAX_DEFAULT_LENGTH:,} characters."
    if not row.template.strip() and not row.default.strip():
        yield "template", "This row would never send anything: give it a variable, a text or a default."


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
    if any(part.isdecimal() for part in row.path):
        # A number will mean a place in a list; taken as a name now, it would change its meaning then.
        return "A number as a part of a field's name (a place in a list) is not built yet."
    return ""


def _conflicts(rows: Sequence[MappingRow]) -> Iterator[tuple[int, str, str]]:
    """A field cannot hold a value and other fields at once; the lower row is the one to blame."""
    values: dict[tuple[str, ...], str] = {}
    objects: dict[tuple[str, ...], str] = {}
    for index, row in enumerate(rows):
        above = [row.path[:length] for length in range(1, len(row.path))]
        other = objects.get(row.path) or next((values[path] for path in above if path in values), None)
        if other:
            yield (
                index,
                "target",
                f"`{row.target}` and `{other}` cannot both be sent: one would hold the other.",
            )
        values.setdefault(row.path, row.target)
        for path in above:
            objects.setdefault(path, row.target)
