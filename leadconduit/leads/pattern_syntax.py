"""Patterns are spelled as JavaScript spells regular expressions; here they are read, and spelled for our engines.

What comes out means the same to `re2` and to `regex`: an ASCII character that is no letter or digit is written by its
code, so that neither reads anything else in it, and the classes `\\d \\w \\s .` are written out as JavaScript has them
(ECMA-262: the first two are ASCII, `\\s` is all white space). Three marks, which the engines spell differently, stay
open until it is known which of them has to run the pattern.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

import re2  # type: ignore[import-untyped]  # ships no types

MAX_PATTERN = 1_000
MAX_REPEATS = 1_000
MAX_NESTING = 50

END, EDGE, NO_EDGE = "\0end", "\0edge", "\0no edge"
"""The marks for `$`, `\\b` and `\\B`."""

_Ranges = tuple[tuple[str, str], ...]
_DIGITS: _Ranges = (("0", "9"),)
_WORD: _Ranges = (("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z"))
_SPACE: _Ranges = (
    ("\t", "\r"),
    (" ", " "),
    ("\xa0", "\xa0"),
    ("\u1680", "\u1680"),
    ("\u2000", "\u200a"),
    ("\u2028", "\u2029"),
    ("\u202f", "\u202f"),
    ("\u205f", "\u205f"),
    ("\u3000", "\u3000"),
    ("\ufeff", "\ufeff"),
)
_HALVES: _Ranges = (("\ud800", "\udfff"),)


class PatternError(ValueError):
    """A pattern that cannot be read. `sentence` says why and `column`, from 1 and where it is known, says where."""

    def __init__(self, sentence: str, column: int | None = None) -> None:
        super().__init__(sentence if column is None else f"{sentence} (column {column})")
        self.sentence = sentence
        self.column = column


class Spelled(NamedTuple):
    """A pattern as our engines read it, in pieces. `names` are the numbers of its groups by their names, `repeats` how often the
    most repeated of its parts can repeat."""

    pieces: tuple[str, ...]
    groups: int
    names: dict[str, int]
    needs_backtracking: bool
    repeats: int


def spelled(pattern: str) -> Spelled:
    """Raises PatternError for what JavaScript would not read, or would read as something that nobody means."""
    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"A pattern may have at most {MAX_PATTERN:,} characters.", MAX_PATTERN + 1)
    for at, character in enumerate(pattern):
        if "\ud800" <= character <= "\udfff":
            raise PatternError("This is half of a character.", at + 1)
    return _Reader(pattern).read()


def _literal(character: str) -> str:
    return f"\\x{ord(character):02x}" if character.isascii() and not character.isalnum() else character


def _class(ranges: _Ranges) -> str:
    return "".join(
        _literal(first) if first == last else f"{_literal(first)}-{_literal(last)}" for first, last in ranges
    )


def _others(ranges: _Ranges) -> _Ranges:
    """All characters outside the ranges; halves of characters are none."""
    others, next_one = [], 0
    for first, last in sorted(ranges + _HALVES):
        if next_one < ord(first):
            others.append((chr(next_one), chr(ord(first) - 1)))
        next_one = ord(last) + 1
    return (*others, (chr(next_one), "\U0010ffff"))


_CLASSES = {
    "d": _class(_DIGITS),
    "D": _class(_others(_DIGITS)),
    "w": _class(_WORD),
    "W": _class(_others(_WORD)),
    "s": _class(_SPACE),
    "S": _class(_others(_SPACE)),
}
_ANY_IN_A_LINE = "[^\\x0a\\x0d\u2028\u2029]"
_ANY = "(?s:.)"

_CONTROLS = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
_COUNTS = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_CODE = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}")
_LOW_HALF = re.compile(r"\\u([dD][c-fC-F][0-9A-Fa-f]{2})")
_PROPERTY = re.compile(r"\{(?:(?:Script|sc|General_Category|gc)=)?([A-Za-z_]{1,40})\}")
_GROUP = re.compile(r"\?(?:<([A-Za-z_$][\w$]*)>|(:|=|!|<=|<!)|(-?i[:)]))")
_NAMED = re.compile(r"<([A-Za-z_$][\w$]*)>")


@dataclass(slots=True)
class _Open:
    """A group that is open: where, and how often the most repeated of its parts can repeat."""

    column: int
    is_look: bool = False
    repeats: int = 1


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.pieces: list[str] = []
        self.open = [_Open(0)]
        self.groups = 0
        self.names: dict[str, int] = {}
        self.backtracks = False
        #: How often what stands just before repeats by itself, or None where nothing stands that may be repeated.
        self.before: int | None = None

    def read(self) -> Spelled:
        while self.at < len(self.pattern):
            self._next()
        if len(self.open) > 1:
            raise PatternError("This `(` is never closed by `)`.", self.open[-1].column)
        return Spelled(tuple(self.pieces), self.groups, self.names, self.backtracks, self.open[0].repeats)

    def _next(self) -> None:
        character = self.pattern[self.at]
        if character in "*+?" or (character == "{" and _COUNTS.match(self.pattern, self.at)):
            self._repeat()
        elif character == "(":
            self._open_group()
        elif character == ")":
            self._close_group()
        elif character == "[":
            self._emit(self._set())
        elif character == "\\":
            self._escaped()
        else:
            self.at += 1
            if character in "|^$":
                self.pieces.append(END if character == "$" else character)
                self.before = None
            else:
                self._emit(_ANY_IN_A_LINE if character == "." else _literal(character))

    def _emit(self, piece: str, repeats: int = 1) -> None:
        self.pieces.append(piece)
        self.before = repeats

    def _wrong(self, sentence: str, at: int | None = None) -> NoReturn:
        raise PatternError(sentence, (self.at if at is None else at) + 1)

    # --- Repetitions

    def _repeat(self) -> None:
        counts = _COUNTS.match(self.pattern, self.at)
        sign = counts[0] if counts else self.pattern[self.at]
        if self.before is None:
            self._wrong(
                f"There is nothing before `{sign}` that could be repeated; a sign itself is `\\{sign[0]}`."
            )
        most = 1
        if counts:
            least, most = int(counts[1]), int(counts[3] or counts[1])
            if most < least:
                self._wrong(f"`{sign}` repeats at least {least} and at most {most} times: turn them round.")
        repeats = self.before * max(most, 1)
        if repeats > MAX_REPEATS:
            self._wrong(
                f"`{sign}` repeats too often: at most {MAX_REPEATS:,} times, with what repeats inside it."
            )
        self.open[-1].repeats = max(self.open[-1].repeats, repeats)
        self.at += len(sign)
        lazy = self.pattern.startswith("?", self.at)
        self.at += lazy
        self.pieces.append(sign + "?" * lazy)
        self.before = None

    # --- Groups

    def _open_group(self) -> None:
        if len(self.open) > MAX_NESTING:
            self._wrong(f"Groups may be nested at most {MAX_NESTING} deep.")
        group = _Open(self.at + 1)
        self.at += 1
        self.before = None
        if not self.pattern.startswith("?", self.at):
            self.groups += 1
            self.pieces.append("(")
        else:
            found = _GROUP.match(self.pattern, self.at)
            if not found:
                self._wrong(
                    f"`{self.pattern[self.at - 1 : self.at + 2]}` opens no group that is known: "
                    "they are `(?:`, `(?=`, `(?!`, `(?<=`, `(?<!` and `(?<name>`.",
                    self.at - 1,
                )
            self.at = found.end()
            name, kind, flag = found.groups()
            if name:
                self._name(name, found.start())
                self.pieces.append("(")
            elif kind:
                group.is_look = kind != ":"
                self.backtracks |= group.is_look
                self.pieces.append(f"(?{kind}")
            else:
                self.pieces.append(f"(?{flag}")
                if flag.endswith(")"):
                    if group.column > 1 or flag != "i)":
                        self._wrong(
                            "`(?i)` stands at the start of a pattern or, for a part, is `(?i:...)`.",
                            group.column - 1,
                        )
                    return
        self.open.append(group)

    def _name(self, name: str, at: int) -> None:
        if name in self.names:
            self._wrong(f"Two groups have the name `{name}`.", at - 1)
        self.groups += 1
        self.names[name] = self.groups

    def _close_group(self) -> None:
        if len(self.open) == 1:
            self._wrong("This `)` closes nothing; the sign itself is `\\)`.")
        closed = self.open.pop()
        self.open[-1].repeats = max(self.open[-1].repeats, closed.repeats)
        self.at += 1
        self.pieces.append(")")
        self.before = None if closed.is_look else closed.repeats

    # --- Sets

    def _set(self) -> str:
        opened = self.at
        self.at += 1
        negated = self.pattern.startswith("^", self.at)
        self.at += negated
        if self.pattern.startswith("]", self.at):
            if negated:
                self.at += 1
                return _ANY
            self._wrong("The set `[]` is empty; the sign itself is `\\]`.", opened)
        items: list[str] = []
        while not self.pattern.startswith("]", self.at):
            if self.at >= len(self.pattern):
                self._wrong("This `[` is never closed by `]`.", opened)
            items.append(self._set_item())
        self.at += 1
        return f"[{'^' * negated}{''.join(items)}]"

    def _set_item(self) -> str:
        start = self.at
        first, is_class = self._member()
        if not self.pattern.startswith("-", self.at) or self.pattern[self.at + 1 : self.at + 2] in ("", "]"):
            return first if is_class else _literal(first)
        self.at += 1
        last, ends_in_class = self._member()
        if is_class or ends_in_class:
            # No range, then: the dash is one of the characters.
            return "".join(
                [
                    first if is_class else _literal(first),
                    _literal("-"),
                    last if ends_in_class else _literal(last),
                ]
            )
        if last < first:
            self._wrong(f"The range `{self.pattern[start : self.at]}` runs backwards: turn it round.", start)
        return _class(((first, last),))

    def _member(self) -> tuple[str, bool]:
        """A character, or the inside of a class and True."""
        if self.pattern[self.at] != "\\":
            self.at += 1
            return self.pattern[self.at - 1], False
        if self.pattern.startswith("\\b", self.at):
            self.at += 2
            return "\b", False
        return self._escape()

    # --- Backslashes

    def _escaped(self) -> None:
        following = self.pattern[self.at + 1 : self.at + 2]
        if following in ("b", "B"):
            self.at += 2
            self.pieces.append(EDGE if following == "b" else NO_EDGE)
            self.before = None
        elif following == "k" or (following.isdecimal() and following != "0"):
            self._refer(following == "k")
        else:
            escaped, is_class = self._escape()
            self._emit(f"[{escaped}]" if is_class else _literal(escaped))

    def _refer(self, by_name: bool) -> None:
        found = re.compile(r"\\k<([^>]{1,100})>|\\([1-9][0-9]?)").match(self.pattern, self.at)
        if not found:
            self._wrong("`\\k` is followed by a group's name, as in `\\k<name>`.")
        number = self.names.get(found[1], 0) if by_name else int(found[2])
        if not 0 < number <= self.groups:
            self._wrong(f"`{found[0]}` refers to a group that does not stand before it.")
        self.at = found.end()
        self.backtracks = True
        # A group that took no part is empty to JavaScript; to `regex` it would never match.
        self._emit(f"(?:(?({number})\\{number}|))")

    def _escape(self) -> tuple[str, bool]:
        """What a backslash and what follows it stand for: a character, or the inside of a class and True."""
        start, self.at = self.at, self.at + 1
        letter = self.pattern[self.at : self.at + 1]
        if not letter:
            self._wrong("A pattern does not end in a single `\\`; the sign itself is `\\\\`.", start)
        if found := _CODE.match(self.pattern, self.at):
            self.at = found.end()
            return self._coded(int(found[1] or found[2] or found[3], 16), start), False
        self.at += 1
        if letter in _CLASSES:
            return _CLASSES[letter], True
        if letter in _CONTROLS:
            return _CONTROLS[letter], False
        if letter in "pP":
            return self._property(letter, start), True
        following = self.pattern[self.at : self.at + 1]
        if letter == "0" and not following.isdecimal():
            return "\0", False
        if letter == "c" and following.isascii() and following.isalpha():
            self.at += 1
            return chr(ord(following) % 32), False
        if letter.isalnum():
            self._wrong(
                f"`\\{letter}` has no meaning in a pattern; the character itself needs no `\\`.", start
            )
        return letter, False

    def _coded(self, code: int, start: int) -> str:
        if 0xD800 <= code < 0xDC00 and (low := _LOW_HALF.match(self.pattern, self.at)):
            self.at = low.end()
            code = 0x10000 + ((code - 0xD800) << 10) + (int(low[1], 16) - 0xDC00)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            self._wrong(f"`{self.pattern[start : self.at]}` is no character.", start)
        return chr(code)

    def _property(self, letter: str, start: int) -> str:
        found = _PROPERTY.match(self.pattern, self.at)
        if not found:
            self._wrong(f"`\\{letter}` is followed by a property in braces, as in `\\{letter}{{L}}`.", start)
        self.at = found.end()
        spelled_so = f"\\{letter}{{{found[1]}}}"
        try:
            re2.compile(spelled_so, _QUIET)
        except re2.error:
            self._wrong(
                f"`{found[1]}` is no property that is known: write one such as `L`, `Lu`, `N` or `Greek`.",
                start,
            )
        return spelled_so


_QUIET = re2.Options()
_QUIET.log_errors = False
