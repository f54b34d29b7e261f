"""How a page changes a flow: one part is made anew of the saved document as it is then, and saved as the API would."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from flows import definition, editing
from flows.models import Entity, Flow
from flows.views import doubts
from leadconduit.accounts.access import MemberRequest

GONE = "The flow has no such step any more: somebody took it away meanwhile."


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


def save(
    request: MemberRequest, flow: Flow, said: str, parts: editing.Parts, *, checks_only: bool = False
) -> dict[str, str]:
    """Save the flow with these parts anew. Answers what is wrong, by path; then nothing was saved.

    `checks_only`: where the page has found something wrong itself, so that it says the rest in the same breath.
    """
    try:
        with transaction.atomic():
            changed = editing.change(flow=flow, parts=parts, author=request.member, now=timezone.now())
            transaction.set_rollback(checks_only)
    except Flow.DoesNotExist:
        raise Http404 from None
    except definition.InvalidFlow as invalid:
        return dict(invalid.errors)
    if not checks_only:
        messages.success(request, said)
        doubts.say_new(request, document_of(flow), document_of(changed))
    return {}


def step_of(document: dict[str, Any], id: str) -> dict[str, Any]:
    found: dict[str, Any] | None = next((step for step in document["steps"] if step["id"] == id), None)
    if found is None:
        raise Http404
    return found


def present_step(document: dict[str, Any], id: str) -> dict[str, Any]:
    """Of a flow that is being changed."""
    try:
        return step_of(document, id)
    except Http404:
        raise definition.InvalidFlow({"": GONE}) from None


def path_of(document: dict[str, Any], step: dict[str, Any] | None) -> str:
    """Where the step stands in the flow that is saved."""
    steps = document["steps"]
    return f"steps.{steps.index(step) if step else len(steps)}"


def with_step(step: dict[str, Any] | None, made: dict[str, Any]) -> editing.Parts:
    """The step in its place, or behind the others where it is new."""

    def parts(document: dict[str, Any]) -> dict[str, Any]:
        if step is None:
            return {"steps": [*document["steps"], made]}
        present = present_step(document, step["id"])
        return {"steps": [present | made if one is present else one for one in document["steps"]]}

    return parts


def said_of(document: Mapping[str, Any], errors: Mapping[str, str]) -> list[str]:
    """What is wrong with a flow, each sentence with the part that it is about, for a page that shows none of them."""
    return [f"{_part_of(document, path)}{sentence}" for path, sentence in errors.items()]


def _part_of(document: Mapping[str, Any], path: str) -> str:
    part, _, rest = path.partition(".")
    number = rest.partition(".")[0]
    if part in ("steps", "sources", "destinations") and number.isdecimal():
        one = document[part][int(number)] if int(number) < len(document[part]) else {}
        described = f", “{one['description']}”" if one.get("description") else ""
        return f"{part[:-1].capitalize()} {int(number) + 1}{described}: "
    return {"acceptance_criteria": "Acceptance criteria: ", "fields": "Fields: "}.get(part, "")
