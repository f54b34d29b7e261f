"""A lead's values by their fields' types: each is parsed once, when the lead comes in, and kept with its components."""

from collections.abc import Callable, Collection, Mapping

from leadconduit.leads import types
from leadconduit.leads.values import is_typed

TypeOf = Callable[[str], str | None]
"""A field's type by its id, or None for one that nobody knows."""


def typed(values: Mapping[str, object], type_of: TypeOf, repaired: Collection[str] = ()) -> dict[str, object]:
    """The same values, nested as they were, with everything parsed whose field has a type.

    What no field describes stays as it is. What looks as if it had been parsed is read anew from what it says was
    submitted: a source may write anything, and none decides what is valid. What had to be `repaired` (by the field's id)
    is not what was submitted, so it is not valid.
    """
    return _typed(values, type_of, repaired, "")


def _typed(
    values: Mapping[str, object], type_of: TypeOf, repaired: Collection[str], above: str
) -> dict[str, object]:
    return {name: _value(value, type_of, repaired, f"{above}{name}") for name, value in values.items()}


def _value(value: object, type_of: TypeOf, repaired: Collection[str], field: str) -> object:
    if not isinstance(value, str):
        value = _submitted(value)
    type = type_of(field)
    if type in types.TYPES and (isinstance(value, str) or type not in types.TEXTS):
        parsed = types.parse(type, value)
        return {**parsed, "valid": False} if field in repaired and isinstance(parsed, dict) else parsed
    # An object in the place of a text has fields of its own; a number there stays the number that was submitted.
    return _typed(value, type_of, repaired, f"{field}.") if isinstance(value, dict) else value


def _submitted(value: object) -> object:
    while is_typed(value):
        value = value.get("raw", value["normal"])
    if isinstance(value, dict):
        return {name: _submitted(inner) for name, inner in value.items()}
    return [_submitted(item) for item in value] if isinstance(value, list) else value
