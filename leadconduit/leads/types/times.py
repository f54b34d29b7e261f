"""Moments: a date, perhaps with the time of day and its zone, anywhere in a text.

LeadConduit reads them with a library for natural language. We read what forms, browsers and other systems write; a date
without a time of day is noon UTC there, and here.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from leadconduit.leads.types.parsed import LONGEST, Parsed, invalid, valid

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME: Final = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR: Final = "(?P<year>[0-9]{4})(?![0-9])"
_DATES: Final = tuple(
    re.compile(rf"(?<![0-9]){pattern}", re.IGNORECASE)
    for pattern in (
        r"(?P<year>[0-9]{4})([-/.])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})(?![0-9])",
        r"(?P<month>[0-9]{1,2})([-/.])(?P<day>[0-9]{1,2})\2(?P<year>[0-9]{4}|[0-9]{2})(?![0-9])",
        rf"(?<![a-z]){_NAME}[ -](?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:, ?|[ -]){_YEAR}",
        rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -]{_NAME}(?:, ?|[ -]){_YEAR}",
        rf"(?<![a-z]){_NAME} +(?P<day>[0-9]{{1,2}}) [0-9:]{{4,8}} {_YEAR}",
        rf"(?<![a-z]){_NAME},? {_YEAR}",
    )
)
_CLOCK: Final = re.compile(
    r"(?<![0-9:])(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?)?"
    r"(?![0-9:])(?: ?(?P<half>[ap])\.?m\b\.?)?",
    re.IGNORECASE,
)
_ZONE: Final = re.compile(
    r" ?(?:(?P<zone>z|utc|gmt|e[sd]t|c[sd]t|m[sd]t|p[sd]t|ak[sd]t|hst|bst|cet|cest)\b)?"
    r" ?(?:(?P<sign>[-+])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})?(?![0-9]))?",
    re.IGNORECASE,
)
_HOURS: Final = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "bst": 1, "cet": 1, "cest": 2,
}  # fmt: skip
"""Ahead of UTC. Any other zone's letters are passed over."""


def time(text: str) -> Parsed:
    """`normal` is the moment in UTC, in ISO 8601 with milliseconds."""
    moment = _read(text) if len(text) <= LONGEST else None
    if moment is None:
        return invalid(text)
    moment = moment.astimezone(UTC)
    return valid(f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z")


def _read(text: str) -> datetime | None:
    found = next(filter(None, (pattern.search(text) for pattern in _DATES)), None)
    if not found:
        return None
    try:
        day = _day(found)
        # The time of day follows the date, or else stands before or, in Unix's `Jun 14 18:27:33 2014`, inside it.
        around = (text[found.end() :], text[: found.start()], found[0])
        return next(filter(None, (_at(day, part) for part in around)), day.replace(hour=12))
    except (ValueError, OverflowError):
        return None


def _day(found: re.Match[str]) -> datetime:
    parts = found.groupdict()
    year, month, day = int(parts["year"]), _month(parts), int(parts.get("day") or 1)
    if len(parts["year"]) == 2:
        year += 1900 if year > 50 else 2000
    if month > 12 and found.start("year") > found.start("day"):  # 14/06/2014
        month, day = day, month
    return datetime(year, month, day, tzinfo=UTC)


def _month(parts: dict[str, str]) -> int:
    if "month" in parts:
        return int(parts["month"])
    return _MONTHS.index(parts["name"].lower()[:3]) + 1


def _at(day: datetime, text: str) -> datetime | None:
    """The day at the time of day that stands in the text, if one does."""
    for clock in _CLOCK.finditer(text):
        if clock["minute"] or clock["half"]:
            moment = day.replace(
                hour=_hour(clock),
                minute=int(clock["minute"] or 0),
                second=int(clock["second"] or 0),
                microsecond=int((clock["fraction"] or "")[:6].ljust(6, "0")),
            )
            return moment - _offset(text, clock.end())
    return None


def _hour(clock: re.Match[str]) -> int:
    hour = int(clock["hour"])
    if not clock["half"]:
        return hour
    if hour > 12:
        raise ValueError("No such hour on a clock of twelve.")
    return hour % 12 + (12 if clock["half"] in "pP" else 0)


def _offset(text: str, at: int) -> timedelta:
    """How far the zone that follows is ahead of UTC."""
    found = _ZONE.match(text, at)
    if not found:
        return timedelta()
    offset = timedelta(hours=_HOURS.get((found["zone"] or "").lower(), 0))
    if found["sign"]:
        ahead = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        offset += ahead if found["sign"] == "+" else -ahead
    return offset
