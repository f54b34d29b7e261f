"""Patterns of a recipient step: `duplicate`, `id=(\\d+)` or `/id=(\\d+)/i`, always whatever the case.

LeadConduit lower-cases a pattern instead, which turns `\\S` into `\\s`.
"""

import re
from functools import lru_cache

from leadconduit.leads.patterns import Pattern, PatternError, compile_pattern

_SLASHED = re.compile(r"/(.+)/([a-z]*)", re.DOTALL)


def is_slashed(text: str) -> bool:
    """Whether it is written as a pattern for certain: between slashes."""
    slashed = _SLASHED.fullmatch(text.strip())
    return slashed is not None and set(slashed[2]) <= set("gi")


@lru_cache(maxsize=1000)
def compile_term(text: str) -> Pattern:
    """Raises PatternError."""
    slashed = _SLASHED.fullmatch(text.strip())
    if slashed is None:
        return compile_pattern(text, ignore_case=True)
    if flags := sorted(set(slashed[2]) - set("gi")):
        raise PatternError(f"The flag `{flags[0]}` of a pattern is not supported.")
    return compile_pattern(slashed[1], ignore_case=True)


def captures(text: str) -> bool:
    """Whether it is a pattern with a group."""
    try:
        return compile_term(text).groups > 0
    except PatternError:
        return False


_SIGNS = re.compile(r"[\\^$.*+?()\[\]{}|/]")


def literally(text: str) -> str:
    """A pattern for the text as it is."""
    return _SIGNS.sub(r"\\\g<0>", text)


def is_found(term: str, text: str) -> bool:
    """Raises PatternError, for what only a template can have made, and PatternTooSlow."""
    return compile_term(term).search(text)


def captured(term: str, text: str) -> str | None:
    """What the first group matches; None without a group or a match. Raises PatternTooSlow."""
    try:
        found = compile_term(term).first(text)
    except PatternError:
        return None
    return found[1] if found and len(found) > 1 else None
