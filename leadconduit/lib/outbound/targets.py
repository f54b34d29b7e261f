"""Which URLs and headers the guarded client takes, and in one sentence why not."""

import functools
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from yarl import URL

from leadconduit.lib.outbound import addresses
from leadconduit.lib.outbound.messages import REQUEST_LIMIT, NotAllowed, Request
from leadconduit.lib.outbound.rewriting import rewritten

URL_LIMIT = 8192
"""Characters that a URL may have."""
HEADER_LIMIT = 8192
"""Characters that the value of a header may have."""

_PORTS = {"http": 80, "https": 443}
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\ud7ff\ue000-\U0010ffff]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NAME = re.compile(
    r"(?=.{1,253}\.?$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?"
)
# Whatever a URL may hold already stays as it was written: a signature over it, or a secret in it, must not change.
_URL_CHARACTERS = "%/:?@!$&'()*+,;=[]"
# The client writes these itself: given by a caller they would contradict it, or begin another message.
_OWN_HEADERS = frozenset(
    (
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads. `literal` is the address when its host spells one."""

    url: URL
    host: str
    port: int
    literal: str | None


def check_url(url: str) -> str | None:
    """Why `url` cannot be called, as a sentence for a form; None when only the network can still refuse it."""
    try:
        _allowed_target(url)
    except NotAllowed as error:
        return error.sentence
    return None


def check_header(name: str, value: str) -> str | None:
    """Why a header cannot be sent, as a sentence for a form; the value is never repeated. None when it can."""
    if not _TOKEN.fullmatch(name):
        return "A header's name may hold letters, digits and hyphens only."
    if name.lower() in _OWN_HEADERS:
        return f"The header {name} is written by the product itself and cannot be given."
    if len(value) > HEADER_LIMIT:
        return f"The value of the header {name} has more than {HEADER_LIMIT:,} characters."
    if not _HEADER_VALUE.fullmatch(value):
        return f"The value of the header {name} holds a line break or another control character."
    return None


def check(request: Request) -> Target:
    """Where an allowed request goes. Raises NotAllowed for any other."""
    for name, value in request.headers:
        if sentence := check_header(name, value):
            raise NotAllowed(sentence)
    target = _allowed_target(request.url)
    if not _TOKEN.fullmatch(request.method):
        raise NotAllowed("The method of the request is not valid.")
    if len(request.body) > REQUEST_LIMIT:
        raise NotAllowed(f"The request has {len(request.body)} bytes; at most {REQUEST_LIMIT} can be sent.")
    return target


def _allowed_target(url: str) -> Target:
    target = _target(rewritten(url))
    # The guard asks again as it connects. Asking here too gives forms an answer without the network, and the same
    # answer to every spelling of an address.
    if target.literal and (kind := addresses.forbidden_kind(target.literal, target.port)):
        raise NotAllowed(
            f"Connecting to {target.host} is not allowed: it is {kind}.{addresses.may_be_allowed(kind)}"
        )
    return target


@functools.lru_cache(maxsize=1024)
def _target(url: str) -> Target:
    if len(url) > URL_LIMIT:
        raise NotAllowed(f"The URL is longer than {URL_LIMIT} characters.")
    if _CONTROL.search(url) or url != url.strip():
        raise NotAllowed("The URL holds a line break, a blank at its ends, or another control character.")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise NotAllowed("The URL is not valid.") from error
    if parts.scheme not in _PORTS or not url[len(parts.scheme) :].startswith("://"):
        raise NotAllowed("The URL must begin with http:// or https://.")
    if "@" in parts.netloc:
        raise NotAllowed("The URL must not hold a user name or password: they belong to the credentials.")
    host = _host(parts.hostname or "")
    port = _port(parts.netloc) or _PORTS[parts.scheme]
    authority = (f"[{host}]" if ":" in host else host) + (f":{port}" if port != _PORTS[parts.scheme] else "")
    path = quote(parts.path or "/", safe=_URL_CHARACTERS)
    query = "?" + quote(parts.query, safe=_URL_CHARACTERS) if parts.query else ""
    return Target(
        URL(f"{parts.scheme}://{authority}{path}{query}", encoded=True), host, port, addresses.literal(host)
    )


def _host(host: str) -> str:
    if not host:
        raise NotAllowed("The URL names no host.")
    if ":" in host:
        if addresses.literal(host) is None or "%" in host:
            raise NotAllowed("The host of the URL is not valid.")
        return host
    try:
        encoded = URL.build(scheme="http", host=host).raw_host or ""
    except ValueError as error:
        raise NotAllowed("The host of the URL is not valid.") from error
    if not _NAME.fullmatch(encoded):
        raise NotAllowed("The host of the URL is not valid.")
    return encoded


def _port(authority: str) -> int | None:
    port = authority.rpartition("]")[2].partition(":")[2]
    if not port:
        return None
    if not re.fullmatch("[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
        raise NotAllowed("The port of the URL must be a number from 1 to 65535.")
    return int(port)
