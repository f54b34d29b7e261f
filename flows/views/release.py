"""Releasing withheld leads: one or a selection, after a look at where each would go."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from destinations.models import Action
from flows import release
from flows.engine import Use
from flows.forms.release import ReleaseForm
from flows.models import Lead
from leadconduit.accounts import release as permission
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.lib.ids import is_id

MOST = 50


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.ADMIN)
def lead_release(request: MemberRequest) -> HttpResponseBase:
    """`lead`, once for each, says which; what is not of this account is not there."""
    posted = request.POST if request.method == "POST" else request.GET
    ids = list(dict.fromkeys(id for id in posted.getlist("lead") if is_id(id)))
    leads = list(Lead.objects.for_account(request.account).filter(pk__in=ids[:MOST]).order_by("-pk"))
    if not leads or len(ids) > MOST:
        messages.info(request, f"Choose the leads to release, at most {MOST} at once.")
        return redirect("app:lead-list")
    if request.method != "POST":
        return _page(request, leads, ReleaseForm())
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return _page(request, leads, form, status=422)
    return _release(request, leads, form.cleaned_data["reason"])


def _release(request: MemberRequest, leads: Sequence[Lead], reason: str) -> HttpResponse:
    """Each in a transaction of its own: what is wrong with one keeps no other back."""
    released: list[release.Plan] = []
    refused: list[tuple[Lead, str]] = []
    for lead in leads:
        try:
            released.append(release.release(lead, by=request.member, reason=reason, now=timezone.now()))
        except release.ReleaseRefused as refusal:
            refused.append((lead, refusal.sentence))
    if released:
        messages.success(request, _in_words(released))
    # The page names the leads that stay: a message is kept in a cookie, where no lead's value belongs.
    for sentence in dict.fromkeys(sentence for _, sentence in refused):
        count = sum(sentence == other for _, other in refused)
        messages.error(request, sentence if len(leads) == 1 else f"{_leads(count)} not released. {sentence}")
    if len(leads) == 1:
        return redirect("app:lead-detail", pk=leads[0].pk)
    if refused:
        return redirect(address(lead for lead, _ in refused))
    return redirect("app:lead-list")


def address(leads: Iterable[Lead]) -> str:
    """The page that asks before these are released."""
    return f"{reverse('app:lead-release')}?{urlencode([('lead', lead.pk) for lead in leads])}"


def _in_words(released: Sequence[release.Plan]) -> str:
    deliveries = sum(len(plan.uses) for plan in released)
    gone = list(dict.fromkeys(one["name"] for plan in released for one in plan.gone))
    left_out = f" Left out, because it is gone: {', '.join(gone)}." if gone else ""
    next_in_line = "1 delivery is" if deliveries == 1 else f"{deliveries} deliveries are"
    return f"{_leads(len(released))} released. {next_in_line} next in line.{left_out}"


def _leads(count: int) -> str:
    return "1 lead was" if count == 1 else f"{count} leads were"


def _page(
    request: MemberRequest, leads: Sequence[Lead], form: ReleaseForm, status: int = 200
) -> HttpResponseBase:
    plans = release.plans(leads)
    allowed = request.account.release_allowed
    actions = Action.objects.select_related("destination").in_bulk(
        {use.action for plan in plans for use in plan.uses}
    )
    context = {
        "rows": [{"plan": plan, "goes_to": _goes_to(plan.uses, actions)} for plan in plans],
        "ready": [plan.lead for plan in plans if allowed and not plan.refusal],
        "form": form,
        "forbidden": "" if allowed else permission.refusal(request.account),
        "back_url": reverse("app:lead-detail", args=[leads[0].pk])
        if len(leads) == 1
        else reverse("app:lead-list"),
    }
    return render(request, "leads/release.html", context, status=status)


def _goes_to(uses: Iterable[Use], actions: dict[str, Action]) -> list[dict[str, Any]]:
    """The destinations with the actions that would run, in their order."""
    return [
        {
            "name": actions[(of_destination := list(group))[0].action].destination.name,
            "actions": ", ".join(actions[use.action].name for use in of_destination),
        }
        for _, group in groupby(uses, key=lambda use: use.destination)
    ]
