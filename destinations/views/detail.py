"""A destination's own page: what it is, what it does, who uses it, and what stands in its draft."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from destinations import configured, wizard
from destinations.configured import Document, current, platform_of
from destinations.models import Connection, Destination, DestinationRevision
from destinations.views.common import find, tile
from destinations.views.review import changes_of
from destinations.views.steps import url_of
from destinations.wizard.diff import in_words
from flows import usages
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role

REVISIONS = 20


@require_safe
@requires(Role.VIEWER)
def destination_detail(request: MemberRequest, instance_id: str) -> HttpResponse:
    destination = find(request, instance_id)
    draft = DestinationRevision.objects.draft_of(destination)
    progress = wizard.progress(destination, draft) if draft else None
    shown = destination.live or current(destination)
    connection = configured.connection_of(destination, shown.document)
    context = {
        "destination": destination,
        "tile": tile(destination.integration, destination.integration_name),
        "draft": draft,
        "progress": progress,
        "next_url": url_of(destination, progress.next_step.key) if progress else "",
        "differences": _differences(destination, draft),
        "actions": _actions(destination, shown),
        "set_up": [
            *_authentication(destination, shown.document, connection),
            *_configuration(destination, shown.document),
        ],
        "connection": connection,
        "flows": usages.usages_of([destination.pk]).get(destination.pk, []),
        "waiting": usages.deliveries_waiting(destination),
        "revisions": destination.revisions.select_related("author", "applied_by").order_by("-number")[
            :REVISIONS
        ],
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


def _differences(destination: Destination, draft: DestinationRevision | None) -> str:
    """What a draft changes: the parts, by their names."""
    titles = [group.title for group in changes_of(destination, draft)] if draft else []
    return ", ".join(title[:1].lower() + title[1:] for title in titles)


# --- In words


def _authentication(
    destination: Destination, document: Document, connection: Connection | None
) -> list[tuple[str, str]]:
    """How it authenticates. Of secrets, only that they are stored."""
    schemes = platform_of(destination).setup.schemes(configured.values_of(destination, document))
    scheme = next((known for known in schemes if known.key == document["scheme"]), None)
    if scheme is None:
        return []
    settings = connection.settings if connection else {}
    stored = configured.entered_of(connection)
    return [
        ("Authentication", scheme.label),
        *(
            (spec.label, "Stored, never shown" if spec.is_secret else in_words(spec, settings.get(spec.key)))
            for spec in scheme.fields
            if stored.get(spec.key)
        ),
    ]


def _configuration(destination: Destination, document: Document) -> list[tuple[str, str]]:
    pages = platform_of(destination).setup.pages(configured.values_of(destination, document))
    values = document["configuration"]
    return [
        (spec.label, in_words(spec, values[spec.key]))
        for page in pages
        for spec in page.fields
        if values.get(spec.key) not in (None, "", [])
    ]


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
