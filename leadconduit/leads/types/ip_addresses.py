"""Internet addresses, alone or inside a URL."""

import re
from ipaddress import AddressValueError, IPv6Address
from typing import Final

from leadconduit.leads.types.parsed import BLANKS, LONGEST, Parsed, invalid, valid

_BLANK: Final = re.compile(f"[{BLANKS}]")
_AROUND: Final = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/\\?#]*@)?(?P<host>\[[^][]*\]|[0-9a-f:.]*?)(?P<port>:[0-9]{0,5})?(?:[/\\?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_V4: Final = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.?")


def ip(text: str) -> Parsed:
    """`ipv6_format` of an IPv4 address is its 32 bits behind `ffff::`, which is how LeadConduit writes it."""
    if len(text) > LONGEST or not (found := _AROUND.fullmatch(_BLANK.sub("", text))):
        return invalid(text)
    host, port = found["host"], found["port"] or ""
    if v4 := _v4(host):
        if int(port[1:] or 0) > 65_535:
            return invalid(text)
        return valid(v4, is_ipv4=True, ipv6_format=str(IPv6Address(f"ffff::{v4}")))
    # Without brackets what looks like a port is the end of the address.
    v6 = _v6(host[1:-1] if host.startswith("[") else host + port)
    return valid(v6, is_ipv4=False, ipv6_format=v6) if v6 else invalid(text)


def _v4(text: str) -> str | None:
    """Four bytes; one with a leading zero is octal, as everywhere on the web."""
    found = _V4.fullmatch(text)
    if not found:
        return None
    try:
        octets = [int(octet, 8 if octet.startswith("0") else 10) for octet in found.groups()]
    except ValueError:
        return None
    return ".".join(map(str, octets)) if max(octets) < 256 else None


def _v6(text: str) -> str | None:
    try:
        return str(IPv6Address(text)) if "%" not in text else None
    except AddressValueError:
        return None
