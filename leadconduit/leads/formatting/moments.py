"""Moments: reading a value as one, and where it stands on the calendar of a time zone."""

import math
import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

DAY = 86_400_000
"""Milliseconds."""

_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097
"""After so many years the Gregorian calendar repeats itself, weekdays and all: what Python's `date` cannot hold
(before year 1, after 9999) is counted in another cycle."""

_EPOCH = date(1970, 1, 1).toordinal() - 1
"""Days from 1 January of year 1 to the epoch."""

_LONGEST = 8_640_000_000_000_000
"""Milliseconds from the epoch in which a moment must lie: 100 million days, as in JavaScript."""

_MAX_TEXT = 100
_SPACES = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_TEXT = (
    f"[{_SPACES}]*"
    "([0-9]{{4}}|[+-][0-9]{{6}}(?=-?[0-9]{{2}}-?[0-9]{{2}}(?:[T ]|$)))"
    "{dash}(?:([0-9]{{2}}){dash}([0-9]{{2}})|W([0-9]{{2}}){dash}([0-9])|([0-9]{{3}}))"
    "(?:[T ]([0-9]{{2}})(?:{colon}([0-9]{{2}})(?:{colon}([0-9]{{2}})(?:[.,]([0-9]+))?)?)?"
    f"([+-][0-9]{{{{2}}}}(?::?[0-9]{{{{2}}}})?|[{_SPACES}]*Z)?)?"
)
"""ISO 8601 in extended form (2015-06-24T17:24) or, without dashes and colons, in basic form."""

_EXTENDED = re.compile(_TEXT.format(dash="-", colon=":"))
_BASIC = re.compile(_TEXT.format(dash="", colon=""))
_COARSE = re.compile(rf"[{_SPACES}]*([0-9]{{4}})(?:-?W([0-9]{{2}})|-?([0-9]{{2}}))?")


class Moment:
    """A point in time as the calendar of its zone shows it. The zone's name is what `z` and `zz` write."""

    __slots__ = (
        "day",
        "days",
        "hour",
        "millisecond",
        "minute",
        "month",
        "offset",
        "second",
        "since_epoch",
        "year",
        "zone",
        "zone_name",
    )

    def __init__(self, since_epoch: int, offset: int, zone: str, zone_name: str) -> None:
        """`since_epoch` is in milliseconds, `offset` in seconds east of UTC."""
        self.since_epoch, self.offset, self.zone, self.zone_name = since_epoch, offset, zone, zone_name
        self.days, rest = divmod(since_epoch + offset * 1000, DAY)
        self.year, self.month, self.day = date_of(self.days)
        self.hour, rest = divmod(rest, 3_600_000)
        self.minute, rest = divmod(rest, 60_000)
        self.second, self.millisecond = divmod(rest, 1000)

    @property
    def weekday(self) -> int:
        """0 is Sunday."""
        return (self.days + 4) % 7

    @property
    def yearday(self) -> int:
        """1 is New Year's Day."""
        return self.days - days_to(self.year, 1, 1) + 1


def moment_of(value: object, timezone: ZoneInfo | None) -> Moment | None:
    """The moment a value means, on the calendar of a zone or else of UTC, or None when the value is no date.

    A date is an ISO 8601 text or the milliseconds since the epoch. A text without an offset is a time of the zone: a
    birthday stays the same day everywhere.
    """
    if isinstance(value, str):
        read = _read(value)
        if read is None:
            return None
        since_epoch, offset = read
        if offset is not None:
            since_epoch -= offset * 1000
        elif timezone is not None:
            since_epoch -= _local_offset(timezone, since_epoch) * 1000
    elif isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LONGEST:
        return None
    else:
        since_epoch = math.trunc(value)
    if abs(since_epoch) > _LONGEST:
        return None
    if timezone is None:
        return Moment(since_epoch, 0, "UTC", "Coordinated Universal Time")
    there = _there(timezone, since_epoch)
    abbreviation = there.tzname() or ""
    return Moment(since_epoch, _seconds(there), abbreviation, abbreviation)


@lru_cache(maxsize=256)
def timezone_named(name: str) -> ZoneInfo | None:
    """The time zone of this name (`America/New_York`), in any case, or None."""
    key = _zone_names().get(name.strip().lower())
    return ZoneInfo(key) if key else None


@lru_cache(maxsize=1)
def _zone_names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def date_of(days: int) -> tuple[int, int, int]:
    """Year, month and day of so many days after the epoch."""
    cycles, days = divmod(days + _EPOCH, _CYCLE_DAYS)
    found = date.fromordinal(days + 1)
    return found.year + cycles * _CYCLE_YEARS, found.month, found.day


