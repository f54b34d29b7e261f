"""Where a step's URL leads, as far as that is known before there is a lead."""

from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_VARIABLE = "{{"


def origin_of(url: str) -> str:
    """`https://crm.example:443` of any URL there, however it is written.

    Of a template, as long as its variables stand behind the host. Otherwise they decide about it, and the text itself
    stands for all that they may make of it; so it does where it is no URL.
    """
    text = url.strip()
    literal, variable, _ = text.partition(_VARIABLE)
    scheme, separator, rest = literal.partition("://")
    authority = rest
    for end in "/?#":
        authority = authority.partition(end)[0]
    if not separator or (variable and authority == rest):
        return text
    try:
        parts = urlsplit(f"{scheme}://{authority}")
        port = parts.port or _PORTS[parts.scheme]
        host = (parts.hostname or "").rstrip(".")
    except (KeyError, ValueError):
        return text
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"
