"""The first step: which integration. Choosing one begins a destination."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from destinations import wizard
from destinations.platforms.port import PlatformError
from destinations.platforms.registry import PLATFORMS
from destinations.views.common import get_or_post, tile, wants_fragment
from destinations.wizard.completeness import LABELS
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role

BUILTIN = "builtin"

_STEPS = [
    {"label": "Integration", "state": "current"},
    *({"label": label, "state": "todo"} for label in LABELS.values()),
]


@get_or_post
@requires(Role.VIEWER)
def marketplace(request: MemberRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _begin(request)
    search = request.GET.get("q", "").strip()
    cards = [
        {
            "integration": integration,
            "tile": tile(integration.key, integration.name),
            # Keys are unique within a platform. Ours go without its name.
            "key": integration.key if platform == BUILTIN else f"{platform}:{integration.key}",
        }
        for platform, port in PLATFORMS.items()
        for integration in port.marketplace.list(request.account.pk, search)
    ]
    context = {"cards": cards, "search": search, "steps": _STEPS}
    template = (
        "destinations/_marketplace.html" if wants_fragment(request) else "destinations/marketplace.html"
    )
    return render(request, template, context)


@requires(Role.ADMIN)
def _begin(request: MemberRequest) -> HttpResponse:
    platform, _, key = request.POST.get("integration", "").rpartition(":")
    try:
        destination = wizard.begin(
            account=request.account,
            platform=platform or BUILTIN,
            integration=key,
            by=request.member,
            now=timezone.now(),
        )
    except PlatformError as refused:
        messages.error(request, f"Nothing was begun. {refused.sentence}")
        return redirect("app:destination-new")
    return redirect("app:setup-auth", destination.instance_id)
