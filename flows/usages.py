"""What flows have to do with destinations: which deliver to which, and what else a destination's pages ask of them.

Who uses what is written when a flow is saved or deployed, and asked since.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from destinations.models import Action, Destination
from flows.models import Delivery, Due, Flow, FlowUsage, Stage, State
from flows.models.delivery import FINAL
from leadconduit.accounts.models import Account


def rebuild(*, flow: Flow, stage: Stage, document: dict[str, Any]) -> None:
    """Make the flow's usages of one stage what the document says, in its order. Within the caller's transaction."""
    FlowUsage.objects.filter(flow=flow, stage=stage).delete()
    actions = [action for use in document["destinations"] for action in use["actions"]]
    FlowUsage.objects.bulk_create(
        FlowUsage(
            flow=flow,
            action_id=action["action"],
            stage=stage,
            position=position,
            enabled=action["enabled"],
            rule_set=action["rule_set"],
        )
        for position, action in enumerate(actions)
    )


def usages_of(destination_ids: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """The flows that use each destination as saved, each flow once: its id and name, by name. One query."""
    rows = (
        FlowUsage.objects.filter(
            stage=Stage.SAVED, action__destination__in=list(destination_ids), flow__deleted_at__isnull=True
        )
        .order_by("flow__name", "flow_id")
        .values_list("action__destination_id", "flow_id", "flow__name")
        .distinct()
    )
    found = defaultdict(list)
    for destination_id, flow_id, name in rows:
        found[destination_id].append((flow_id, name))
    return dict(found)


def flows_using(destination: Destination, *, action: Action | None = None) -> list[Flow]:
    """The flows, saved or deployed, that keep a destination, or one action of it, from being deleted; by name.

    Ask it while holding the destination's row lock, as attaching does: otherwise the answer is old at once.
    """
    usages = FlowUsage.objects.filter(action__destination=destination)
    if action is not None:
        usages = usages.filter(action=action)
    flows = Flow.objects.filter(pk__in=usages.values("flow"), deleted_at__isnull=True)
    return list(flows.order_by("name", "pk"))


def deliveries_waiting(destination: Destination) -> int:
    """How many deliveries of a destination are still to be made; those that follow another come on top.

    None wait where this is 0. Ask it while holding the destination's row lock, as for `flows_using`.
    """
    return Due.objects.filter(destination_id=destination.pk).count()


def deliveries_waiting_for(action: Action) -> int:
    """How many deliveries to one action are still to be made, those that follow another among them.

    Ask it while holding the destination's row lock, as for `flows_using`.
    """
    unended = [state for state in State if state not in FINAL]
    waiting = Delivery.objects.for_account(action.destination.account).filter(state__in=unended)
    return waiting.filter(action=action).count()


def flows_by_field(account: Account) -> dict[str, list[tuple[str, str]]]:
    """The flows that list each field, as saved or as deployed, each flow once: its id and name, by name. One query."""
    rows = (
        Flow.objects.for_account(account)
        .filter(saved__isnull=False)
        .order_by("name", "pk")
        .values_list("pk", "name", "saved__document__fields", "deployed__document__fields")
    )
    found = defaultdict(list)
    for id, name, saved, deployed in rows:
        for field in {*saved, *(deployed or [])}:
            found[field].append((id, name))
    return dict(found)


def flows_by_entity(account: Account) -> dict[str, list[tuple[str, str]]]:
    """The flows that name each entity, saved or deployed, each flow once: its id and name, by name. One query.

    Ask it while holding the entity's row lock, as saving a flow does: otherwise the answer is old at once.
    """
    parts = [f"{stage}__document__{part}" for stage in Stage.values for part in ("sources", "steps")]
    rows = Flow.objects.for_account(account).order_by("name", "pk").values_list("pk", "name", *parts)
    found = defaultdict(list)
    for id, name, *lists in rows:
        named = {item["entity"]["id"] for items in lists for item in items or [] if "entity" in item}
        for entity_id in named:
            found[entity_id].append((id, name))
    return dict(found)


class Named(NamedTuple):
    """What an account's flows know, by name: the ids of the fields that they take, the keys of recipients' answers."""

    fields: list[str]
    answers: list[str]


def named_by_flows(account: Account) -> Named:
    """What a mapping may want to use, of all flows as saved. One query."""
    flows = Flow.objects.for_account(account).filter(saved__isnull=False)
    rows = list(flows.values_list("saved__document__fields", "saved__document__steps"))
    return Named(
        fields=sorted({field for fields, _ in rows for field in fields}),
        answers=sorted({step["key"] for _, steps in rows for step in steps if "key" in step}),
    )
