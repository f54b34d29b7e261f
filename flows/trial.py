"""Trying a flow as it is saved on a lead. Nothing is kept or delivered, and recipients are asked only where one says so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from destinations.models import Action
from flows import engine, intake
from flows.delivery.orders import LiveRevision, NotDeliverable
from flows.models import Flow
from flows.recipients import calling
from flows.recipients.mappings import values_of
from flows.recipients.response import RecipientResult
from leadconduit.leads.bounds import TooLong
from leadconduit.leads.values import as_text
from leadconduit.lib.encryption import DecryptionError

UNKNOWN_HOST = "an address that is made of the lead"


class Receives(NamedTuple):
    """What one action would get: its payload, or the `problem` that is in the way."""

    name: str
    payload: Mapping[str, Any] | None
    problem: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of the lead. `not_called` are the steps whose recipients were not asked, and taken as success.

    `receives` is what would be delivered; where the gate is shut, `withheld` names who would have got the lead. Uses
    whose condition does not hold are in `unmet`, as in `engine.Run`.
    """

    values: Mapping[str, object]
    invalid: tuple[str, ...]
    run: engine.Run
    not_called: frozenset[str]
    receives: tuple[Receives, ...]
    withheld: tuple[str, ...]
    unmet: tuple[dict[str, Any], ...]


def open_saved(flow: Flow, *, entity_id: str) -> intake.OpenFlow:
    """The flow as it is saved, and one of its sources; where there is none of this id, one that stands in for it."""
    assert flow.saved_id  # a flow has its first revision from `create` on
    program = intake.program_of(flow.saved_id)
    source = program.sources.get(entity_id) or engine.Source("", "Sample source", enabled=True)
    return intake.OpenFlow(flow.pk, flow.account_id, flow.account.name, flow.saved_id, program, source)


def run(
    open_flow: intake.OpenFlow,
    submitted: Mapping[str, Any],
    submission: Mapping[str, object],
    *,
    calls: bool,
) -> Trial:
    """Run it; with `calls`, recipients are really asked."""
    not_called: set[str] = set()

    def taken_as_success(step: engine.Recipient, _: engine.Variables) -> RecipientResult:
        not_called.add(step.id)
        return RecipientResult.without_answer("success", "")

    judged = intake.judge(open_flow, submitted, submission, calling.call if calls else taken_as_success)
    variables = intake.variables(open_flow, judged.values, submission) | judged.run.appended
    uses, unmet = judged.run.uses, judged.run.unmet
    if judged.run.gate != "open":
        uses, unmet = _owed_otherwise(open_flow.program, variables)
    actions = Action.objects.select_related("destination__live").in_bulk([use.action for use in uses])
    is_open = judged.run.gate == "open"
    return Trial(
        judged.values,
        judged.invalid,
        judged.run,
        frozenset(not_called),
        tuple(_receives(uses, actions, variables)) if is_open else (),
        () if is_open else tuple(_name(actions.get(use.action)) for use in uses),
        unmet,
    )


def _owed_otherwise(
    program: engine.Program, variables: engine.Variables
) -> tuple[tuple[engine.Use, ...], tuple[dict[str, Any], ...]]:
    try:
        return engine.owed(program, variables)
    except TooLong:
        return (), ()  # what shut the gate says so already


def _receives(
    uses: tuple[engine.Use, ...], actions: Mapping[str, Action], variables: dict[str, object]
) -> Iterator[Receives]:
    """By the mappings that are live, as a delivery goes by them."""
    opened: dict[str, LiveRevision] = {}
    for use in uses:
        action = actions.get(use.action)
        live = action.destination.live if action else None
        if live is None:
            yield Receives(_name(action), None, "The destination is gone.")
            continue
        revision = opened.setdefault(live.pk, LiveRevision(live.document))
        try:
            revision.action(use.action)
            yield Receives(_name(action), revision.payload(use.action, variables), "")
        except NotDeliverable as error:
            yield Receives(_name(action), None, error.sentence)


def _name(action: Action | None) -> str:
    return f"{action.destination}: {action}" if action else "An action that is gone"


def hosts(program: engine.Program, variables: engine.Variables) -> list[str]:
    """Where requests would go if recipients were asked about this lead, each once."""
    steps = (step for step in program.steps if isinstance(step, engine.Recipient))
    return list(dict.fromkeys(_host(step, variables) for step in steps))


def _host(step: engine.Recipient, variables: engine.Variables) -> str:
    addresses = (mapping for mapping in step.mappings if mapping.property == "url")
    try:
        return urlsplit(as_text(values_of(addresses, variables).get("url")).strip()).hostname or UNKNOWN_HOST
    except (TooLong, DecryptionError, ValueError):
        return UNKNOWN_HOST
