"""A flow's history: its saved revisions, what each changed, and going back to one of them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from destinations.wizard.diff import in_short
from flows import definition, editing, history
from flows.models import Flow, FlowRevision
from flows.views.changes import flow_of
from flows.wording import changes_between
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import AuditEvent, Role

PAGE = 20

# What the first revision is compared with.
NOTHING: dict[str, Any] = {
    "name": "",
    "enabled": None,
    "fields": [],
    "sources": [],
    "steps": [],
    "destinations": [],
}


@require_safe
@requires(Role.VIEWER)
def revision_list(request: MemberRequest, pk: str) -> HttpResponseBase:
    flow = flow_of(request, pk)
    before = request.GET.get("before", "")
    found = flow.revisions.select_related("author").order_by("-number")
    if before.isascii() and before.isdecimal() and len(before) < 10:
        found = found.filter(number__lt=int(before))
    page = list(found[: PAGE + 1])
    context = {
        "flow": flow,
        "tab": "history",
        "rows": _rows(flow, page)[:PAGE],
        "older_url": f"?before={page[PAGE - 1].number}" if len(page) > PAGE else "",
        "newer_url": reverse("app:flow-history", args=[flow.pk]) if before else "",
    }
    return render(request, "flows/history/list.html", context)


def _rows(flow: Flow, page: Sequence[FlowRevision]) -> list[dict[str, Any]]:
    """Each with what it changed; the last of a page has the one before it, if there is one, only for that."""
    names = history.names_in(revision.document for revision in page)
    notes = history.notes_on(flow, [revision.number for revision in page])
    changes = [
        in_short(changes_between(before.document, revision.document, names))
        for revision, before in pairwise(page)
    ]
    return [
        {"revision": revision, "changes": changed, **_noted(notes[revision.number])}
        for revision, changed in zip(page, [*changes, ""], strict=True)
    ]


def _noted(notes: Sequence[AuditEvent]) -> dict[str, Any]:
    """`deployments`, the newest first, and the number of the revision that it `restores`."""
    return {
        "deployments": [note for note in notes if note.action == "flow.deployed"],
        "restores": next((note.detail["restores"] for note in notes if note.action == "flow.restored"), None),
    }


@require_safe
@requires(Role.VIEWER)
def revision_detail(request: MemberRequest, pk: str, number: int) -> HttpResponseBase:
    flow = flow_of(request, pk)
    revision = _revision(flow, number)
    before = flow.revisions.filter(number=number - 1).first()
    saved = _saved(flow)
    documents = [one.document for one in (before, revision, saved) if one]
    names = history.names_in(documents)
    going_back = changes_between(saved.document, revision.document, names) if revision != saved else ()
    context = {
        "flow": flow,
        "revision": revision,
        "before": before,
        "after": number + 1 if number < saved.number else None,
        "groups": changes_between(before.document if before else NOTHING, revision.document, names),
        "is_saved": revision == saved,
        "going_back": going_back,
        "missing": history.missing(revision.document) if going_back else [],
        **_noted(history.notes_on(flow, [number])[number]),
    }
    return render(request, "flows/history/detail.html", context)


def _revision(flow: Flow, number: int) -> FlowRevision:
    return get_object_or_404(flow.revisions.select_related("author"), number=number)


def _saved(flow: Flow) -> FlowRevision:
    if flow.saved is None:
        raise Http404
    return flow.saved


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.ADMIN)
def revision_restore(request: MemberRequest, pk: str, number: int) -> HttpResponseBase:
    flow = flow_of(request, pk)
    revision = _revision(flow, number)
    if request.method == "POST":
        return _restore(request, flow, revision)
    context = {
        "title": f"Go back to revision {number}?",
        "words": "The flow is saved as it was then: its fields, sources, steps and destinations, with the credentials"
        " that it had. It becomes a new revision, and leads meet it once you deploy.",
        "danger": False,
        "fields": [("seen", flow.saved_id)],
        "action": reverse("app:flow-revision-restore", args=[flow.pk, number]),
        "button": f"Go back to revision {number}",
        "cancel_url": reverse("app:flow-revision", args=[flow.pk, number]),
    }
    return render(request, "confirm.html", context)


def _restore(request: MemberRequest, flow: Flow, to: FlowRevision) -> HttpResponseBase:
    refused: Sequence[str]
    try:
        restored = history.go_back(
            flow=flow,
            to=to,
            author=request.member,
            now=timezone.now(),
            expected=request.POST.get("seen", ""),
        )
    except history.Missing as error:
        refused = error.sentences
    except definition.InvalidFlow as error:
        refused = tuple(error.errors.values())
    except (editing.Stale, editing.NothingToRestore) as error:
        refused = (str(error),)
    except Flow.DoesNotExist:
        raise Http404 from None
    else:
        number = restored.saved.number if restored.saved else ""
        messages.success(
            request, f"Revision {number} is saved: it is as revision {to.number} was. Deploy to use it."
        )
        return redirect("app:flow-history", pk=flow.pk)
    for sentence in refused:
        messages.error(request, sentence)
    return redirect("app:flow-revision", pk=flow.pk, number=to.number)
