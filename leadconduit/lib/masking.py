"""Masking by value: whatever is shown or stored of an exchange has its secrets replaced, wherever they stand."""

import base64
import functools
import html
import json
import re
from collections.abc import Iterable, Sequence
from html.entities import codepoint2name
from urllib.parse import quote

MASK = "••••••"

# A shorter secret occurs by chance in most texts: masking "12" everywhere would hide the text and protect nothing.
# It is masked only where it is a whole value: a header, a JSON string, a query or form value.
SHORTEST_SOUGHT_ANYWHERE = 4

# Of one character: four bytes as %F0%9F%98%80, or two surrogates as \\ud83d\\ude00, which JSON within JSON writes
# with two more backslashes.
_LONGEST_PER_CHARACTER = 14
# Fewer characters of ASCII than these say nothing of a secret whose others were lost.
_TELLING = 3
_SEPARATOR = "\0"
_WHOLE_VALUE = r'(?<![^"=\0])(?:%s)(?![^"&\0])'
_BASE64_DIGITS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")

Span = tuple[int, int]


@functools.lru_cache(maxsize=256)
def masker_for(secrets: tuple[str, ...]) -> "Masker":
    """The masker of these secrets. Kept, since making one costs more than masking, and a connection's recur."""
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
    read.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        values = {value for secret in secrets for value in (secret, secret.strip()) if value}
        # A header's bytes are UTF-8 as we send them, and Latin-1 to many a receiver that echoes them.
        values |= {value.encode("utf-8", "surrogatepass").decode("latin-1") for value in values}
        sought = {value for value in values if len(value) >= SHORTEST_SOUGHT_ANYWHERE}
        self._written = _written_forms(sought)
        self._base64 = _base64_forms(sought)
        self._escaped = [re.compile(_escaped_form(value)) for value in sought if _may_be_escaped(value)]
        self._lossy = [re.compile(form) for form in sorted(filter(None, map(_lossy_form, sought)))]
        self._short = _whole_values(values - sought)
        self.longest = _LONGEST_PER_CHARACTER * max(map(len, sought), default=0)
        """Characters that a secret may take in any form: so much of one may stand unseen where a text was cut."""

    def mask(self, text: str) -> str:
        """`text` with each secret in it replaced by MASK."""
        spans = self._spans(text)
        return _replace(text, spans) if spans else text

    def mask_all(self, texts: Sequence[str]) -> list[str]:
        """Masks several texts, none of which holds a NUL, in one pass: most are short, and passes cost."""
        return self.mask(_SEPARATOR.join(texts)).split(_SEPARATOR)

    def _spans(self, text: str) -> list[Span]:
        """Where secrets stand. Spans may overlap, as secrets may; so one never leaves the end of another behind."""
        spans: list[Span] = []
        for form in self._written:
            start = text.find(form)
            while start >= 0:
                spans.append((start, start + len(form)))
                start = text.find(form, start + 1)
        for form, (before, after) in self._base64.items():
            start = text.find(form)
            while start >= 0:
                spans.append(_widened(text, start, start + len(form), before, after))
                start = text.find(form, start + 1)
        if self._escaped and any(sign in text for sign in ("%", "+", "\\u", "&")):
            spans.extend(match.span() for escaped in self._escaped for match in escaped.finditer(text))
        if self._lossy:
            spans.extend(match.span() for lossy in self._lossy for match in lossy.finditer(text))
        if self._short is not None:
            spans.extend(match.span() for match in self._short.finditer(text))
        return spans


def _replace(text: str, spans: list[Span]) -> str:
    pieces: list[str] = []
    shown_to = 0
    for start, end in sorted(spans):
        if start >= shown_to:
            pieces += (text[shown_to:start], MASK)
        shown_to = max(shown_to, end)
    return "".join((*pieces, text[shown_to:]))


def _widened(text: str, start: int, end: int, before: bool, after: bool) -> Span:
    """A base64 form with the digits beside it that hold bits of the secret, and its padding."""
    if before and start and text[start - 1] in _BASE64_DIGITS:
        start -= 1
    if after and end < len(text) and text[end] in _BASE64_DIGITS:
        end += 1
    while end < len(text) and text[end] == "=":
        end += 1
    return start, end


