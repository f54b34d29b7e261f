"""Events as the API answers them: what a step or a source recorded, and each attempt to deliver as a recipient's.

An answer is a snapshot: all that is known of the lead when the event came to be. Of a page of them the number of
queries is the same, however many there are. What is named may be gone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from destinations.models import Action, Destination
from destinations.outcome import Outcome
from flows.models import Attempt, Delivery, Event, FlowRevision, Lead
from flows.past_leads import variables_of_each
from flows.recipients.sealing import shown_step
from leadconduit.accounts.models import Account
from leadconduit.lib.ids import children_from, time_of

Answer = dict[str, Any]
Row = Event | Attempt

# Beside the lead itself and what steps appended.
OF_LEAD = ("submission", "account", "flow", "source")
# What events have in LeadConduit's description: what a step appended stands beside them, under the step's key.
PROPERTIES = frozenset(
    (
        "id",
        "type",
        "outcome",
        "reason",
        "vars",
        "host",
        "start_timestamp",
        "end_timestamp",
        "firehose",
        "ms",
        "wait_ms",
        "overhead_ms",
        "lag_ms",
        "total_ms",
        "handler_version",
        "version",
        "cap_reached",
        "flow_ping_limits",
        "source_ping_limits",
        "ping_limit_reached",
        "expires_at",
        "step_id",
        "caps",
        "caps_reached",
        "key",
        "cost",
        "purchase_price",
        "sale_price",
        "revenue",
        "module_id",
        "credential",
        "credential_updated",
        "package_version",
        "rule_set",
        "mappings",
        "pricing",
        "transactions",
        "explanation",
    )
)
EXPLAINED = ("op", "matched", "rules")
FAILURES = frozenset({Outcome.REJECTED.value})
SUCCESSES = frozenset(outcome.value for outcome in Outcome if outcome.is_success)


class Step(NamedTuple):
    """A step that handled a lead: how long it took, and what it appended under its key, if anything."""

    event_id: str
    ms: int
    key: str | None
    appended: Answer | None


class Snapshot(NamedTuple):
    """All that a page of events needs, by id."""

    account: Account
    leads: Mapping[str, Lead]
    variables: Mapping[str, Answer]
    steps: Mapping[str, Sequence[Step]]
    documents: Mapping[str, Answer]
    deliveries: Mapping[str, Delivery]
    destinations: Mapping[str, Destination]
    actions: Mapping[str, str]


def represent_events(rows: Sequence[Row], account: Account) -> list[Answer]:
    """In the order of the rows, which belong to the account."""
    snapshot = _snapshot(rows, account)
    return [_attempt(row, snapshot) if isinstance(row, Attempt) else _event(row, snapshot) for row in rows]


# --- What is read for it


def _snapshot(rows: Sequence[Row], account: Account) -> Snapshot:
    attempts = [row for row in rows if isinstance(row, Attempt)]
    deliveries = Delivery.objects.for_account(account).in_bulk([row.delivery_id for row in attempts])
    wanted = {row.lead_id for row in rows if isinstance(row, Event)}
    wanted |= {delivery.lead_id for delivery in deliveries.values() if delivery.lead_id}
    leads = Lead.objects.for_account(account).in_bulk(wanted)
    documents = dict(
        FlowRevision.objects.filter(
            flow__account=account, pk__in={lead.revision_id for lead in leads.values()}
        ).values_list("pk", "document")
    )
    destinations = Destination.objects.filter(account=account).in_bulk(
        {row.destination_id for row in deliveries.values()}
    )
    actions = Action.objects.filter(
        destination__account=account, pk__in={row.action_id for row in deliveries.values()}
    )
    return Snapshot(
        account=account,
        leads=leads,
        variables=variables_of_each(leads.values()),
        steps=_steps_of(leads, rows, account),
        documents=documents,
        deliveries=deliveries,
        destinations=destinations,
        actions=dict(actions.values_list("pk", "action_id")),
    )


def _steps_of(leads: Mapping[str, Lead], rows: Sequence[Row], account: Account) -> dict[str, list[Step]]:
    """The steps that handled each lead, in their order."""
    found: dict[str, list[Step]] = defaultdict(list)
    if not leads:
        return found
    events = Event.objects.filter(
        account=account,
        lead__in=leads,
        type__in=("filter", "recipient"),
        pk__gte=children_from(min(leads)),
        pk__lte=max(row.pk for row in rows),
    )
    for lead_id, *step in events.order_by("pk").values_list(
        "lead_id", "pk", "ms", "detail__key", "detail__appended"
    ):
        found[lead_id].append(Step(*step))
    return found


# --- What a step or the source recorded


def _event(event: Event, snapshot: Snapshot) -> Answer:
    lead = snapshot.leads.get(event.lead_id)
    document = snapshot.documents.get(lead.revision_id) if lead else None
    before = [step for step in snapshot.steps.get(event.lead_id, ()) if step.event_id < event.pk]
    answer = {
        **_head(event.pk, event.type, event.outcome, event.reason),
        **_times(event, lead, before),
        "vars": _vars(lead, snapshot, before, flow_id=event.flow_id),
    }
    if event.type == "source":
        return answer | _of_source(lead, document, before)
    answer["step_id"] = event.step_id
    step = _step_of(document, event.step_id)
    if step.get("rule_set"):
        answer["rule_set"] = step["rule_set"]
    if event.detail.get("rules"):
        answer["explanation"] = {key: event.detail[key] for key in EXPLAINED if key in event.detail}
    return answer | _of_recipient(event, step, answer) if event.type == "recipient" else answer


def _times(event: Event, lead: Lead | None, before: Sequence[Step]) -> Answer:
    """Steps ran one after another from when the lead was submitted; the source waited for all of them."""
    if lead is None:
        end = _epoch_ms(time_of(event.pk))
        return {"start_timestamp": end - event.ms, "end_timestamp": end, "ms": event.ms}
    begun, passed = _submitted(lead), sum(step.ms for step in before)
    start, ms = (begun, passed) if event.type == "source" else (begun + passed, event.ms)
    return {
        "start_timestamp": start,
        "end_timestamp": start + ms,
        "ms": ms,
        "total_ms": start + ms - begun,
    }


def _submitted(lead: Lead) -> int:
    at = lead.submission.get("timestamp")
    return _epoch_ms(datetime.fromisoformat(at) if at else lead.submitted_at)


def _of_source(lead: Lead | None, document: Answer | None, before: Sequence[Step]) -> Answer:
    answer: Answer = {"step_count": len(before), "appended": _appended(before)}
    if lead is None or document is None:
        return answer
    source = next((one for one in document["sources"] if one["entity"]["id"] == lead.source_id), None)
    if source:
        answer["module_id"] = source["integration"]["module_id"]
    for key, holder in (("acceptance_criteria", source), ("flow_acceptance_criteria", document)):
        if holder and holder.get("acceptance_criteria"):
            answer[key] = holder["acceptance_criteria"]
    return answer


def _step_of(document: Answer | None, id: str) -> Answer:
    steps = document["steps"] if document else ()
    return next((shown_step(step) for step in steps if step["id"] == id), {})


def _of_recipient(event: Event, step: Answer, answer: Answer) -> Answer:
    detail = event.detail
    told: Answer = {
        "vars": answer["vars"] | {"recipient": detail["entity"], "event_id": event.pk},
        "key": detail["key"],
        "module_id": detail["module_id"],
        "transactions": _transactions(detail["transactions"]),
        "wait_ms": event.ms,
    }
    if integration := step.get("integration"):
        told["mappings"] = integration["mappings"]
    if detail["key"] not in PROPERTIES:
        told[detail["key"]] = detail["appended"]
    return answer | told


# --- An attempt to deliver


def _attempt(attempt: Attempt, snapshot: Snapshot) -> Answer:
    """As a recipient's event; as a retry where it was not the first of its delivery."""
    delivery = snapshot.deliveries.get(attempt.delivery_id)
    lead = snapshot.leads.get(delivery.lead_id or "") if delivery else None
    steps = snapshot.steps.get(lead.pk, ()) if lead else ()
    type = "recipient" if attempt.number == 1 else "retry"
    end = _epoch_ms(time_of(attempt.pk))
    answer = {
        **_head(attempt.pk, type, _outcome(attempt), attempt.reason),
        "start_timestamp": end - attempt.ms,
        "end_timestamp": end,
        "ms": attempt.ms,
        "wait_ms": attempt.ms,
        "vars": _vars(lead, snapshot, steps, flow_id=delivery.flow_id if delivery else None)
        | {"event_id": attempt.pk},
        "transactions": _transactions([attempt.exchange] if attempt.exchange else ()),
        "delivery_id": attempt.delivery_id,
    }
    if lead:
        answer["total_ms"] = max(end - _submitted(lead), 0)
    if type == "retry":
        answer["retry_status"] = "completed"
    return answer | (_of_delivery(delivery, answer, snapshot) if delivery else {})


