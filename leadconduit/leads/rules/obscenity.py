"""What `is obscene` and `is not obscene` look for."""

import re
from typing import Final

# Plainly obscene words of English and nothing else: no insults, no words that are also a name (Dick, Cox, Fanny), an
# animal or a tool, and no spellings meant to hide one. Whole words only, so that Scunthorpe and Hancock pass.
_STEMS: Final = {
    "fuck": ("", "s", "ed", "er", "ers", "in", "ing", "face", "head", "off", "up"),
    "motherfuck": ("er", "ers", "ing"),
    "shit": ("", "s", "e", "ty", "ter", "ting", "head", "heads", "hole", "holes", "face"),
    "bullshit": ("", "ter", "ting"),
    "asshole": ("", "s"),
    "arsehole": ("", "s"),
    "cunt": ("", "s"),
    "cocksuck": ("er", "ers", "ing"),
    "dickhead": ("", "s"),
    "bitch": ("", "es", "y"),
    "twat": ("", "s"),
    "wank": ("", "er", "ers", "ing"),
    "blowjob": ("", "s"),
    "whore": ("", "s"),
    "slut": ("", "s", "ty"),
}
_WORDS: Final = re.compile(
    r"(?<![^\W\d_])(?:"
    + "|".join(f"{stem}(?:{'|'.join(endings)})" for stem, endings in _STEMS.items())
    + r")(?![^\W\d_])",
    re.IGNORECASE,
)


def is_obscene(text: str) -> bool:
    """Has the text one of these words, whatever its case? Digits and signs around it do not hide it."""
    return _WORDS.search(text) is not None
