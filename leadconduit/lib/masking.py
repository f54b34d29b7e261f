"""Masking by value: whatever is shown or stored of an exchange has its secrets replaced, wherever they stand."""

import base64
import functools
import html
import json
import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from html.entities import codepoint2name, html5
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import re2  # type: ignore[import-untyped]  # ships no types

MASK = "••••••"

# A shorter secret occurs by chance in most texts: masking "12" everywhere would hide the text and protect nothing.
# It is masked only where it is a whole value: a header, a JSON string, a query or form value.
SHORTEST_SOUGHT_ANYWHERE = 4

MOST_KEPT = 20_000
"""Characters of secrets whose masker is kept: longer ones are a lead's, or few."""

# Of one character: four bytes as %F0%9F%98%80, or two surrogates as \\ud83d\\ude00, which JSON within JSON writes
# with two more backslashes.
_LONGEST_PER_CHARACTER = 14
# Fewer characters of ASCII than these say nothing of a secret whose others were lost.
_TELLING = 3
_SEPARATOR = "\0"
_WHOLE_VALUE = rb'(?:\A|["=\x00])(%s)(?:\z|["&\x00])'
_BASE64_DIGITS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")

_MOST_OVERLAPPING = 1000
"""Places of one form that are looked at for more of it that begins within. It bounds what `aaaa` costs in `aaaa...`."""

Span = tuple[int, int]


def masker_for(secrets: tuple[str, ...]) -> "Masker":
    """The masker of these secrets. Kept, since making one costs more than masking, and a connection's recur."""
    return _kept(secrets) if sum(map(len, secrets)) <= MOST_KEPT else Masker(secrets)


@functools.lru_cache(maxsize=256)
def _kept(secrets: tuple[str, ...]) -> "Masker":
    return Masker(secrets)


def header_secrets(name: str, value: str) -> tuple[str, ...]:
    """What gives a header's credential away: all of it, and the part that stands behind a scheme or in a cookie."""
    values = [value]
    scheme, _, token = value.strip().partition(" ")
    if name.lower() == "cookie":
        values += [pair.partition("=")[2].strip() for pair in value.split(";")]
    elif token := token.strip():
        values.append(token)
        if scheme.lower() == "basic":
            values.append(_password(token))
    return tuple(filter(None, values))


