"""The versions of a destination: what each changed, and going back to one of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from destinations import configured, wizard
from destinations.configured import Document, platform_of
from destinations.models import Destination, DestinationRevision
from destinations.models.revision import EMPTY_DOCUMENT
from destinations.views.common import find, get_or_post, names_of_flows, says_why
from destinations.wizard import versions
from destinations.wizard.diff import Group, difference, in_short, vocabulary
from flows import usages
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role

PAGE = 20


@require_safe
@requires(Role.VIEWER)
def version_list(request: MemberRequest, instance_id: str) -> HttpResponse:
    destination = find(request, instance_id)
    before = request.GET.get("before", "")
    found = DestinationRevision.objects.applied_to(destination).select_related("author", "applied_by")
    if before.isascii() and before.isdecimal() and len(before) < 10:
        found = found.filter(number__lt=int(before))
    page = list(found[: PAGE + 1])
    context = {
        "destination": destination,
        "rows": _rows(destination, page)[:PAGE],
        "older_url": f"?before={page[PAGE - 1].number}" if len(page) > PAGE else "",
        "newer_url": reverse("app:destination-versions", args=[instance_id]) if before else "",
        "section": "destination",
    }
    return render(request, "destinations/versions/list.html", context)


def _rows(destination: Destination, page: list[DestinationRevision]) -> list[dict[str, Any]]:
    """Each with what it changed; the last of a page has the one before it, if there is one, only for that."""
    if not page:
        return []
    words = vocabulary(platform_of(destination).setup, configured.values_of(destination, page[0].document))
    befores = [*page[1:], None]
    return [
        {
            "revision": revision,
            "changes": in_short(difference(before.document, revision.document, words)) if before else "",
        }
        for revision, before in zip(page, befores, strict=True)
    ]


@require_safe
@requires(Role.VIEWER)
def version_detail(request: MemberRequest, instance_id: str, number: int) -> HttpResponse:
    destination = find(request, instance_id)
    revision = _version(destination, number)
    neighbours = DestinationRevision.objects.applied_to(destination).defer("document")
    before = DestinationRevision.objects.applied_to(destination).filter(number__lt=number).first()
    live = destination.live
    is_live = live is not None and live.pk == revision.pk
    context = {
        "destination": destination,
        "revision": revision,
        "before": before,
        "after": neighbours.filter(number__gt=number).last(),
        "groups": changes_between(
            destination, before.document if before else EMPTY_DOCUMENT, revision.document
        ),
        "is_live": is_live,
        "draft": DestinationRevision.objects.draft_of(destination),
        "section": "destination",
    }
    if live and not is_live:
        restored = versions.restoring(revision.document, live.document)
        context |= {
            "going_back": changes_between(destination, live.document, restored),
            "other_credentials": revision.document["connection"] != live.document["connection"],
        }
    return render(request, "destinations/versions/detail.html", context)


def changes_between(destination: Destination, before: Document, after: Document) -> tuple[Group, ...]:
    """What differs, in the words of the platform."""
    values = configured.values_of(destination, after)
    return difference(before, after, vocabulary(platform_of(destination).setup, values))


@get_or_post
@requires(Role.ADMIN)
def version_restore(request: MemberRequest, instance_id: str, number: int) -> HttpResponseBase:
    destination = find(request, instance_id)
    revision = _version(destination, number)
    if request.method == "POST":
        return _restore(request, destination, revision)
    draft = DestinationRevision.objects.draft_of(destination)
    context = {
        "title": f"Go back to version {number}?",
        "words": _question(draft),
        "danger": draft is not None,
        "fields": [("seen", versions.seen(destination))],
        "action": reverse("app:destination-version-restore", args=[instance_id, number]),
        "button": f"Go back to version {number}",
        "cancel_url": reverse("app:destination-version", args=[instance_id, number]),
        "section": "destination",
    }
    return render(request, "confirm.html", context)


def _question(draft: DestinationRevision | None) -> str:
    said = (
        "Its configuration, actions and field mapping are live at once, as a new version: the next delivery of every"
        " flow that uses this destination goes by them. The credentials stay those of today."
    )
    if draft:
        who = f" by {draft.author}" if draft.author else ""
        said += f" The changes{who} that were not applied yet are discarded."
    return said


@says_why
def _restore(request: MemberRequest, destination: Destination, to: DestinationRevision) -> HttpResponse:
    restored = wizard.roll_back(
        destination=destination,
        to=to,
        by=request.member,
        now=timezone.now(),
        seen_then=request.POST.get("seen", ""),
        used_by=names_of_flows,
        waiting=usages.deliveries_waiting_for,
    )
    messages.success(
        request,
        f"Version {restored.number} is live: it is as version {to.number} was, with the credentials of today.",
    )
    return redirect("app:destination-version", destination.instance_id, restored.number)


def _version(destination: Destination, number: int) -> DestinationRevision:
    applied = DestinationRevision.objects.applied_to(destination).select_related("author", "applied_by")
    # A number that no column can hold is nobody's either.
    return get_object_or_404(applied, number=min(number, 2**31 - 1))
