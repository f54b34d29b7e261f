"""Steps that write a value another way: telephone numbers, dates, numbers, yes and no, and words of a look-up table.

What they cannot read stays as it is, with a note for somebody who tries the mapping out.
"""

import re

import phonenumbers

from destinations.mapping.scope import Context, Options, Scope, Step, each, shown
from leadconduit.leads import types
from leadconduit.leads.bounds import spend
from leadconduit.leads.formatting import format_date, format_number
from leadconduit.leads.values import as_text, is_blank

LONGEST = 250
"""Characters: no date, number or telephone number has more, and reading them is work."""

FORMAT = 8
"""What writing a date costs for each character of its format, in characters that are read."""

_EXACT = 2**53

_NUMBER = re.compile(
    r"\s*([-+]?)\s*[$€£¥]?\s*((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)\s*[$€£¥%]?\s*"
)
_NORTH_AMERICAN = re.compile(r"(?:\+?1[-. ]?)?\(?([2-9][0-9]{2})\)?[-. ]{0,2}([2-9][0-9]{2})[-. ]?([0-9]{4})")


def e164(options: Options, context: Context) -> Step:
    country = (options["country"] or "US").upper()
    north_american = phonenumbers.country_code_for_region(country) == 1

    def of_text(text: str, scope: Scope) -> str:
        # What nearly every number of a lead looks like is read without phonenumbers' parser, which takes twice as long.
        if north_american and (simple := _NORTH_AMERICAN.fullmatch(text)):
            number: phonenumbers.PhoneNumber | None = phonenumbers.PhoneNumber(
                country_code=1, national_number=int("".join(simple.groups()))
            )
        else:
            number = _telephone_number(text, country)
        if number is None or not phonenumbers.is_valid_number(number):
            scope.note(f"{shown(text)} is no telephone number: it stays as it is.")
            return text
        return f"+{number.country_code}{phonenumbers.national_significant_number(number)}"

    return each(of_text)


def _telephone_number(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country) if len(text) <= LONGEST else None
    except phonenumbers.NumberParseException:
        return None


def date(options: Options, context: Context) -> Step:
    format, locale, timezone = options["format"], options["locale"], options["timezone"] or None

    def of_text(text: str, scope: Scope) -> str:
        written = None
        if len(text) <= LONGEST:
            spend(FORMAT * len(format))
            written = format_date(text, format, locale=locale, timezone=timezone)
        if written is None:
            scope.note(f"{shown(text)} is no date: it stays as it is.")
            return text
        return written

    return each(of_text)


def number(options: Options, context: Context) -> Step:
    format, locale = options["format"] or None, options["locale"]

    def of_text(text: str, scope: Scope) -> object:
        read = read_number(text)
        written = read if read is None or format is None else format_number(read, format, locale=locale)
        if written is None:
            scope.note(f"{shown(text)} is no number: it stays as it is.")
            return text
        return written

    return each(of_text)


def read_number(text: str) -> int | float | None:
    """The number that a text is: `$1,234.50` is 1234.5. What only has a number in it, as an address, is none, and neither
    is a whole one of so many digits that a number would not keep them all, as a card's or an account's."""
    found = _NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    number = float(found[1] + found[2].replace(",", ""))
    if abs(number) >= _EXACT:
        return None
    return int(number) if number.is_integer() else number


def to_text(options: Options, context: Context) -> Step:
    def step(value: object, scope: Scope) -> object:
        if isinstance(value, list):
            return [step(item, scope) for item in value]
        return value if is_blank(value) else as_text(value)

    return step


def boolean(options: Options, context: Context) -> Step:
    words = bool(options["true"] or options["false"])
    true: object = options["true"] or "" if words else True
    false: object = options["false"] or "" if words else False
    of_blank = false if options["blank_is_false"] else None

    def of_text(text: str, scope: Scope) -> object:
        parsed = types.parse("boolean", text) if len(text) <= LONGEST else None
        if not isinstance(parsed, dict) or not parsed["valid"]:
            scope.note(f"{shown(text)} is neither true nor false: it stays as it is.")
            return text
        return true if parsed["normal"] else false

    of_each = each(of_text)

    def step(value: object, scope: Scope) -> object:
        if isinstance(value, bool):
            return true if value else false
        if of_blank is not None and is_blank(value):
            return of_blank
        return of_each(value, scope)

    return step


def lookup(options: Options, context: Context) -> Step:
    found = context.lookup(options["table"])
    return each(lambda text, _: found(text))
