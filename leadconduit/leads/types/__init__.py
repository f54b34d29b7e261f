"""LeadConduit's 21 field types: what each makes of a submitted value.

`parse` never rejects. Most types give a *typed value*, `{"normal", "raw", "valid", <components>}` as JSON keeps it: what
was submitted stays in `raw`, and `normal` is the same where the type does not understand it (null for a number). Five
types have no components that last: `string`, `city`, `first_name` and `last_name` stay texts, and of a `credential`
there is no second copy, hence no `raw`.

What the types mean is documented in LeadConduit's API ("Types"); beyond that they answer as its published parser
(leadconduit-types 4.23.2) was observed to. We differ on purpose where that answer is of no use to anybody:

- a date is `1988-10-01`, as documented and as it is sent, not midnight UTC as its JSON has it;
- a list is parsed item by item, and an object or a number beyond all measure is invalid and stays what it is;
- numbers too large to be held to the last digit, and texts much longer than the type has a use for, are invalid instead of slow;
- words relative to the moment they were written ("tomorrow", "5pm") are no time, and fractions of a second are
  fractions;
- a certificate at a host that only looks like TrustedForm's, a group of e-mail addresses, and a domain as an IP address
  are invalid; free and disposable e-mail domains are a short list of our own;
- what only TrustedForm can know of a certificate (its kind) stays unknown, as it does there without TrustedForm's key.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from leadconduit.leads.types import (
    choices,
    confidential,
    dates,
    emails,
    ip_addresses,
    numbers,
    phones,
    places,
    times,
    trustedform,
    urls,
)
from leadconduit.leads.types.parsed import Parsed
from leadconduit.leads.values import as_text, is_typed

TEXTS: Final = frozenset({"string", "city", "first_name", "last_name"})
"""The types whose values are plain texts."""

_PARSERS: Final[dict[str, Callable[[str], Parsed]]] = {
    "boolean": choices.boolean,
    "credential": confidential.credential,
    "email": emails.email,
    "gender": choices.gender,
    "ip": ip_addresses.ip,
    "number": numbers.number,
    "phone": phones.phone,
    "postal_code": places.postal_code,
    "range": numbers.range_,
    "ssn": confidential.ssn,
    "state": places.state,
    "street": places.street,
    "time": times.time,
    "trustedform_url": trustedform.trustedform_url,
    "url": urls.url,
}

_DATED: Final[dict[str, Callable[[str, date], Parsed]]] = {"date": dates.date_, "dob": dates.dob}
"""What an incomplete date means, and how old somebody is, depends on the day."""

TYPES: Final = tuple(sorted({*TEXTS, *_PARSERS, *_DATED}))

_RAW_AS_SUBMITTED: Final = frozenset({"boolean", "date", "dob", "gender", "number"})
"""The types that keep a submitted number or boolean as `raw`; the others keep its text."""

_BEYOND_MEASURE: Final = 1e300


def parse(type: str, value: object, *, today: date | None = None) -> object:
    """Make of any JSON value what its field's type says; None and what is typed already stay as they are.

    `today` (UTC) is the day from which ages count. Raises ValueError for a type that LeadConduit does not have.
    """
    if type not in TYPES:
        raise ValueError(f"LeadConduit has no type {type!r}.")
    if value is None or is_typed(value):
        return value
    if isinstance(value, list):
        return [_parse(type, item, today) for item in value]
    return _parse(type, value, today)


def _parse(type: str, value: object, today: date | None) -> object:
    if value is None or is_typed(value):
        return value
    if not _is_readable(value):
        return value if type in TEXTS else {"normal": value, "raw": value, "valid": False}
    text = _text(value)
    if type in TEXTS or (type == "trustedform_url" and not text):
        return text
    day = today or datetime.now(UTC).date()
    parsed = _DATED[type](text, day) if type in _DATED else _PARSERS[type](text)
    if type == "credential":
        return parsed
    return {"normal": parsed["normal"], "raw": value if type in _RAW_AS_SUBMITTED else text, **parsed}


def _is_readable(value: object) -> bool:
    """Neither nested nor a number too large to be written out."""
    return isinstance(value, str) or (isinstance(value, int | float) and abs(value) < _BEYOND_MEASURE)


def _text(value: object) -> str:
    """A number in digits alone: an exponent would read as more of them."""
    text = as_text(value)
    return f"{Decimal(text):f}" if isinstance(value, float) and "e" in text else text
