"""How long a text may become that is made of a lead's values, and how much work may go into it."""

from collections.abc import Iterable
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Self

MAX_RESULT = 1_000_000

MAX_WORK = 20_000_000
"""In characters that are read, each about 50 ns: what templates, conditions and transformations may cost one lead."""


class TooLong(ValueError):
    """A text that would pass its bound; it is never cut in silence. `sentence` says so."""

    def __init__(
        self,
        sentence: str = f"The text would have more than {MAX_RESULT:,} characters, the most there can be.",
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class CannotJudge(TooLong):
    """A rule that cannot be judged, whatever its operator: neither holding nor not holding may let a lead through."""


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


@dataclass(slots=True)
class _Work:
    """What is left of it, and of what decides nothing."""

    left: int
    apart: "_Work | None"


_work: ContextVar[_Work | None] = ContextVar("work that is left", default=None)


class BoundedWork:
    """All that runs inside of it may cost `most` together, MAX_WORK if not said; inside of another it is part of that
    one's."""

    __slots__ = ("_most", "_token")

    def __init__(self, most: int | None = None) -> None:
        self._most = most

    def __enter__(self) -> Self:
        most = MAX_WORK if self._most is None else self._most
        self._token: Token[_Work | None] | None = (
            _work.set(_Work(most, _Work(MAX_WORK, None))) if _work.get() is None else None
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _work.reset(self._token)


class WorkApart:
    """What runs inside of it takes nothing from the work around it. All of it there may cost MAX_WORK."""

    __slots__ = ("_token",)

    def __enter__(self) -> Self:
        around = _work.get()
        apart = _Work(MAX_WORK, None) if around is None else around.apart or around
        self._token: Token[_Work | None] = _work.set(apart)
        return self

    def __exit__(self, *_: object) -> None:
        _work.reset(self._token)


_decides: ContextVar[bool] = ContextVar("what is worked out decides a rule", default=False)


class Deciding:
    """What is worked out inside of it decides a rule: what a text may do without is an error here."""

    __slots__ = ("_token",)

    def __enter__(self) -> Self:
        self._token = _decides.set(True)
        return self

    def __exit__(self, *_: object) -> None:
        _decides.reset(self._token)


def do_without(cause: str) -> None:
    """A part of a text could not be worked out, and counts as blank. Raises CannotJudge inside of Deciding."""
    if _decides.get():
        raise CannotJudge(cause)


def spend(characters: int) -> None:
    """Take from the work that is left. Raises TooLong. Outside of BoundedWork there is no bound."""
    work = _work.get()
    if work is not None:
        work.left -= characters
        if work.left < 0:
            raise TooLong("Templates, conditions and transformations are too much work for this lead.")
