"""Look-up tables: one word becomes another. They are written by hand or read from a CSV file."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from leadconduit.leads.values import clean

MAX_TABLES = 20
MAX_ROWS = 5_000
MAX_NAME_LENGTH = 100
MAX_VALUE_LENGTH = 500
MAX_CHARACTERS = 1_000_000
"""Of all tables of a destination together: each of its revisions holds them."""

Otherwise = Literal["keep", "blank", "text", "table"]
OTHERWISE: tuple[Otherwise, ...] = ("keep", "blank", "text", "table")

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of (from, to), and what becomes of a value that none of them has.

    It is kept, becomes a blank, a certain `text`, or is looked up in another `table`. Case and surrounding blanks make
    no difference to what is found.
    """

    name: str
    rows: tuple[Row, ...] = ()
    otherwise: Otherwise = "keep"
    text: str = ""
    table: str = ""

    def to_json(self) -> dict[str, Any]:
        document = {field.name: getattr(self, field.name) for field in fields(self)}
        return document | {"rows": [list(row) for row in self.rows]}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Table":
        return cls(**{**document, "rows": tuple((row[0], row[1]) for row in document["rows"])})


def compile_table(tables: Sequence[Table], name: str) -> Callable[[str], str]:
    """What looks a text up in the table of this name, and in those that it passes on to. Raises LookupError.

    A loop, which `table_problems` finds, ends where it closes: the value is kept.
    """
    table = table_named(tables, name)
    if table is None:
        raise LookupError(f"There is no look-up table `{name}`.")
    found: dict[str, str] = {}
    passed: set[str] = set()
    while table and key_of(table.name) not in passed:
        passed.add(key_of(table.name))
        for before, after in table.rows:
            found.setdefault(key_of(before), after)
        last, table = table, table_named(tables, table.table) if table.otherwise == "table" else None
    if last.otherwise in ("keep", "table"):
        return lambda text: found.get(key_of(text), text)
    otherwise = last.text if last.otherwise == "text" else ""
    return lambda text: found.get(key_of(text), otherwise)


def table_named(tables: Sequence[Table], name: str) -> Table | None:
    return next((table for table in tables if key_of(table.name) == key_of(name)), None)


def key_of(text: str) -> str:
    """What two texts have in common that are the same to a look-up."""
    return text.strip().casefold()


# --- What is wrong with tables


def table_problems(tables: Sequence[Table]) -> list[tuple[int, str, str]]:
    """What keeps tables from being used: the table's index, its field, a sentence."""
    if len(tables) > MAX_TABLES:
        return [(MAX_TABLES, "name", f"A destination has at most {MAX_TABLES} look-up tables.")]
    found = [
        (index, *problem) for index in range(len(tables)) for problem in _problems_of_table(tables, index)
    ]
    used = 0
    for index, table in enumerate(tables):
        used += sum(len(before) + len(after) for before, after in table.rows)
        if used > MAX_CHARACTERS:
            sentence = f"All look-up tables together may have at most {MAX_CHARACTERS:,} characters."
            return sorted([*found, (index, "rows", sentence)])
    return sorted(found)


def _problems_of_table(tables: Sequence[Table], index: int) -> Iterator[tuple[str, str]]:
    table = tables[index]
    if sentence := _problem_of_name(table.name, [other.name for other in tables[:index]]):
        yield "name", sentence
    for sentence in _problems_of_rows(table.rows):
        yield "rows", sentence
    if table.otherwise not in OTHERWISE:
        yield "otherwise", "Choose what becomes of a value that the table does not have."
    if table.otherwise == "text" and (sentence := _problem_of_value(table.text)):
        yield "text", sentence
    if table.otherwise == "table" and (sentence := _problem_of_chain(tables, table)):
        yield "table", sentence


def _problem_of_name(name: str, others: Sequence[str]) -> str:
    if not name.strip():
        return "Give the table a name."
    if len(name) > MAX_NAME_LENGTH:
        return f"A table's name may have at most {MAX_NAME_LENGTH} characters."
    if not name.isprintable():
        return "A table's name has no line breaks or control characters."
    if key_of(name) in map(key_of, others):
        return f"There are two tables `{name}`: give each its own name."
    return ""


