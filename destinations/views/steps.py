"""What the steps of the wizard have in common: the way through it, saving on leaving, and coming back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from destinations import wizard
from destinations.models import Destination, DestinationRevision
from destinations.views.common import go, tile, wants_fragment
from destinations.wizard import Progress
from leadconduit.accounts.access import MemberRequest
from leadconduit.accounts.models import Role

KEYS = ("auth", "configure", "map", "test")

SEEN = "seen-"


def url_of(destination: Destination, step: str) -> str:
    return reverse(f"app:setup-{step}", args=[destination.instance_id])


def seen(request: MemberRequest) -> wizard.Seen:
    """What the page showed that was sent; with the button for it, what may be saved over."""
    parts = {name.removeprefix(SEEN): request.POST[name] for name in request.POST if name.startswith(SEEN)}
    return wizard.Seen(parts, over=request.POST.get("over", ""))


def leave(request: MemberRequest, destination: Destination, step: str) -> HttpResponse | None:
    """Where the button that saved leads to. None where the page stays: to go on, the step must be complete."""
    to = request.POST.get("to", "")
    if to in KEYS:
        return go(request, url_of(destination, to))
    if to == "exit":
        _say_saved(request, destination, step)
        return go(request, "app:destination-detail", destination.instance_id)
    if "over" in request.POST:
        messages.success(request, "Saved. What was saved from elsewhere is replaced by what you see.")
        return go(request, url_of(destination, step))
    if "continue" in request.POST and wizard.progress(destination).step(step).complete:
        return go(request, url_of(destination, KEYS[KEYS.index(step) + 1]))
    return None


def _say_saved(request: MemberRequest, destination: Destination, step: str) -> None:
    count = _rows_to_put_right(wizard.progress(destination)) if step == "map" else 0
    if count:
        rows = "1 field needs" if count == 1 else f"{count} fields need"
        messages.warning(
            request, f"Saved in the draft. {rows} attention before the draft can be used: see Map fields."
        )
    elif destination.activated_at:
        messages.success(request, "Saved in the draft. What is live has not changed.")
    else:
        messages.success(request, "Saved. Come back whenever you like: the draft waits for you.")


def _rows_to_put_right(progress: Progress) -> int:
    """Rows with mistakes, and required fields without a row."""
    return sum(
        len({(row, field if row < 0 else "") for row, field, _ in found if row >= 0 or field})
        for found in progress.mapping.values()
    )


def shows_problems(request: MemberRequest, progress: Progress, step: str) -> bool:
    """Nobody is blamed for a page that they have just come to, or not finished yet."""
    return "continue" in request.POST if request.method == "POST" else progress.step(step).begun


def show(
    request: MemberRequest,
    destination: Destination,
    progress: Progress,
    step: str,
    *,
    revision: DestinationRevision | None = None,
    conflict: bool = False,
    **context: Any,
) -> HttpResponse:
    """The step's page, or for htmx the step alone. `problems` in the context are for the summary above it.

    `revision` is what a page shows that saves. `conflict`: what was typed is shown, and not saved, as the same was saved from elsewhere meanwhile.
    """
    may_change = request.membership.reaches(Role.ADMIN)
    shown = {
        "destination": destination,
        "tile": tile(destination.integration, destination.integration_name),
        "step": progress.step(step),
        "progress": progress,
        "number": KEYS.index(step) + 2,
        "steps": _stepper(destination, progress, step, saves=may_change and step != "test"),
        "section": "destination",
        **(_stamps(request, revision, conflict) if revision else {}),
        "back": KEYS[KEYS.index(step) - 1] if step != "auth" else "",
        **context,
    }
    problems = context["problems"]
    shown["step_template"] = f"destinations/setup/_{step}.html"
    template = shown["step_template"] if wants_fragment(request) else "destinations/setup/page.html"
    # To htmx this is an answer like any other: a status of failure would only fill the browser's console.
    refused = request.method == "POST" and (problems or conflict) and not wants_fragment(request)
    answer = render(request, template, shown, status=422 if refused else 200)
    # The browser's "back" must not bring a page that is no longer what is saved.
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _stamps(request: MemberRequest, revision: DestinationRevision, conflict: bool) -> dict[str, Any]:
    """What tells, when the page is sent, whether it was up to date."""
    if not conflict:
        return {"seen": wizard.stamps(revision.document)}
    who = "You" if revision.author == request.member else revision.author or "Somebody"
    return {
        "seen": seen(request).parts,
        "conflict": {"who": who, "at": revision.changed_at, "over": wizard.stamp(revision.document)},
    }


def _stepper(
    destination: Destination, progress: Progress, present: str, *, saves: bool
) -> list[dict[str, Any]]:
    """For `_stepper.html`. Where the page holds something to save, its steps are buttons that save it."""
    chosen = {"label": "Integration", "state": "done"}
    return [chosen] + [
        {
            "label": step.label,
            "state": _state(step, present),
            "url": url_of(destination, step.key),
            "saves": step.key if saves else "",
        }
        for step in progress.steps
    ]


def _state(step: wizard.Step, present: str) -> str:
    if step.key == present:
        return "current"
    if step.complete:
        return "done"
    return "problem" if step.begun else "todo"
