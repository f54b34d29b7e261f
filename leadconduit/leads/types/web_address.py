"""An http or https address, parsed as the WHATWG's URL Standard (https://url.spec.whatwg.org/) says, as browsers do."""

import re
import unicodedata
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final, NamedTuple, Self
from urllib.parse import quote, unquote_to_bytes

_PRINTABLE: Final = "".join(map(chr, range(0x21, 0x7F)))


def _all_but(characters: str) -> str:
    return "".join(character for character in _PRINTABLE if character not in characters)


# What each part keeps as it is; the rest is percent-encoded. A `%` stays: what is encoded is not encoded again.
_IN_FRAGMENT: Final = _all_but('"<>`')
_IN_QUERY: Final = _all_but("\"#<>'")
_IN_PATH: Final = _all_but('"#<>?`{}')
_IN_USER: Final = _all_but('"#<>?`{}/:;=@[]^|\\')

_AROUND: Final = "".join(map(chr, range(0x21)))
_DROPPED: Final = str.maketrans("", "", "\t\n\r")
_PARTS: Final = re.compile(
    r"(?P<protocol>https?):[/\\]*(?P<authority>[^/\\?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_HOST_AND_PORT: Final = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]+)(?::(?P<port>[0-9]*))?")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

_SINGLE_DOT: Final = frozenset({".", "%2e"})
_DOUBLE_DOT: Final = frozenset({"..", ".%2e", "%2e.", "%2e%2e"})

_FORBIDDEN: Final = re.compile(r"[\x00-\x20#%/:<>?@\[\\\]^|\x7f]")
_IGNORED: Final = re.compile("[\u00ad\u200b\u2060\ufe00-\ufe0f\ufeff]")
_FULL_STOPS: Final = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))
_NO_CHARACTERS: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zs"})
_LONGEST_HOST: Final = 2_000
_LONGEST_LABEL: Final = 255
"""Characters. Names have 253 at most and their labels 63, as Punycode and decoded; more only takes time."""


class WebAddress(NamedTuple):
    """The parts as they are written in the normal form; `query` and `fragment` are None where there is none at all."""

    protocol: str
    user: str
    host: str
    port: str
    path: str
    query: str | None
    fragment: str | None

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None for what is no address, or one of another protocol."""
        found = _PARTS.fullmatch(text.strip(_AROUND).translate(_DROPPED))
        if not found:
            return None
        protocol = found["protocol"].lower()
        user, at, server = found["authority"].rpartition("@")
        host_and_port = _HOST_AND_PORT.fullmatch(server)
        if not host_and_port:
            return None
        host, port = _host(host_and_port["host"]), _port(host_and_port["port"] or "", protocol)
        if host is None or port is None:
            return None
        return cls(
            protocol,
            _user(user) if at else "",
            host,
            port,
            _path(found["path"]),
            _encoded(found["query"], _IN_QUERY),
            _encoded(found["fragment"], _IN_FRAGMENT),
        )

    @property
    def authority(self) -> str:
        """Host and port, but for the protocol's own port."""
        return f"{self.host}:{self.port}" if self.port else self.host

    def __str__(self) -> str:
        query = "" if self.query is None else f"?{self.query}"
        fragment = "" if self.fragment is None else f"#{self.fragment}"
        return f"{self.protocol}://{self.user}{self.authority}{self.path}{query}{fragment}"


def _encoded(text: str | None, kept: str) -> str | None:
    return None if text is None else _quoted(text, kept)


def _quoted(text: str, kept: str) -> str:
    return quote(text, safe=kept, errors="replace")


def _user(text: str) -> str:
    name, _, password = text.partition(":")
    name, password = _quoted(name, _IN_USER), _quoted(password, _IN_USER)
    if not name and not password:
        return ""
    return f"{name}:{password}@" if password else f"{name}@"


def _port(digits: str, protocol: str) -> str | None:
    significant = digits.lstrip("0") or digits[:1]
    if not significant:
        return ""
    if len(significant) > 5 or int(significant) > 65_535:
        return None
    return "" if int(significant) == _DEFAULT_PORTS[protocol] else significant


def _path(text: str) -> str:
    """From the root, without `.` and `..`."""
    segments: list[str] = []
    *directories, last = re.split(r"[/\\]", text)[1:] or [""]
    for segment in directories:
        if segment.lower() in _DOUBLE_DOT:
            del segments[-1:]
        elif segment.lower() not in _SINGLE_DOT:
            segments.append(segment)
    if last.lower() in _DOUBLE_DOT:
        del segments[-1:]
    if last.lower() in _DOUBLE_DOT | _SINGLE_DOT:
        last = ""
    return _quoted("/" + "/".join([*segments, last]), _IN_PATH)


def _host(text: str) -> str | None:
    if len(text) > _LONGEST_HOST:
        return None
    if text.startswith("["):
        return _ipv6(text[1:-1])
    name = _name(unquote_to_bytes(text.encode(errors="replace")).decode(errors="replace"))
    if not name or _FORBIDDEN.search(name):
        return None
    return _ipv4(name) if _ends_in_number(name) else name


def _ipv6(text: str) -> str | None:
    try:
        return f"[{IPv6Address(text)}]" if "%" not in text else None
    except AddressValueError:
        return None


def _name(text: str) -> str | None:
    """The name in ASCII and lower case: labels in other scripts as Punycode (UTS #46)."""
    if text.isascii() and "xn--" not in text.lower():
        return text.lower()
    mapped = unicodedata.normalize("NFKC", _IGNORED.sub("", text).translate(_FULL_STOPS).lower()).lower()
    labels = [_label(label) for label in mapped.split(".")]
    return None if None in labels else ".".join(label for label in labels if label is not None)


def _label(label: str) -> str | None:
    if len(label) > _LONGEST_LABEL:
        return None
    if not label.startswith("xn--"):
        return (label if label.isascii() else _punycode(label)) if _is_written(label) else None
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except (ValueError, OverflowError):
        return None
    # Only a label that needs to be encoded, and is so in just this way, may be so.
    return label if not decoded.isascii() and _is_written(decoded) and _punycode(decoded) == label else None


def _punycode(label: str) -> str:
    return f"xn--{label.encode('punycode').decode()}"


def _is_written(label: str) -> bool:
    return not any(c == "\ufffd" or unicodedata.category(c) in _NO_CHARACTERS for c in label)


def _ends_in_number(name: str) -> bool:
    last = name.removesuffix(".").rpartition(".")[2]
    return last.isdecimal() or _number(last) is not None


def _ipv4(name: str) -> str | None:
    """One to four numbers, decimal, octal or hexadecimal; the last fills all bytes that are left."""
    parts = name.removesuffix(".").split(".")
    if len(parts) > 4:
        return None
    numbers = list(_numbers(parts))
    if len(numbers) < len(parts):
        return None
    *leading, last = numbers
    if any(number > 255 for number in leading) or last >= 256 ** (5 - len(numbers)):
        return None
    return str(IPv4Address(last + sum(number << (8 * (3 - place)) for place, number in enumerate(leading))))


def _numbers(parts: list[str]) -> Iterator[int]:
    for part in parts:
        number = _number(part)
        if number is not None:
            yield number


def _number(text: str) -> int | None:
    base = 16 if text.startswith("0x") else 8 if len(text) > 1 and text.startswith("0") else 10
    digits = text[2:] if base == 16 else text
    if base == 16 and not digits:
        return 0
    # Python's int() also reads signs, blanks and underscores, and refuses thousands of digits.
    if not re.fullmatch("[0-9a-f]{1,4000}", digits):
        return None
    try:
        return int(digits, base)
    except ValueError:
        return None
