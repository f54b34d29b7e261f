"""How a page changes a flow: one part is made anew of the saved document as it is then, and saved as the API would."""

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from flows import definition, editing
from flows.models import Entity, Flow
from leadconduit.accounts.access import MemberRequest


def flow_of(request: MemberRequest, pk: str) -> Flow:
    return get_object_or_404(
        Flow.objects.for_account(request.account).select_related("saved", "deployed"), pk=pk
    )


def document_of(flow: Flow) -> dict[str, Any]:
    if flow.saved is None:
        raise Http404
    document: dict[str, Any] = flow.saved.document
    return document


def named_sources(flow: Flow) -> list[dict[str, Any]]:
    """The flow's sources, each with its `entity_id` and `name`."""
    sources: list[dict[str, Any]] = document_of(flow)["sources"]
    names = Entity.names(source["entity"]["id"] for source in sources)
    return [
        source | {"entity_id": (id := source["entity"]["id"]), "name": names.get(id, "A source that is gone")}
        for source in sources
    ]


def save(request: MemberRequest, flow: Flow, said: str, parts: editing.Parts) -> dict[str, str]:
    """Save the flow with these parts anew. Answers what is wrong, by path; then nothing was saved."""
    try:
        editing.change(flow=flow, parts=parts, author=request.member, now=timezone.now())
    except Flow.DoesNotExist:
        raise Http404 from None
    except definition.InvalidFlow as invalid:
        return dict(invalid.errors)
    messages.success(request, said)
    return {}


def step_of(document: dict[str, Any], id: str) -> dict[str, Any]:
    found: dict[str, Any] | None = next((step for step in document["steps"] if step["id"] == id), None)
    if found is None:
        raise Http404
    return found


def path_of(document: dict[str, Any], step: dict[str, Any] | None) -> str:
    """Where the step stands in the flow that is saved."""
    steps = document["steps"]
    return f"steps.{steps.index(step) if step else len(steps)}"


def with_step(step: dict[str, Any] | None, made: dict[str, Any]) -> editing.Parts:
    """The step in its place, or behind the others where it is new."""

    def parts(document: dict[str, Any]) -> dict[str, Any]:
        if step is None:
            return {"steps": [*document["steps"], made]}
        present = step_of(document, step["id"])
        return {"steps": [present | made if one is present else one for one in document["steps"]]}

    return parts
