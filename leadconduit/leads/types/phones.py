"""Telephone numbers: of the United States, unless they say otherwise."""

import re
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

from leadconduit.leads.types.parsed import LONGEST, Parsed, invalid, trim, valid

_HINT: Final = re.compile(r" *\(?([mcwh])\)?\Z")
_TYPES: Final = {"m": "mobile", "c": "mobile", "w": "work", "h": "home"}
_TOLL_FREE: Final = frozenset({"800", "844", "855", "866", "877", "888"})
_NORTH_AMERICA: Final = 1
_US_NUMBER: Final = re.compile("[2-9][0-9]{9}")
_NO_AREA: Final = "***"
_DIGIT_OR_MASK: Final = re.compile(r"[\d*]")


def phone(text: str) -> Parsed:
    """A letter at the end hints at the type (`m`, `c`, `w`, `h`), and is no part of `raw`; a number with masked digits
    (`*`) is valid."""
    if len(text) > LONGEST:
        return invalid(text)
    hint = _HINT.search(text)
    raw = trim(text[: hint.start()]) if hint else text
    type = _TYPES[hint[1]] if hint else None
    try:
        # A masked digit is read as a zero.
        number = phonenumbers.parse(raw.replace("*", "0"), "US")
    except phonenumbers.NumberParseException:
        return invalid(raw, raw=raw, **({"type": type} if type else {}))
    return _parsed(raw, number, type)


def _parsed(raw: str, number: PhoneNumber, type: str | None) -> Parsed:
    masked = "*" in raw
    digits = phonenumbers.national_significant_number(number)
    area, extension = _area(number, digits), number.extension
    if masked:
        digits, extension = _remasked(raw, digits, extension)
        area = digits[: len(area)] if area != _NO_AREA else area
    local = digits if area == _NO_AREA else digits[len(area) :]
    north_american = number.country_code == _NORTH_AMERICA
    components: Parsed = {"raw": raw, "area": area}
    if north_american:
        components |= {"exchange": local[:3], "line": local[3:7]}
    components |= {
        "number": local[:7] if north_american else local,
        "extension": extension,
        "country_code": phonenumbers.region_code_for_country_code(number.country_code or 0),
        "country_calling_code": number.country_code,
        "is_tollfree": north_american and area in _TOLL_FREE,
        "type": type,
    }
    if masked:
        components["masked"] = True
    normal = f"{digits}x{extension}" if extension else digits
    if masked or phonenumbers.is_valid_number(number):
        return valid(normal, **components)
    return invalid(normal, **components)


def _area(number: PhoneNumber, digits: str) -> str:
    """The area code: at home the first three of ten digits, abroad what is written apart at the front."""
    if number.country_code == _NORTH_AMERICA:
        return digits[:3] if _US_NUMBER.fullmatch(digits) else _NO_AREA
    written = phonenumbers.format_number(
        PhoneNumber(
            country_code=number.country_code,
            national_number=number.national_number,
            italian_leading_zero=number.italian_leading_zero,
            number_of_leading_zeros=number.number_of_leading_zeros,
        ),
        PhoneNumberFormat.INTERNATIONAL,
    )
    groups = re.findall("[0-9]+", written)[1:]
    return groups[0] if len(groups) > 1 else _NO_AREA


def _remasked(raw: str, digits: str, extension: str | None) -> tuple[str, str | None]:
    """Put the masks back where they were read as zeros. The number is at the end of what was written, but for the
    extension."""
    written = "".join(_DIGIT_OR_MASK.findall(raw))
    if extension:
        extension, written = written[-len(extension) :], written[: -len(extension)]
    if len(written) < len(digits):  # some digits were written as letters
        written = "".join(_DIGIT_OR_MASK.findall(phonenumbers.convert_alpha_characters_in_number(raw)))
    return written[-len(digits) :], extension
