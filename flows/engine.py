"""Runs a lead through a flow: its steps in order, then the gate.

Pure: a compiled flow and the lead's variables go in, a `Run` comes out. Nothing here reads or writes a database.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from flows.inbound.mapping import SourceMapping, compile_mappings
from leadconduit.leads.rules import Rules, compile_rules
from leadconduit.leads.template import Template, TooLong, compile_template
from leadconduit.leads.values import as_text

logger = structlog.get_logger(__name__)

Variables = Mapping[str, object]

MAX_REASON = 2_000


@dataclass(frozen=True, slots=True)
class Source:
    """Who may submit: the flow's source, by its entity."""

    entity_id: str
    name: str
    enabled: bool
    authentication_required: bool = False
    mappings: tuple[SourceMapping, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """A step that stops the flow when its rules match."""

    id: str
    position: int
    description: str
    outcome: str
    reason: Template
    rules: Rules


@dataclass(frozen=True, slots=True)
class Use:
    """The flow delivers to this action, where the use's own condition holds."""

    destination: str
    action: str
    rules: Rules | None


@dataclass(frozen=True, slots=True)
class Program:
    """A flow's revision, compiled."""

    name: str
    enabled: bool
    fields: tuple[str, ...]
    types: Mapping[str, str]
    sources: Mapping[str, Source]
    steps: tuple[Filter, ...]
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one step came to: continue, stop or error, and which rules with which values made it so."""

    type: str
    step_id: str
    outcome: str
    reason: str
    detail: dict[str, Any]
    ms: int


@dataclass(frozen=True, slots=True)
class Run:
    """A lead's way through a flow. `uses` are those whose deliveries it owes; `unmet` those whose condition failed."""

    outcome: str
    reason: str
    gate: str
    blame: dict[str, Any] | None
    steps: tuple[StepResult, ...]
    uses: tuple[Use, ...] = ()
    unmet: tuple[dict[str, Any], ...] = ()


def compile_flow(document: Mapping[str, Any], entity_names: Mapping[str, str]) -> Program:
    """For the document of a saved revision, which was checked when it was saved; names of its sources by entity id."""
    return Program(
        name=document["name"],
        enabled=document["enabled"],
        fields=tuple(document["fields"]),
        types=document.get("types", {}),  # flows saved before fields had types have none
        sources={source["entity"]["id"]: _source(source, entity_names) for source in document["sources"]},
        steps=tuple(
            _filter(step, position)
            for position, step in enumerate(document["steps"], start=1)
            if step.get("enabled", True)
        ),
        uses=tuple(
            Use(entry["destination"], action["action"], _rules(action.get("rule_set")))
            for entry in document["destinations"]
            for action in entry["actions"]
            if action.get("enabled", True)
        ),
    )


def _source(source: Mapping[str, Any], entity_names: Mapping[str, str]) -> Source:
    id = source["entity"]["id"]
    return Source(
        id,
        entity_names.get(id, ""),
        source.get("enabled", True),
        # Flows saved before sources had these have none.
        source.get("authentication_required", False),
        compile_mappings(source["integration"].get("mappings", ())),
    )


def _filter(step: Mapping[str, Any], position: int) -> Filter:
    return Filter(
        id=step["id"],
        position=position,
        description=step.get("description", ""),
        outcome=step["outcome"],
        reason=compile_template(step.get("reason") or ""),
        rules=compile_rules(step["rule_set"]),
    )


def _rules(rule_set: Mapping[str, Any] | None) -> Rules | None:
    return compile_rules(rule_set) if rule_set else None


def run(program: Program, variables: Variables) -> Run:
    """Steps in order until one stops the flow; the gate is open only when none stopped and none went wrong."""
    if not program.enabled:
        reason = "The flow is disabled."
        return Run("error", reason, "stopped", {"id": None, "position": None, "description": reason}, ())
    results: list[StepResult] = []
    for step in program.steps:
        result = _judge(step, variables)
        results.append(result)
        if result.outcome != "continue":
            return _shut(step, result, tuple(results))
    try:
        return _opened(program, variables, tuple(results))
    except TooLong as error:
        # A condition that cannot be judged: nobody knows who is owed the lead.
        blame = {"id": None, "position": None, "description": error.sentence}
        return Run("error", error.sentence, "failed", blame, tuple(results))


def _judge(step: Filter, variables: Variables) -> StepResult:
    begun = time.perf_counter()
    try:
        verdict = step.rules.match(variables)
        reason = as_text(step.reason.render(variables))[:MAX_REASON] if verdict.matched else ""
        outcome, detail = ("stop" if verdict.matched else "continue"), verdict.to_json()
    except TooLong as error:
        outcome, reason, detail = "error", error.sentence, {}
    except Exception:
        # A step that cannot be judged must never let a lead through.
        logger.exception("flow.step_failed", step_id=step.id)
        outcome, reason, detail = "error", "The step could not be run.", {}
    return StepResult("filter", step.id, outcome, reason, detail, round((time.perf_counter() - begun) * 1000))


def _shut(step: Filter, result: StepResult, results: tuple[StepResult, ...]) -> Run:
    blame = {"id": step.id, "position": step.position, "description": step.description}
    if result.outcome == "error":
        return Run("error", result.reason, "failed", blame, results)
    return Run(step.outcome, result.reason, "stopped", blame, results)


def _opened(program: Program, variables: Variables, results: tuple[StepResult, ...]) -> Run:
    uses, unmet = owed(program, variables)
    return Run("success", "", "open", None, results, uses, unmet)


def owed(program: Program, variables: Variables) -> tuple[tuple[Use, ...], tuple[dict[str, Any], ...]]:
    """Which uses are owed this lead once the gate lets it through, and those whose own condition does not hold.

    Raises TooLong where a condition cannot be judged.
    """
    uses: list[Use] = []
    unmet: list[dict[str, Any]] = []
    for use in program.uses:
        verdict = use.rules.match(variables) if use.rules else None
        if use.rules is None or verdict is None or verdict.matched:
            uses.append(use)
        else:
            unmet.append({"destination": use.destination, "action": use.action, **verdict.to_json()})
    return tuple(uses), tuple(unmet)
