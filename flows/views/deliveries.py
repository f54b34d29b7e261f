"""The deliveries log, one delivery with its attempts, and sending it once more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from destinations.models import Action, Destination, Lane
from flows.delivery import replay
from flows.models import Attempt, Delivery, Due, Flow, Gate, Lead, State
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.display import moment
from leadconduit.leads.values import plain
from leadconduit.lib.ids import children_from, is_id

PAGE = 50


@require_safe
@requires(Role.VIEWER)
def delivery_list(request: MemberRequest) -> HttpResponseBase:
    state, instance_id, before = (
        request.GET.get(name, "").strip() for name in ("state", "instance_id", "before")
    )
    deliveries = Delivery.objects.for_account(request.account)
    destination = None
    if state in State.values:
        deliveries = deliveries.filter(state=state)
    if instance_id:
        destination = get_object_or_404(Destination, account=request.account, instance_id=instance_id)
        deliveries = deliveries.filter(destination=destination)
    if is_id(before):
        deliveries = deliveries.filter(pk__lt=before)
    page = list(deliveries.order_by("-pk")[: PAGE + 1])
    kept = f"?{urlencode({'state': state, 'instance_id': instance_id})}"
    context = {
        "rows": with_names(page[:PAGE]),
        "destination": destination,
        "state": state,
        "tabs": [
            {
                "label": label,
                "url": f"?{urlencode({'state': value, 'instance_id': instance_id})}",
                "current": state == value,
            }
            for value, label in (("", "All"), *((s.value, s.label) for s in State if s != State.ACCEPTED))
        ],
        "older_url": f"{kept}&before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "newer_url": kept if before else "",
    }
    template = (
        "deliveries/_list.html" if request.htmx and not request.htmx.boosted else "deliveries/list.html"
    )
    return render(request, template, context)


@require_safe
@requires(Role.VIEWER)
def delivery_detail(request: MemberRequest, pk: str) -> HttpResponseBase:
    delivery = get_object_or_404(Delivery.objects.for_account(request.account), pk=pk)
    row = with_names([delivery], with_attempts=True)[0]
    template = (
        "deliveries/_delivery.html" if request.htmx and not request.htmx.boosted else "deliveries/detail.html"
    )
    context = {"row": row, "delivery": delivery, "input": plain(delivery.input, "raw")}
    return render(request, template, context)


@require_POST
@requires(Role.ADMIN)
def delivery_try_again(request: MemberRequest, pk: str) -> HttpResponseBase:
    delivery = get_object_or_404(Delivery.objects.for_account(request.account), pk=pk)
    try:
        replay.try_again(delivery, by=request.member, now=timezone.now())
    except replay.ReplayRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{_when(delivery)}, with the same key as before.")
    return redirect("app:delivery-detail", pk=delivery.pk)


def _when(delivery: Delivery) -> str:
    """No delivery goes before its destination's system may be asked."""
    limited = Lane.objects.filter(destination=delivery.destination_id, limited_until__gt=timezone.now())
    until = limited.values_list("limited_until", flat=True).first()
    return (
        f"It goes out at {moment(until)}: the system asked to wait until then"
        if until
        else "It is next in line"
    )


@require_POST
@requires(Role.ADMIN)
def delivery_arrived(request: MemberRequest, pk: str) -> HttpResponseBase:
    delivery = get_object_or_404(Delivery.objects.for_account(request.account), pk=pk)
    try:
        replay.say_it_arrived(delivery, by=request.member, now=timezone.now())
    except replay.ReplayRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "It counts as delivered, and what waited for it goes on.")
    return redirect("app:delivery-detail", pk=delivery.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.ADMIN)
