"""What an action's receiver takes: the fields that were declared with it, and any other."""

from collections.abc import Mapping
from typing import Any

from destinations import target_fields
from destinations.fields import Choice
from destinations.platforms.port import ActionValues, DestinationValues, TargetField, Targets


def targets(destination: DestinationValues, action: ActionValues) -> Targets:
    """Rows that are wrong still are left out until somebody puts them right."""
    entries = action.configuration.get("fields") or []
    wrong = {problem.entry for problem in target_fields.problems(entries)}
    if -1 in wrong:
        return Targets(custom=True)
    return Targets(
        tuple(_target(entry) for number, entry in enumerate(entries) if number not in wrong), custom=True
    )


def _target(entry: Mapping[str, Any]) -> TargetField:
    return TargetField(
        key=entry["key"],
        label=entry.get("label") or entry["key"],
        type=entry.get("type", "string"),
        required=entry.get("required", False),
        max_length=entry.get("max_length") or None,
        choices=tuple(Choice(choice, choice) for choice in entry.get("choices") or ()),
    )
