"""A lead comes in: the deployed revision decides, one transaction keeps it, then the source gets its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from django.db import transaction

from destinations.models import Action
from flows import engine, repeats
from flows.delivery import queue
from flows.inbound.mapping import NotMapped, apply_mappings
from flows.models import Delivery, Entity, Event, Flow, FlowRevision, Lead
from flows.recipients import calling
from flows.recipients.request import longest_wait
from leadconduit.accounts.models import CustomField
from leadconduit.leads.standard_fields import type_of
from leadconduit.leads.typed import typed
from leadconduit.leads.values import as_text, clean, select
from leadconduit.lib.ids import ids_after, is_id, new_id


@dataclass(frozen=True, slots=True)
class OpenFlow:
    """A deployed flow as intake needs it, and the source that is knocking."""

    id: str
    account_id: str
    account_name: str
    revision_id: str
    program: engine.Program
    source: engine.Source

    @property
    def asks_recipients(self) -> bool:
        return any(isinstance(step, engine.Recipient) for step in self.program.steps)

    @property
    def longest_run(self) -> timedelta:
        """How long a lead is under way at most: as long as all recipients may take, and a little."""
        recipients = [step for step in self.program.steps if isinstance(step, engine.Recipient)]
        return timedelta(seconds=15 + sum(longest_wait(step.mappings) for step in recipients))

    def without_mappings(self) -> "OpenFlow":
        """For values that the source's mappings have made already."""
        return replace(self, source=replace(self.source, mappings=()))


class Judged(NamedTuple):
    """A lead's values as the flow reads them, the ids of those that were repaired, and its way through the flow."""

    values: dict[str, object]
    invalid: tuple[str, ...]
    run: engine.Run


def find(*, flow_id: str, entity_id: str) -> OpenFlow | None:
    """The deployed flow and its source. None for what was never deployed, is deleted, or never was."""
    if not is_id(flow_id):
        return None
    flow = (
        Flow.objects.filter(pk=flow_id, deleted_at__isnull=True, deployed__isnull=False)
        .values("id", "account_id", "account__name", "deployed_id")
        .first()
    )
    if flow is None:
        return None
    program = program_of(flow["deployed_id"])
    source = program.sources.get(entity_id)
    if source is None:
        return None
    return OpenFlow(
        flow["id"], flow["account_id"], flow["account__name"], flow["deployed_id"], program, source
    )


@lru_cache(maxsize=1000)
def program_of(revision_id: str) -> engine.Program:
    """A revision, compiled. It never changes, so what was compiled once holds. Raises FlowRevision.DoesNotExist."""
    document = FlowRevision.objects.values_list("document", flat=True).get(pk=revision_id)
    return engine.compile_flow(document, Entity.names(engine.entity_ids(document)))


def submit(
    open_flow: OpenFlow,
    submitted: Mapping[str, Any],
    *,
    ip: str,
    now: datetime,
    under: repeats.Submission | None = None,
) -> Lead:
    """Run the flow on what was submitted and keep everything that follows from it, all or nothing.

    Raises repeats.Repeated where a lead was kept `under` the same key meanwhile.
    """
    submission = {"timestamp": now.isoformat(), "ip": ip}
    values, invalid, run = judge(open_flow, submitted, submission, calling.call)
    lead = Lead(
        # The time after recipients have answered: whoever reads on from the newest id must not miss this one.
        id=new_id(now + timedelta(milliseconds=run.waited_ms)),
        account_id=open_flow.account_id,
        flow_id=open_flow.id,
        revision_id=open_flow.revision_id,
        source_id=open_flow.source.entity_id,
        email=as_text(values.get("email")).strip().lower()[:320],
        values=values,
        invalid=list(invalid),
        submission=submission,
        outcome=run.outcome,
        reason=run.reason,
        gate=run.gate,
        blame=run.blame,
        appended=run.appended,
    )
    deliveries = owed_deliveries(lead, run.uses, after=lead.pk)
    keep(lead, events=_events(lead, run), deliveries=deliveries, now=now, under=under)
    return lead


def judge(
    open_flow: OpenFlow,
    submitted: Mapping[str, Any],
    submission: Mapping[str, object],
    call: engine.Call,
) -> Judged:
    """What the flow makes of what was submitted. Nothing is kept."""
    mapped, problem = _mapped(open_flow, submitted, submission)
    selected = select(mapped, open_flow.program.fields)
    values = typed(selected.values, open_flow.program.types.get, selected.invalid)
    run = problem or engine.run(open_flow.program, variables(open_flow, values, submission), call)
    return Judged(values, selected.invalid, run)


