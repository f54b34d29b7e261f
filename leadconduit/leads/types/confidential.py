"""Types whose values are masked once a lead is dealt with: credential and social security number."""

import re
from typing import Final

from leadconduit.leads.types.parsed import Parsed, invalid, valid

_NOT_DIGIT: Final = re.compile("[^0-9]")


def credential(text: str) -> Parsed:
    return valid(text, masked=False)


def ssn(text: str) -> Parsed:
    """Nine digits, whatever stands between them."""
    digits = _NOT_DIGIT.sub("", text)
    if len(digits) != 9:
        return invalid(text, masked=False)
    return valid(digits, first_three=digits[:3], middle_two=digits[3:5], last_four=digits[5:], masked=False)
