"""Where connecting is allowed: the public internet, what the operator lists, and the product's own sandbox."""

import functools
import ipaddress
import socket

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Addresses of IPv4 hosts written as IPv6 ones, and tunnels to them: through a gateway they lead anywhere.
_TRANSLATED = tuple(
    ipaddress.IPv6Network(network)
    for network in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")
)
_SHARED = ipaddress.IPv4Network("100.64.0.0/10")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NOT_UNICAST = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20", "5f00::/16")
)
LOOPBACK = "a loopback address"
_LOCALHOST = ("127.0.0.1", "::1")


def forbidden_kind(address: str, port: int) -> str | None:
    """What forbids connecting to `address`, as "a private address"; None when it is allowed."""
    ip, kind = _judged(address)
    if kind is None or _is_excepted(ip, port):
        return None
    return kind


def may_be_allowed(kind: str) -> str:
    """For whoever tries the product out on a machine of their own: a sentence on what lets it call that machine."""
    is_tried_out = bool(settings.OUTBOUND_SANDBOX)
    return " `OUTBOUND_ALLOW=127.0.0.0/8 make run` allows it." if is_tried_out and kind == LOOPBACK else ""


def literal(host: str) -> str | None:
    """The address that `host` spells, in any form that some resolver reads as one (127.1, 0x7f000001); or None."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return _LOCALHOST[0]
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except (OSError, UnicodeError):
        return None


@functools.lru_cache(maxsize=1024)
def _judged(address: str) -> tuple[Address, str | None]:
    ip = _unwrapped(ipaddress.ip_address(address))
    return ip, _kind(ip)


def _unwrapped(ip: Address) -> Address:
    """An IPv4 address in IPv6 clothes is judged as what it is."""
    return ip.ipv4_mapped or ip if isinstance(ip, ipaddress.IPv6Address) else ip


def _kind(ip: Address) -> str | None:
    if ip.is_unspecified:
        return "an unspecified address"
    if ip.is_loopback:
        return LOOPBACK
    if ip.is_link_local:
        return "a link-local address"
    if ip.is_multicast:
        return "a multicast address"
    if isinstance(ip, ipaddress.IPv6Address) and any(ip in network for network in _TRANSLATED):
        return "an IPv4 address in translation"
    if ip in _SHARED:
        return "an address shared within a provider's network"
    if ip.is_private and not ip.is_reserved:
        return "a private address"
    if not _is_public(ip):
        return "a reserved address"
    return None


def _is_public(ip: Address) -> bool:
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _GLOBAL_UNICAST:
        return False
    return ip.is_global and not ip.is_reserved and not any(ip in network for network in _NOT_UNICAST)


def _is_excepted(ip: Address, port: int) -> bool:
    if any(ip in network for network in settings.OUTBOUND_ALLOW):
        return True
    return any(
        port == sandbox_port and _is_host(ip, host) for host, sandbox_port in settings.OUTBOUND_SANDBOX
    )


def _is_host(ip: Address, host: str) -> bool:
    return str(ip) in _LOCALHOST if host == "localhost" else str(ip) == host
