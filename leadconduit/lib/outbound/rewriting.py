"""Where the addresses of other systems really lead while the product is tried out: to stand-ins of its own.

Code that speaks to a system knows nothing of it. Exchanges show the address that was really called.
"""

from urllib.parse import urlsplit

from django.conf import settings


def rewritten(url: str) -> str:
    """`url`, or where OUTBOUND_REWRITE leads it: its scheme and host replaced, path and query as they are.

    For what does not pass the client: addresses that a browser is sent to, such as a consent page.
    """
    if not settings.OUTBOUND_REWRITE:
        return url
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").removesuffix(".")
    if "@" in parts.netloc or not host:
        return url
    authority = host if port is None or (parts.scheme, port) == ("https", 443) else f"{host}:{port}"
    base = _base_of(parts.scheme, authority)
    return url if base is None else base + url.partition("://")[2][len(parts.netloc) :]


def _base_of(scheme: str, authority: str) -> str | None:
    """Exact origins before those with a wildcard, which stands for any number of labels, one at least."""
    rewrite: dict[str, str] = settings.OUTBOUND_REWRITE
    if exact := rewrite.get(f"{scheme}://{authority}"):
        return exact
    labels = authority.split(".")
    wildcards = (f"{scheme}://*." + ".".join(labels[cut:]) for cut in range(1, len(labels)))
    return next((rewrite[wildcard] for wildcard in wildcards if wildcard in rewrite), None)
