"""Under which name a recipient's answer stands among a lead's variables."""

import re

from leadconduit.leads.template import is_path

RESERVED = frozenset(
    # The last three are the names by which values are told that a type has read.
    "lead submission account flow source recipient feedback event_id price purchase_price random receipts normal raw valid".split()  # noqa: SIM905
)


def step_key(name: str) -> str:
    """`My CRM` becomes `my_crm`, as leadconduit-sanitize-name 1.0.2 does it."""
    return re.sub(r" +", "_", re.sub(r"[^0-9a-z _]", "", re.sub(r"\s+", " ", name.strip().lower())))


def key_problem(name: str) -> str:
    """Why an entity of this name cannot be a recipient; "" if it can."""
    key = step_key(name)
    if not key or not is_path(f"{key}.outcome"):
        return f"`{name[:60]}` has no letters or digits to name its answers by: rename the entity."
    if key in RESERVED:
        return f"Answers of `{name[:60]}` would take the place of `{key}` among the variables: rename the entity."
    return ""
