"""Numbers, and ranges between two of them."""

import math
import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from leadconduit.leads.types.parsed import LONGEST, Parsed, invalid, valid, whole

_NOT_NUMERIC: Final = re.compile(r"[^-.0-9]")
_NUMBER: Final = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")

_MOST_EXACT: Final = 2**53

_NOT_IN_RANGE: Final = re.compile(r"[^-+. 0-9]")
_AT_LEAST: Final = re.compile(r"(?:[0-9] *- *)?(-?[0-9]++(?:\.[0-9]++)?) *-? *\+")
_BETWEEN: Final = re.compile(
    r"(?P<low>-?[0-9]++(?:\.[0-9]++)?+)(?: *- *(?P<high>[0-9]++(?:\.[0-9]++)?+)(?! *-)| +(?P<next>[0-9]++(?:\.[0-9]++)?+))"
)
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_NO_RANGE: Final = {"min": None, "max": None, "avg": None, "mid": None}


def number(text: str) -> Parsed:
    """Currencies, units and thousands' commas do not matter; `normal` is null for what is no number.

    One whose digits a number cannot hold is none here: a long id must not lose its last ones.
    """
    value = _number(text)
    return invalid(None) if value is None or abs(value) >= _MOST_EXACT else valid(value)


def range_(text: str) -> Parsed:
    """`10 to 20`, `$10 - $20`, `10+`, a plain number, or ISO dates, which count as milliseconds since 1970."""
    if len(text) > LONGEST:
        return invalid(text, **_NO_RANGE)
    if dates := _DATE.findall(text):
        return _between_dates(text, [_milliseconds(*map(int, date)) for date in dates[:2]])
    numeric = _NOT_IN_RANGE.sub("", text.replace("to", " "))
    if found := _AT_LEAST.search(numeric):
        least = whole(float(found[1]))
        return valid(f"{_written(least)}+", min=least, max=None, avg=None, mid=None)
    if found := _BETWEEN.search(numeric):
        return _between(whole(float(found["low"])), whole(float(found["high"] or found["next"])))
    value = _number(text)
    if value is None:
        return invalid(text, **_NO_RANGE)
    return valid(text, min=value, max=value, avg=value, mid=value)


def _number(text: str) -> int | float | None:
    digits = _NOT_NUMERIC.sub("", text)
    if not _NUMBER.fullmatch(digits):
        return None
    value = float(digits)
    return whole(value) if math.isfinite(value) else None


def _between(low: float, high: float) -> Parsed:
    middle = (low + high) / 2
    return valid(
        f"{_written(low)}-{_written(high)}",
        min=low,
        max=high,
        avg=_two_decimals(middle),
        mid=whole(float(int(middle))),
    )


def _between_dates(text: str, moments: list[int | None]) -> Parsed:
    low, high = moments[0], moments[-1]
    if low is None or high is None:
        return invalid(text, **_NO_RANGE)
    if len(moments) == 1:
        return valid(str(low), min=low, max=low, avg=low, mid=low)
    return _between(low, high)


def _milliseconds(year: int, month: int, day: int) -> int | None:
    """Since 1970. A day that its month does not have is one of the next month, as JavaScript counts."""
    if not (year and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    first = datetime(year, month, 1, tzinfo=UTC)
    return (first - _EPOCH) // timedelta(milliseconds=1) + (day - 1) * 86_400_000


def _two_decimals(value: float) -> int | float:
    if abs(value) >= 1e15:  # there are no decimals left to round
        return whole(value)
    return whole(float(Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)))


def _written(value: float) -> str:
    """As JavaScript writes it, with an exponent from 1e21 on and from 1e-7 down: `1e-7`, where Python has `1e-07`."""
    if value == 0 or 1e-6 <= abs(value) < 1e21:
        return f"{Decimal(repr(value)):f}"
    return re.sub(r"e([-+])0", r"e\1", repr(value))
