"""Destinations as the API answers them."""

from collections import defaultdict
from datetime import datetime
from functools import cache
from typing import Any

from destinations.icons import icon_url
from destinations.models import Action
from destinations.models.action import webhook_url_of
from destinations.models.destination import DestinationQuerySet


def represent(destinations: DestinationQuerySet, *, now: datetime) -> dict[str, dict[str, Any]]:
    """Each destination by its row's id, in the order of the query. Two queries, however many there are.

    Plain values instead of model objects: this is what integrators ask most.
    """
    rows = list(
        destinations.values_list(
            "pk", "account_id", "name", "platform", "integration", "integration_name", "instance_id"
        )
    )
    actions = _actions_of([row[0] for row in rows])

    @cache
    def icon(*integration: str) -> str:
        return icon_url(*integration, now=now)

    return {
        id: {
            "name": name,
            "integration_name": integration_name,
            "integration_icon_url": icon(account, platform, integration),
            "instance_id": instance_id,
            "actions": actions[id],
        }
        for id, account, name, platform, integration, integration_name, instance_id in rows
    }


def _actions_of(destinations: list[str]) -> dict[str, list[dict[str, str]]]:
    rows = (
        Action.objects.current()
        .filter(destination__in=destinations)
        .values_list("destination_id", "pk", "name", "action_id", "platform_url")
    )
    found = defaultdict(list)
    for destination, id, name, action_id, platform_url in rows:
        webhook_url = webhook_url_of(id, platform_url)
        found[destination].append({"name": name, "action_id": action_id, "webhook_url": webhook_url})
    return found


def with_usages(
    represented: dict[str, dict[str, Any]], usages: dict[str, list[tuple[str, str]]]
) -> dict[str, dict[str, Any]]:
    """The same, with the flows that use each destination beside it."""
    return {
        id: destination | {"flow_usages": _flow_usages(usages.get(id, []))}
        for id, destination in represented.items()
    }


def _flow_usages(flows: list[tuple[str, str]]) -> dict[str, Any]:
    return {"count": len(flows), "flows": [{"id": id, "name": name} for id, name in flows]}
