"""Values of mappings that are credentials: a flow's document keeps them encrypted, and nothing shows them again.

LeadConduit keeps them in the clear. A sealed mapping has `sealed` in the place of `value`; that of a URL has both, and
in its `value` SHOWN for each credential.
"""

import base64
import re
from typing import Any

import orjson

from leadconduit.leads.values import as_text
from leadconduit.lib import encryption
from leadconduit.lib.encryption import DecryptionError, decrypt, encrypt

SHOWN = "********"
"""What stands for a credential where it is read; written back, it keeps the credential."""

# What credentials are called: this is the one list of it.
_BEFORE = "access|api|app|auth|client|id|lead|private|refresh|secret|security|session|sub|user|x"
_CALLED = (
    "o?auth|authentication|authorization|authz|bearer|credentials?|hmac|jwt|key|otp|passcode|passphrase|passw(or)?d"
    "|pwd|secret|signature|tokens?|access[-_]?code"
)
# The last ones stand at the end alone: `X-Pass-Through` and `X-Shared-With` are none.
_HEADER = re.compile(
    rf"(.*[-_])?(({_BEFORE})*({_CALLED}|cookie|session)[0-9]*([-_].*)?"
    rf"|({_BEFORE})*(pass|pin|shared|sid|sig)[0-9]*|[a-z]*sess(ion)?id)",
    re.IGNORECASE,
)
# Of what else is sent fewer names are one: what is masked is masked wherever it turns up, also in what is appended.
_FIELD = re.compile(rf"(.*[-_])?({_BEFORE})*({_CALLED}|pass|sig)[-_]?[0-9]*", re.IGNORECASE)
# These say too little to be one by themselves: what pairs have is called so, and much else.
_ONLY_BELOW = {
    "key": re.compile(
        rf"(.*[-_])?({_BEFORE})*(api|auth(entication|orization)?|credentials?|login)", re.IGNORECASE
    ),
    "value": re.compile(
        rf"(.*[-_])?({_BEFORE})*(auth(entication|orization)?|credentials?|secret|tokens?)", re.IGNORECASE
    ),
}
_FAMILIES = ("parameter.", "form_field.", "json_property.", "xml_path.", "extra_parameter.")
_NEW_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN_NAMES = re.compile(r"[^\w-]+")

_AS_JSON = "\0"
"""Begins a sealed value that is no text; a text of a flow holds none."""


def is_secret(name: str) -> bool:
    """Whether any value of a property is a credential: the password, and headers that are called like one."""
    if name == "basic_password":
        return True
    header = name.removeprefix("header.")
    return header != name and _HEADER.fullmatch(_NEW_WORD.sub("-", header)) is not None


def may_be_credential(name: str) -> bool:
    """Whether a property's value is one at least where it is written out, without variables."""
    family = next((family for family in _FAMILIES if name.startswith(family)), "")
    return is_secret(name) or (bool(family) and is_called_like_one(name.removeprefix(family)))


def is_called_like_one(name: str) -> bool:
    """By the last part of a path: `auth.api_key`, `Login.@Password`, `user[token]`, `token.0`; or `auth.key`."""
    parts = [part for part in _BETWEEN_NAMES.split(name) if part and not part.isdigit()]
    if not parts:
        return False
    *above, last = (_NEW_WORD.sub("-", part) for part in parts)
    if above and (parent := _ONLY_BELOW.get(last.lower())):
        return parent.fullmatch(above[-1]) is not None
    return _FIELD.fullmatch(last) is not None


def is_credential(name: str, value: object) -> bool:
    """Whether a mapping's value is kept sealed."""
    if not as_text(value).strip():
        return False
    return is_secret(name) or (may_be_credential(name) and _is_written_out(value))


def _is_written_out(value: object) -> bool:
    """Without variables; a list where some item is."""
    if isinstance(value, list):
        return any(_is_written_out(item) for item in value)
    text = as_text(value)
    return bool(text.strip()) and "{{" not in text


def seal(value: object, *, account_id: str) -> str:
    """For any value that a mapping may have."""
    text = value if isinstance(value, str) else _AS_JSON + orjson.dumps(value).decode()
    return base64.b64encode(encrypt(text.encode(), bound_to=_place(account_id))).decode()


def unseal(sealed: str, *, account_id: str) -> Any:
    """What was sealed. Raises DecryptionError."""
    text = decrypt(_stored(sealed), bound_to=_place(account_id)).decode()
    return orjson.loads(text.removeprefix(_AS_JSON)) if text.startswith(_AS_JSON) else text


def renewed(sealed: str, *, account_id: str) -> str:
    """The same under the first key of the ring; as it is where that made it. Raises DecryptionError."""
    stored = _stored(sealed)
    if encryption.is_current(stored):
        return sealed
    return base64.b64encode(encryption.renewed(stored, bound_to=_place(account_id))).decode()


def _stored(sealed: str) -> bytes:
    try:
        return base64.b64decode(sealed, validate=True)
    except ValueError as error:
        raise DecryptionError("This is no sealed value.") from error


def _place(account_id: str) -> str:
    # Revisions copy one another's mappings, so it is not bound to one of them.
    return f"flows_flowrevision:{account_id}:mapping"


def shown(mapping: dict[str, Any]) -> dict[str, Any]:
    """A mapping as it may be read."""
    if "sealed" not in mapping:
        return mapping
    return {"value": SHOWN} | {key: item for key, item in mapping.items() if key != "sealed"}


def shown_step(step: dict[str, Any]) -> dict[str, Any]:
    """A step of a document as it may be read."""
    integration = step.get("integration")
    if not integration:
        return step
    return step | {"integration": integration | {"mappings": [shown(one) for one in integration["mappings"]]}}
