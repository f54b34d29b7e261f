"""From a destination's side: which flows deliver to it. Detaching and order are the flow's own pages."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from destinations.models import Action, Destination
from flows import definition, uses
from flows.models import Flow
from flows.views.changes import document_of
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role

MOST_FLOWS = 200


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.ADMIN)
def destination_attach(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    destinations = Destination.objects.for_account(request.account).activated()
    destination = get_object_or_404(destinations, instance_id=instance_id)
    actions, flows = list(destination.actions.current()), _flows(request)
    if request.method == "POST":
        return _attach(request, destination, actions, flows)
    context = {
        "destination": destination,
        "rows": [_row(flow, actions) for flow in flows],
        "section": "destination",
    }
    return render(request, "destinations/attach.html", context)


def _flows(request: MemberRequest) -> list[Flow]:
    flows = Flow.objects.for_account(request.account).filter(saved__isnull=False).select_related("saved")
    return list(flows.order_by("name", "pk")[:MOST_FLOWS])


def _row(flow: Flow, actions: list[Action]) -> dict[str, Any]:
    used = {use["action"] for entry in document_of(flow)["destinations"] for use in entry["actions"]}
    return {
        "flow": flow,
        "choices": [
            {"action": action, "value": _value(flow, action), "used": action.pk in used} for action in actions
        ],
    }


def _value(flow: Flow, action: Action) -> str:
    return f"{flow.pk}:{action.pk}"


def _attach(
    request: MemberRequest, destination: Destination, actions: list[Action], flows: list[Flow]
) -> HttpResponse:
    """Add what was checked to each flow, and save; deploy those flows where that was asked for too."""
    chosen = set(request.POST.getlist("use"))
    wanted = {flow: [action for action in actions if _value(flow, action) in chosen] for flow in flows}
    attached = [flow.name for flow, checked in wanted.items() if checked and _save(request, flow, checked)]
    if attached:
        live = (
            "Leads that come in now go there."
            if _deploys(request)
            else "Deploy the flows to send leads there."
        )
        messages.success(request, f"Attached to {', '.join(attached)}. {live}")
    elif not any(wanted.values()):
        messages.info(request, "No flow was chosen, so none was changed.")
    return redirect("app:destination-detail", destination.instance_id)


def _save(request: MemberRequest, flow: Flow, actions: list[Action]) -> bool:
    try:
        uses.attach(
            flow=flow,
            actions=actions,
            author=request.member,
            now=timezone.now(),
            deploys=_deploys(request),
        )
    except Flow.DoesNotExist:
        messages.error(request, f"{flow.name} was deleted meanwhile.")
    except definition.InvalidFlow as invalid:
        messages.error(request, f"{flow.name} was not changed. {invalid.sentence}")
    else:
        return True
    return False


def _deploys(request: MemberRequest) -> bool:
    return "deploy" in request.POST
