"""A lead's way through a flow, part by part, for `_flow_steps.html`: what was kept of it, and what a try comes to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from flows.engine import entity_ids
from flows.models import Entity
from flows.wording import title_of
from leadconduit.leads.values import as_text, plain

Document = Mapping[str, Any]
Row = dict[str, Any]

# The badge of each outcome, and its tone.
FILTERS = {"continue": ("Passed", "good"), "stop": ("Stopped the lead", "warning")}
RECIPIENTS = {
    "success": ("Success", "good"),
    "failure": ("Failure", "bad"),
    "error": ("Error", "bad"),
    "skip": ("Skipped", "idle"),
}
ERROR = ("Error", "bad")


class Happened(Protocol):
    """What one step came to: an event, or the result of a run."""

    @property
    def step_id(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def detail(self) -> dict[str, Any]: ...


# What a step did that shut the gate, by its outcome.
SHUTS = {"stop": "stopped it", "failure": "answered failure"}


class Way(NamedTuple):
    """How far a lead came: acceptance criteria that were judged, steps that ran, and what shut the gate."""

    acceptance: Sequence[Mapping[str, Any]]
    steps: Sequence[Happened]
    blame: Mapping[str, Any] | None
    reason: str
    """what the source was told"""


def rows(document: Document, source_id: str, way: Way) -> list[Row]:
    """Every acceptance criteria and every step, also those that the lead did not reach."""
    names = Entity.names(entity_ids(document))
    happened = {one.step_id: one for one in way.steps}
    to_blame = (way.blame or {}).get("id")
    return [
        *_criteria(document, source_id, way),
        *(
            _step(step, happened.get(step["id"]), names) | {"opened": step["id"] == to_blame}
            for step in document["steps"]
        ),
    ]


def shut_by(way: Way) -> str:
    """What shut the gate, and how."""
    blame = way.blame or {}
    step = next((one for one in way.steps if one.step_id and one.step_id == blame.get("id")), None)
    if step is None:
        said = [part.rstrip(".") for part in (blame.get("description", ""), way.reason) if part]
        return ": ".join(dict.fromkeys(said))
    description = f" “{blame['description']}”," if blame.get("description") else ""
    reason = f": {step.reason.rstrip('.')}" if step.reason else ""
    return f"Step {blame['position']},{description} {SHUTS.get(step.outcome, 'went wrong')}{reason}"


def _criteria(document: Document, source_id: str, way: Way) -> Iterable[Row]:
    source = [one for one in document["sources"] if one["entity"]["id"] == source_id]
    judged = {verdict["of"]: verdict for verdict in way.acceptance}
    for of, holder in (("flow", document), *(("source", one) for one in source)):
        if holder.get("acceptance_criteria"):
            yield _judged(f"Acceptance criteria of the {of}", judged.get(of), way) | {"unnumbered": True}


def _judged(title: str, verdict: Mapping[str, Any] | None, way: Way) -> Row:
    is_to_blame = (way.blame or {}).get("description") == title
    if verdict is None and is_to_blame:
        return _row(title, way.reason, ERROR)
    if verdict is None:
        return _not_reached(title)
    badge = ("Accepted", "good") if verdict["matched"] else ("Not accepted", "warning")
    return _row(title, "", badge) | {"verdict_tree": verdict, "opened": is_to_blame}


def _step(step: Mapping[str, Any], happened: Happened | None, names: Mapping[str, str]) -> Row:
    title = title_of(step, names)
    if happened is None:
        return _not_reached(title) if step.get("enabled", True) else _row(title, "Turned off") | PASSED_OVER
    detail = happened.detail
    tree = {"verdict_tree": detail} if detail.get("rules") else {}
    if step["type"] == "filter":
        return _row(title, happened.reason, FILTERS.get(happened.outcome, ERROR)) | tree
    return _recipient(title, happened) | tree


PASSED_OVER: Row = {"passed_over": True}


def _not_reached(title: str) -> Row:
    return _row(title, "Not reached") | PASSED_OVER


def _row(title: str, words: str, badge: tuple[str, str] = ("", "")) -> Row:
    return {"title": title, "words": words, "verdict": badge[0], "tone": badge[1]}


def _recipient(title: str, happened: Happened) -> Row:
    detail, outcome = happened.detail, happened.outcome
    entity = detail.get("entity", {}).get("name") or "The recipient"
    is_skipped = outcome == "skip"
    words = happened.reason
    if is_skipped and not words:
        words = "Its rules did not hold, so nobody was asked."
    return _row(title, words, RECIPIENTS.get(outcome, ERROR)) | {
        "id": happened.step_id,
        "entity": entity,
        "key": detail.get("key", ""),
        "transactions": detail.get("transactions", ()),
        "appended": list(_flat(detail.get("appended", {}))),
        "passed_over": is_skipped,
    }


def _flat(values: object, above: str = "") -> Iterable[tuple[str, str]]:
    """Every value that a recipient appended, by its dotted path."""
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(values, dict):
        items = values.items()
    elif isinstance(values, list):
        items = enumerate(values)
    else:
        yield above, as_text(plain(values))
    for name, value in items:
        yield from _flat(value, f"{above}.{name}" if above else str(name))
