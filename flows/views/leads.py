"""The leads of an account: the list by gate, and one lead with its steps, its gate and its deliveries."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from destinations.models import Action
from flows import release
from flows.forms.release import ReleaseForm
from flows.models import Delivery, Event, Flow, FlowRevision, Gate, Lead, State
from flows.views import way
from flows.views.deliveries import with_names
from flows.views.values import fields_of
from leadconduit.accounts import release as permission
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.leads.rules import sentences
from leadconduit.lib.ids import children_from, is_id

PAGE = 50


@require_safe
@requires(Role.VIEWER)
def lead_list(request: MemberRequest) -> HttpResponseBase:
    gate, search, before = (request.GET.get(name, "").strip() for name in ("gate", "q", "before"))
    leads = Lead.objects.for_account(request.account)
    if gate in Gate.values:
        leads = leads.filter(gate=gate)
    if search:
        leads = leads.filter(pk=search) if is_id(search) else leads.filter(email=search.lower())
    if is_id(before):
        leads = leads.filter(pk__lt=before)
    page = list(leads.order_by("-pk")[: PAGE + 1])
    trouble = _trouble(page[:PAGE])
    names = dict(Flow.objects.filter(pk__in={lead.flow_id for lead in page}).values_list("pk", "name"))
    kept = f"?{urlencode({'gate': gate, 'q': search})}"
    context = {
        "rows": [
            {
                "lead": lead,
                "flow": names.get(lead.flow_id, "A flow that is gone"),
                "withheld": lead.gate in release.WITHHELD,
                "trouble": trouble.get(lead.pk, ""),
            }
            for lead in page[:PAGE]
        ],
        "can_release": _can_release(request) and any(lead.gate in release.WITHHELD for lead in page[:PAGE]),
        "all_chosen": "all" in request.GET,
        "all_url": f"{kept}&{urlencode({'before': before, 'all': 1})}#leads",
        "search": search,
        "gate": gate,
        "kept": [("gate", gate)],
        "tabs": [
            {"label": label, "url": f"?{urlencode({'gate': value, 'q': search})}", "current": gate == value}
            for value, label in (
                ("", "All"),
                ("open", "Passed"),
                ("stopped", "Stopped"),
                ("failed", "Failed"),
                ("released", "Released"),
            )
        ],
        "older_url": f"{kept}&before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "newer_url": kept if before else "",
    }
    template = "leads/_list.html" if request.htmx and not request.htmx.boosted else "leads/list.html"
    return render(request, template, context)


def _trouble(leads: Sequence[Lead]) -> dict[str, str]:
    """How many deliveries of each lead failed or were rejected, and were not sent again since. One query."""
    if not leads:
        return {}
    is_bad = Q(state__in=(State.FAILED, State.REJECTED))
    found = Delivery.objects.filter(
        is_bad | Q(origin__isnull=False),
        lead__in=[lead.pk for lead in leads],
        pk__gte=children_from(min(lead.pk for lead in leads)),
    ).values_list("pk", "lead_id", "state", "origin_id")
    sent_again = {origin for *_, origin in found}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for id, lead_id, state, _ in found:
        if state in (State.FAILED, State.REJECTED) and id not in sent_again:
            counts[lead_id][state] += 1
    return {
        lead: ", ".join(f"{number} {state}" for state, number in count.items())
        for lead, count in counts.items()
    }


@require_safe
@requires(Role.VIEWER)
def lead_detail(request: MemberRequest, pk: str) -> HttpResponseBase:
    leads = Lead.objects.for_account(request.account).select_related("released_by")
    lead = get_object_or_404(leads, pk=pk)
    flow = Flow.objects.filter(pk=lead.flow_id).first()
    revision = FlowRevision.objects.filter(pk=lead.revision_id).first()
    events = list(Event.objects.filter(lead=lead, pk__gte=children_from(lead.pk)).order_by("pk"))
    deliveries = list(Delivery.objects.of_lead(lead).order_by("pk"))
    plan = release.plans([lead])[0] if lead.gate in release.WITHHELD else None
    went = _way(lead, events)
    unmet = plan.unmet if plan else _unmet(lead, events)
    context = {
        "lead": lead,
        "flow": flow,
        "revision": revision,
        "steps": way.rows(revision.document, lead.source_id, went) if revision else [],
        "shut_by": way.shut_by(went),
        "deliveries": with_names(deliveries, with_attempts=True),
        "withheld": _named([(use.action, "") for use in plan.uses]) if plan else [],
        "not_released": plan.refusal if plan else "",
        "unmet": _named([(one["action"], "; ".join(sentences(one))) for one in unmet]),
        "paused": _named([(id, "") for id in _paused(revision)]),
        "gone": plan.gone if plan else (lead.release_detail or {}).get("gone", ()),
        "release_form": ReleaseForm() if plan and not plan.refusal and _can_release(request) else None,
        "forbidden": permission.refusal(request.account) if plan and _may_ask_owner(request) else "",
        "fields": fields_of(lead.values, lead.invalid, revision.document["fields"] if revision else ()),
    }
    return render(request, "leads/detail.html", context)


def _can_release(request: MemberRequest) -> bool:
    return request.membership.can_change and request.account.release_allowed


def _may_ask_owner(request: MemberRequest) -> bool:
    return request.membership.can_change and not request.account.release_allowed


def _way(lead: Lead, events: Sequence[Event]) -> way.Way:
    acceptance = [verdict for event in events for verdict in event.detail.get("acceptance", ())]
    return way.Way(acceptance, [event for event in events if event.step_id], lead.blame, lead.reason)


def _unmet(lead: Lead, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Uses of a destination whose own condition did not hold for this lead, when it came in or was released."""
    found = [one for event in events for one in event.detail.get("unmet", [])]
    found += (lead.release_detail or {}).get("unmet", [])
    return found


def _paused(revision: FlowRevision | None) -> list[str]:
    """The actions that the flow which the lead ran on had paused."""
    uses = revision.document["destinations"] if revision else ()
    return [one["action"] for use in uses for one in use["actions"] if not one.get("enabled", True)]


def _named(uses: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Uses by the id of their action, each with `words`, as "CRM: Create"."""
    actions = (
        Action.objects.select_related("destination").in_bulk([action for action, _ in uses]) if uses else {}
    )
    return [
        {
            "name": f"{actions[id].destination}: {actions[id]}"
            if id in actions
            else "An action that is gone",
            "words": words,
        }
        for id, words in uses
    ]
