"""What a flow names and nothing provides, on its pages: each warning with where it is, and the page to mend it on."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.urls import reverse

from destinations import configured
from destinations.models import Action, Destination
from flows.dependencies import Doubt, doubts_of
from flows.models import Flow
from leadconduit.accounts.access import MemberRequest

MOST_SAID = 3


def shown(flow: Flow, document: Mapping[str, Any], actions: Mapping[str, Action]) -> list[dict[str, str]]:
    """For `_doubts.html`. `actions` are those of the flow's uses, by id, with what their destinations send live."""
    used = {action.destination_id: action.destination for action in actions.values()}.values()
    return [
        {
            "where": where(document, doubt, actions),
            "url": _url(flow, doubt, actions),
            "words": doubt.sentence,
        }
        for doubt in of_uses(document, used)
    ]


def of_uses(document: Mapping[str, Any], destinations: Collection[Destination]) -> list[Doubt]:
    """All doubts, with those of what these destinations send live."""
    mapped = {
        row["id"]: row["mapping"]
        for destination in destinations
        for row in (destination.live.document["actions"] if destination.live else ())
    }
    return doubts_of(document, mapped, configured.required_of(destinations))


def say_new(request: MemberRequest, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """What a change has left without what it names, right after it."""
    known = {(doubt.id, doubt.sentence) for doubt in doubts_of(before)}
    new = [doubt for doubt in doubts_of(after) if (doubt.id, doubt.sentence) not in known]
    for doubt in new[:MOST_SAID]:
        messages.warning(request, f"{where(after, doubt)}: {doubt.sentence}")
    if len(new) > MOST_SAID:
        messages.warning(request, f"{len(new) - MOST_SAID} more such places stand on the flow's overview.")


def by_id(doubts: Iterable[Doubt], part: str) -> dict[str, list[str]]:
    """The sentences about each step, source or action of a part."""
    found: dict[str, list[str]] = {}
    for doubt in doubts:
        if doubt.path.partition(".")[0] == part:
            found.setdefault(doubt.id, []).append(doubt.sentence)
    return found


def where(document: Mapping[str, Any], doubt: Doubt, actions: Mapping[str, Action] | None = None) -> str:
    part, _, number = doubt.path.partition(".")
    if part == "acceptance_criteria":
        return "Acceptance criteria"
    if action := (actions or {}).get(doubt.id):
        return f"{'Field mapping' if doubt.is_mapping else 'Condition'} of {action.destination}: {action}"
    described = document[part][int(number)].get("description", "")
    return f"{part[:-1].capitalize()} {int(number) + 1}{f', “{described}”' if described else ''}"


def _url(flow: Flow, doubt: Doubt, actions: Mapping[str, Action]) -> str:
    """Pages that every member may see."""
    if doubt.is_mapping:
        return reverse("app:destination-detail", args=[actions[doubt.id].destination.instance_id])
    match doubt.path.partition(".")[0]:
        case "sources":
            return reverse("app:flow-sources", args=[flow.pk])
        case "destinations":
            return f"{reverse('app:flow-destinations', args=[flow.pk])}#use-{doubt.id}"
        case "steps":
            return f"{reverse('app:flow-steps', args=[flow.pk])}#step-{doubt.id}"
    return f"{reverse('app:flow-steps', args=[flow.pk])}#criteria"
