"""Types that know a few words: boolean and gender."""

import re
from typing import Final

from leadconduit.leads.types.parsed import Parsed, invalid, trim, valid

_BOOLEANS: Final = {
    **dict.fromkeys(("y", "yes", "t", "true", "1"), True),
    **dict.fromkeys(("n", "no", "f", "false", "0"), False),
}
_GENDERS: Final = {"male": "M", "female": "F", "other": "O"}
_BY_INITIAL: Final = {abbreviation.lower(): gender for gender, abbreviation in _GENDERS.items()}
_NOT_ALPHANUMERIC: Final = re.compile("[^a-zA-Z0-9]")


def boolean(text: str) -> Parsed:
    """`Yes`, `(y)`, `T`, `1` ...: punctuation does not matter. What is no boolean is false, and invalid."""
    known = _BOOLEANS.get(_NOT_ALPHANUMERIC.sub("", text).lower())
    return invalid(False) if known is None else valid(known)


def gender(text: str) -> Parsed:
    """`abbr`: M, F or O."""
    word = trim(text).lower()
    name = _BY_INITIAL.get(word, word)
    return valid(name, abbr=_GENDERS[name]) if name in _GENDERS else invalid(text, abbr=None)
