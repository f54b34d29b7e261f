"""All destinations of an account."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from destinations.models import Action, Destination, DestinationRevision
from destinations.views.common import tile, wants_fragment
from flows import usages
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.lib.ids import is_id

PAGE = 50

STATUSES = {
    "": ("All", Q()),
    "live": ("Live", Q(activated_at__isnull=False, paused_at__isnull=True)),
    "paused": ("Paused", Q(paused_at__isnull=False)),
    "draft": ("Drafts", Q(activated_at__isnull=True)),
}


@require_safe
@requires(Role.VIEWER)
def destination_list(request: MemberRequest) -> HttpResponse:
    status, search, before = (request.GET.get(name, "").strip() for name in ("status", "q", "before"))
    status = status if status in STATUSES else ""
    mine = Destination.objects.for_account(request.account)
    found = mine.with_held_by().search(search.replace("\0", "")).filter(STATUSES[status][1])
    if is_id(before):
        found = found.filter(pk__lt=before)
    page = list(found.order_by("-pk")[: PAGE + 1])
    kept = {name: value for name, value in (("status", status), ("q", search)) if value}
    counts = mine.aggregate(**{f"n_{key}": Count("pk", filter=which) for key, (_, which) in STATUSES.items()})
    context = {
        "rows": _rows(page[:PAGE]),
        "status": status,
        "search": search,
        "kept": [("status", status)] if status else [],
        "any": counts["n_"],
        "tabs": [
            {
                "label": label,
                "url": "?" + urlencode({"status": key} | ({"q": search} if search else {})),
                "count": counts[f"n_{key}"],
                "current": key == status,
            }
            for key, (label, _) in STATUSES.items()
        ],
        "older_url": "?" + urlencode(kept | {"before": page[PAGE - 1].pk}) if len(page) > PAGE else "",
        "newer_url": "?" + urlencode(kept) if before else "",
    }
    template = "destinations/_found.html" if wants_fragment(request) else "destinations/list.html"
    return render(request, template, context)


def _rows(destinations: list[Destination]) -> list[dict[str, Any]]:
    ids = [destination.pk for destination in destinations]
    used = usages.usages_of(ids)
    drafts = {
        draft.destination_id: draft
        for draft in DestinationRevision.objects.filter(destination__in=ids, applied_at__isnull=True)
    }
    actions: dict[str, int] = dict(
        Action.objects.filter(destination__in=ids, removed_at__isnull=True)
        .values_list("destination")
        .annotate(Count("pk"))
    )
    return [
        {
            "destination": destination,
            "tile": tile(destination.integration, destination.integration_name),
            "changed": destination.activated_at is not None and destination.pk in drafts,
            "actions": actions.get(destination.pk, 0)
            if destination.activated_at
            else len(_drafted(drafts, destination)),
            "flows": used.get(destination.pk, []),
        }
        for destination in destinations
    ]


def _drafted(drafts: dict[str, DestinationRevision], destination: Destination) -> list[dict[str, Any]]:
    draft = drafts.get(destination.pk)
    return draft.actions if draft else []
