"""What steps of a mapping have in common: the lead they run for, what they spend of its work, and how they meet a value."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from destinations.mapping.tables import Table, compile_table
from leadconduit.leads.bounds import spend
from leadconduit.leads.values import Form, as_text, is_blank

ITEM = 1_000
"""What an item of a list counts for, in characters: a list of many short ones is as much work as a long text."""

FREE = 100
"""Characters that cost nothing, so that ordinary values are not counted."""

Options = Mapping[str, Any]


class Scope:
    """One lead on its way through a mapping: what templates may name, and where sentences for a preview go."""

    __slots__ = ("notes", "slow", "variables")

    def __init__(self, variables: Mapping[str, object], notes: list[str] | None = None) -> None:
        self.variables = variables
        self.notes = notes
        self.slow: frozenset[object] = frozenset()

    def note(self, sentence: str) -> None:
        if self.notes is not None and sentence not in self.notes:
            self.notes.append(sentence)


class Context:
    """What steps are compiled with: the destination's look-up tables, and the form in which a row reads values."""

    def __init__(self, tables: Sequence[Table] = (), form: Form = "normal") -> None:
        self.form = form
        self._tables = tables
        self._lookups: dict[str, Callable[[str], str]] = {}

    def reading(self, form: Form) -> "Context":
        """The same for a row that reads values in another form; tables are compiled once for all."""
        other = Context(self._tables, form)
        other._lookups = self._lookups
        return other

    def lookup(self, table: str) -> Callable[[str], str]:
        """Raises LookupError where there is no such table."""
        if table not in self._lookups:
            self._lookups[table] = compile_table(self._tables, table)
        return self._lookups[table]


Step = Callable[[object, Scope], object]
OfText = Callable[[str, Scope], object]


def each(of_text: OfText) -> Step:
    """A step that is about one text. Blanks pass it untouched, and lists go through it item by item.

    A number, a boolean or an object is taken as it reads in a text, and stays what it is where that is not changed.
    """

    def step(value: object, scope: Scope) -> object:
        if type(value) is str:
            if not value or value.isspace():
                return value
            if len(value) > FREE:
                spend(len(value))
            after = of_text(value, scope)
            if type(after) is str and len(after) > FREE:
                spend(len(after))
            return after
        if type(value) is list:
            spend(ITEM * len(value))
            return [step(item, scope) for item in value]
        if is_blank(value):
            return value
        text = as_text(value)
        after = step(text, scope)
        return value if after == text else after

    return step


def shown(text: str) -> str:
    """A value inside a sentence for people."""
    return f"“{text}”" if len(text) <= 40 else f"“{text[:39]}…”"