def _written_forms(secrets: set[str]) -> set[str]:
    forms: set[str] = set()
    for secret in secrets:
        encoded = secret.encode("utf-8", "surrogatepass")
        escaped = _json_forms({secret})
        escaped |= _json_forms(escaped)  # a receiver's log may hold our JSON within its own
        forms |= {secret, html.escape(secret), html.escape(secret, quote=False)}
        forms |= {encoded.hex(), encoded.hex().upper()}
        if secret.isascii():
            forms.add("\ufffd".join(secret))  # UTF-16, of which every other byte is no text to us
        forms |= escaped | {form.replace("/", "\\/") for form in escaped}
    return forms


def _json_forms(texts: set[str]) -> set[str]:
    return {json.dumps(text, ensure_ascii=ascii_only)[1:-1] for text in texts for ascii_only in (True, False)}


def _may_be_escaped(secret: str) -> bool:
    return not (secret.isalnum() and secret.isascii())


def _escaped_form(secret: str) -> str:
    """A pattern for the secret URL-encoded, or escaped as JSON or HTML: who writes so differs in what they escape."""
    return "".join(_escaped(character) if _may_be_escaped(character) else character for character in secret)


def _escaped(character: str) -> str:
    # None of these is the beginning of another, but for a backslash: so no text is read in many ways.
    code = ord(character)
    units = character.encode("utf-16-be", "surrogatepass").hex()
    backslashed = "".join(rf"\\{{1,2}}u{units[at : at + 4]}" for at in range(0, len(units), 4))
    forms = [_percent(character), backslashed, f"&#0*{code};", f"&#x0*{code:x};"]
    if character == " ":
        forms.append("[+]")
    if character in "\"'/":
        forms.append(re.escape(f"\\{character}"))
    if character == "\\":
        return f"(?>(?i:{'|'.join(forms)})|{re.escape(character * 2)}|{re.escape(character)})"
    named = "apos" if character == "'" else codepoint2name.get(code)
    return f"(?:{re.escape(character)}|(?i:{'|'.join(forms)}){f'|&{named};' if named else ''})"


def _percent(character: str) -> str:
    return "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))


def _lossy_form(secret: str) -> str:
    """A pattern for the secret as it reads where its letters beyond ASCII, or their encoding, were lost; "" for none."""
    if secret.isascii() or sum(character.isascii() for character in secret) < _TELLING:
        return ""
    return "".join(
        f"(?:{re.escape(character)}|{quote(character, safe='')})" if character.isascii() else _lost(character)
        for character in secret
    )


def _lost(character: str) -> str:
    try:
        percent = f"|%{character.encode('latin-1')[0]:02x}"
    except UnicodeEncodeError:
        percent = ""
    return f"(?i:{re.escape(character)}|[?\ufffd]|%3f{percent})"


def _base64_forms(secrets: set[str]) -> dict[str, tuple[bool, bool]]:
    """The digits that a secret alone decides, for each way it can lie among base64's groups of three bytes.

    With each, whether the digit before and the digit after it hold bits of the secret too.
    """
    forms: dict[str, tuple[bool, bool]] = {}
    for secret in secrets:
        for shift, shared in ((0, 0), (1, 2), (2, 3)):
            placed = bytes(shift) + secret.encode("utf-8", "surrogatepass")
            whole, rest = divmod(len(placed) * 8, 6)
            for encoded in (base64.b64encode(placed), base64.urlsafe_b64encode(placed)):
                forms[encoded.decode()[shared:whole]] = (shared > 0, rest > 0)
    return forms


def _whole_values(secrets: set[str]) -> re.Pattern[str] | None:
    if not secrets:
        return None
    forms = {re.escape(form) for form in _written_forms(secrets)} | {
        _escaped_form(secret) for secret in secrets
    }
    return re.compile(_WHOLE_VALUE % "|".join(sorted(forms, key=len, reverse=True)))