def days_to(year: int, month: int, day: int) -> int:
    """Days from the epoch to a date. ValueError for a date that does not exist."""
    cycles, year = divmod(year - 1, _CYCLE_YEARS)
    return date(year + 1, month, day).toordinal() - 1 + cycles * _CYCLE_DAYS - _EPOCH


def week_one(year: int, first_weekday: int, first_week: int) -> int:
    """Days from the epoch to the first day of a year's first week: the one with January's day `first_week`."""
    days = days_to(year, 1, first_week)
    return days - (days + 4 - first_weekday) % 7


def _read(text: str) -> tuple[int, int | None] | None:
    """Milliseconds from the epoch to what an ISO 8601 text shows, and its offset in seconds if it names one."""
    if len(text) > _MAX_TEXT:
        return None
    match = _EXTENDED.fullmatch(text) or _BASIC.fullmatch(text)
    if match is None:
        return _read_coarse(text)
    year, month, day, week, weekday, yearday, hour, minute, second, fraction, offset = match.groups()
    try:
        if month:
            days = days_to(int(year), int(month), int(day))
        elif week:
            days = _day_of_week(int(year), int(week), int(weekday))
        else:
            days = _day_of_year(int(year), int(yearday))
        time = _time(hour, minute, second, fraction) if hour else 0
        return days * DAY + time, _seconds_in(offset) if offset else None
    except ValueError:
        return None


def _read_coarse(text: str) -> tuple[int, None] | None:
    """A year, a month or a week, which stand for their first day."""
    match = _COARSE.fullmatch(text)
    if match is None:
        return None
    year, week, month = match.groups()
    try:
        days = _day_of_week(int(year), int(week), 1) if week else days_to(int(year), int(month or 1), 1)
    except ValueError:
        return None
    return days * DAY, None


def _day_of_week(year: int, week: int, weekday: int) -> int:
    days = week_one(year, 1, 4) + (week - 1) * 7
    if week < 1 or not 1 <= weekday <= 7 or days >= week_one(year + 1, 1, 4):
        raise ValueError(week)
    return days + weekday - 1


def _day_of_year(year: int, yearday: int) -> int:
    days = days_to(year, 1, 1) + yearday - 1
    if yearday < 1 or days >= days_to(year + 1, 1, 1):
        raise ValueError(yearday)
    return days


def _time(hour: str, minute: str | None, second: str | None, fraction: str | None) -> int:
    """Milliseconds since midnight; 24:00 is the end of the day."""
    minutes, seconds = int(minute or 0), int(second or 0)
    # Cut off in floating point, as moment does.
    milliseconds = int(float(f"0.{fraction}") * 1000) if fraction else 0
    time = ((int(hour) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds
    if minutes > 59 or seconds > 59 or time > DAY:
        raise ValueError(time)
    return time


def _seconds_in(offset: str) -> int:
    if offset[-1] == "Z":
        return 0
    minutes = int(offset[-2:]) if len(offset) > 3 else 0
    seconds = (int(offset[1:3]) * 60 + minutes) * (-60 if offset[0] == "-" else 60)
    if minutes > 59 or not -12 * 3600 <= seconds <= 14 * 3600:
        raise ValueError(offset)
    return seconds


def _local_offset(zone: ZoneInfo, milliseconds: int) -> int:
    """Seconds east of UTC at a time of this zone. What the clocks skip counts as before, what they repeat as first."""
    return _seconds(_python_time(milliseconds).replace(tzinfo=zone))


def _there(zone: ZoneInfo, since_epoch: int) -> datetime:
    return _python_time(since_epoch).replace(tzinfo=UTC).astimezone(zone)


def _seconds(there: datetime) -> int:
    offset = there.utcoffset()
    return 0 if offset is None else round(offset.total_seconds())


def _python_time(milliseconds: int) -> datetime:
    """Where Python has no such year: a year whose calendar and, as far as rules go, offset are the same."""
    days, rest = divmod(milliseconds, DAY)
    days += _EPOCH
    if days < _CYCLE_DAYS:
        days = days % _CYCLE_DAYS + _CYCLE_DAYS
    elif days >= 24 * _CYCLE_DAYS:
        days = days % _CYCLE_DAYS + 23 * _CYCLE_DAYS
    return datetime.fromordinal(days + 1) + timedelta(milliseconds=rest)
