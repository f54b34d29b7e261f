"""A lead's values: how they are read from what was submitted, cleaned, and found again by their path.

A *typed value* is what `leads.types` makes of a submitted one: `{"normal", "raw", "valid", <components>}`, kept as JSON
just so. `plain` says what it stands for.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeGuard

Form = Literal["normal", "raw", "valid", "raw_if_valid"]
"""What a typed value stands for: its normal form where it is valid and else what was submitted; always what was
submitted; its normal form where it is valid and else nothing; or what was submitted where that is valid and else
nothing."""

REPLACEMENT = "\ufffd"
MAX_DEPTH = 32
MOST_NUMBER = 2**63 - 1

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class LeadValues(NamedTuple):
    """The values of a lead's fields, nested, and the ids of the fields in which something had to be replaced."""

    values: dict[str, object]
    invalid: tuple[str, ...]


def select(document: Mapping[str, object], fields: Iterable[str]) -> LeadValues:
    """Take only the flow's fields out of what was submitted, cleaned; everything else is ignored.

    A dotted id names a key that is written just so, or else looks into nested objects.
    """
    values: dict[str, object] = {}
    invalid = []
    for field in fields:
        value = document[field] if field in document else lookup(document, field)
        if value is None:
            continue
        value, valid = clean(value)
        _place(values, field, value)
        if not valid:
            invalid.append(field)
    return LeadValues(values, tuple(invalid))


def clean(value: object, *, _depth: int = 0) -> tuple[object, bool]:
    """Make any JSON value storable, and say whether it was so already.

    NUL, lone surrogates, and whatever is nested deeper than MAX_DEPTH become U+FFFD; NaN and the infinities, which
    JSON does not have, become their names. A number of more than 64 bits, which few readers of JSON take, becomes its
    text.
    """
    if isinstance(value, str):
        cleaned = _UNSTORABLE.sub(REPLACEMENT, value)
        return cleaned, cleaned == value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value), False
    if isinstance(value, int | float) and not -MOST_NUMBER <= value <= MOST_NUMBER:
        return as_text(value), True
    if not isinstance(value, dict | list):
        return value, True
    if _depth >= MAX_DEPTH:
        return REPLACEMENT, False
    if isinstance(value, list):
        items = [clean(item, _depth=_depth + 1) for item in value]
        return [item for item, _ in items], all(valid for _, valid in items)
    pairs = [(clean(str(key)), clean(item, _depth=_depth + 1)) for key, item in value.items()]
    return {str(key): item for (key, _), (item, _) in pairs}, all(a and b for (_, a), (_, b) in pairs)


def unflatten(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Turn a form's pairs into nested objects along the dots of their names; a repeated name becomes a list.

    Nothing is lost: a name that cannot be nested (an empty part, too many parts, or a place already taken by an
    earlier name) stays one key, dots and all.
    """
    named: dict[str, list[object]] = {}
    for name, value in pairs:
        named.setdefault(name, []).append(value)
    document: dict[str, object] = {}
    for name, values in named.items():
        _place(document, name, values[0] if len(values) == 1 else values)
    return document


def _place(document: dict[str, object], name: str, value: object) -> None:
    parts = name.split(".")
    if len(parts) == 1 or len(parts) > MAX_DEPTH or "" in parts:
        document[name] = value
        return
    node = document
    for part in parts[:-1]:
        child = node.setdefault(part, {})
        if not isinstance(child, dict):
            document[name] = value
            return
        node = child
    if parts[-1] in node:
        document[name] = value
    else:
        node[parts[-1]] = value


def lookup(variables: Mapping[str, object], path: str) -> object:
    """What stands at a dotted path (`lead.company.name`, `lead.phones.0`), or None."""
    return walk(variables, path.split("."))


def walk(value: object, parts: Sequence[str]) -> object:
    """`lookup` for a path that is split already."""
    for part in parts:
        if type(value) is dict or isinstance(value, Mapping):  # the plain dict first: asking Mapping is slow
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and len(part) < 10 and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def is_typed(value: object) -> TypeGuard[dict[str, Any]]:
    """Is this what a field's type made of a submitted value?"""
    return type(value) is dict and "normal" in value and "valid" in value


def plain(value: object, form: Form = "normal") -> object:
    """A value without its components, also inside lists and objects: what is sent, compared and written into texts."""
    if type(value) is dict:
        if "normal" in value and "valid" in value:
            return _stands_for(value, form)
        return {key: plain(item, form) for key, item in value.items()}
    if type(value) is list:
        return [plain(item, form) for item in value]
    return value


def _stands_for(typed: dict[str, object], form: Form) -> object:
    if form == "raw" or (form == "raw_if_valid" and typed["valid"]):
        return typed.get("raw", typed["normal"])
    if typed["valid"]:
        return typed["normal"]
    return typed.get("raw", typed["normal"]) if form == "normal" else None


def is_blank(value: object) -> bool:
    """Nothing, an empty list or object, or a text of white space only. `0` and `false` are not blank."""
    if isinstance(value, str):
        return not value or value.isspace()
    if is_typed(value):
        return is_blank(plain(value))
    return value is None or value in ([], {})


def as_text(value: object) -> str:
    """A value as it reads inside a text: nothing for None, numbers in digits as JavaScript has them, lists joined by
    commas."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, list):
        return ",".join(as_text(item) for item in value)
    if is_typed(value):
        return as_text(plain(value))
    if isinstance(value, dict):
        return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _number_text(number: float) -> str:
    """With an exponent only from 1e21 on and below 0.000001, where Python has `1e-05` and `1e+16`; no `.0`, no `-0`."""
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    if 1e-6 <= abs(number) < 1e21:
        return f"{Decimal(repr(number)):f}".removesuffix(".0")
    return re.sub(r"e([-+])0", r"e\1", repr(number))
