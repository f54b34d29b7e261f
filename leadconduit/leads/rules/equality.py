"""When two values count as equal: one rule for `is equal to`, `includes` and `is included in`."""

from collections.abc import Iterable

from leadconduit.leads.rules.measures import instant, is_range, number
from leadconduit.leads.types import choices, parse
from leadconduit.leads.values import is_typed, plain

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
        self._averages: set[object] = set()
        self._ranges: set[tuple[object, object]] = set()
        self._objects: list[object] = []
        self._instants: set[object] = set()
        self._written: list[str] = []
        self._read: tuple[set[float], set[bool], set[tuple[object, object]]] | None = None
        for value in values:
            self._add(value)

    def _add(self, value: object) -> None:
        if is_range(value) and isinstance(value, dict):
            self._ranges.add((value["min"], value["max"]))
            self._averages.add(value["avg"])
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
            if is_range(value):
                return self._has_range(value)
            if not is_typed(value):
                return bool(self._objects) and plain(value) in self._objects
            value = plain(value)
        if isinstance(value, str):
            return value.casefold() in self._texts or self._has_meaning(value)
        if isinstance(value, bool):
            return value in self._booleans or value in self._numbers or value in self._as_read[1]
        if isinstance(value, int | float):
            return (
                value in self._numbers
                or value in self._averages
                or value in self._booleans
                or value in self._as_read[0]
            )
        return False

    def _has_meaning(self, text: str) -> bool:
        """What is not the same text may still be the same date, number, boolean or range."""
        if self._instants and instant(text) in self._instants:
            return True
        if (self._numbers or self._averages) and (value := number(text)) is not None:
            return value in self._numbers or value in self._averages
        if self._booleans and as_boolean(text) in self._booleans:
            return True
        return bool(self._ranges) and _ends(text) in self._ranges

    def _has_range(self, value: dict[str, object]) -> bool:
        average = value["avg"]
        if average is not None and (average in self._numbers or average in self._as_read[0]):
            return True
        ends = value["min"], value["max"]
        return ends in self._ranges or ends in self._as_read[2]

    @property
    def _as_read(self) -> tuple[set[float], set[bool], set[tuple[object, object]]]:
        """The texts as numbers, booleans and ranges: read once, and only when somebody asks."""
        if self._read is None:
            numbers = {value for text in self._written if (value := number(text)) is not None}
            booleans = {value for text in self._written if (value := as_boolean(text)) is not None}
            ranges = {ends for text in self._written if (ends := _ends(text)) is not None}
            self._read = numbers, booleans, ranges
        return self._read


def _ends(text: str) -> tuple[object, object] | None:
    read = parse("range", text)
    return (read["min"], read["max"]) if is_range(read) and isinstance(read, dict) else None
