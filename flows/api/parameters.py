"""Query parameters that several operations take, read one way."""

from collections.abc import Collection

from django.http import QueryDict

from leadconduit.lib.api import ApiError
from leadconduit.lib.ids import is_id


def refuse_unknown(query: QueryDict, known: Collection[str]) -> None:
    for name in query:
        if name not in known:
            raise ApiError(f"There is no filter `{name[:60]}`; there are {', '.join(known)}.")


def an_id(query: QueryDict, name: str) -> str:
    """Lower-case; "" where it is left out."""
    value = query.get(name)
    if value is None:
        return ""
    if not is_id(value.lower()):
        raise ApiError(f"`{name}` is an id of 24 hex digits, not `{value[:60]}`.")
    return value.lower()


def a_limit(query: QueryDict, *, default: int, most: int) -> int:
    value = query.get("limit", str(default))
    if not (value.isascii() and value.isdigit() and len(value) <= 4 and 1 <= int(value) <= most):
        raise ApiError(f"`limit` is a number from 1 to {most}, not `{value[:60]}`.")
    return int(value)
