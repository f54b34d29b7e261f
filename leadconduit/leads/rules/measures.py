"""What can be put in order: numbers, and instants, which dates and times are. And the ranges between two of either."""

import re
from datetime import UTC, datetime
from typing import Final

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
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


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


def is_range(value: object) -> bool:
    """A typed value of the type `range` that its type understood."""
    return type(value) is dict and "avg" in value and "mid" in value and value.get("valid") is True


def measure(value: object) -> Measure | None:
    """Where a value stands in order: a range at its average or, without an end (`100+`), where it begins."""
    if type(value) is dict:
        if is_range(value):
            return number(value["min"] if value["avg"] is None else value["avg"])
        value = plain(value) if is_typed(value) else None
    found = number(value)
    return instant(value) if found is None else found


def bounds(value: object) -> Bounds | None:
    """A range's two ends, the second None for one without an end. They are both numbers or both instants.

    It is written `18-65`, `18 to 65`, `18+`, as two dates or times, as a list of the two, or is a value of type `range`.
    """
    if is_range(value):
        return _both(*(value.get("min"), value.get("max"))) if isinstance(value, dict) else None
    value = plain(value)
    if isinstance(value, list):
        return _both(measure(value[0]), measure(value[1])) if len(value) == 2 else None
    if (alone := measure(value)) is not None:
        return alone, alone
    if not isinstance(value, str):
        return None
    if found := _TO.fullmatch(value):
        return _both(instant(found[1]), instant(found[2]))
    read = parse("range", value.replace("–", "-"))
    return bounds(read) if is_range(read) else None


def _both(low: object, high: object) -> Bounds | None:
    if isinstance(low, datetime):
        return (low, high) if isinstance(high, datetime) else None
    if (least := number(low)) is None:
        return None
    if high is None:
        return least, None
    most = number(high)
    return None if most is None else (least, most)


def comparable(one: Measure, other: Measure) -> bool:
    """An instant is no number."""
    return isinstance(one, datetime) is isinstance(other, datetime)
