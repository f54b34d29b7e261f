"""Runs a lead through a flow: is it accepted, its steps in order, then the gate.

Pure but for `call`, which asks a recipient: a compiled flow and the lead's variables go in, a `Run` comes out. Nothing
here reads or writes a database.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from flows.inbound.mapping import SourceMapping, compile_mappings
from flows.recipients import mappings as recipient_mappings
from flows.recipients.mappings import PropertyMapping
from flows.recipients.modules import MODULES, Module
from flows.recipients.response import RecipientResult, masked
from leadconduit.leads import bounds
from leadconduit.leads.bounds import BoundedWork
from leadconduit.leads.rules import Rules, compile_rules
from leadconduit.leads.template import Template, TooLong, compile_template
from leadconduit.leads.values import as_text, lookup

logger = structlog.get_logger(__name__)

Variables = Mapping[str, object]

LETS_THROUGH = ("success", "skip")
"""What a recipient step may come to for the gate to stay open."""

MAX_WORK = 5 * bounds.MAX_WORK
"""What all rules, templates and answers of a lead's way may cost together: a few seconds of computing."""

MAX_REASON = 2_000
NOT_RUN = "The step could not be run."


@dataclass(frozen=True, slots=True)
class Criteria:
    """Rules that a lead must match to be processed at all; its source is answered `outcome` and `reason` else."""

    of: str
    """flow or source"""
    outcome: str
    reason: Template
    rules: Rules


@dataclass(frozen=True, slots=True)
class Source:
    """Who may submit: the flow's source, by its entity."""

    entity_id: str
    name: str
    enabled: bool
    authentication_required: bool = False
    mappings: tuple[SourceMapping, ...] = ()
    criteria: Criteria | None = None


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
class Recipient:
    """A step that asks somebody outside about the lead, and appends what they answer under `key`."""

    id: str
    position: int
    description: str
    key: str
    entity_id: str
    entity_name: str
    module: Module
    mappings: tuple[PropertyMapping, ...]
    rules: Rules | None


Call = Callable[[Recipient, Variables], RecipientResult]


