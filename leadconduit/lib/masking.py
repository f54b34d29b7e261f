"""Masking by value: whatever is shown or stored of an exchange has its secrets replaced, wherever they stand."""

import base64
import functools
import html
import json
import re
from collections.abc import Iterable, Sequence

MASK = "••••••"

# A shorter secret occurs by chance in most texts: masking "12" everywhere would hide the text and protect nothing.
# It is masked only where it is a whole value: a header, a JSON string, a query or form value.
SHORTEST_SOUGHT_ANYWHERE = 4

# Of one character: four bytes as %F0%9F%98%80, or two surrogates as \\ud83d\\ude00.
_LONGEST_PER_CHARACTER = 12
_SEPARATOR = "\0"
_WHOLE_VALUE = r'(?<![^"=\0])(?:%s)(?![^"&\0])'
_BASE64_DIGITS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")

Span = tuple[int, int]


@functools.lru_cache(maxsize=256)
def masker_for(secrets: tuple[str, ...]) -> "Masker":
    """The masker of these secrets. Kept, since making one costs more than masking, and a connection's recur."""
    return Masker(secrets)


class Masker:
    """Finds secrets in text: as they are, URL-encoded, JSON- or HTML-escaped, in hex, within base64."""

    def __init__(self, secrets: Iterable[str]) -> None:
        values = {value for secret in secrets for value in (secret, secret.strip()) if value}
        # A header's bytes are UTF-8 as we send them, and Latin-1 to many a receiver that echoes them.
        values |= {value.encode("utf-8", "surrogatepass").decode("latin-1") for value in values}
        sought = {value for value in values if len(value) >= SHORTEST_SOUGHT_ANYWHERE}
        self._written = _written_forms(sought)
        self._base64 = _base64_forms(sought)
        self._quoted = [
            re.compile(_quoted_form(value)) for value in sought if not value.isalnum() or not value.isascii()
        ]
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
        if self._quoted and ("%" in text or "+" in text):
            spans.extend(match.span() for quoted in self._quoted for match in quoted.finditer(text))
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
        escaped = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
        forms |= {secret, html.escape(secret), html.escape(secret, quote=False)}
        forms |= {encoded.hex(), encoded.hex().upper()}
        forms |= escaped | {form.replace("/", "\\/") for form in escaped}
    return forms


def _quoted_form(secret: str) -> str:
    """A pattern for the secret URL-encoded: encoders differ in the characters that they leave as they are."""
    return "".join(
        character if character.isalnum() and character.isascii() else _quoted(character)
        for character in secret
    )


def _quoted(character: str) -> str:
    quoted = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    return f"(?:{re.escape(character)}|(?i:{quoted}){'|[+]' if character == ' ' else ''})"


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
        _quoted_form(secret) for secret in secrets
    }
    return re.compile(_WHOLE_VALUE % "|".join(sorted(forms, key=len, reverse=True)))
