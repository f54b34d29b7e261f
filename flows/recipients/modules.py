"""The modules that a recipient step may use, and the properties that their mappings may set."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text", "url", "method", "outcome", "number", "seconds", "flag", "pattern", "path", "header", "xml"
]

SECONDS = range(1, 361)
DEFAULT_SECONDS = 30
"""LeadConduit's is 360: a source would wait six minutes for an answer, and a thread of ours with it."""


@dataclass(frozen=True, slots=True)
class Property:
    """What a mapping may set. A name that ends in `.*` stands for all that begin so; those take lists too."""

    name: str
    label: str
    help: str
    kind: Kind = "text"
    required: bool = False

    @property
    def is_family(self) -> bool:
        return self.name.endswith(".*")


@dataclass(frozen=True, slots=True)
class Module:
    id: str
    name: str
    methods: tuple[str, ...]
    """Which a mapping of `method` may choose; the first is the one without it."""
    properties: tuple[Property, ...]

    def find(self, name: str) -> Property | None:
        """The property that a mapping of this name sets."""
        for known in self.properties:
            if known.is_family and name.startswith(known.name[:-1]) and len(name) >= len(known.name):
                return known
            if known.name == name:
                return known
        return None


_WHERE = "A place in the answer."

_URL = Property(
    "url",
    "URL",
    "Where the lead is sent. A key or a token in its query is not shown again.",
    "url",
    required=True,
)
_SHARED = (
    _URL,
    Property(
        "timeout_seconds", "Time-out", f"Seconds to wait, 1 to 360; {DEFAULT_SECONDS} if not set.", "seconds"
    ),
    Property("basic_username", "User name", "For HTTP Basic authentication."),
    Property("basic_password", "Password", "For HTTP Basic authentication. It is not shown again."),
    Property("header.*", "Header", "A header of the request, by its name.", "header"),
    Property(
        "send_ascii", "Plain ASCII", "Letters without accents, for receivers that know no others.", "flag"
    ),
    Property("follow_redirects", "Follow redirects", "Also of requests other than GET.", "flag"),
)
ANSWER = (
    Property("outcome_search_term", "Search for", "A text or pattern to be found in the answer.", "pattern"),
    Property("outcome_search_path", "Search in", "A place in the answer; everywhere if not set.", "path"),
    Property(
        "outcome_on_match", "Outcome if found", "success, failure or error; success if not set.", "outcome"
    ),
    Property("reason_path", "Reason", _WHERE, "path"),
    Property("default_reason", "Reason if none is found", "For an outcome other than success."),
    Property("price_path", "Price", _WHERE, "path"),
    Property("fallback_price", "Price if none is found", "A number.", "number"),
    Property("reference_path", "Reference", _WHERE, "path"),
    Property(
        "cookie_search_term", "Cookie", "A text or pattern to be found in a Set-Cookie header.", "pattern"
    ),
    Property(
        "capture.*", "Capture", "A pattern; what its group matches is appended by this name.", "pattern"
    ),
    Property(
        "response_content_type_override",
        "Read the answer as",
        "A content type, in place of the answer's own.",
    ),
)


def is_pattern(name: str) -> bool:
    """Whether a property is a pattern, whichever module it is of."""
    return any(
        name.startswith(known.name[:-1]) if known.is_family else name == known.name
        for known in ANSWER
        if known.kind == "pattern"
    )


_EXTRA = Property("extra_parameter.*", "Further parameter", "Sent beside the one that holds the document.")


def _module(kind: str, name: str, methods: tuple[str, ...], *own: Property) -> Module:
    return Module(f"leadconduit-custom.outbound.{kind}", name, methods, (*_SHARED, *own, *ANSWER))


JSON = _module(
    "json",
    "JSON",
    ("POST", "PUT", "DELETE", "PATCH"),
    Property("method", "Method", "POST, PUT, DELETE or PATCH; POST if not set.", "method"),
    Property("json_property.*", "Property", "A dotted path in what is sent; digits are places in lists."),
    Property("json_parameter", "Send as parameter", "The form parameter that holds the JSON."),
    _EXTRA,
)
FORM = _module(
    "form",
    "Form",
    ("POST",),
    Property(
        "form_field.*", "Form field", "A field by its name; one that ends in .0, .1 … is sent several times."
    ),
    Property(
        "encode_form_field_names", "Encode names", "Whether names are URL-encoded; true if not set.", "flag"
    ),
)
QUERY = _module(
    "query", "Query", ("GET",), Property("parameter.*", "Parameter", "A parameter of the query string.")
)
XML = _module(
    "xml",
    "XML",
    ("POST", "PUT", "PATCH"),
    Property("method", "Method", "POST, PUT or PATCH; POST if not set.", "method"),
    Property(
        "xml_path.*",
        "Element",
        "A dotted path from the root, as lead.email; digits repeat, as lead.phones.0; an attribute stands right behind"
        " its element, as lead@id.",
        "xml",
    ),
    Property("xml_parameter", "Send as parameter", "The form parameter that holds the XML."),
    _EXTRA,
)

MODULES: Mapping[str, Module] = {module.id: module for module in (JSON, FORM, QUERY, XML)}

LATER = ("credential_id", "nested_extra_parameter")
"""Properties that LeadConduit's modules have and ours do not."""