def _password(token: str) -> str:
    try:
        return base64.b64decode(token, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


class Masker:
    """Finds secrets in text: as they are, URL-encoded, JSON- or HTML-escaped, in hex, within base64.

    Also as a receiver echoes them that has lost their letters beyond ASCII, or writes in an encoding that we do not
    read. Making one, and masking, take time that grows with the secrets and with the text alone, whatever they hold.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        values = {value for secret in secrets for value in (secret, secret.strip()) if value}
        # A header's bytes are UTF-8 as we send them, and Latin-1 to many a receiver that echoes them.
        values |= {_bytes(value).decode("latin-1") for value in values}
        sought = {value for value in values if len(value) >= SHORTEST_SOUGHT_ANYWHERE}
        self._written = _written_forms(sought)
        self._base64 = _base64_forms(sought)
        self._unescaped = {form for value in sought if _may_be_escaped(value) for form in _unescaped(value)}
        self._lossy = {form for value in sought for form in _lossy_forms(value)}
        self._with_edges = any("\\" in (value[0], value[-1]) for value in sought)
        self._short = _whole_values(values - sought)
        self.longest = _LONGEST_PER_CHARACTER * max(map(len, sought), default=0)
        """Characters that a secret may take in any form: so much of one may stand unseen where a text was cut."""

    def mask(self, text: str) -> str:
        """`text` with each secret in it replaced by MASK."""
        data = _bytes(text)
        spans = self._spans(data)
        return _replaced(data, spans).decode("utf-8", "surrogatepass") if spans else text

    def mask_all(self, texts: Sequence[str]) -> list[str]:
        """Masks several texts, none of which holds a NUL, in one pass: most are short, and passes cost."""
        return self.mask(_SEPARATOR.join(texts)).split(_SEPARATOR)

    def _spans(self, data: bytes) -> list[Span]:
        """Where secrets stand. Spans may overlap, as secrets may; so one never leaves the end of another behind."""
        spans = list(_places(data, self._written))
        for form, (before, after) in self._base64.items():
            spans += (_widened(data, *span, before, after) for span in _places(data, (form,)))
        spans += self._spans_of_escaped(data)
        if self._short is not None:
            spans += _places_of_values(data, self._short)
        return spans

    def _spans_of_escaped(self, data: bytes) -> Iterator[Span]:
        if not (self._unescaped or self._lossy):
            return
        reading = _Reading(data)
        if self._unescaped:
            # What was escaped may have held an escape, and may be escaped twice.
            for _ in range(_MOST_ESCAPED):
                before = reading.data
                if not any(sign in before for sign in _SIGNS):
                    break
                reading = reading.rewritten(_ESCAPE, _meant).spelled_alike()
                if reading.data == before:
                    break
                yield from reading.places(self._unescaped, with_edges=self._with_edges)
        if self._lossy:
            lossy = reading.rewritten(_BEYOND_ASCII, _lost)
            yield from lossy.places(self._lossy, with_edges=self._with_edges)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _places(data: bytes, forms: Iterable[bytes]) -> Iterator[Span]:
    """Where forms stand; places of one form that touch are one."""
    for form in forms:
        size = len(form)
        start = data.find(form)
        begin = end = start
        seen = 0
        while start >= 0:
            if start > end:
                yield begin, end
                begin = start
            end = start + size
            seen += 1
            start = data.find(form, start + (1 if seen < _MOST_OVERLAPPING else size))
        if seen:
            yield begin, end


def _replaced(data: bytes, spans: list[Span]) -> bytes:
    pieces: list[bytes] = []
    shown_to = 0
    for start, end in sorted(spans):
        if start >= shown_to:
            pieces += (data[shown_to:start], MASK.encode())
        shown_to = max(shown_to, end)
    return b"".join((*pieces, data[shown_to:]))


def _written_forms(secrets: set[str]) -> set[bytes]:
    forms: set[str] = set()
    for secret in secrets:
        encoded = _bytes(secret)
        escaped = _json_forms({secret})
        escaped |= _json_forms(escaped)  # a receiver's log may hold our JSON within its own
        forms |= {secret, html.escape(secret), html.escape(secret, quote=False)}
        forms |= {encoded.hex(), encoded.hex().upper(), quote(encoded, safe=""), quote_plus(encoded, safe="")}
        if secret.isascii():
            forms.add("\ufffd".join(secret))  # UTF-16, of which every other byte is no text to us
        forms |= escaped | {form.replace("/", "\\/") for form in escaped}
    return set(map(_bytes, forms))


def _json_forms(texts: set[str]) -> set[str]:
    return {json.dumps(text, ensure_ascii=ascii_only)[1:-1] for text in texts for ascii_only in (True, False)}


# --- Within base64


def _base64_forms(secrets: set[str]) -> dict[bytes, tuple[bool, bool]]:
    """The digits that a secret alone decides, for each way it can lie among base64's groups of three bytes.

    With each, whether the digit before and the digit after it hold bits of the secret too.
    """
    forms: dict[bytes, tuple[bool, bool]] = {}
    for secret in secrets:
        for shift, shared in ((0, 0), (1, 2), (2, 3)):
            placed = bytes(shift) + _bytes(secret)
            whole, rest = divmod(len(placed) * 8, 6)
            for encoded in (base64.b64encode(placed), base64.urlsafe_b64encode(placed)):
                forms[encoded[shared:whole]] = (shared > 0, rest > 0)
    return forms


def _widened(data: bytes, start: int, end: int, before: bool, after: bool) -> Span:
    """A base64 form with the digits beside it that hold bits of the secret, and its padding."""
    if before and start and data[start - 1] in _BASE64_DIGITS:
        start -= 1
    if after and end < len(data) and data[end] in _BASE64_DIGITS:
        end += 1
    while end < len(data) and data[end] == ord("="):
        end += 1
    return start, end


# --- Escaped: who writes URLs, JSON or HTML differs in what they escape, so text and secret are both read as meant

_SIGNS = (b"%", b"+", b"\\", b"&")
_MOST_ESCAPED = 3
_ESCAPE = re.compile(
    rb"(?:%[0-9A-Fa-f]{2})+"
    rb"|\\+(?:u([Dd][89ABab][0-9A-Fa-f]{2})\\+u([Dd][C-Fc-f][0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}))?"
    rb"|&(?:#0*([0-9]{1,7})|#[Xx]0*([0-9A-Fa-f]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));"
)
_PERCENT = ord("%")
_PAIR, _DECIMAL, _NAME = 2, 4, 6
_BLANKS = bytes.maketrans(b"+", b" ")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff?]+")

Meaning = Callable[[re.Match[bytes]], bytes]


def _meant(escape: re.Match[bytes]) -> bytes:
    """What an escape stands for. Of a backslash that is alone it is nothing, so that each number of them is alike."""
    kind = escape.lastindex
    if kind is None:
        written = escape[0]
        return bytes.fromhex(written.replace(b"%", b"").decode()) if written[0] == _PERCENT else b""
    if kind == _PAIR:
        return bytes.fromhex((escape[1] + escape[2]).decode()).decode("utf-16-be").encode()
    if kind == _NAME:
        meant = html5.get(f"{escape[kind].decode()};")
        return escape[0] if meant is None else _bytes(meant)
    code = int(escape[kind], 10 if kind == _DECIMAL else 16)
    return _bytes(chr(code)) if code <= sys.maxunicode else escape[0]


def _lost(_: re.Match[bytes]) -> bytes:
    return b"?"


class _Edit(NamedTuple):
    """`size` bytes at `start` that were `old_size` at `old_start`."""

    start: int
    size: int
    old_start: int
    old_size: int


class _Reading:
    """A text as it is meant, and where each part of it was written."""

    def __init__(
        self, data: bytes, of: "_Reading | None" = None, edits: Callable[[], list[_Edit]] = list
    ) -> None:
        self.data = data
        self._of = of
        self._edits = functools.cache(edits)  # most texts hold no secret, and nobody asks

    def rewritten(self, pattern: re.Pattern[bytes], meaning: Meaning) -> "_Reading":
        data = self.data
        return _Reading(pattern.sub(meaning, data), self, lambda: _edits(pattern, meaning, data))

    def spelled_alike(self) -> "_Reading":
        return _Reading(self.data.translate(_BLANKS), self)

    def places(self, forms: Iterable[bytes], *, with_edges: bool) -> Iterator[Span]:
        """Where these stand, in the text as it was written. `with_edges`: and what means nothing beside them."""
        for span in _places(self.data, forms):
            yield self._written(span, with_edges=with_edges)

    def _written(self, span: Span, *, with_edges: bool) -> Span:
        if self._of is None:
            return span
        start, end = span
        if edits := self._edits():
            first, last = (bisect_left, bisect_right) if with_edges else (bisect_right, bisect_left)
            start = _old_place(edits, first(edits, start, key=_start) - 1, start)
            end = _old_place(edits, last(edits, end, key=_start) - 1, end)
        return self._of._written((start, end), with_edges=with_edges)  # noqa: SLF001


def _edits(pattern: re.Pattern[bytes], meaning: Meaning, data: bytes) -> list[_Edit]:
    edits: list[_Edit] = []
    gone = 0
    for match in pattern.finditer(data):
        size, old_size = len(meaning(match)), len(match[0])
        edits.append(_Edit(match.start() - gone, size, match.start(), old_size))
        gone += old_size - size
    return edits


def _start(edit: _Edit) -> int:
    return edit.start


def _old_place(edits: list[_Edit], last: int, place: int) -> int:
    """Where `place`, in or behind the edit with this index, was."""
    if last < 0:
        return place
    edit = edits[last]
    within = place - edit.start
    if within >= edit.size:
        return edit.old_start + edit.old_size + within - edit.size
    return edit.old_start + within * edit.old_size // edit.size


def _may_be_escaped(secret: str) -> bool:
    return not (secret.isalnum() and secret.isascii())


def _unescaped(secret: str) -> set[bytes]:
    """What a text that was read as it is meant has of a secret: the secret may hold what looks like an escape."""
    written = {_bytes(form) for form in _json_forms({secret})} | {_bytes(secret)}
    forms = {form.translate(_BLANKS, b"\\") for form in written}
    readings = written
    for _ in range(_MOST_ESCAPED):
        readings = {_ESCAPE.sub(_meant, form).translate(_BLANKS) for form in readings} - forms
        forms |= readings
    return {form for form in forms if len(form) >= _TELLING}


def _lossy_forms(secret: str) -> set[bytes]:
    """The secret as it reads where its letters beyond ASCII, or their encoding, were lost."""
    if secret.isascii():
        return set()
    forms = {_BEYOND_ASCII.sub(b"?", form) for form in _unescaped(secret)}
    return {form for form in forms if len(form.replace(b"?", b"")) >= _TELLING}


# --- Short ones


def _whole_values(secrets: set[str]) -> "re.Pattern[bytes] | None":
    if not secrets:
        return None
    forms = [_quoted(form) for form in _written_forms(secrets)] + [
        _escaped_form(secret) for secret in secrets
    ]
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    longest_first = sorted(forms, key=len, reverse=True)
    return re2.compile(_WHOLE_VALUE % b"|".join(longest_first), options)  # type: ignore[no-any-return]


def _places_of_values(data: bytes, pattern: "re.Pattern[bytes]") -> Iterator[Span]:
    match = pattern.search(data)
    while match:
        yield match.span(1)
        # What ends one value may begin the next.
        match = pattern.search(data, match.end(1))


def _quoted(form: bytes) -> bytes:
    return "".join(f"\\x{byte:02x}" for byte in form).encode()


def _escaped_form(secret: str) -> bytes:
    """A pattern for the secret URL-encoded, or escaped as JSON or HTML."""
    return b"".join(
        _escaped(character) if _may_be_escaped(character) else character.encode() for character in secret
    )


def _escaped(character: str) -> bytes:
    code = ord(character)
    units = character.encode("utf-16-be", "surrogatepass").hex()
    percent = "".join(f"%{byte:02x}" for byte in _bytes(character))
    backslashed = "".join(rf"\\{{1,2}}u{units[at : at + 4]}" for at in range(0, len(units), 4))
    forms = [percent, backslashed, f"&#0*{code};", f"&#x0*{code:x};"]
    if character == " ":
        forms.append("[+]")
    if character in "\"'/\\":
        forms.append(re.escape(f"\\{character}"))
    named = "apos" if character == "'" else codepoint2name.get(code)
    literal = _quoted(_bytes(character)).decode()
    return f"(?:(?i:{'|'.join(forms)})|{literal}{f'|&{named};' if named else ''})".encode()
