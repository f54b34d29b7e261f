"""Values of mappings that are credentials: a flow's document keeps them encrypted, and nothing shows them again.

LeadConduit keeps them in the clear. A sealed mapping has `sealed` in the place of `value`.
"""

import base64
import re
from typing import Any

from leadconduit.lib.encryption import DecryptionError, decrypt, encrypt

SHOWN = "********"
"""What stands for a credential where it is read; written back, it keeps the credential."""

_SECRET_HEADER = re.compile(
    r"header\.(.*[-_])?(access|api|app|auth|client|id|private|refresh|secret|security|session|sub|user|x)*"
    r"(auth|authorization|cookie|credentials?|jwt|key|passphrase|passw(or)?d|pwd|secret|session|signature|tokens?)"
    r"([-_].*)?",
    re.IGNORECASE,
)
_NEW_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_secret(name: str) -> bool:
    """Whether a property's value is a credential: the password, and headers that are called like one."""
    return name == "basic_password" or _SECRET_HEADER.fullmatch(_NEW_WORD.sub("-", name)) is not None


def seal(text: str, *, account_id: str) -> str:
    return base64.b64encode(encrypt(text.encode(), bound_to=_place(account_id))).decode()


def unseal(sealed: str, *, account_id: str) -> str:
    """Raises DecryptionError."""
    try:
        stored = base64.b64decode(sealed, validate=True)
    except ValueError as error:
        raise DecryptionError("This is no sealed value.") from error
    return decrypt(stored, bound_to=_place(account_id)).decode()


def is_sealed(value: object, *, account_id: str) -> bool:
    """Whether `seal` made this for this account."""
    try:
        return isinstance(value, str) and unseal(value, account_id=account_id) is not None
    except DecryptionError:
        return False


def _place(account_id: str) -> str:
    # Revisions copy one another's mappings, so it is not bound to one of them.
    return f"flows_flowrevision:{account_id}:mapping"


def shown(mapping: dict[str, Any]) -> dict[str, Any]:
    """A mapping as it may be read."""
    if "sealed" not in mapping:
        return mapping
    return {key: item for key, item in mapping.items() if key != "sealed"} | {"value": SHOWN}


def shown_step(step: dict[str, Any]) -> dict[str, Any]:
    """A step of a document as it may be read."""
    integration = step.get("integration")
    if not integration:
        return step
    return step | {"integration": integration | {"mappings": [shown(one) for one in integration["mappings"]]}}
