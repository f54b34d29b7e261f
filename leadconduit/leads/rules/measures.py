"""What can be put in order: numbers, and instants, which dates and times are. And the ranges between two of either."""

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple, TypeGuard

from leadconduit.leads.types import parse
from leadconduit.leads.values import is_typed, plain

Measure = int | float | datetime
Bounds = tuple[Measure, Measure | None]

_NUMBER: Final = re.compile(r"\s*[-+]?[0-9]{1,300}(?:\.[0-9]{1,300})?\s*")

_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_AMERICAN: Final = "[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"
_CLOCK: Final = r"[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[-+][0-9]{2}:?[0-9]{2})?"
_WHEN: Final = rf"(?:{_DAY}(?:{_CLOCK})?|{_AMERICAN})"
_INSTANT: Final = re.compile(rf"\s*({_WHEN})\s*")
_TO: Final = re.compile(rf"\s*({_WHEN})\s*(?:to|and|[-–])\s*({_WHEN})\s*")


def number(value: object) -> int | float | None:
    """A number, also one that is written as a text: digits, a sign, a decimal point, and nothing else."""
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value) else None
    return value if _is_number(value) else None


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def instant(value: object) -> datetime | None:
    """A date, `2014-06-02` or `6/2/2014`, or a time in ISO 8601. A date is its first moment; without a zone it is UTC."""
    if not isinstance(value, str) or not (found := _INSTANT.fullmatch(value)):
        return None
    text = found[1]
    if "/" in text:
        month, day, year = text.split("/")
        text = f"{year}-{month:>02}-{day:>02}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:  # the 30th of February
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Range(NamedTuple):
    """`high` and `average` are None where there is no end, as in `100+`."""

    low: int | float
    high: int | float | None
    average: int | float | None


def as_range(value: object) -> Range | None:
    """A typed value of the type `range` that its type understood."""
    if type(value) is not dict or "avg" not in value or value.get("valid") is not True:
        return None
    low, high, average = value.get("min"), value.get("max"), value["avg"]
    if not _is_number(low) or not (high is None or _is_number(high)):
        return None
    return Range(low, high, average) if average is None or _is_number(average) else None


def read_range(text: str) -> Range | None:
    return as_range(parse("range", text))


def measure(value: object) -> Measure | None:
    """Where a value stands in order: a range at its average or, without an end (`100+`), where it begins."""
    if type(value) is dict:
        if found := as_range(value):
            return found.low if found.average is None else found.average
        value = plain(value) if is_typed(value) else None
    size = number(value)
    return instant(value) if size is None else size


def bounds(value: object) -> Bounds | None:
    """A range's two ends, the second None for one without an end. They are both numbers or both instants.

    It is written `18-65`, `18 to 65`, `18+`, as two dates or times, as a list of the two, or is a value of type `range`.
    """
    if found := as_range(value):
        return found[:2]
    value = plain(value)
    if isinstance(value, list):
        return _both(measure(value[0]), measure(value[1])) if len(value) == 2 else None
    if (alone := measure(value)) is not None:
        return alone, alone
    if not isinstance(value, str):
        return None
    if dates := _TO.fullmatch(value):
        return _both(instant(dates[1]), instant(dates[2]))
    written = read_range(value.replace("–", "-"))
    return written[:2] if written else None


def _both(low: Measure | None, high: Measure | None) -> Bounds | None:
    return (low, high) if low is not None and high is not None and comparable(low, high) else None


def comparable(one: Measure, other: Measure) -> bool:
    """An instant is no number."""
    return isinstance(one, datetime) is isinstance(other, datetime)
