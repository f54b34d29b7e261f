"""Patterns: regular expressions that people write, spelled as in JavaScript and run in bounded time.

`re2` runs them in time that grows with the text alone. What it cannot express (look-around, back-references) runs on
`regex`, which is stopped after TIME_LIMIT.
"""

import functools
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import re2  # type: ignore[import-untyped]  # ships no types
import regex

from leadconduit.leads.bounds import MAX_WORK, joined, spend
from leadconduit.leads.pattern_syntax import EDGE, END, MAX_PATTERN, NO_EDGE, PatternError, Spelled, spelled

__all__ = [
    "MAX_MATCHES",
    "MAX_PATTERN",
    "TIME_LIMIT",
    "Pattern",
    "PatternError",
    "PatternTooSlow",
    "compile_pattern",
]

TIME_LIMIT = 0.05
"""Seconds for one search of a pattern that needs backtracking."""

MATCHES_TIME_LIMIT = 0.5
"""Seconds of computing for all matches of any other pattern: each is searched for in linear time, but all of them together are not."""

MAX_MATCHES = 20_000

_PARTS = 10
"""So many parts of a pattern, repetitions counted, may take as long for a character as reading one does at most."""
_PER_SECOND = 20_000_000
"""Characters that are read."""

_BEFORE, _AFTER = -1, -2
_SIGNS: dict[str, str | int] = {"$$": "$", "$&": 0, "$`": _BEFORE, "$'": _AFTER}

_RE2_MEMORY = 8 << 20

_FOR_RE2 = {END: "\\z", EDGE: "\\b", NO_EDGE: "\\B"}
_FOR_REGEX = {
    END: "\\Z",
    # `\b` of `regex` knows the letters of all alphabets; JavaScript's only those of ASCII.
    EDGE: "(?:(?<=[0-9A-Z_a-z])(?![0-9A-Z_a-z])|(?<![0-9A-Z_a-z])(?=[0-9A-Z_a-z]))",
    NO_EDGE: "(?:(?<=[0-9A-Z_a-z])(?=[0-9A-Z_a-z])|(?<![0-9A-Z_a-z])(?![0-9A-Z_a-z]))",
}


class PatternTooSlow(Exception):
    """A search that took too long or found too much.

    In a text it counts as no match, as `sentence` tells whoever tries it out; where it decides something, nothing is
    decided, and `cause` says why.
    """

    def __init__(self, pattern: str, why: str) -> None:
        said = f"The pattern `{pattern if len(pattern) <= 80 else pattern[:79] + '…'}` {why}"
        self.cause = f"{said}."
        self.sentence = f"{said}, so it counts as not matching."
        super().__init__(self.sentence)


class _Match(NamedTuple):
    """Where a pattern matched: the span of the match, then of each group, (-1, -1) for one that took no part.

    What was searched is UTF-8 for `re2`, whose spans count bytes, and text for `regex`.
    """

    subject: str | bytes
    spans: tuple[tuple[int, int], ...]

    def taken(self, part: int) -> str:
        """A group by its number, the whole match for 0, or what stands _BEFORE or _AFTER the match."""
        start, end = self.spans[max(part, 0)]
        if part == _BEFORE:
            return _text(self.subject[:start])
        if part == _AFTER:
            return _text(self.subject[end:])
        return _text(self.subject[start:end]) if start >= 0 else ""


