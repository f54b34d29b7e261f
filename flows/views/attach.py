"""From a destination's side: which flows deliver to it. Detaching and order are the flow's own pages."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from destinations.models import Action, Destination
from flows import definition, editing
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
    if request.method == "POST":
        return _attach(request, destination)
    flows = _flows(request)
    context = {
        "destination": destination,
        "rows": [_row(flow, list(destination.actions.current())) for flow in flows],
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
            {"action": action, "value": f"{flow.pk}:{action.pk}", "used": action.pk in used}
            for action in actions
        ],
    }


def _attach(request: MemberRequest, destination: Destination) -> HttpResponse:
    """Add what was checked to each flow, and save; deploy those flows where that was asked for too."""
    deploys = "deploy" in request.POST
    wanted = {flow: _wanted(request, flow, destination) for flow in _flows(request)}
    attached = [
        flow.name
        for flow, actions in wanted.items()
        if actions and _save(request, flow, destination, actions, deploys=deploys)
    ]
    if attached:
        live = "Leads that come in now go there." if deploys else "Deploy the flows to send leads there."
        messages.success(request, f"Attached to {', '.join(attached)}. {live}")
    elif not any(wanted.values()):
        messages.info(request, "No flow was chosen, so none was changed.")
    return redirect("app:destination-detail", destination.instance_id)


def _wanted(request: MemberRequest, flow: Flow, destination: Destination) -> list[Action]:
    chosen = request.POST.getlist("use")
    return [action for action in destination.actions.current() if f"{flow.pk}:{action.pk}" in chosen]


def _save(
    request: MemberRequest, flow: Flow, destination: Destination, actions: list[Action], *, deploys: bool
) -> bool:
    entries = _entries(document_of(flow), destination, actions)
    now = timezone.now()
    try:
        flow = editing.change(flow=flow, parts={"destinations": entries}, author=request.member, now=now)
        if deploys:
            editing.deploy(flow=flow, author=request.member, now=now)
    except definition.InvalidFlow as invalid:
        messages.error(request, f"{flow.name} was not changed. {invalid.sentence}")
        return False
    return True


def _entries(
    document: definition.Document, destination: Destination, wanted: list[Action]
) -> list[dict[str, Any]]:
    """The flow's destinations as a caller writes them, with the wanted actions behind those of this destination."""
    kept = {
        entry["destination"]: [use["action_id"] for use in entry["actions"]]
        for entry in document["destinations"]
    }
    instance_ids = dict(Destination.objects.filter(pk__in=kept).values_list("pk", "instance_id"))
    uses = {instance_ids[id]: action_ids for id, action_ids in kept.items() if id in instance_ids}
    own = uses.setdefault(destination.instance_id, [])
    own += [action.action_id for action in wanted if action.action_id not in own]
    return [
        {"instance_id": instance_id, "actions": [{"action_id": action_id} for action_id in action_ids]}
        for instance_id, action_ids in uses.items()
    ]
