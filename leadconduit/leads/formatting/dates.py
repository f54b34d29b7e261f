"""Dates as texts, in moment's formats."""

import re
from functools import lru_cache

from leadconduit.leads.formatting.locales import Names, locale_named
from leadconduit.leads.formatting.moments import moment_of, timezone_named
from leadconduit.leads.formatting.problems import MAX_FORMAT
from leadconduit.leads.formatting.tokens import WRITERS, Writer

_TOKEN = re.compile(
    r"\[[^\[]*\]|\\e|\\?(?:eHHmm|[Hh]mm(?:ss)?|Mo|MM?M?M?|Do|DDDo|DD?D?D?|ddd?d?|do?|w[o|w]?|W[o|W]?|Qo?|N{1,5}"
    r"|YYYYYY|YYYYY|YYYY|YY|y{2,4}|yo?|gg(?:ggg?)?|GG(?:GGG?)?|e|E|a|A|hh?|HH?|kk?|mm?|ss?|S{1,9}|x|X|zz?|ZZ?"
    r"|[^\n\r\u2028\u2029])"
)
"""moment's own cut of a format, so that odd formats read the same: line ends outside of brackets vanish."""

_LOCALIZED = re.compile(r"\[[^\[]*\]|\\?(?:LTS|LT|LL?L?L?|l{1,4})")


def format_date(
    value: object, format: str | None, *, locale: str = "en", timezone: str | None = None
) -> str | None:
    """Write a date as moment would, or None when the value is no date (or the format longer than MAX_FORMAT).

    A date is an ISO 8601 text or the milliseconds since the epoch. It is shown in UTC, or in the time zone named;
    a text without an offset is a time of that zone. No format gives ISO 8601. An unknown locale is English, an unknown
    time zone UTC; `format_problem` tells of them beforehand. Never raises.
    """
    moment = moment_of(value, timezone_named(timezone) if timezone else None)
    if moment is None:
        return None
    if not format:
        format = "YYYY-MM-DDTHH:mm:ssZ" if moment.offset else "YYYY-MM-DDTHH:mm:ss[Z]"
    elif len(format) > MAX_FORMAT:
        return None
    known = locale_named(locale)
    return "".join(
        [part if isinstance(part, str) else part(moment, known) for part in _compiled(format, locale)]
    )


@lru_cache(maxsize=1024)
def _compiled(format: str, locale: str) -> tuple[str | Writer, ...]:
    """The literal texts of a format, and what writes the rest."""
    known = locale_named(locale)
    format = _LOCALIZED.sub(lambda token: known.long_formats.get(token[0], token[0]), format)
    writers = WRITERS | _writers_in(format, known.names)
    parts: list[str | Writer] = []
    for token in _TOKEN.findall(format):
        part = writers.get(token) or _literal(token)
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    return tuple(parts)


def _writers_in(format: str, names: Names) -> dict[str, Writer]:
    """Those that write other names of the months because of what stands around them."""
    writers: dict[str, Writer] = {}
    if names.in_date and names.in_date.search(format):
        if names.months_in_date:
            writers["MMMM"] = lambda moment, locale: locale.names.months_in_date[moment.month - 1]
        if names.short_months_in_date:
            writers["MMM"] = lambda moment, locale: locale.names.short_months_in_date[moment.month - 1]
    return writers


def _literal(token: str) -> str:
    if token[0] == "[" and len(token) > 1:
        return token[1:-1]
    return token.replace("\\", "")
