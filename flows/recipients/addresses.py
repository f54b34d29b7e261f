"""The URL of a step: where it leads, as far as that is known before there is a lead, and the credentials in it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote_plus, urlsplit

from flows.recipients.sealing import SHOWN, is_called_like_one

_PORTS = {"http": 80, "https": 443}
_VARIABLE = "{{"
_IN_BRACES = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_PARAMETER = re.compile("(?<=[?&])([^?&=#\0]+)=([^&#\0]+)(?=[&#]|$)")


def origins_of(mappings: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Where a step may send something: by each mapping of `url`, whatever its condition."""
    urls = (mapping.get("value") for mapping in mappings if mapping.get("property") == "url")
    return frozenset(origin_of(url) for url in urls if isinstance(url, str))


def origin_of(url: str) -> str:
    """`https://crm.example:443` of any URL there, however it is written.

    Of a template, as long as its variables stand behind the host. Otherwise they decide about it, and the text itself
    stands for all that they may make of it; so it does where it is no URL.
    """
    text = url.strip()
    literal, variable, _ = text.partition(_VARIABLE)
    scheme, authority, rest = _apart(literal)
    if not authority or (variable and not rest):
        return text
    try:
        parts = urlsplit(f"{scheme}://{authority}")
        port = parts.port or _PORTS[parts.scheme]
        host = (parts.hostname or "").rstrip(".")
    except (KeyError, ValueError):
        return text
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def has_user(url: str) -> bool:
    """Whether a user name stands before the host, variables or not."""
    return "@" in _apart(_IN_BRACES.sub("x", url))[1]


def _apart(url: str) -> tuple[str, str, str]:
    """What stands before `://`, up to the end of the host, and behind it."""
    scheme, _, rest = url.partition("://")
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    return scheme, authority, rest[len(authority) :]


class Parameter(NamedTuple):
    """One of a URL's query that is a credential, as it is written, and where its value stands."""

    name: str
    value: str
    start: int
    end: int


def credentials_in(url: str) -> list[Parameter]:
    """Parameters of the query that are called like a credential and written out, without variables."""
    text = _IN_BRACES.sub(lambda braces: "\0" * len(braces[0]), url)
    return [
        Parameter(found[1], found[2], *found.span(2))
        for found in _PARAMETER.finditer(text)
        if is_called_like_one(unquote_plus(found[1]))
    ]


def with_credentials(url: str, values: Iterable[str]) -> str:
    """The URL with other values of its credentials, in their order."""
    pieces, end = [], 0
    for parameter, value in zip(credentials_in(url), values, strict=True):
        pieces += [url[end : parameter.start], value]
        end = parameter.end
    return "".join((*pieces, url[end:]))


def without_credentials(url: str) -> str:
    return with_credentials(url, [SHOWN] * len(credentials_in(url)))