def delivery_send_again(request: MemberRequest, pk: str) -> HttpResponseBase:
    delivery = get_object_or_404(Delivery.objects.for_account(request.account), pk=pk)
    if request.method != "POST":
        return render(request, "confirm.html", _send_again_question(delivery))
    try:
        repeated = replay.send_again(delivery, by=request.member, now=timezone.now())
    except replay.ReplayRefused as refused:
        messages.error(request, str(refused))
        return redirect("app:delivery-detail", pk=delivery.pk)
    messages.success(request, "This is the new delivery. The one before is linked below.")
    return redirect("app:delivery-detail", pk=repeated.pk)


def _send_again_question(delivery: Delivery) -> dict[str, Any]:
    judged = "took this lead" if delivery.state == State.DELIVERED else "judged this lead"
    followers = replay.behind(delivery)
    actions = Action.objects.in_bulk({follower.action_id for follower in followers})
    names = ", ".join(f"“{actions[follower.action_id].name}”" for follower in followers)
    as_well = f" What comes after it is sent again as well, in the same order: {names}." if names else ""
    return {
        "title": "Send it again?",
        "words": f"The receiver already {judged}. Sending again is a new delivery with a new key, so the receiver"
        f" cannot tell that it is the same lead and may have it twice.{as_well}",
        "action": reverse("app:delivery-send-again", args=[delivery.pk]),
        "button": "Send again",
        "danger": False,
        "cancel_url": reverse("app:delivery-detail", args=[delivery.pk]),
        "section": "delivery",
    }


def with_names(deliveries: Sequence[Delivery], *, with_attempts: bool = False) -> list[dict[str, Any]]:
    """Deliveries with what their ids name, as far as it is still there: a fixed number of queries for any list."""
    destinations = Destination.objects.with_held_by().in_bulk(
        {delivery.destination_id for delivery in deliveries}
    )
    actions = Action.objects.in_bulk({delivery.action_id for delivery in deliveries})
    flows = Flow.objects.in_bulk({delivery.flow_id for delivery in deliveries if delivery.flow_id})
    waiting = [delivery.pk for delivery in deliveries if delivery.state == State.WAITING]
    due: dict[str, datetime] = dict(
        Due.objects.filter(delivery_id__in=waiting).values_list("delivery_id", "due_at") if waiting else []
    )
    leads = _leads(deliveries)
    attempts = _attempts(deliveries) if with_attempts else {}
    maybe_arrived = replay.maybe_arrived(deliveries) if with_attempts else ()
    return [
        {
            "delivery": delivery,
            "destination": destinations.get(delivery.destination_id),
            "action": actions.get(delivery.action_id),
            "flow": flows.get(delivery.flow_id or ""),
            "email": lead.email if lead else "",
            "released": lead if lead and lead.gate == Gate.RELEASED else None,
            "due_at": due.get(delivery.pk),
            "follows": delivery.state == State.WAITING and delivery.pk not in due,
            "attempts": attempts.get(delivery.pk, []),
            "maybe_arrived": delivery.pk in maybe_arrived,
        }
        for delivery, lead in ((one, leads.get(one.lead_id or "")) for one in deliveries)
    ]


def _leads(deliveries: Sequence[Delivery]) -> dict[str, Lead]:
    """What the pages of deliveries say of their leads."""
    ids = {delivery.lead_id for delivery in deliveries if delivery.lead_id}
    shown = ("email", "gate", "released_at", "release_reason", "released_by__name", "released_by__email")
    return Lead.objects.select_related("released_by").only(*shown).in_bulk(ids) if ids else {}


def _attempts(deliveries: Sequence[Delivery]) -> dict[str, list[Attempt]]:
    """The attempts of each, newest first, with the number of the destination's version that each went by."""
    by_delivery: dict[str, list[Attempt]] = {}
    if deliveries:
        oldest = min(delivery.pk for delivery in deliveries)
        ids = [delivery.pk for delivery in deliveries]
        attempts = Attempt.objects.filter(delivery__in=ids, pk__gte=children_from(oldest))
        for attempt in attempts.annotate(version=F("revision__number")).order_by("-pk"):
            by_delivery.setdefault(attempt.delivery_id, []).append(attempt)
    return by_delivery
