"""Every route of the product, read from the URLconf, and how a route becomes an address."""

import re
from collections.abc import Iterator, Mapping

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

PARAMETER = re.compile(r"\{(\w+)\}")


def routes() -> list[str]:
    """As the access table writes them: `/app/flows/{pk}/`."""
    return sorted(set(_walk(get_resolver().url_patterns, "/")))


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + _text(pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


def _text(pattern: URLPattern | URLResolver) -> str:
    text = str(pattern.pattern)
    return simplify_regex(text).lstrip("/") if isinstance(pattern.pattern, RegexPattern) else text


def address(route: str, things: Mapping[str, str]) -> str:
    """The route with its parameters filled in: by the whole route, by the word each follows, or else by its own name.

    `{"flows": "65a1..."}` makes `/app/flows/65a1.../` of `/app/flows/{pk}/`. Raises LookupError for a parameter that
    neither tells.
    """
    return PARAMETER.sub(lambda found: _thing(route, found, things), route)


def _thing(route: str, found: re.Match[str], things: Mapping[str, str]) -> str:
    follows = route[: found.start()].rstrip("/").rpartition("/")[2]
    for name in (route, follows, found[1]):
        if name in things:
            return things[name]
    raise LookupError(f"{route}: tests/access/conftest.py must say what {follows}/{found[0]} is.")
