"""A destination's own page: what it is, what it does, who uses it, and what stands in its draft."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from destinations import configured, wizard
from destinations.configured import Document, current, platform_of
from destinations.fields import FieldSpec
from destinations.models import Destination, DestinationRevision
from destinations.views.common import find, tile
from destinations.views.steps import url_of
from flows import usages
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.leads.values import as_text

REVISIONS = 20


@require_safe
@requires(Role.VIEWER)
def destination_detail(request: MemberRequest, instance_id: str) -> HttpResponse:
    destination = find(request, instance_id)
    draft = DestinationRevision.objects.draft_of(destination)
    progress = wizard.progress(destination, draft) if draft else None
    shown = destination.live or current(destination)
    context = {
        "destination": destination,
        "tile": tile(destination.integration, destination.integration_name),
        "draft": draft,
        "progress": progress,
        "next_url": url_of(destination, progress.next_step.key) if progress else "",
        "differences": _differences(destination.live, draft),
        "actions": _actions(destination, shown),
        "set_up": [
            *_authentication(destination, shown.document),
            *_configuration(destination, shown.document),
        ],
        "flows": usages.usages_of([destination.pk]).get(destination.pk, []),
        "waiting": usages.deliveries_waiting(destination),
        "revisions": destination.revisions.select_related("author").order_by("-number")[:REVISIONS],
        "menu": _menu(destination),
        "section": "destination",
    }
    return render(request, "destinations/detail.html", context)


def _actions(destination: Destination, shown: DestinationRevision) -> list[dict[str, Any]]:
    rows = {row.pk: row for row in destination.actions.current()}
    return [
        {
            "row": rows.get(action["id"]),
            "name": action["name"] or "An action without a name",
            "action_id": action["action_id"],
            "mapping": action["mapping"],
        }
        for action in shown.actions
    ]


def _differences(live: DestinationRevision | None, draft: DestinationRevision | None) -> str:
    """What a draft changes, in words."""
    if live is None or draft is None:
        return ""
    before, after = live.document, draft.document
    parts = {
        "authentication": before["connection"] != after["connection"] or before["scheme"] != after["scheme"],
        "configuration": before["configuration"] != after["configuration"],
        "actions": _without_mapping(before) != _without_mapping(after),
        "field mapping": _mappings(before) != _mappings(after),
    }
    return ", ".join(part for part, differs in parts.items() if differs)


def _without_mapping(document: Document) -> list[dict[str, Any]]:
    return [{key: action[key] for key in ("id", "name", "configuration")} for action in document["actions"]]


def _mappings(document: Document) -> dict[str, Any]:
    return {action["id"]: action["mapping"] for action in document["actions"] if action["mapping"]}


# --- In words


def _authentication(destination: Destination, document: Document) -> list[tuple[str, str]]:
    """How it authenticates. Of secrets, only that they are stored."""
    schemes = platform_of(destination).setup.schemes(configured.values_of(destination, document))
    scheme = next((known for known in schemes if known.key == document["scheme"]), None)
    if scheme is None:
        return []
    connection = configured.connection_of(destination, document)
    settings = connection.settings if connection else {}
    stored = configured.credentials_of(connection)
    return [
        ("Authentication", scheme.label),
        *(
            (spec.label, "Stored, never shown" if spec.is_secret else _in_words(spec, settings.get(spec.key)))
            for spec in scheme.fields
            if stored.get(spec.key)
        ),
    ]


def _configuration(destination: Destination, document: Document) -> list[tuple[str, str]]:
    pages = platform_of(destination).setup.pages(configured.values_of(destination, document))
    values = document["configuration"]
    return [
        (spec.label, _in_words(spec, values[spec.key]))
        for page in pages
        for spec in page.fields
        if values.get(spec.key) not in (None, "", [])
    ]


def _in_words(spec: FieldSpec, value: Any) -> str:
    if spec.kind == "choice":
        return next((choice.label for choice in spec.choices if choice.value == value), as_text(value))
    if spec.kind == "pairs":
        return ", ".join(f"{name}: {text}" for name, text in value)
    if spec.kind == "boolean":
        return "Yes" if value else "No"
    return as_text(value)


def _menu(destination: Destination) -> list[dict[str, Any]]:
    def to(name: str) -> str:
        return reverse(f"app:{name}", args=[destination.instance_id])

    items: list[dict[str, Any]] = [{"label": "Rename", "icon": "pencil", "url": to("destination-rename")}]
    if destination.activated_at:
        items.append({"label": "Attach to flows", "icon": "workflow", "url": to("destination-attach")})
    return [
        *items,
        {
            "label": "Delete",
            "icon": "trash-2",
            "url": to("destination-delete"),
            "danger": True,
            "opens": "delete-dialog",
        },
    ]
