"""Before *Apply*: what the draft changes, and what it would have made of the leads that came in last."""

from collections.abc import Collection
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from destinations import configured, wizard
from destinations.configured import platform_of
from destinations.models import Destination, DestinationRevision
from destinations.views.common import find, wants_fragment
from destinations.views.versions import changes_between
from destinations.wizard.comparison import Comparison, compare
from destinations.wizard.diff import Group
from flows import past_leads
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role

LEADS = 50


@require_safe
@requires(Role.VIEWER)
def destination_changes(request: MemberRequest, instance_id: str) -> HttpResponse:
    """For htmx only what becomes of the leads, which takes the longest."""
    destination = find(request, instance_id)
    draft = DestinationRevision.objects.draft_of(destination)
    if destination.live is None or draft is None:
        return redirect("app:destination-detail", instance_id)
    context: dict[str, Any] = {
        "destination": destination,
        "comparison": _comparison(destination, destination.live, draft),
        "section": "destination",
    }
    if wants_fragment(request):
        return render(request, "destinations/setup/_comparison.html", context)
    progress = wizard.progress(destination, draft)
    context |= {
        "changes": changes_of(destination, draft),
        "is_draft": True,
        "missing": progress.missing,
        "untested": " ".join(progress.step("test").missing),
    }
    return render(request, "destinations/versions/review.html", context)


def changes_of(destination: Destination, draft: DestinationRevision) -> tuple[Group, ...]:
    """What *Apply* would change. Nothing before the first activation, nor without a draft."""
    live = destination.live
    if live is None or draft.applied_at is not None:
        return ()
    return changes_between(destination, live.document, draft.document)


def _comparison(
    destination: Destination, live: DestinationRevision, draft: DestinationRevision
) -> Comparison:
    leads = past_leads.delivered_to(destination, limit=LEADS)
    return compare(leads, live.document, draft.document, required=_required(destination, draft))


def _required(destination: Destination, draft: DestinationRevision) -> dict[str, Collection[str]]:
    setup = platform_of(destination).setup
    values = configured.values_of(
        destination, draft.document, discovered=configured.discovered_of(destination, draft.document)
    )
    return {
        action["id"]: [
            target.key for target in setup.targets(values, action["action_id"]).fields if target.required
        ]
        for action in draft.actions
    }
