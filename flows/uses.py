"""A flow's uses of destinations: which actions, in what order, paused here or not, under what condition.

Each function changes the saved flow as it is once it is locked, so whatever a page showed before, two people undo
nothing of each other's. All raise what `editing.change` raises, and UseGone.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from destinations.models import Action, Destination
from flows import editing
from flows.models import Flow
from leadconduit.accounts.models import User

# As a revision's document has them: `{"destination": id, "actions": [{"action": id, ...}]}`.
Uses = list[dict[str, Any]]


class UseGone(Exception):
    """The flow does not use what was to be changed: somebody took it away meanwhile."""


@transaction.atomic
def attach(
    *, flow: Flow, actions: Iterable[Action], author: User | None, now: datetime, deploys: bool = False
) -> Flow:
    """Use these actions too, each behind those of its destination; with `deploys`, deploy all that is saved."""
    flow = _change(flow, lambda uses: _with(uses, actions), author=author, now=now)
    return editing.deploy(flow=flow, author=author, now=now) if deploys else flow


def detach(*, flow: Flow, action_id: str, author: User | None, now: datetime) -> Flow:
    def without(uses: Uses) -> Uses:
        use, action = _found(uses, action_id)
        use["actions"].remove(action)
        return [use for use in uses if use["actions"]]

    return _change(flow, without, author=author, now=now)


def move(*, flow: Flow, id: str, by: int, author: User | None, now: datetime) -> Flow:
    """Move an action by so many places within its destination, or a destination with its actions among the others."""

    def moved(uses: Uses) -> Uses:
        siblings, one = _siblings(uses, id)
        place = siblings.index(one)
        siblings.insert(max(0, place + by), siblings.pop(place))
        return uses

    return _change(flow, moved, author=author, now=now)


def put(*, flow: Flow, action_id: str, author: User | None, now: datetime, **settings: Any) -> Flow:
    """Set how this flow uses an action: `enabled`, `rule_set` (None: every lead that passes), `independent`."""

    def with_settings(uses: Uses) -> Uses:
        _found(uses, action_id)[1].update(settings)
        return uses

    return _change(flow, with_settings, author=author, now=now)


def _change(flow: Flow, changed: Callable[[Uses], Uses], *, author: User | None, now: datetime) -> Flow:
    def parts(document: Mapping[str, Any]) -> dict[str, Any]:
        uses = [
            {**use, "actions": [dict(action) for action in use["actions"]]}
            for use in document["destinations"]
        ]
        return {"destinations": written(changed(uses))}

    return editing.change(flow=flow, parts=parts, author=author, now=now)


def written(uses: Uses) -> list[dict[str, Any]]:
    """As a caller writes a flow's destinations. Rows of those that are deleted stay, so each has its name."""
    instance_ids = dict(
        Destination.objects.filter(pk__in=[use["destination"] for use in uses]).values_list(
            "pk", "instance_id"
        )
    )
    return [
        {
            "instance_id": instance_ids[use["destination"]],
            "actions": [
                {key: value for key, value in one.items() if key != "action"} for one in use["actions"]
            ],
        }
        for use in uses
    ]


def _with(uses: Uses, actions: Iterable[Action]) -> Uses:
    by_destination = {use["destination"]: use for use in uses}
    for action in actions:
        use = by_destination.setdefault(
            action.destination_id, {"destination": action.destination_id, "actions": []}
        )
        if all(present["action"] != action.pk for present in use["actions"]):
            use["actions"].append({"action": action.pk, "action_id": action.action_id})
    return list(by_destination.values())


def _found(uses: Uses, action_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for use in uses:
        for action in use["actions"]:
            if action["action"] == action_id:
                return use, action
    raise UseGone


def _siblings(uses: Uses, id: str) -> tuple[Uses, dict[str, Any]]:
    for use in uses:
        if use["destination"] == id:
            return uses, use
    use, action = _found(uses, id)
    return use["actions"], action
