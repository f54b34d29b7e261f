"""The fourth step: which of the receiver's fields get what of a lead."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from destinations import configured, wizard
from destinations.configured import Document, current
from destinations.forms.mapping import RowForm, name_of, posted_rows, read_rows, row_forms
from destinations.mapping import MappingRow, compile_mapping, problems
from destinations.models import Destination
from destinations.views import steps
from destinations.views.common import find, get_or_post, says_why
from destinations.views.problems import Problem, problems_of
from destinations.views.samples import Sample, known_variables, sample_of
from destinations.wizard import Progress, Standing
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.leads.template import TemplateError, compile_template
from leadconduit.leads.values import as_text, is_blank

MOST_SHOWN = 200
"""Characters of a value beside its row."""


@get_or_post
@requires(Role.VIEWER)
def map_fields(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    destination = find(request, instance_id)
    if request.method != "POST":
        return _page(request, destination)
    if request.POST.get("preview") == "live":
        return _live_preview(request, destination)
    return _save(request, destination)


@requires(Role.ADMIN)
@says_why
def _save(request: MemberRequest, destination: Destination) -> HttpResponse:
    mappings = {
        action["id"]: read_rows(action["id"], request.POST) for action in current(destination).actions
    }
    wizard.save_mapping(destination=destination, mappings=mappings, by=request.member, now=timezone.now())
    sample = sample_of(request)
    return steps.leave(request, destination, "map") or _page(request, destination, sample)


def _page(request: MemberRequest, destination: Destination, sample: Sample | None = None) -> HttpResponse:
    standing = wizard.standing(destination)
    progress = standing.progress
    sample = sample or sample_of(request)
    shows = steps.shows_problems(request, progress, "map")
    actions = [
        _action(request, standing, action, sample, progress if shows else None)
        for action in standing.revision.actions
    ]
    found = [problem for action in actions for problem in action["problems"]]
    return steps.show(
        request,
        destination,
        progress,
        "map",
        problems=found or (_no_action(progress) if shows else []),
        actions=actions,
        sample=sample.form,
        variables=known_variables(request, sample.lead),
    )


def _no_action(progress: Progress) -> list[Problem]:
    return [Problem(sentence, "step") for sentence in progress.step("map").missing]


def _action(
    request: MemberRequest,
    standing: Standing,
    action: Document,
    sample: Sample,
    progress: Progress | None,
) -> dict[str, Any]:
    id, rows = action["id"], configured.rows_of(action)
    found = progress.mapping[id] if progress else ()
    forms = row_forms(id, rows, blank=_blank_rows(request, id, rows), problems=found)
    general = [
        Problem(f"{action['name']}: {sentence}", f"action-{id}") for row, _, sentence in found if row < 0
    ]
    if request.POST.get("add") == id:
        forms[-1].fields["target"].widget.attrs["autofocus"] = True
    return {
        "id": id,
        "rows_name": name_of(id),
        "name": action["name"] or "An action without a name",
        "rows": [(form, _sends(standing.destination, row, sample)) for form, row in _padded(forms, rows)],
        "count": len(forms),
        "mapped": len(rows),
        "would_send": _would_send(standing, id, rows, sample),
        "general": [sentence for row, _, sentence in found if row < 0],
        "problems": [
            *general,
            *(
                problem
                for number, form in enumerate(forms, 1)
                for problem in problems_of(form, f"{action['name']}, row {number}, ")
            ),
        ],
    }


def _blank_rows(request: MemberRequest, action: str, rows: Sequence[MappingRow]) -> int:
    """As many as there were, and one more where that was asked for; one where there is none at all."""
    posted = posted_rows(action, request.POST)
    blank = len([row for row in posted if row == MappingRow("")]) if posted else 0
    if request.POST.get("add") == action:
        return blank + 1
    return blank if rows or blank else 1


def _padded(forms: Sequence[RowForm], rows: Sequence[MappingRow]) -> list[tuple[RowForm, MappingRow]]:
    blank = [MappingRow("")] * (len(forms) - len(rows))
    return list(zip(forms, [*rows, *blank], strict=True))


# --- What would be sent


@requires(Role.ADMIN)
def _live_preview(request: MemberRequest, destination: Destination) -> HttpResponse:
    """While somebody types. Nothing is saved."""
    standing = wizard.standing(destination)
    sample = sample_of(request)
    actions = []
    for action in standing.revision.actions:
        posted = posted_rows(action["id"], request.POST)
        actions.append(
            {
                "id": action["id"],
                "sends": [
                    (f"{name_of(action['id'])}-{number}", _sends(destination, row, sample))
                    for number, row in enumerate(posted)
                ],
                "would_send": _would_send(
                    standing, action["id"], read_rows(action["id"], request.POST), sample
                ),
            }
        )
    return render(request, "destinations/setup/_previews.html", {"actions": actions})


def _sends(destination: Destination, row: MappingRow, sample: Sample) -> str:
    """What one row sends for the sample; "" for nothing."""
    try:
        template = compile_template(row.template)
    except TemplateError:
        return ""
    value = template.render(wizard.variables(destination, sample.lead or {}))
    text = row.default if is_blank(value) else as_text(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _would_send(
    standing: Standing, action: str, rows: Sequence[MappingRow], sample: Sample
) -> Mapping[str, Any]:
    """The whole of it: `request` or, before there is an address, `payload`; or the `problem` that is in the way."""
    if sample.lead is None:
        return {"problem": "Put the sample lead right to see what would be sent."}
    if problems(rows):
        return {"problem": "Put the rows above right to see what would be sent."}
    if not rows:
        return {"problem": "Nothing of the lead is sent yet: map a field."}
    payload = compile_mapping(rows).apply(wizard.variables(standing.destination, sample.lead))
    return {"request": wizard.preview(standing, action=action, payload=payload), "payload": payload}
