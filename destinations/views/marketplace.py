"""The first step: which integration. Choosing one begins a destination."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from destinations import marketplace as shelves
from destinations import wizard
from destinations.marketplace import Entry
from destinations.models import Destination
from destinations.platforms.port import Integration, PlatformError, UnknownIntegration
from destinations.views.common import get_or_post, tile, wants_fragment
from destinations.wizard.completeness import LABELS
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role

_STEPS = [
    {"label": "Integration", "state": "current"},
    *({"label": label, "state": "todo"} for label in LABELS.values()),
]


@get_or_post
@requires(Role.VIEWER)
def marketplace(request: MemberRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _begin(request)
    search, category = request.GET.get("q", "").strip(), request.GET.get("category", "")
    found = shelves.entries(request.account, search)
    context = {
        "cards": [_card(entry) for entry in found if category in ("", entry.integration.category)],
        "categories": _categories(found, category),
        "category": category,
        "search": search,
        "steps": _STEPS,
    }
    template = (
        "destinations/_marketplace.html" if wants_fragment(request) else "destinations/marketplace.html"
    )
    return render(request, template, context)


def _card(entry: Entry) -> dict[str, Any]:
    integration = entry.integration
    return {"entry": entry, "integration": integration, "tile": tile(integration.key, integration.name)}


def _categories(entries: Sequence[Entry], chosen: str) -> list[tuple[str, int]]:
    """Those that have something to show, and how much. The chosen one stays, so that it can be left."""
    counts = {chosen: 0} if chosen else {}
    for entry in entries:
        counts[entry.integration.category] = counts.get(entry.integration.category, 0) + 1
    return sorted(counts.items())


@require_safe
@requires(Role.VIEWER)
def integration_detail(request: MemberRequest, key: str) -> HttpResponse:
    """What an integration does and what it asks for, before anything is begun."""
    try:
        entry = shelves.entry(request.account, key)
    except UnknownIntegration as unknown:
        raise Http404 from unknown
    platform, integration = entry.platform, entry.integration.key
    in_use = Destination.objects.for_account(request.account).activated()
    context = {
        **_card(entry),
        "steps": _STEPS,
        "unanswered": _unanswered(entry.integration),
        "destinations": in_use.filter(platform=platform, integration=integration).order_by("name")[:20],
    }
    return render(request, "destinations/integration.html", context)


def _unanswered(integration: Integration) -> list[tuple[str, list[str]]]:
    """What happens when no answer comes, and to which actions."""
    found: dict[str, list[str]] = {}
    for action in integration.actions:
        found.setdefault(action.after_unknown, []).append(action.name)
    return [(words, names) for words, names in found.items() if words]


@requires(Role.ADMIN)
def _begin(request: MemberRequest) -> HttpResponse:
    platform, integration = shelves.parted(request.POST.get("integration", ""))
    try:
        destination = wizard.begin(
            account=request.account,
            platform=platform,
            integration=integration,
            by=request.member,
            now=timezone.now(),
        )
    except PlatformError as refused:
        messages.error(request, f"Nothing was begun. {refused.sentence}")
        return redirect("app:destination-new")
    return redirect("app:setup-auth", destination.instance_id)
