"""When two values count as equal: one rule for `is equal to`, `includes` and `is included in`."""

from collections.abc import Iterable
from typing import NamedTuple

from leadconduit.leads.rules.measures import Range, as_range, instant, number, read_range
from leadconduit.leads.types import choices
from leadconduit.leads.values import plain

_LONGEST_WORD = 20


def as_boolean(value: object) -> bool | None:
    """True and false, 1 and 0, and the words that the type `boolean` knows for them."""
    if type(value) is dict:
        value = plain(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return bool(value) if value in (0, 1) else None
    if not isinstance(value, str) or len(value) > _LONGEST_WORD:
        return None
    read = choices.boolean(value)
    return bool(read["normal"]) if read["valid"] else None


class Known:
    """Values, prepared so that asking whether one of them equals another value takes no longer for many than for one.

    Texts are equal whatever their case, and as dates or times where both are such. A number or a boolean equals a text
    that reads as the same. A range equals a range with the same ends, and its average. Nothing equals a blank.
    """

    __slots__ = (
        "_averages",
        "_booleans",
        "_instants",
        "_numbers",
        "_objects",
        "_ranges",
        "_read",
        "_texts",
        "_written",
    )

    def __init__(self, values: Iterable[object]) -> None:
        self._texts: set[str] = set()
        self._numbers: set[float] = set()
        self._booleans: set[bool] = set()
        self._averages: set[float] = set()
        self._ranges: set[Range] = set()
        self._objects: list[object] = []
        self._instants: set[object] = set()
        self._written: list[str] = []
        self._read: _Read | None = None
        for value in values:
            self._add(value)

    def _add(self, value: object) -> None:
        if found := as_range(value):
            self._ranges.add(found)
            if found.average is not None:
                self._averages.add(found.average)
        value = plain(value)
        if isinstance(value, str):
            self._texts.add(value.casefold())
            self._written.append(value)
            if (moment := instant(value)) is not None:
                self._instants.add(moment)
        elif isinstance(value, bool):
            self._booleans.add(value)
        elif isinstance(value, int | float):
            self._numbers.add(value)
        elif isinstance(value, dict):
            self._objects.append(value)

    def __contains__(self, value: object) -> bool:
        if type(value) is dict:
            if found := as_range(value):
                return self._has_range(found)
            value = plain(value)
            if isinstance(value, dict):
                return value in self._objects
        if isinstance(value, str):
            return value.casefold() in self._texts or self._has_meaning(value)
        if isinstance(value, bool):
            return value in self._booleans or value in self._numbers or value in self._as_read.booleans
        if isinstance(value, int | float):
            return (
                value in self._numbers
                or value in self._averages
                or value in self._booleans
                or value in self._as_read.numbers
            )
        return False

    def _has_meaning(self, text: str) -> bool:
        """What is not the same text may still be the same date, number, boolean or range."""
        if self._instants and instant(text) in self._instants:
            return True
        size = number(text) if self._numbers or self._averages else None
        if size is not None and (size in self._numbers or size in self._averages):
            return True
        if self._booleans and as_boolean(text) in self._booleans:
            return True
        return bool(self._ranges) and read_range(text) in self._ranges

    def _has_range(self, value: Range) -> bool:
        if value.average is not None and (
            value.average in self._numbers or value.average in self._as_read.numbers
        ):
            return True
        return value in self._ranges or value in self._as_read.ranges

    @property
    def _as_read(self) -> "_Read":
        """What the texts read as: found out once, and only when somebody asks."""
        if self._read is None:
            self._read = _Read(
                {value for text in self._written if (value := number(text)) is not None},
                {word for text in self._written if (word := as_boolean(text)) is not None},
                {found for text in self._written if (found := read_range(text)) is not None},
            )
        return self._read


class _Read(NamedTuple):
    numbers: set[int | float]
    booleans: set[bool]
    ranges: set[Range]
