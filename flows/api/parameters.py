"""Query parameters that several operations take: as they are described, and as they are read."""

from collections.abc import Iterable

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter

from leadconduit.lib.api import ApiError
from leadconduit.lib.api_schema import ID_PATTERN
from leadconduit.lib.ids import is_id


def names_of(parameters: Iterable[OpenApiParameter]) -> tuple[str, ...]:
    return tuple(parameter.name for parameter in parameters)


def id_parameter(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string", "pattern": ID_PATTERN}, description=description)


def limit_parameter(*, default: int, most: int) -> OpenApiParameter:
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return OpenApiParameter("limit", schema, description="The most to answer.")


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
