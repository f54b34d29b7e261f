"""E-mail addresses, as RFC 5322 lets them be written: with a name before them, comments, and blanks between the parts."""

import re
from collections.abc import Sequence
from typing import Final

from leadconduit.leads.types.email_domains import DISPOSABLE, FREE
from leadconduit.leads.types.parsed import Parsed, invalid, valid

_LONGEST: Final = 1_000
"""Characters. Mail is delivered to addresses of 254; the rest is for names and comments."""

_TOKEN: Final = re.compile(
    r"""(?P<blank>[ \t]+|\r\n[ \t]+)"""
    r"""|(?P<atom>[-A-Za-z0-9!#$%&'*+/=?^_`{|}~]+)"""
    r"""|(?P<quoted>"(?:[^"\\\r\n]|\\[^\r\n])*")"""
    r"""|(?P<literal>\[[^\[\]\\\r\n]*\])"""
    r"""|(?P<special>[.@<>(])"""
)
_IN_COMMENT: Final = re.compile(r"""[\x20-\x27\x2a-\x5b\x5d-\x7e\t]+|\\[^\r\n]|(?P<open>\()|(?P<close>\))""")
_ESCAPED: Final = re.compile(r"\\(.)")
_WORDS: Final = frozenset({"atom", "quoted"})

Token = tuple[str, str]
"""Its kind and its text; a special character is its own kind."""


def email(text: str) -> Parsed:
    """`normal` is in lower case; `user`, `domain`, `host` and `tld` are as written. A disposable address is free too."""
    address = _address(text) if len(text) <= _LONGEST else None
    if not address:
        return invalid(text)
    user, domain = address
    host, dot, tld = domain.rpartition(".")
    if set(tld) == {"*"}:
        return invalid(text)
    disposable = _is_among(DISPOSABLE, domain)
    return valid(
        f"{user}@{domain}".lower(),
        user=user,
        domain=domain,
        host=host if dot else domain,
        tld=tld,
        is_free=disposable or _is_among(FREE, domain),
        is_disposable=disposable,
    )


def _address(text: str) -> tuple[str, str] | None:
    """User and domain, without comments and blanks."""
    tokens = _tokens(text)
    kinds = [kind for kind, _ in tokens or ()]
    if not tokens:
        return None
    if kinds[-1] == ">" and "<" in kinds:
        opening = kinds.index("<")
        if not _WORDS.issuperset(kinds[:opening]):
            return None
        tokens, kinds = tokens[opening + 1 : -1], kinds[opening + 1 : -1]
    if kinds.count("@") != 1:
        return None
    at = kinds.index("@")
    user, domain = _dotted(tokens[:at], _WORDS), _domain(tokens[at + 1 :])
    return (user, domain) if user and domain else None


def _tokens(text: str) -> list[Token] | None:
    """The parts of the text without blanks and comments, or None for what no address has."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            return None
        at = found.end()
        if found[0] == "(":
            end = _end_of_comment(text, at)
            if end is None:
                return None
            at = end
        elif found.lastgroup == "special":
            tokens.append((found[0], found[0]))
        elif found.lastgroup and found.lastgroup != "blank":
            tokens.append((found.lastgroup, found[0]))
    return tokens


def _end_of_comment(text: str, at: int) -> int | None:
    """Comments nest."""
    depth = 1
    while depth:
        found = _IN_COMMENT.match(text, at)
        if not found:
            return None
        at = found.end()
        depth += 1 if found["open"] else -1 if found["close"] else 0
    return at


def _domain(tokens: Sequence[Token]) -> str | None:
    if len(tokens) == 1 and tokens[0][0] == "literal":
        return tokens[0][1]
    return _dotted(tokens, frozenset({"atom"}))


def _dotted(tokens: Sequence[Token], kinds: frozenset[str]) -> str | None:
    """Words of these kinds, with one dot between any two."""
    words, dots = tokens[::2], tokens[1::2]
    if len(words) != len(dots) + 1 or any(kind != "." for kind, _ in dots):
        return None
    if any(kind not in kinds for kind, _ in words):
        return None
    return ".".join(_ESCAPED.sub(r"\1", word) if kind == "quoted" else word for kind, word in words)


def _is_among(providers: frozenset[str], domain: str) -> bool:
    """The domain itself or one above it: `mail.gmail.com` is Gmail's."""
    labels = domain.lower().split(".")
    return any(".".join(labels[start:]) in providers for start in range(max(len(labels) - 4, 0), len(labels)))
