"""Flows, entities and deliveries as the API answers them. Each function asks a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from destinations.api import representation as destinations_representation
from destinations.models import Action, Destination, DestinationRevision
from flows.engine import entity_ids
from flows.models import Attempt, Delivery, Entity, Flow
from flows.recipients import sealing
from leadconduit.accounts.models import Account
from leadconduit.lib.ids import time_of

Answer = dict[str, Any]


# --- Flows


def represent_flows(flows: Collection[Flow], *, account: Account, now: datetime) -> list[Answer]:
    """Flows as they are saved; each should carry its saved revision."""
    documents = [flow.saved.document for flow in flows if flow.saved]
    return [
        {"id": flow.pk, **document, "created_at": flow.created_at, "updated_at": flow.updated_at}
        for flow, document in zip(
            flows, represent_documents(documents, account=account, now=now), strict=True
        )
    ]


def represent_documents(documents: Collection[Answer], *, account: Account, now: datetime) -> list[Answer]:
    """What revisions make of a flow. What they name is shown as it is today."""
    entities = _entities_of(documents, account)
    destinations = _destinations_of(documents, account, now)
    return [
        {
            "name": document["name"],
            "enabled": document["enabled"],
            "fields": document["fields"],
            **_criteria(document),
            "sources": [_source(source, entities) for source in document["sources"]],
            "steps": [_step(step, entities) for step in document["steps"]],
            "destinations": [
                _use(use, destinations[use["destination"]])
                for use in document["destinations"]
                if use["destination"] in destinations
            ],
        }
        for document in documents
    ]


def _entities_of(documents: Iterable[Answer], account: Account) -> dict[str, Entity]:
    wanted = {id for document in documents for id in entity_ids(document)}
    return Entity.objects.for_account(account).in_bulk(wanted)


def _destinations_of(documents: Iterable[Answer], account: Account, now: datetime) -> dict[str, Answer]:
    wanted = {use["destination"] for document in documents for use in document["destinations"]}
    # Without for_account's exclusion of deleted ones: a deleted flow is answered once more as it was.
    found = Destination.objects.filter(account=account, pk__in=wanted)
    return destinations_representation.represent(found, now=now)


def _source(source: Answer, entities: Mapping[str, Entity]) -> Answer:
    shown = source | {"entity": _entity_named(source, entities)}
    shown.pop("acceptance_criteria", None)
    return shown | _criteria(source)


def _criteria(holder: Answer) -> Answer:
    """Acceptance criteria may be absent, never null."""
    criteria = holder.get("acceptance_criteria")
    return {"acceptance_criteria": criteria} if criteria else {}


def _step(step: Answer, entities: Mapping[str, Entity]) -> Answer:
    """As LeadConduit has it: without what is ours, credentials not shown, no rule set where there is none."""
    if step["type"] != "recipient":
        return step
    shown = sealing.shown_step(step) | {"entity": _entity_named(step, entities)}
    return {key: item for key, item in shown.items() if key != "key" and item is not None}


def _entity_named(part: Answer, entities: Mapping[str, Entity]) -> Answer:
    entity = entities.get(part["entity"]["id"])
    answer = {"name": entity.name if entity else "", **part["entity"]}
    if entity and entity.time_zone:
        answer.setdefault("time_zone", entity.time_zone)
    return answer


def _use(use: Answer, destination: Answer) -> Answer:
    """The destination with only the actions that are used, and our three keys on each."""
    offered = {action["action_id"]: action for action in destination["actions"]}
    actions = [
        offered[action["action_id"]]
        | {
            "enabled": action["enabled"],
            "rule_set": action["rule_set"],
            "independent": action.get(
                "independent", False
            ),  # flows saved before there was such a thing have none
        }
        for action in use["actions"]
        if action["action_id"] in offered
    ]
    return destination | {"actions": actions}


# --- Entities


def represent_entities(entities: Iterable[Entity], *, account: Account) -> list[Answer]:
    flow_ids = _flow_ids_by_entity(account)
    return [_entity(entity, flow_ids[entity.pk]) for entity in entities]


def _flow_ids_by_entity(account: Account) -> defaultdict[str, list[str]]:
    rows = Flow.objects.for_account(account).order_by("pk").values_list("pk", "saved__document__sources")
    found: defaultdict[str, list[str]] = defaultdict(list)
    for flow_id, sources in rows:
        for source in sources or []:
            found[source["entity"]["id"]].append(flow_id)
    return found


def _entity(entity: Entity, flow_ids: list[str]) -> Answer:
    answer = {
        "id": entity.pk,
        "name": entity.name,
        "description": entity.description,
        "standard": False,
        "account": None,
        "source": entity.source,
        "recipient": entity.recipient,
        "module_ids": entity.module_ids,
        "flow_ids": flow_ids,
        "field_suffix": entity.field_suffix,
        "logo_url": entity.logo_url,
        "created_at": entity.created_at,
        "updated_at": entity.updated_at,
    }
    # These may be absent, never blank.
    for key in ("time_zone", "website"):
        if value := getattr(entity, key):
            answer[key] = value
    return answer


# --- Deliveries


def represent_deliveries(deliveries: Iterable[Delivery]) -> list[Answer]:
    """Without joins: what a delivery names may be gone."""
    rows = list(deliveries)
    instances = dict(
        Destination.objects.filter(pk__in={row.destination_id for row in rows}).values_list(
            "pk", "instance_id"
        )
    )
    actions = dict(
        Action.objects.filter(pk__in={row.action_id for row in rows}).values_list("pk", "action_id")
    )
    return [
        {
            "id": row.pk,
            "key": row.key,
            "state": row.state,
            "outcome": row.outcome or None,
            "reason": row.reason,
            "lead_id": row.lead_id,
            "flow_id": row.flow_id,
            "instance_id": instances.get(row.destination_id),
            "action_id": actions.get(row.action_id),
            "follows_id": row.follows_id,
            "origin_id": row.origin_id,
            "receipt": row.receipt,
            "attempts": row.attempt_count,
            "created_at": time_of(row.pk),
            "finished_at": row.finished_at,
        }
        for row in rows
    ]


def represent_attempts(attempts: Iterable[Attempt]) -> list[Answer]:
    rows = list(attempts)
    revisions = DestinationRevision.objects.filter(pk__in={row.revision_id for row in rows})
    numbers = dict(revisions.values_list("pk", "number"))
    return [
        {
            "number": attempt.number,
            "revision": numbers.get(attempt.revision_id or ""),
            "started_at": attempt.started_at,
            "ms": attempt.ms,
            "outcome": attempt.outcome,
            "reason": attempt.reason,
            "exchange": attempt.exchange,
        }
        for attempt in rows
    ]
