"""Dates, and dates of birth.

The 17 documented formats are first tried exactly, in their order, American ones first. If none fits, each is read
leniently: every part of the format takes the next thing in the text that can be it, and the format that leaves least
over wins. That is how moment.js, on which LeadConduit rests, forgives `6/2/2014 10:30 AM` or `June 2nd, 2014`, and also
how it comes to surprising readings, which we share.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from leadconduit.leads.types.parsed import LONGEST, Parsed, invalid, valid

_FORMATS: Final = (
    "ddd MMM DD YYYY", "MMM DD YYYY", "M/D/YYYY", "M/D/YY", "YYYY-MM-DD", "MM-DD-YYYY", "MMDDYYYY", "YYYYMMDD",
    "ddd DD MMM YYYY", "DD MMM YYYY", "D/M/YYYY", "D/M/YY", "YYYY-DD-MM", "DD-MM-YYYY", "DDMMYYYY", "YYYY-DD-MM",
    "YYYYDDMM",
)  # fmt: skip
"""In the documented order, which has one of them twice: as lenient readings compete, that matters."""
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS: Final = ("mo", "tu", "we", "th", "fr", "sa", "su")
_TOKEN: Final = re.compile("ddd|MMM|MM?|DD?|YYYY|YY|.")

_EXACTLY: Final = {
    "ddd": "(?P<weekday>(?:sun|mon|tue|wed|thu|fri|sat))",
    "MMM": f"(?P<name>{'|'.join(_MONTHS)})",
    "MM": "(?P<month>[0-9]{2})",
    "M": "(?P<month>[0-9]{1,2})",
    "DD": "(?P<day>[0-9]{2})",
    "D": "(?P<day>[0-9]{1,2})",
    "YYYY": "(?P<year>[0-9]{4})",
    "YY": "(?P<year>[0-9]{2})",
}
_EXACT: Final = tuple(
    re.compile("".join(_EXACTLY.get(token, token) for token in _TOKEN.findall(format)), re.IGNORECASE)
    for format in _FORMATS
)

# Moment's idea of a word: letters of any script (Arabic has its own rules), perhaps after digits, as in `2nd`.
_WORD: Final = re.compile(
    "[0-9]{0,256}['a-z\u00a0-\u05ff\u0700-\ud7ff\uf900-\ufdcf\ufdf0-\uff07\uff10-\uffef]+", re.IGNORECASE
)
_UP_TO_TWO: Final = re.compile("[0-9]{1,2}")
_LENIENTLY: Final = {
    "ddd": ("weekday", _WORD),
    "MMM": ("name", _WORD),
    **dict.fromkeys(("MM", "M"), ("month", _UP_TO_TWO)),
    **dict.fromkeys(("DD", "D"), ("day", _UP_TO_TWO)),
    "YYYY": ("year", re.compile("[0-9]{1,4}")),
    "YY": ("year", _UP_TO_TWO),
}
_LENIENT: Final = tuple(
    tuple(_LENIENTLY.get(token, ("", re.compile(re.escape(token)))) for token in _TOKEN.findall(format))
    for format in _FORMATS
)
_MISSING_PART: Final = 10
"""What a part of the format that found nothing costs, in characters left over."""


class Day(NamedTuple):
    """A day of the Gregorian calendar, which here has a year 0."""

    year: int
    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}-{self.day:02}"


def date_(text: str, today: date) -> Parsed:
    """`normal` is `YYYY-MM-DD`. What is missing of a date is taken from today's."""
    day = read(text, today)
    return valid(str(day)) if day else invalid(text)


def dob(text: str, today: date) -> Parsed:
    """`age` in years, rounded down to one decimal (null for 29 February, as LeadConduit has it), and `year`."""
    day = read(text, today)
    if not day:
        return invalid(text, masked=False)
    return valid(str(day), masked=False, age=_age(day, today), year=day.year)


def read(text: str, today: date) -> Day | None:
    if len(text) > LONGEST:
        return None
    for pattern in _EXACT:
        if (found := pattern.fullmatch(text)) and (day := _day(found.groupdict(), today)):
            return day
    return _read_leniently(text, today)


def _read_leniently(text: str, today: date) -> Day | None:
    """The reading that leaves least over. Once there is a possible one, even an impossible one can beat it: then the
    text most looked like a date that there is not, such as 2/30/2014."""
    best: Day | None = None
    least: int | None = None
    possible = False
    for format in _LENIENT:
        parts, left_over = _parts(text, format)
        day = _day(parts, today)
        if least is None or left_over < least or (day and not possible):
            best, least = day, left_over
            possible = possible or day is not None
    return best


def _parts(text: str, format: tuple[tuple[str, re.Pattern[str]], ...]) -> tuple[dict[str, str], int]:
    """What each part of the format found, and the score: characters it has no use for, and parts that found nothing."""
    parts = {}
    at = left_over = 0
    for part, pattern in format:
        found = pattern.search(text, at)
        if found:
            left_over += found.start() - at
            at = found.end()
            if part:
                parts[part] = found[0]
        elif part:
            left_over += _MISSING_PART
    return parts, left_over + len(text) - at


def _day(parts: Mapping[str, str], today: date) -> Day | None:
    """The day that these parts name, if there is such a day."""
    if not parts:
        return None
    month = _month(parts)
    if month is None:
        year, month = _year(parts, today), today.month if "year" not in parts else 1
    else:
        year = _year(parts, today)
    day = int(parts["day"]) if "day" in parts else 1
    if not (1 <= month <= 12 and 1 <= day <= _days(year, month)):
        return None
    if "weekday" in parts and not _falls_on(Day(year, month, day), parts["weekday"]):
        return None
    return Day(year, month, day)


def _month(parts: Mapping[str, str]) -> int | None:
    """Its number; 0 for a word that is no month."""
    if "month" in parts:
        return int(parts["month"])
    if "name" not in parts:
        return None
    name = parts["name"].lower()[:3]
    return _MONTHS.index(name) + 1 if name in _MONTHS else 0


def _year(parts: Mapping[str, str], today: date) -> int:
    """Two digits are a year of 1969 to 2068."""
    digits = parts.get("year")
    if digits is None:
        return today.year
    year = int(digits)
    return year if len(digits) != 2 else year + (1900 if year > 68 else 2000)


def _days(year: int, month: int) -> int:
    return 29 if month == 2 and isleap(year) else monthrange(2001, month)[1]


def _falls_on(day: Day, weekday: str) -> bool:
    name = weekday.lower()[:2]
    # The calendar repeats itself every 400 years, and Python has no year 0.
    return name in _WEEKDAYS and _date(day).weekday() == _WEEKDAYS.index(name)


def _date(day: Day) -> date:
    return date(day.year or 400, day.month, day.day)


def _age(day: Day, today: date) -> float | int | None:
    if (day.month, day.day) == (2, 29):
        return None
    had_birthday = (today.month, today.day) >= (day.month, day.day)
    birthday = _birthday(day, today.year if had_birthday else today.year - 1)
    tenths = 10 * (today - birthday).days // (_birthday(day, birthday.year + 1) - birthday).days
    years = birthday.year - day.year
    if years < 0:
        years += 1  # LeadConduit counts years toward zero, but tenths always from the last birthday.
    age = (10 * years + tenths) / 10
    return int(age) if age.is_integer() else age


def _birthday(day: Day, year: int) -> date:
    return date(year, day.month, day.day)
