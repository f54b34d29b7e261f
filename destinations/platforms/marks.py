"""The mark of an integration without artwork of its own: two letters and the number of a colour."""

import re
import zlib

COLOURS = 6

_WORD = re.compile(r"[A-Z]?[^\sA-Z]+|[A-Z]+|[^\s]")


def letters(name: str) -> str:
    """Those that its first two words begin with. Of a single word the first and the last: Mailchimp and Marketo begin
    alike."""
    words: list[str] = _WORD.findall(name)
    if len(words) > 1:
        return words[0][0] + words[1][0]
    return name[:1] + name[-1:] if len(name) > 1 else name


def colour(key: str) -> int:
    return zlib.crc32(key.encode()) % COLOURS
