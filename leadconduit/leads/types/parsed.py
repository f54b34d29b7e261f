"""What the parsers of the types share: their answer, and how a text is trimmed and a number written."""

from typing import Final

Parsed = dict[str, object]
"""`normal`, `valid` and the components; `raw` only where it is not simply what was submitted."""

LONGEST: Final = 250
"""Characters, beyond which a text is none of the short things (a phone, a date, a postal code): it is not even read, so
that no text is slow."""

BLANKS: Final = "\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What JavaScript counts as white space, as the inside of a character class."""

_TRIMMED: Final = BLANKS.replace("\u2000-\u200a", "".join(map(chr, range(0x2000, 0x200B))))
_EXACT: Final = 2**53


def valid(normal: object, **components: object) -> Parsed:
    return {"normal": normal, "valid": True, **components}


def invalid(normal: object, **components: object) -> Parsed:
    return {"normal": normal, "valid": False, **components}


def trim(text: str) -> str:
    return text.strip(_TRIMMED)


def whole(number: float) -> int | float:
    """The same number, an int where it has no fraction and is exact: `100`, not `100.0`, in JSON."""
    return int(number) if number.is_integer() and abs(number) < _EXACT else number