@dataclass(frozen=True, slots=True)
class Use:
    """The flow delivers to this action, where the use's own condition holds; `independent`: waiting for no other."""

    destination: str
    action: str
    rules: Rules | None
    independent: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """A flow's revision, compiled."""

    name: str
    enabled: bool
    fields: tuple[str, ...]
    types: Mapping[str, str]
    sources: Mapping[str, Source]
    steps: tuple[Filter | Recipient, ...]
    uses: tuple[Use, ...]
    criteria: Criteria | None = None


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one step came to, and what made it so.

    A filter: continue, stop or error. `detail` is its rules' verdict, as `Verdict.to_json`.
    A recipient: success, failure, error or skip. `detail` has `key`, `entity` (`{"id", "name"}`), `module_id`,
    `transactions` and `appended`, and the verdict of its rules where it has any.
    """

    type: str
    step_id: str
    outcome: str
    reason: str
    detail: dict[str, Any]
    ms: int


@dataclass(frozen=True, slots=True)
class Run:
    """A lead's way through a flow. `uses` are those whose deliveries it owes; `unmet` those whose condition failed.

    `appended` is what recipients answered, by their steps' keys. `acceptance` has the verdict of each acceptance
    criteria that was judged, and whose it is (`of`).
    """

    outcome: str
    reason: str
    gate: str
    blame: dict[str, Any] | None
    steps: tuple[StepResult, ...]
    uses: tuple[Use, ...] = ()
    unmet: tuple[dict[str, Any], ...] = ()
    appended: dict[str, Any] = field(default_factory=dict)
    acceptance: tuple[dict[str, Any], ...] = ()

    @property
    def waited_ms(self) -> int:
        """How long recipients took."""
        return sum(step.ms for step in self.steps if step.type == "recipient")


def entity_ids(document: Mapping[str, Any]) -> Iterator[str]:
    """Of the entities that a document names: its sources and its recipients."""
    for part in (*document["sources"], *document["steps"]):
        if "entity" in part:
            yield part["entity"]["id"]


def compile_flow(document: Mapping[str, Any], entity_names: Mapping[str, str]) -> Program:
    """For the document of a saved revision, which was checked when it was saved; names of its `entity_ids`."""
    return Program(
        name=document["name"],
        enabled=document["enabled"],
        fields=tuple(document["fields"]),
        types=document.get("types", {}),  # flows saved before fields had types have none
        sources={source["entity"]["id"]: _source(source, entity_names) for source in document["sources"]},
        steps=tuple(
            _filter(step, position) if step["type"] == "filter" else _recipient(step, position, entity_names)
            for position, step in enumerate(document["steps"], start=1)
            if step.get("enabled", True)
        ),
        uses=tuple(
            Use(
                entry["destination"],
                action["action"],
                _rules(action.get("rule_set")),
                independent=action.get("independent", False),
            )
            for entry in document["destinations"]
            for action in entry["actions"]
            if action.get("enabled", True)
        ),
        criteria=_criteria("flow", document),
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
        _criteria("source", source),
    )


def _criteria(of: str, holder: Mapping[str, Any]) -> Criteria | None:
    criteria = holder.get("acceptance_criteria")
    if not criteria:
        return None
    return Criteria(
        of,
        criteria["outcome"],
        compile_template(criteria.get("reason") or ""),
        compile_rules(criteria["rule_set"]),
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


def _recipient(step: Mapping[str, Any], position: int, entity_names: Mapping[str, str]) -> Recipient:
    id = step["entity"]["id"]
    return Recipient(
        id=step["id"],
        position=position,
        description=step.get("description", ""),
        key=step["key"],
        entity_id=id,
        entity_name=entity_names.get(id, ""),
        module=MODULES[step["integration"]["module_id"]],
        mappings=recipient_mappings.compile_mappings(step["integration"]["mappings"]),
        rules=_rules(step.get("rule_set")),
    )


def _rules(rule_set: Mapping[str, Any] | None) -> Rules | None:
    return compile_rules(rule_set) if rule_set else None


# --- A run


def run(program: Program, variables: Variables, call: Call) -> Run:
    """Whether the lead is accepted, then steps in order until a filter stops the flow.

    The gate is open only when none stopped and none went wrong; what a recipient answers never ends the flow, as in
    LeadConduit, but a failure or an error of one shuts the gate. Once MAX_WORK is used up, whatever is still to be
    judged is an error.
    """
    if not program.enabled:
        reason = "The flow is disabled."
        return Run("error", reason, "stopped", _blame(reason), ())
    way = _Way(program, dict(variables))
    with BoundedWork(MAX_WORK):
        return way.refused() or way.through_steps(call) or way.opened()


class _Way:
    """A lead on its way: what it has met, and who is the first to blame where the gate is shut."""

    def __init__(self, program: Program, variables: dict[str, object]) -> None:
        self._program = program
        # Templates could cut a credential that a recipient echoed into parts that no masker finds, so they see masked
        # answers. A variable alone in a rule judges `_as_came`: masking changes no verdict.
        self._variables = variables
        self._as_came = dict(variables)
        self._results: list[StepResult] = []
        self._appended: dict[str, Any] = {}
        self._secrets: tuple[str, ...] = ()
        self._acceptance: list[dict[str, Any]] = []
        self._gate = "open"
        self._blame: dict[str, Any] | None = None

    def refused(self) -> Run | None:
        """How it ends where the lead does not match the acceptance criteria, the flow's before the source's."""
        source = self._program.sources.get(as_text(lookup(self._variables, "source.id")))
        for criteria in (self._program.criteria, source.criteria if source else None):
            if criteria is None:
                continue
            named = f"Acceptance criteria of the {criteria.of}"
            try:
                verdict = criteria.rules.match(self._variables)
                self._acceptance.append({"of": criteria.of, **verdict.to_json()})
                if verdict.matched:
                    continue
                self._shut("stopped", _blame(named))
                return self._end(criteria.outcome, _reason(criteria.reason, self._variables))
            except TooLong as error:
                sentence = error.sentence
            except Exception:
                logger.exception("flow.criteria_failed", of=criteria.of)
                sentence = "The acceptance criteria could not be judged."
            self._shut("failed", _blame(named))
            return self._end("error", sentence)
        return None

    def through_steps(self, call: Call) -> Run | None:
        """How it ends where a filter ends it."""
        for step in self._program.steps:
            if isinstance(step, Recipient):
                self._ask(step, call)
                continue
            result = self._kept(_judge(step, self._variables, self._as_came))
            self._results.append(result)
            if result.outcome == "error":
                self._shut("failed", _blame_of(step))
                return self._end("error", result.reason)
            if result.outcome == "stop":
                self._shut("stopped", _blame_of(step))
                return self._end(step.outcome, result.reason)
        return None

    def _ask(self, step: Recipient, call: Call) -> None:
        result, came = _asked(step, self._variables, self._as_came, call)
        self._secrets = tuple(dict.fromkeys((*self._secrets, *came.secrets)))
        self._as_came[step.key] = came.appended
        kept = came.kept_without(self._secrets)
        self._variables[step.key] = self._appended[step.key] = result.detail["appended"] = kept
        self._results.append(self._kept(result))
        if result.outcome not in LETS_THROUGH:
            self._shut("failed", _blame_of(step))

    def opened(self) -> Run:
        """The end of a lead that nothing stopped. Its source hears success, though a recipient may have shut the gate."""
        if self._gate != "open":
            return self._end("success", "")
        try:
            uses, unmet = owed(self._program, self._variables, self._as_came)
        except TooLong as error:
            # A condition that cannot be judged: nobody knows who is owed the lead.
            self._shut("failed", _blame(error.sentence))
            return self._end("error", error.sentence)
        return self._end("success", "", uses, unmet)

    def _kept(self, result: StepResult) -> StepResult:
        """With what recipients echoed masked: it may stand in what this step says, or was answered."""
        detail = {
            name: self._masked(part) if name in ("rules", "transactions") else part
            for name, part in result.detail.items()
        }
        return replace(result, reason=self._masked(result.reason)[:MAX_REASON], detail=detail)

    def _masked(self, value: Any) -> Any:
        return masked(value, self._secrets, names=False)

    def _shut(self, gate: str, blame: dict[str, Any]) -> None:
        """The first to shut the gate is to blame."""
        if self._gate == "open":
            self._gate, self._blame = gate, blame

    def _end(
        self,
        outcome: str,
        reason: str,
        uses: tuple[Use, ...] = (),
        unmet: tuple[dict[str, Any], ...] = (),
    ) -> Run:
        return Run(
            outcome,
            self._masked(reason)[:MAX_REASON],
            self._gate,
            self._blame,
            tuple(self._results),
            uses,
            tuple(one | {"rules": self._masked(one["rules"])} for one in unmet),
            self._appended,
            tuple(self._acceptance),
        )


def _blame(description: str) -> dict[str, Any]:
    """What is to blame and is no step."""
    return {"id": None, "position": None, "description": description}


def _blame_of(step: Filter | Recipient) -> dict[str, Any]:
    name = step.entity_name if isinstance(step, Recipient) else ""
    return {"id": step.id, "position": step.position, "description": step.description or name}


def _judge(step: Filter, variables: Variables, as_came: Variables) -> StepResult:
    begun = time.perf_counter()
    try:
        verdict = step.rules.match(variables, as_came)
        reason = _reason(step.reason, variables) if verdict.matched else ""
        outcome, detail = ("stop" if verdict.matched else "continue"), verdict.to_json()
    except TooLong as error:
        outcome, reason, detail = "error", error.sentence, {}
    except Exception:
        # A step that cannot be judged must never let a lead through.
        logger.exception("flow.step_failed", step_id=step.id)
        outcome, reason, detail = "error", NOT_RUN, {}
    return StepResult("filter", step.id, outcome, reason, detail, _ms_since(begun))


def _asked(
    step: Recipient, variables: Variables, as_came: Variables, call: Call
) -> tuple[StepResult, RecipientResult]:
    """What the step came to, as it is kept, and as it was said."""
    begun = time.perf_counter()
    detail: dict[str, Any] = {}
    entity = {"id": step.entity_id, "name": step.entity_name}
    try:
        verdict = step.rules.match(variables, as_came) if step.rules else None
        if verdict is not None:
            detail = verdict.to_json()
        if verdict is not None and not verdict.matched:
            result = RecipientResult.without_answer("skip", "")
        else:
            result = call(step, {**variables, "recipient": entity})
    except TooLong as error:
        result = RecipientResult.without_answer("error", error.sentence)
    except Exception:
        logger.exception("flow.step_failed", step_id=step.id)
        result = RecipientResult.without_answer("error", NOT_RUN)
    detail |= {
        "key": step.key,
        "entity": entity,
        "module_id": step.module.id,
        "transactions": list(result.transactions),
        "appended": result.kept,
    }
    return StepResult("recipient", step.id, result.outcome, result.reason, detail, _ms_since(begun)), result


def _reason(template: Template, variables: Variables) -> str:
    """Raises TooLong."""
    return as_text(template.render(variables))


def _ms_since(begun: float) -> int:
    return round((time.perf_counter() - begun) * 1000)


def owed(
    program: Program, variables: Variables, as_came: Variables | None = None
) -> tuple[tuple[Use, ...], tuple[dict[str, Any], ...]]:
    """Which uses are owed this lead once the gate lets it through, and those whose own condition does not hold.

    Raises TooLong where a condition cannot be judged.
    """
    uses: list[Use] = []
    unmet: list[dict[str, Any]] = []
    for use in program.uses:
        verdict = use.rules.match(variables, as_came) if use.rules else None
        if use.rules is None or verdict is None or verdict.matched:
            uses.append(use)
        else:
            unmet.append({"destination": use.destination, "action": use.action, **verdict.to_json()})
    return tuple(uses), tuple(unmet)
