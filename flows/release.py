"""Releasing a lead that its flow withheld: by a person, with a reason, once, where the account's owner allows it.

Any stop or error before keeps a lead from every destination; a release is a person's word against that. The lead is
owed then what the flow that it ran on would have owed it: the same uses, conditions and order. What is no longer
there is left out, and said so.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from destinations.models import Action, Destination
from flows import engine, intake, past_leads
from flows.models import Flow, FlowRevision, Gate, Lead
from leadconduit.accounts import release as permission
from leadconduit.accounts.models import Account, AuditEvent, User
from leadconduit.leads.template import TooLong
from leadconduit.lib.ids import new_id

WITHHELD = (Gate.STOPPED, Gate.FAILED)
MAX_REASON = 500


class ReleaseRefused(Exception):
    """This lead cannot be released. `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Plan:
    """What releasing a lead comes to: a delivery for each of `uses`; or `refusal`, why it cannot be released.

    `unmet` are the uses whose own condition does not hold, as in `engine.Run`; `gone` those whose action or
    destination is no longer there: `{"destination", "action", "name"}`.
    """

    lead: Lead
    uses: tuple[engine.Use, ...] = ()
    unmet: tuple[dict[str, Any], ...] = ()
    gone: tuple[dict[str, str], ...] = ()
    refusal: str = ""


def plans(leads: Sequence[Lead]) -> list[Plan]:
    """What releasing each would come to now. The same queries however many, and one for each revision not yet known."""
    withheld = [lead for lead in leads if not _not_withheld(lead)]
    programs = _programs({lead.revision_id for lead in withheld})
    deleted = set(
        Flow.objects.filter(pk__in={lead.flow_id for lead in withheld}, deleted_at__isnull=False).values_list(
            "pk", flat=True
        )
    )
    uses = [use for program in programs.values() for use in program.uses]
    actions = Action.objects.select_related("destination").in_bulk({use.action for use in uses})
    variables = past_leads.variables_of_each(withheld)
    return [
        Plan(lead, refusal=refusal)
        if (refusal := _not_withheld(lead) or ("Its flow was deleted." if lead.flow_id in deleted else ""))
        else _plan(lead, programs.get(lead.revision_id), variables[lead.pk], actions)
        for lead in leads
    ]


@transaction.atomic
def release(lead: Lead, *, by: User, reason: str, now: datetime) -> Plan:
    """Let a withheld lead through: its deliveries and their places in the queue, in one transaction.

    Raises ReleaseRefused; then nothing changed. `reason` is not blank.
    """
    account = Account.objects.get(pk=lead.account_id)
    if not account.release_allowed:
        raise ReleaseRefused(permission.refusal(account))
    locked = Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)
    _hold_destinations(locked)
    (plan,) = plans([locked])
    if plan.refusal:
        raise ReleaseRefused(plan.refusal)
    locked.release_detail = {"gate": locked.gate, "unmet": list(plan.unmet), "gone": list(plan.gone)}
    locked.release_reason = reason.strip()[:MAX_REASON]
    locked.gate, locked.released_by, locked.released_at = Gate.RELEASED, by, now
    locked.save(update_fields=["gate", "released_by", "released_at", "release_reason", "release_detail"])
    intake.owe(intake.owed_deliveries(locked, plan.uses, after=new_id(now)), now=now)
    AuditEvent.record(
        account=account,
        by=by,
        action="lead.released",
        on=locked,
        detail={"deliveries": len(plan.uses), "left_out": len(plan.gone)},
    )
    return plan


def _hold_destinations(lead: Lead) -> None:
    """None of them is deleted, and none of their actions, while deliveries to them are being made."""
    used = {use.destination for program in _programs({lead.revision_id}).values() for use in program.uses}
    held = Destination.objects.filter(pk__in=used).order_by("pk").select_for_update(no_key=True)
    list(held.values_list("pk"))


def _programs(revision_ids: Collection[str]) -> dict[str, engine.Program]:
    programs = {}
    for id in revision_ids:
        try:
            programs[id] = intake.program_of(id)
        except FlowRevision.DoesNotExist:
            continue
    return programs


def _not_withheld(lead: Lead) -> str:
    """Why there is nothing to release, or nothing that could be: "" where there is."""
    if (lead.blame or {}).get("unmapped"):
        return (
            "A mapping of its source went wrong, so that its values are not known: have it submitted again."
        )
    if lead.gate == Gate.RELEASED:
        return "It was released already."
    if lead.gate not in WITHHELD:
        return "Its gate was open: it went to its destinations when it came in."
    return ""


def _plan(
    lead: Lead,
    program: engine.Program | None,
    variables: Mapping[str, object],
    actions: Mapping[str, Action],
) -> Plan:
    if program is None:
        return Plan(lead, refusal="The flow that it ran on is no longer kept.")
    try:
        owed, unmet = engine.owed(program, variables)
    except TooLong as error:
        return Plan(lead, refusal=error.sentence)
    there = tuple(use for use in owed if _is_there(actions.get(use.action)))
    gone = tuple(_gone(use, actions.get(use.action)) for use in owed if use not in there)
    return Plan(lead, there, unmet, gone, "" if there else _owed_nowhere(unmet, gone))


def _is_there(action: Action | None) -> bool:
    return action is not None and action.removed_at is None and action.destination.deleted_at is None


def _gone(use: engine.Use, action: Action | None) -> dict[str, str]:
    name = f"{action.destination}: {action}" if action else "An action that is gone"
    return {"destination": use.destination, "action": use.action, "name": name}


def _owed_nowhere(unmet: Iterable[object], gone: Iterable[object]) -> str:
    if gone:
        return "Every action that it would go to is gone."
    if unmet:
        return "It would go nowhere: no condition of an action holds for it."
    return "It would go nowhere: the flow that it ran on has no destination."
