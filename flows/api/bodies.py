"""Bodies that callers write, described exactly: whatever matches is taken, whatever does not is refused.

What is read-only may be sent back, and is left aside. A flow's body is beyond what a JSON schema can say.
"""

from typing import Any

from flows.api.rule_schemas import SEARCHED
from flows.api.schema import ENTITY_RECIPIENTS, ENTITY_SOURCES
from leadconduit.accounts.models.custom_field import LONGEST_DESCRIPTION, LONGEST_NAME
from leadconduit.leads.types import TYPES
from leadconduit.lib.api_schema import ID_PATTERN

Schema = dict[str, Any]

NO_NUL = r"^[^\u0000]*$"
# What Python strips: dialects of patterns disagree on what white space is.
_WHITE = r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
NOT_BLANK = rf"^[^\u0000]*[^{_WHITE}\u0000][^\u0000]*$"
_PART = r"([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*"
WEB_ADDRESS = rf"https?://[A-Za-z0-9]+([.-][A-Za-z0-9]+)*(:[1-9][0-9]{{0,3}}|:[1-5][0-9]{{4}})?(/{_PART})?(\?{_PART})?(#{_PART})?"
FIELD_ID = r"[a-z0-9]+(_[a-z0-9]+)*(\.[a-z0-9]+(_[a-z0-9]+)*)*"

_TIME = {"type": ["string", "null"], "format": "date-time"}
_ID = {"type": ["string", "null"], "pattern": ID_PATTERN}
_READ_ONLY: Schema = {
    "type": ["string", "boolean", "null", "array"],
    "pattern": NO_NUL,
    "items": {"type": "string", "pattern": NO_NUL},
    "description": "Read-only: it may be sent back, and is left aside.",
}
_NOT_USED: Schema = {"enum": [False, None], "description": "Not supported yet."}


def _text(most: int) -> Schema:
    return {"type": ["string", "null"], "maxLength": most, "pattern": NO_NUL}


def _name(most: int) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": most, "pattern": NOT_BLANK}


def _names(most: int, length: int) -> Schema:
    return {"type": "array", "items": _name(length), "maxItems": most, "uniqueItems": True}


def _web_address() -> Schema:
    return {"type": ["string", "null"], "maxLength": 500, "pattern": f"^({WEB_ADDRESS})?$"}


def _object(required: tuple[str, ...], **properties: Schema) -> Schema:
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


ENTITY = _object(
    ("name", "source", "recipient", "module_ids"),
    name=_name(200),
    description=_text(2000),
    source={"enum": [*ENTITY_SOURCES, None]},
    recipient={"enum": [*ENTITY_RECIPIENTS, None]},
    module_ids=_names(100, 200),
    field_suffix={"type": ["string", "null"], "pattern": "^([0-9a-zA-Z]{3,5})?$"},
    logo_url=_web_address(),
    time_zone=_text(60),
    website=_web_address(),
    **dict.fromkeys(("id", "standard", "account", "flow_ids", "created_at", "updated_at"), _READ_ONLY),
)

FIELD = _object(
    ("id", "name", "type"),
    id={
        "type": "string",
        "maxLength": LONGEST_NAME,
        "pattern": f"^{FIELD_ID}$",
        "description": "It ends in the account's suffix, which is added where it is missing.",
    },
    name=_name(LONGEST_NAME),
    type={"enum": list(TYPES), "description": "It decides how a value is read. It never changes."},
    description=_text(LONGEST_DESCRIPTION),
    aggregate=_NOT_USED,
    deprecated=_NOT_USED,
    **dict.fromkeys(("standard", "created_at", "updated_at"), _READ_ONLY),
)


def paths(*, never: tuple[str, ...] = (), most: int = 100, length: int = 200) -> Schema:
    """Properties of an event, with dots between the names."""
    names = _names(most, length)
    return names | {"items": names["items"] | {"not": {"enum": list(never)}}} if never else names


def event_query(*, most: int, default: int, always: tuple[str, ...]) -> Schema:
    include, exclude = paths(), paths(never=always)
    return _object(
        (),
        after_id=_ID,
        before_id=_ID,
        start=_TIME,
        end=_TIME,
        rules=SEARCHED,
        include=include | {"type": ["array", "null"]},
        exclude=exclude | {"type": ["array", "null"]},
        limit={"type": ["integer", "null"], "minimum": 1, "maximum": most, "default": default},
        sort={"enum": ["asc", "desc", None], "default": "desc"},
    )
