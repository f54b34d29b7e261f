"""How long a text may become that is made of a lead's values."""

from collections.abc import Iterable

MAX_RESULT = 1_000_000


class TooLong(ValueError):
    """A text that would pass its bound; it is never cut in silence. `sentence` says so."""

    def __init__(
        self,
        sentence: str = f"The text would have more than {MAX_RESULT:,} characters, the most there can be.",
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def joined(pieces: Iterable[str]) -> str:
    """One text of many, made no further than the bound. Raises TooLong."""
    kept: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > MAX_RESULT:
            raise TooLong
        kept.append(piece)
    return "".join(kept)
