"""What the field types are made of, in words: for whoever writes `lead.phone_1.area`. A test holds it against `parse`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from leadconduit.leads.types import TEXTS, TYPES

MASKABLE: Final = frozenset({"credential", "dob", "ssn"})
"""The types whose values may be masked."""


class Component(NamedTuple):
    name: str
    type: str
    description: str


_OWN: Final[dict[str, tuple[Component, ...]]] = {
    "credential": (Component("masked", "boolean", "Whether the value was submitted masked"),),
    "dob": (
        Component("masked", "boolean", "Whether the value was submitted masked"),
        Component("age", "number", "Years since then, to one decimal"),
        Component("year", "number", "The year alone"),
    ),
    "email": (
        Component("user", "string", "What stands before the @"),
        Component("domain", "string", "What stands behind the @"),
        Component("host", "string", "The domain without its last label"),
        Component("tld", "string", "The last label of the domain"),
        Component("is_free", "boolean", "Whether anybody can have an address there for free"),
        Component("is_disposable", "boolean", "Whether addresses there are made to be thrown away"),
    ),
    "gender": (Component("abbr", "string", "One letter"),),
    "ip": (
        Component("is_ipv4", "boolean", "Whether it is an address of version 4"),
        Component("ipv6_format", "string", "The address as version 6 writes it"),
    ),
    "phone": (
        Component("area", "string", "Area code"),
        Component("exchange", "string", "The three digits behind the area code"),
        Component("line", "string", "The last four digits"),
        Component("number", "string", "The number without area code and extension"),
        Component("extension", "string", "What is dialled once the call is answered"),
        Component("country_code", "string", "Two letters for the country"),
        Component("country_calling_code", "number", "The digits that are dialled for the country"),
        Component("is_tollfree", "boolean", "Whether the one who is called pays"),
        Component("type", "string", "home, work or mobile, where the source says so"),
    ),
    "postal_code": (
        Component("country_code", "string", "US, CA or GB"),
        Component("code", "string", "The whole code"),
        Component("zip", "string", "United States: the first five digits"),
        Component("four", "string", "United States: the four digits behind the hyphen"),
        Component("fsa", "string", "Canada: the first three characters"),
        Component("district", "string", "Canada: the first letter"),
        Component("ldu", "string", "Canada: the last three characters"),
        Component("outcode", "string", "Great Britain: what stands before the space"),
        Component("incode", "string", "Great Britain: what stands behind the space"),
    ),
    "range": (
        Component("min", "number", "Lower end"),
        Component("max", "number", "Upper end"),
        Component("avg", "number", "Between the two, to two decimals"),
        Component("mid", "number", "Between the two, rounded down"),
    ),
    "ssn": (
        Component("first_three", "string", "First three digits"),
        Component("middle_two", "string", "The two digits in the middle"),
        Component("last_four", "string", "Last four digits"),
        Component("masked", "boolean", "Whether the value was submitted masked"),
    ),
    "state": (Component("name", "string", "The name in full"),),
    "street": (
        Component("number", "string", "House number"),
        Component("name", "string", "The street without the number"),
    ),
    "trustedform_url": (
        Component("type", "string", "The kind of certificate, where it is known"),
        Component("cert_id", "string", "What names the certificate"),
        Component("is_web", "boolean", "Whether it was made on a web page"),
        Component("is_mobile", "boolean", "Whether it was made in an app"),
        Component("is_facebook", "boolean", "Whether it was made for a Facebook lead ad"),
        Component("is_masked", "boolean", "Whether the certificate hides what was entered"),
        Component("host", "string", "Where the certificate is"),
        Component("path", "string", "What stands behind the host"),
    ),
    "url": (
        Component("protocol", "string", "http or https"),
        Component("host", "string", "Host, with the port if there is one"),
        Component("port", "string", "Port"),
        Component("path", "string", "Path"),
        Component("query", "string", "What stands behind the question mark"),
        Component("hash", "string", "What stands behind it, with its #"),
    ),
}


def _components(type: str) -> tuple[Component, ...]:
    if type in TEXTS:
        return ()
    shared = [
        Component("normal", type, "The value as the type writes it"),
        Component("raw", "string", "The value as it was submitted"),
        Component("valid", "boolean", "Whether the type understood it"),
    ]
    # Of a credential there is no second copy.
    return (*(one for one in shared if type != "credential" or one.name != "raw"), *_OWN.get(type, ()))


COMPONENTS: Final[Mapping[str, tuple[Component, ...]]] = MappingProxyType(
    {type: _components(type) for type in TYPES}
)
"""By type; none of a type whose values are plain texts."""
