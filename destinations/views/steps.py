"""What the steps of the wizard have in common: the way through it, saving on leaving, and coming back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from destinations import wizard
from destinations.models import Destination
from destinations.views.common import go, tile, wants_fragment
from destinations.wizard import Progress
from leadconduit.accounts.access import MemberRequest
from leadconduit.accounts.models import Role

KEYS = ("auth", "configure", "map", "test")


def url_of(destination: Destination, step: str) -> str:
    return reverse(f"app:setup-{step}", args=[destination.instance_id])


def leave(request: MemberRequest, destination: Destination, step: str) -> HttpResponse | None:
    """Where the button that saved leads to. None where the page stays: to go on, the step must be complete."""
    to = request.POST.get("to", "")
    if to in KEYS:
        return go(request, url_of(destination, to))
    if to == "exit":
        messages.success(request, _left(destination))
        return go(request, "app:destination-detail", destination.instance_id)
    if "continue" in request.POST and wizard.progress(destination).step(step).complete:
        return go(request, url_of(destination, KEYS[KEYS.index(step) + 1]))
    return None


def _left(destination: Destination) -> str:
    if destination.activated_at:
        return "Saved in the draft. What is live has not changed."
    return "Saved. Come back whenever you like: the draft waits for you."


def shows_problems(request: MemberRequest, progress: Progress, step: str) -> bool:
    """Nobody is blamed for a page that they have just come to, or not finished yet."""
    return "continue" in request.POST if request.method == "POST" else progress.step(step).begun


def show(
    request: MemberRequest, destination: Destination, progress: Progress, step: str, **context: Any
) -> HttpResponse:
    """The step's page, or for htmx the step alone. `problems` in the context are for the summary above it."""
    may_change = request.membership.reaches(Role.ADMIN)
    shown = {
        "destination": destination,
        "tile": tile(destination.integration, destination.integration_name),
        "step": progress.step(step),
        "progress": progress,
        "number": KEYS.index(step) + 2,
        "steps": _stepper(destination, progress, step, saves=may_change and step != "test"),
        "section": "destination",
        "back": KEYS[KEYS.index(step) - 1] if step != "auth" else "",
        **context,
    }
    problems = context["problems"]
    shown["step_template"] = f"destinations/setup/_{step}.html"
    template = shown["step_template"] if wants_fragment(request) else "destinations/setup/page.html"
    # To htmx this is an answer like any other: a status of failure would only fill the browser's console.
    refused = request.method == "POST" and problems and not wants_fragment(request)
    return render(request, template, shown, status=422 if refused else 200)


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
