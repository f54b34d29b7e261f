"""The tokens of a date's format, and what writes each."""

from collections.abc import Callable

from leadconduit.leads.formatting.locales import Locale
from leadconduit.leads.formatting.moments import Moment, week_one

Writer = Callable[[Moment, Locale], str]
_Count = Callable[[Moment, Locale], int]


def _week(moment: Moment, first_weekday: int, first_week: int) -> tuple[int, int]:
    """The year to which a moment's week belongs, and the week's number in it."""
    year = moment.year
    if moment.days < week_one(year, first_weekday, first_week):
        year -= 1
    elif moment.days >= week_one(year + 1, first_weekday, first_week):
        year += 1
    return year, (moment.days - week_one(year, first_weekday, first_week)) // 7 + 1


def _locale_week(moment: Moment, locale: Locale) -> tuple[int, int]:
    return _week(moment, locale.first_weekday, locale.first_week)


def _iso_week(moment: Moment, _: Locale) -> tuple[int, int]:
    return _week(moment, 1, 4)


def _last_two(year: int) -> int:
    """With the year's sign: what remains in JavaScript."""
    return year % 100 if year >= 0 else -(-year % 100)


_COUNTS: dict[str, _Count] = {
    "M": lambda moment, _: moment.month,
    "Q": lambda moment, _: (moment.month + 2) // 3,
    "D": lambda moment, _: moment.day,
    "DDD": lambda moment, _: moment.yearday,
    "d": lambda moment, _: moment.weekday,
    "e": lambda moment, locale: (moment.weekday - locale.first_weekday) % 7,
    "E": lambda moment, _: moment.weekday or 7,
    "w": lambda moment, locale: _locale_week(moment, locale)[1],
    "W": lambda moment, locale: _iso_week(moment, locale)[1],
    "y": lambda moment, _: moment.year if moment.year > 0 else 1 - moment.year,
    "H": lambda moment, _: moment.hour,
    "h": lambda moment, _: moment.hour % 12 or 12,
    "k": lambda moment, _: moment.hour or 24,
    "m": lambda moment, _: moment.minute,
    "s": lambda moment, _: moment.second,
    "X": lambda moment, _: moment.since_epoch // 1000,
    "x": lambda moment, _: moment.since_epoch,
}

_PADDED: dict[str, tuple[_Count, int]] = {
    "DDDD": (_COUNTS["DDD"], 3),
    "YY": (lambda moment, _: _last_two(moment.year), 2),
    "YYYY": (lambda moment, _: moment.year, 4),
    "YYYYY": (lambda moment, _: moment.year, 5),
    "yy": (_COUNTS["y"], 2),
    "yyy": (_COUNTS["y"], 3),
    "yyyy": (_COUNTS["y"], 4),
    "gg": (lambda moment, locale: _last_two(_locale_week(moment, locale)[0]), 2),
    "gggg": (lambda moment, locale: _locale_week(moment, locale)[0], 4),
    "ggggg": (lambda moment, locale: _locale_week(moment, locale)[0], 5),
    "GG": (lambda moment, locale: _last_two(_iso_week(moment, locale)[0]), 2),
    "GGGG": (lambda moment, locale: _iso_week(moment, locale)[0], 4),
    "GGGGG": (lambda moment, locale: _iso_week(moment, locale)[0], 5),
}


def _plain(count: _Count) -> Writer:
    return lambda moment, locale: str(count(moment, locale))


def _padded(count: _Count, width: int) -> Writer:
    def write(moment: Moment, locale: Locale) -> str:
        number = count(moment, locale)
        # The sign comes before the figures that are asked for.
        return f"{number:0{width}d}" if number >= 0 else f"{number:0{width + 1}d}"

    return write


_TWO_FIGURES = tuple(f"{number:02d}" for number in range(60))


def _two_figures(count: _Count) -> Writer:
    return lambda moment, locale: _TWO_FIGURES[count(moment, locale)]


def _ordinal(token: str) -> Writer:
    count = _COUNTS[token]
    return lambda moment, locale: locale.ordinal_date(count(moment, locale), token)


def _fraction(figures: int) -> Writer:
    return lambda moment, _: f"{moment.millisecond:03d}000000"[:figures]


def _offset(separator: str) -> Writer:
    def write(moment: Moment, _: Locale) -> str:
        hours, minutes = divmod(abs(moment.offset) // 60, 60)
        return f"{'-' if moment.offset < 0 else '+'}{hours:02d}{separator}{minutes:02d}"

    return write


def _half_day(morning: str, afternoon: str) -> Writer:
    return lambda moment, _: morning if moment.hour < 12 else afternoon


def _era(after: str, before: str) -> Writer:
    return lambda moment, _: after if moment.year > 0 else before


def _joined(*tokens: str) -> Writer:
    writers = [WRITERS[token] for token in tokens]
    return lambda moment, locale: "".join([write(moment, locale) for write in writers])


WRITERS: dict[str, Writer] = {
    **{token: _plain(count) for token, count in _COUNTS.items()},
    **{token: _padded(count, width) for token, (count, width) in _PADDED.items()},
    **{token * 2: _two_figures(_COUNTS[token]) for token in "wWk"},
    "MM": lambda moment, _: _TWO_FIGURES[moment.month],
    "DD": lambda moment, _: _TWO_FIGURES[moment.day],
    "HH": lambda moment, _: _TWO_FIGURES[moment.hour],
    "hh": lambda moment, _: _TWO_FIGURES[moment.hour % 12 or 12],
    "mm": lambda moment, _: _TWO_FIGURES[moment.minute],
    "ss": lambda moment, _: _TWO_FIGURES[moment.second],
    **{f"{token}o": _ordinal(token) for token in ("M", "Q", "D", "DDD", "d", "w", "W", "y")},
    **{"S" * figures: _fraction(figures) for figures in range(1, 10)},
    "MMM": lambda moment, locale: locale.names.short_months[moment.month - 1],
    "MMMM": lambda moment, locale: locale.names.months[moment.month - 1],
    "dd": lambda moment, locale: locale.names.shortest_weekdays[moment.weekday],
    "ddd": lambda moment, locale: locale.names.short_weekdays[moment.weekday],
    "dddd": lambda moment, locale: locale.names.weekdays[moment.weekday],
    "Y": lambda moment, _: f"+{moment.year}" if moment.year > 9999 else WRITERS["YYYY"](moment, _),
    "YYYYYY": lambda moment, _: f"{moment.year:+07d}",
    "A": _half_day("AM", "PM"),
    "a": _half_day("am", "pm"),
    "Z": _offset(":"),
    "ZZ": _offset(""),
    "z": lambda moment, _: moment.zone,
    "zz": lambda moment, _: moment.zone_name,
    **{token: _era("AD", "BC") for token in ("N", "NN", "NNN", "NNNNN")},
    "NNNN": _era("Anno Domini", "Before Christ"),
}
WRITERS |= {
    "Hmm": _joined("H", "mm"),
    "Hmmss": _joined("H", "mm", "ss"),
    "hmm": _joined("h", "mm"),
    "hmmss": _joined("h", "mm", "ss"),
    "eHHmm": _joined("e", "HH", "mm"),
}
