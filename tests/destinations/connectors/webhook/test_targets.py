"""What an action's receiver takes is what was declared with it."""

from typing import Any

from destinations.connectors.registry import REGISTRY
from destinations.connectors.webhook.targets import targets
from destinations.fields import Choice
from destinations.platforms.builtin import builtin
from destinations.platforms.port import ActionValues, DestinationValues, TargetField, Targets


def action(*entries: dict[str, Any], action_id: str = "contacts") -> ActionValues:
    return ActionValues(action_id=action_id, name="Contacts", configuration={"fields": list(entries)})


def destination(*actions: ActionValues) -> DestinationValues:
    return DestinationValues(account_id="a", instance_id="i", integration="webhook", actions=actions)


def test_declared_fields_are_its_targets_and_any_other_may_be_written() -> None:
    full = {"key": "rating", "label": "Rating", "type": "choice", "required": True, "choices": ["Hot"]}

    assert targets(
        destination(), action({"key": "email", "type": "email", "max_length": 80}, full)
    ) == Targets(
        (
            TargetField("email", "email", "email", max_length=80),
            TargetField("rating", "Rating", "choice", required=True, choices=(Choice("Hot", "Hot"),)),
        ),
        custom=True,
    )


def test_rows_that_are_wrong_wait_until_they_are_right() -> None:
    half = {"key": "rating", "type": "choice"}

    assert [field.key for field in targets(destination(), action(half, {"key": "email"})).fields] == ["email"]
    assert targets(destination(), ActionValues(action_id="x", name="X")) == Targets(custom=True)


def test_each_action_has_fields_of_its_own() -> None:
    both = destination(action({"key": "a"}), action({"key": "b"}, action_id="notes"))
    setup = builtin(REGISTRY).setup

    assert [field.key for field in setup.targets(both, "notes").fields] == ["b"]
    assert setup.targets(both, "not-there") == Targets(custom=True)