def _problems_of_rows(rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        yield "A table has at least one row."
    if len(rows) > MAX_ROWS:
        yield f"A table has at most {MAX_ROWS:,} rows."
        return
    seen: dict[str, int] = {}
    for number, (before, after) in enumerate(rows, 1):
        if sentence := _problem_of_row(before, after, seen, "row"):
            yield f"Row {number}: {sentence}"
        seen.setdefault(key_of(before), number)


def _problem_of_row(before: str, after: str, seen: Mapping[str, int], place: str) -> str:
    if not before.strip():
        return "There is nothing to look for: fill in `from`."
    if sentence := _problem_of_value(before) or _problem_of_value(after):
        return sentence
    if (earlier := seen.get(key_of(before))) is not None:
        return f"`{_short(before)}` is there already, in {place} {earlier}."
    return ""


def _problem_of_value(text: str) -> str:
    if len(text) > MAX_VALUE_LENGTH:
        return f"A value may have at most {MAX_VALUE_LENGTH} characters; `{_short(text)}` has {len(text):,}."
    return "" if clean(text)[1] else "This has characters that cannot be kept."


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _problem_of_chain(tables: Sequence[Table], table: Table) -> str:
    chain = [table.name]
    next_: Table | None = table
    while next_ and next_.otherwise == "table":
        after = table_named(tables, next_.table)
        if after is None:
            # What is wrong further along the chain is said at its own place.
            return "" if next_ is not table else _no_table(table.table)
        if key_of(after.name) == key_of(table.name):
            return f"This goes round in a circle: {' → '.join([*chain, after.name])}."
        if key_of(after.name) in map(key_of, chain):
            return ""
        chain.append(after.name)
        next_ = after
    return ""


def _no_table(name: str) -> str:
    return f"There is no look-up table `{_short(name)}`." if name.strip() else "Choose the next table."


# --- CSV


class CsvError(ValueError):
    """A file that was not read. `problems` has the line of every mistake, from 1, and a sentence."""

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        super().__init__("; ".join(f"line {line}: {sentence}" for line, sentence in problems))
        self.problems = list(problems)


def read_csv(text: str) -> tuple[Row, ...]:
    """The rows of a file whose first line names its columns, `from` and `to`, in any order.

    Commas, semicolons or tabs stand between them, as the first line has it; quotation marks around a value may hold
    separators, line breaks, and doubled quotation marks. Lines of nothing are passed over. All of it is read, or
    CsvError is raised.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_CHARACTERS:
        raise CsvError([(1, f"A file may have at most {MAX_CHARACTERS:,} characters.")])
    problems: list[tuple[int, str]] = []
    rows: list[Row] = []
    records = _records(text, problems)
    first = next(records, (1, []))
    if problems:
        raise CsvError(problems)
    order = _order_of_columns(first)
    seen: dict[str, int] = {}
    for line, record in records:
        if len(rows) == MAX_ROWS:
            problems.append((line, f"A table has at most {MAX_ROWS:,} rows."))
            break
        if len(record) != 2:
            problems.append((line, f"There are two columns, `from` and `to`; this line has {len(record)}."))
            continue
        before, after = (record[place].strip() for place in order)
        if sentence := _problem_of_row(before, after, seen, "line"):
            problems.append((line, sentence))
        seen.setdefault(key_of(before), line)
        rows.append((before, after))
    if not rows and not problems:
        problems.append((2, "There are no rows below the names of the columns."))
    if problems:
        raise CsvError(problems)
    return tuple(rows)


def _records(text: str, problems: list[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
    """The line on which each record begins, and its values."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    separator = next((mark for mark in ";\t" if mark in header and "," not in header), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append((line, _not_csv(str(error), line, reader.line_num)))
            return
        if any(value.strip() for value in record):
            yield line, record


def _not_csv(error: str, first: int, last: int) -> str:
    """In our words; the module's own are its only sign of what happened."""
    if "expected after" in error and last > first:
        return f"A quotation mark is opened here and not closed before the next one, in line {last}."
    if "unexpected end" in error:
        return "A quotation mark is opened here and never closed."
    if "expected after" in error:
        return "A closing quotation mark is followed by something else than a separator: double those inside."
    if "field larger" in error:
        return f"A value may have at most {MAX_VALUE_LENGTH} characters."
    return "This line cannot be read as CSV."


def _order_of_columns(first: tuple[int, list[str]]) -> tuple[int, int]:
    line, names = first
    columns = [key_of(name) for name in names]
    if sorted(columns) != ["from", "to"]:
        found = f"`{_short(', '.join(names))}`" if names else "nothing"
        raise CsvError(
            [(line, f"The first line names the two columns, `from` and `to`; here it has {found}.")]
        )
    return columns.index("from"), columns.index("to")