def _mapped(
    open_flow: OpenFlow, submitted: Mapping[str, Any], submission: Mapping[str, object]
) -> tuple[Mapping[str, Any], engine.Run | None]:
    """What the source's mappings make of a submission; where they cannot, the submission, and how the run ends."""
    if not open_flow.source.mappings:
        return submitted, None
    try:
        return apply_mappings(
            open_flow.source.mappings, submitted, variables(open_flow, submitted, submission)
        ), None
    except NotMapped as error:
        blame = {"id": None, "position": None, "description": error.sentence, "unmapped": True}
        return submitted, engine.Run("error", error.sentence, "failed", blame, ())


def variables(
    open_flow: OpenFlow, values: Mapping[str, object], submission: Mapping[str, object]
) -> dict[str, object]:
    """What rules and templates of this flow can name."""
    return {
        "lead": values,
        "submission": submission,
        "account": {"id": open_flow.account_id, "name": open_flow.account_name},
        "flow": {"id": open_flow.id, "name": open_flow.program.name},
        "source": {"id": open_flow.source.entity_id, "name": open_flow.source.name},
    }


def _events(lead: Lead, run: engine.Run) -> list[Event]:
    """One event for each step that ran, then the source's own, as the real service orders them."""
    ids = ids_after(lead.pk, len(run.steps) + 1)
    shared = {"account_id": lead.account_id, "flow_id": lead.flow_id, "lead_id": lead.pk}
    events = [
        Event(
            id=id,
            **shared,
            type=step.type,
            step_id=step.step_id,
            outcome=step.outcome,
            reason=step.reason,
            detail=step.detail,
            ms=step.ms,
        )
        for id, step in zip(ids, run.steps, strict=False)
    ]
    found = {"acceptance": list(run.acceptance), "unmet": list(run.unmet)}
    detail = {name: verdicts for name, verdicts in found.items() if verdicts}
    source = Event(id=ids[-1], **shared, type="source", outcome=run.outcome, reason=run.reason, detail=detail)
    return [*events, source]


def owed_deliveries(lead: Lead, uses: Sequence[engine.Use], *, after: str) -> list[Delivery]:
    """One for each use, in the flow's order, made at the time of the id `after` and not saved yet.

    The actions of one destination follow one another; independent ones follow none, and none follows them.
    """
    ids = iter(ids_after(after, len(uses)))
    deliveries: list[Delivery] = []
    for destination_id, of_destination in groupby(uses, key=lambda use: use.destination):
        before: Delivery | None = None
        for use in of_destination:
            delivery = Delivery(
                id=next(ids),
                account_id=lead.account_id,
                flow_id=lead.flow_id,
                lead_id=lead.pk,
                destination_id=destination_id,
                action_id=use.action,
                follows=None if use.independent else before,
            )
            deliveries.append(delivery)
            before = before if use.independent else delivery
    return deliveries


@transaction.atomic
def keep(
    lead: Lead,
    *,
    events: Sequence[Event],
    deliveries: Sequence[Delivery],
    now: datetime,
    under: repeats.Submission | None = None,
) -> None:
    """The lead, its events, its deliveries and their places in the queue: one transaction, no network."""
    if under:
        repeats.record(under, lead, now=now)
    lead.save(force_insert=True)
    Event.objects.bulk_create(events)
    owe(deliveries, now=now)


def owe(deliveries: Sequence[Delivery], *, now: datetime) -> None:
    """Save deliveries and their places in the queue, in the caller's transaction."""
    if deliveries:
        Delivery.objects.bulk_create(deliveries)
        queue.put(deliveries, now=now)


@transaction.atomic
def deliver_input(action: Action, values: Mapping[str, Any], *, now: datetime) -> Delivery:
    """A delivery that no lead caused: it keeps its input and goes through the same queue."""
    cleaned, _ = clean(dict(values))
    assert isinstance(cleaned, dict)
    account = action.destination.account
    custom = CustomField.objects.for_account(account).types()
    delivery = Delivery(
        id=new_id(now),
        account=account,
        destination_id=action.destination_id,
        action=action,
        input=typed(cleaned, lambda field: custom.get(field) or type_of(field)),
    )
    delivery.save(force_insert=True)
    queue.put([delivery], now=now)
    return delivery
