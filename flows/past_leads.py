"""Leads that came in before, to try things on and to tell what a change would have made of them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from destinations.models import Destination
from flows.models import Delivery, Entity, Flow, FlowUsage, Lead, Stage
from leadconduit.accounts.models import Account
from leadconduit.lib.ids import is_id


class Delivered(NamedTuple):
    """A lead, the action that was to get it, and what the action's mapping could name then."""

    action_id: str
    lead_id: str
    variables: dict[str, Any]


def latest(account: Account, *, limit: int = 20, search: str = "") -> list[Lead]:
    """The account's newest leads; with `search`, the one with this id or those with this e-mail address."""
    leads = Lead.objects.for_account(account)
    if search := search.strip():
        leads = leads.filter(pk=search) if is_id(search) else leads.filter(email=search.lower())
    return list(leads.order_by("-pk")[:limit])


def find(account: Account, lead_id: str) -> Lead | None:
    return Lead.objects.for_account(account).filter(pk=lead_id).first() if is_id(lead_id) else None


def variables_of(lead: Lead) -> dict[str, Any]:
    """What templates may name for this lead. The names of its flow, source and account are those of today."""
    return variables_of_each([lead])[lead.pk]


def variables_of_each(leads: Iterable[Lead]) -> dict[str, dict[str, Any]]:
    """`variables_of`, by the lead's id: the same queries for however many."""
    leads = tuple(leads)
    flows = _names(Flow, {lead.flow_id for lead in leads})
    sources = _names(Entity, {lead.source_id for lead in leads})
    accounts = _names(Account, {lead.account_id for lead in leads})
    return {
        lead.pk: {
            **lead.appended,
            "lead": lead.values,
            "submission": lead.submission,
            "account": {"id": lead.account_id, "name": accounts.get(lead.account_id, "")},
            "flow": {"id": lead.flow_id, "name": flows.get(lead.flow_id, "")},
            "source": {"id": lead.source_id, "name": sources.get(lead.source_id, "")},
        }
        for lead in leads
    }


def delivered_to(destination: Destination, *, limit: int = 50) -> list[Delivered]:
    """The newest pairs of lead and action of a destination, newest first; leads that are no longer kept left out.

    Where nothing was delivered yet, the newest leads of the flows that use it, with each action that they use.
    """
    pairs = _deliveries(destination, limit) or _expected(destination, limit)
    leads = Lead.objects.filter(account=destination.account_id).in_bulk({lead for _, lead in pairs})
    variables = variables_of_each(leads.values())
    return [Delivered(action, lead, variables[lead]) for action, lead in pairs if lead in variables]


def _deliveries(destination: Destination, limit: int) -> list[tuple[str, str]]:
    rows = (
        Delivery.objects.filter(destination=destination.pk, lead__isnull=False)
        .order_by("-pk")
        .values_list("action_id", "lead_id")
    )
    # One that was sent again is there twice: a few more are read than are wanted.
    return list(dict.fromkeys(rows[: 2 * limit]))[:limit]


def _expected(destination: Destination, limit: int) -> list[tuple[str, str]]:
    usages = FlowUsage.objects.filter(
        action__destination=destination, stage=Stage.SAVED, flow__deleted_at__isnull=True
    )
    actions: dict[str, list[str]] = {}
    for flow, action in usages.order_by("flow_id", "position").values_list("flow_id", "action_id"):
        actions.setdefault(flow, []).append(action)
    leads = (
        Lead.objects.filter(account=destination.account_id, flow__in=actions)
        .order_by("-pk")
        .values_list("flow_id", "pk")[:limit]
    )
    return [(action, lead) for flow, lead in leads for action in actions[flow]][:limit]


def _names(model: Any, ids: set[str]) -> dict[str, str]:
    return dict(model.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