def _text(piece: str | bytes) -> str:
    return piece if isinstance(piece, str) else piece.decode()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern. Each of its methods raises PatternTooSlow."""

    text: str
    needs_backtracking: bool
    groups: int
    names: dict[str, int] = field(compare=False)
    _compiled: Any = field(compare=False, repr=False)
    _size: int = field(compare=False, repr=False, default=1)

    def search(self, text: str) -> bool:
        """Does it match anywhere in the text?"""
        with _Paid(self._work(text)):
            if not self.needs_backtracking:
                subject = _encoded(text)
                match = self._compiled.search(subject)
                return match is not None and (
                    not _splits_a_character(subject, match.span()) or any(self._matches(text))
                )
            try:
                return self._compiled.search(text, timeout=TIME_LIMIT) is not None
            except TimeoutError as error:
                raise self._too_slow(TIME_LIMIT) from error

    def findall(self, text: str) -> list[str]:
        """The whole of each match, in order."""
        return [match.taken(0) for match in self._matches(text)]

    def first(self, text: str) -> tuple[str, ...] | None:
        """The first match and its groups, "" for one that took no part; None where there is no match."""
        found = self._matches(text, most=1)
        return tuple(found[0].taken(part) for part in range(self.groups + 1)) if found else None

    def sub(self, replacement: str, text: str, *, verbatim: bool = False) -> str:
        """The text with each match replaced. Raises TooLong.

        As in JavaScript, `$1` to `$99` and `$<name>` in the replacement are groups, `$&` is the whole match, `` $` ``
        and `$'` what stands before and after it, and `$$` is one dollar sign; any other stays as it is. `verbatim` leaves all of
        them as they are.
        """
        if verbatim:
            return joined(self._replaced((replacement,), text))
        return joined(self._replaced(_replacement(replacement, self.groups, tuple(self.names.items())), text))

    def _replaced(self, replacement: Iterable[str | int], text: str) -> Iterator[str]:
        subject: str | bytes = text
        position = 0
        for match in self._matches(text):
            subject, ((start, end), *_) = match
            yield _text(subject[position:start])
            for part in replacement:
                yield part if isinstance(part, str) else match.taken(part)
            position = end
        yield _text(subject[position:])

    def _matches(self, text: str, most: int = 0) -> list[_Match]:
        """All matches, or the first so many."""
        with _Paid(self._work(text)):
            return self._found(text, most)

    def _work(self, text: str) -> int:
        """What one search costs at most; it cannot be interrupted, so that of a great pattern in a long text is none."""
        work = len(text) if self.needs_backtracking else len(text) * (1 + self._size // _PARTS)
        if work > MAX_WORK:
            raise PatternTooSlow(self.text, "is too large for a text of this length")
        return work

    def _found(self, text: str, most: int) -> list[_Match]:
        subject: str | bytes = text if self.needs_backtracking else _encoded(text)
        limit = {"timeout": TIME_LIMIT} if self.needs_backtracking else {}
        found: list[_Match] = []
        until = time.thread_time() + MATCHES_TIME_LIMIT
        try:
            for match in self._compiled.finditer(subject, **limit):
                spans = tuple(match.span(number) for number in range(self.groups + 1))
                if isinstance(subject, bytes) and _splits_a_character(subject, spans[0]):
                    continue
                if len(found) == MAX_MATCHES:
                    raise PatternTooSlow(self.text, f"matches more than {MAX_MATCHES:,} times")
                found.append(_Match(subject, spans))
                if len(found) == most:
                    break
                if time.thread_time() > until:
                    raise self._too_slow(MATCHES_TIME_LIMIT)
        except TimeoutError as error:
            raise self._too_slow(TIME_LIMIT) from error
        return found

    def _too_slow(self, limit: float) -> PatternTooSlow:
        return PatternTooSlow(self.text, f"took longer than {limit * 1000:.0f} ms")


class _Paid:
    """Spends what a search is reckoned to cost, or the time that it took where that was more."""

    __slots__ = ("begun", "work")

    def __init__(self, work: int) -> None:
        self.work = work

    def __enter__(self) -> None:
        self.begun = time.thread_time()

    def __exit__(self, *_: object) -> None:
        spend(max(self.work, int((time.thread_time() - self.begun) * _PER_SECOND)))


def _encoded(text: str) -> bytes:
    # What came in has no halves of characters, but a template's own text may.
    return text.encode("utf-8", "replace")


def _splits_a_character(subject: bytes, span: tuple[int, int]) -> bool:
    """An empty match between the bytes of one character, where `re2` looks too."""
    start, end = span
    return start == end < len(subject) and subject[start] & 0xC0 == 0x80


def compile_pattern(text: str, *, ignore_case: bool = False) -> Pattern:
    """Raises PatternError for what is no pattern, is longer than MAX_PATTERN or needs too much memory."""
    read = spelled(text)
    compiled = _for_regex(read, ignore_case) if read.needs_backtracking else _for_re2(read, ignore_case)
    return Pattern(
        text, read.needs_backtracking, read.groups, read.names, compiled, len(read.pieces) * read.repeats
    )


def _for_re2(read: Spelled, ignore_case: bool) -> Any:
    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.log_errors = False
    options.max_mem = _RE2_MEMORY
    try:
        return re2.compile("".join(_FOR_RE2.get(piece, piece) for piece in read.pieces).encode(), options)
    except re2.error as error:
        raise PatternError("This pattern is too large: it repeats too much.") from error


def _for_regex(read: Spelled, ignore_case: bool) -> Any:
    try:
        return regex.compile(
            "".join(_FOR_REGEX.get(piece, piece) for piece in read.pieces),
            regex.IGNORECASE if ignore_case else 0,
            cache_pattern=False,
        )
    except (regex.error, RecursionError) as error:
        raise PatternError("This pattern cannot be run: write it in a simpler way.") from error


_SIGN = re.compile(r"\$(?:[$&`']|[0-9]{1,2}|<([^>]*)>)")


@functools.lru_cache(maxsize=256)
def _replacement(text: str, groups: int, names: tuple[tuple[str, int], ...]) -> tuple[str | int, ...]:
    """A replacement in its parts: text, and as numbers what `_Match.taken` takes from each match."""
    parts: list[str | int] = []
    position = 0
    for sign in _SIGN.finditer(text):
        parts += text[position : sign.start()], *_meant(sign, groups, dict(names))
        position = sign.end()
    return tuple(part for part in (*parts, text[position:]) if part != "")


def _meant(sign: re.Match[str], groups: int, names: dict[str, int]) -> tuple[str | int, ...]:
    written = sign[0]
    if written in _SIGNS:
        return (_SIGNS[written],)
    if sign[1] is not None:
        return (names.get(sign[1], "") if names else written,)
    digits = written[1:]
    if 0 < int(digits) <= groups:
        return (int(digits),)
    # Of `$12`, the group is 1 where there are fewer than twelve.
    if len(digits) == 2 and 0 < int(digits[0]) <= groups:
        return int(digits[0]), digits[1]
    return (written,)
