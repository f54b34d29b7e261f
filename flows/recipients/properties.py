"""What a property's value may be, as far as that is known before there is a lead."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from flows.recipients.addresses import has_user
from flows.recipients.bodies import xml_problem
from flows.recipients.locations import LocationError, compile_xpath
from flows.recipients.modules import LATER, SECONDS, Module, Property
from flows.recipients.terms import compile_term, is_slashed
from leadconduit.leads.patterns import PatternError
from leadconduit.leads.types import parse
from leadconduit.leads.values import as_text
from leadconduit.lib.outbound import check_header, check_url

_IN_BRACES = re.compile(r"\{\{.*?\}\}", re.DOTALL)

MAX_SLOW = 10
"""Patterns of one step that may take their time-out."""

OUTCOMES = ("success", "failure", "error")


def name_problem(module: Module, name: str) -> str:
    """Why a mapping may not set this property; "" if it may."""
    known = module.find(name)
    if known is None:
        if name.partition(".")[0] in LATER:
            return f"`{name[:60]}` is not supported yet."
        return f"`{name[:60]}` is not a property of `{module.id}`."
    if known.kind == "header":
        return check_header(_rest(known, name), "") or ""
    if known.kind == "xml":
        return xml_problem(_rest(known, name))
    if len(name.split(".")) > 32:
        return "A path has at most 32 parts."
    return ""


def value_problem(module: Module, name: str, value: object) -> str:
    """Why a known property cannot have this value; "" if it can, or if only a lead can tell."""
    known = module.find(name)
    assert known is not None
    if isinstance(value, list):
        return "" if known.is_family and known.kind != "pattern" else "This takes one value, not a list."
    if known.kind == "url" and has_user(as_text(value)):
        return "The URL must not hold a user name or password: map `basic_username` and `basic_password`."
    if known.kind == "outcome" and "{{" in as_text(value):
        # A lead could otherwise say of itself that it was taken.
        return _outcome(as_text(value))
    if name == "response_content_type_override" and "{{" in as_text(value):
        return "This takes no variables: a lead must not say how an answer is read."
    if known.kind == "pattern" and "{{" in as_text(value):
        return _pattern(_IN_BRACES.sub("x", as_text(value)))
    if value is None or (isinstance(value, str) and ("{{" in value or not value.strip())):
        return "This is required." if known.required and "{{" not in as_text(value) else ""
    if known.kind == "method":
        return (
            ""
            if as_text(value).upper() in module.methods
            else f"This must be one of {_options(module.methods)}."
        )
    if known.kind == "header":
        return check_header(_rest(known, name), as_text(value)) or ""
    check = _CHECKS.get(known.kind)
    return check(as_text(value).strip()) if check else ""


def may_be_slow(module: Module, name: str, value: object) -> bool:
    """Whether a pattern may take its whole time-out for each answer, or only a lead can tell."""
    known = module.find(name)
    if known is None or known.kind not in ("pattern", "path") or not isinstance(value, str):
        return False
    if "{{" in value:
        return True
    try:
        return compile_term(value).needs_backtracking
    except PatternError:
        return False


def takes_any_answer(step: Mapping[str, Any]) -> bool:
    """Whether a step searches for nothing in an answer, so that each one below 500 is a success."""
    mappings = step["integration"]["mappings"]
    return not any(
        one["property"] == "outcome_search_term" and as_text(one.get("value")).strip() for one in mappings
    )


def _rest(known: Property, name: str) -> str:
    return name[len(known.name) - 1 :]


def _options(options: tuple[str, ...]) -> str:
    return ", ".join(f"`{option}`" for option in options)


def _outcome(text: str) -> str:
    return "" if text in OUTCOMES else f"This must be one of {_options(OUTCOMES)}."


def _number(text: str) -> str:
    return "" if number_of(text) is not None else "This must be a number."


def _seconds(text: str) -> str:
    number = number_of(text)
    if number is None or not SECONDS.start <= number < SECONDS.stop:
        return f"This must be a number of seconds from {SECONDS.start} to {SECONDS.stop - 1}."
    return ""


def _flag(text: str) -> str:
    return "" if flag_of(text) is not None else "This must be true or false."


def _pattern(text: str) -> str:
    try:
        compile_term(text)
    except PatternError as error:
        return str(error)
    return ""


def _path(text: str) -> str:
    """What an answer will be is not known. Only an XPath says of itself that it is one."""
    if not text.startswith("/") or is_slashed(text):
        return ""
    try:
        compile_xpath(text)
    except LocationError as error:
        return error.sentence
    return ""


def _url(text: str) -> str:
    return check_url(text) or ""


_CHECKS: dict[str, Callable[[str], str]] = {
    "url": _url,
    "outcome": _outcome,
    "number": _number,
    "seconds": _seconds,
    "flag": _flag,
    "pattern": _pattern,
    "path": _path,
}


def number_of(value: object) -> float | None:
    """A number, also one that is written as a text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = as_text(value).strip()
    try:
        number = float(text) if text.isascii() and len(text) < 30 else None
    except ValueError:
        return None
    return (
        None if number is None or not abs(number) < 1e15 else int(number) if number.is_integer() else number
    )


def flag_of(value: object) -> bool | None:
    """Yes or no, as the type boolean reads them; None for anything else."""
    if isinstance(value, bool):
        return value
    read = parse("boolean", as_text(value))
    return bool(read["normal"]) if isinstance(read, dict) and read["valid"] else None