def _outcome(attempt: Attempt) -> str:
    if attempt.outcome in SUCCESSES:
        return "success"
    return "failure" if attempt.outcome in FAILURES else "error"


def _of_delivery(delivery: Delivery, answer: Answer, snapshot: Snapshot) -> Answer:
    variables = answer["vars"]
    if not delivery.lead_id:
        variables = variables | {"lead": delivery.input or {}}
    told: Answer = {"action_id": snapshot.actions.get(delivery.action_id)}
    if destination := snapshot.destinations.get(delivery.destination_id):
        told["instance_id"] = destination.instance_id
        variables = variables | {"recipient": {"id": destination.instance_id, "name": destination.name}}
    return told | {"vars": variables}


# --- Parts


def _head(id: str, type: str, outcome: str, reason: str) -> Answer:
    return {"id": id, "type": type, "outcome": outcome, "reason": reason}


def _epoch_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _vars(lead: Lead | None, snapshot: Snapshot, before: Sequence[Step], *, flow_id: str | None) -> Answer:
    if lead is None:
        account = {"id": snapshot.account.pk, "name": snapshot.account.name}
        return {"account": account} | ({"flow": {"id": flow_id}} if flow_id else {})
    variables = {name: snapshot.variables[lead.pk][name] for name in OF_LEAD}
    return {**_appended(before), **variables, "lead": {**lead.values, "id": lead.pk}}


def _appended(steps: Iterable[Step]) -> Answer:
    return {step.key: step.appended or {} for step in steps if step.key}


def _transactions(exchanges: Iterable[Answer]) -> list[Answer]:
    """Exchanges that were answered, as the description has them: one without an answer has no place in it."""
    return [_transaction(one) for one in exchanges if one.get("response")]


def _transaction(exchange: Answer) -> Answer:
    request, response = exchange["request"], exchange["response"]
    sent = {**request, "version": response["version"], "timestamp": _written_ms(request["timestamp"])}
    received = {**response, "timestamp": _written_ms(response["timestamp"])}
    # LeadConduit's description wants a URI there, which no status has.
    received.pop("status_text", None)
    return {"request": sent, "response": received, "ms": exchange["ms"]}


def _written_ms(at: str) -> int:
    return _epoch_ms(datetime.fromisoformat(at))
