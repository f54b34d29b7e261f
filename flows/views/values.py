"""The values of a lead for `leads/_values.html`: what each stands for, and what it was read from."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from leadconduit.leads.values import as_text, is_blank, is_typed


def fields_of(
    values: Mapping[str, Any], invalid: Collection[str], order: Sequence[str]
) -> list[dict[str, Any]]:
    """Every value by its field's id, in the flow's `order` of fields; `invalid` are those that were repaired."""
    places = {id: place for place, id in enumerate(order)}
    found = sorted(_flat(values), key=lambda pair: places.get(pair[0], len(places)))
    return [_field(id, value, repaired=id in invalid) for id, value in found]


def _field(id: str, value: object, *, repaired: bool) -> dict[str, Any]:
    shown = {"id": id, "value": as_text(value), "repaired": repaired}
    if not isinstance(value, dict):
        return shown
    parts = {name: part for name, part in value.items() if name not in ("normal", "raw", "valid")}
    return shown | {
        "raw": "" if value["normal"] == value.get("raw", value["normal"]) else as_text(value.get("raw")),
        "valid": value["valid"] or is_blank(value.get("raw")),
        "parts": [(name, as_text(part)) for name, part in parts.items() if not is_blank(part)],
    }


def _flat(values: Mapping[str, Any], under: str = "") -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for name, value in values.items():
        id = f"{under}{name}"
        inner = isinstance(value, dict) and not is_typed(value)
        flat += _flat(value, f"{id}.") if inner else [(id, value)]
    return flat
