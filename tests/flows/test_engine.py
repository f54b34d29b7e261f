"""A lead's way through a flow's steps to the gate."""

from typing import Any

import pytest

from flows import engine
from flows.engine import Run
from flows.recipients.response import RecipientResult, read_answer
from leadconduit.leads import bounds
from leadconduit.leads.bounds import spend
from leadconduit.lib.masking import MASK
from leadconduit.lib.outbound import Response


def flow(*steps: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {
        "name": "Solar",
        "enabled": True,
        "fields": [],
        "sources": [],
        "steps": list(steps),
        "destinations": [],
    } | parts


def stop_when(lhv: str, op: str, rhv: str | None = None, **parts: Any) -> dict[str, Any]:
    rule = {"lhv": lhv, "op": op} | ({} if rhv is None else {"rhv": rhv})
    step = {"type": "filter", "id": "aaaaaa", "outcome": "failure", "reason": "Not wanted"}
    return step | {"rule_set": {"op": "and", "rules": [rule]}} | parts


def use(action: str, **parts: Any) -> dict[str, Any]:
    return {"action": action, "action_id": action, "enabled": True, "rule_set": None} | parts


def run(document: dict[str, Any], variables: dict[str, object], *answers: RecipientResult) -> Run:
    """The recipients of the flow give these answers, in their order."""
    waiting = iter(answers)
    return engine.run(
        engine.compile_flow(document, {"e" * 24: "My CRM"}), variables, lambda *_: next(waiting)
    )


TEXAN: dict[str, object] = {"lead": {"state": "TX", "email": "ada@example.com"}}


def test_a_lead_that_matches_no_filter_passes_the_gate() -> None:
    came = run(flow(stop_when("lead.state", "is equal to", "CA")), TEXAN)

    assert (came.outcome, came.gate, came.blame) == ("success", "open", None)
    assert [step.outcome for step in came.steps] == ["continue"]


def test_a_filter_that_matches_stops_the_lead_and_is_to_blame() -> None:
    document = flow(
        stop_when(
            "lead.state", "is equal to", "tx", reason="No leads from {{lead.state}}", description="Texans"
        ),
        destinations=[{"destination": "d", "actions": [use("a")]}],
    )

    came = run(document, TEXAN)

    assert (came.outcome, came.reason, came.gate) == ("failure", "No leads from TX", "stopped")
    assert came.blame == {"id": "aaaaaa", "position": 1, "description": "Texans"}
    assert came.uses == ()


def test_steps_after_the_one_that_stopped_do_not_run() -> None:
    document = flow(stop_when("lead.email", "is not blank"), stop_when("lead.state", "is blank", id="bbbbbb"))

    came = run(document, TEXAN)

    assert [step.step_id for step in came.steps] == ["aaaaaa"]


def test_a_filter_can_answer_success_and_still_keeps_the_lead_from_every_destination() -> None:
    document = flow(
        stop_when("lead.email", "is not blank", outcome="success"),
        destinations=[{"destination": "d", "actions": [use("a")]}],
    )

    came = run(document, TEXAN)

    assert (came.outcome, came.gate, came.uses) == ("success", "stopped", ())


def test_a_step_that_is_turned_off_does_not_run() -> None:
    came = run(flow(stop_when("lead.email", "is not blank", enabled=False)), TEXAN)

    assert (came.gate, came.steps) == ("open", ())


def test_a_disabled_flow_answers_error_and_runs_nothing() -> None:
    came = run(flow(stop_when("lead.email", "is not blank"), enabled=False), TEXAN)

    assert (came.outcome, came.gate, came.steps) == ("error", "stopped", ())


def test_the_lead_is_owed_to_each_use_in_the_flows_order() -> None:
    document = flow(
        destinations=[
            {"destination": "second", "actions": [use("b"), use("a")]},
            {"destination": "first", "actions": [use("c")]},
        ]
    )

    came = run(document, TEXAN)

    assert [(one.destination, one.action) for one in came.uses] == [
        ("second", "b"),
        ("second", "a"),
        ("first", "c"),
    ]


def test_a_use_that_is_paused_in_this_flow_is_owed_nothing() -> None:
    document = flow(destinations=[{"destination": "d", "actions": [use("a", enabled=False)]}])

    assert run(document, TEXAN).uses == ()


def test_a_use_whose_condition_does_not_hold_is_owed_nothing_and_says_why() -> None:
    californians = {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "CA"}]}
    document = flow(
        destinations=[{"destination": "d", "actions": [use("a", rule_set=californians), use("b")]}]
    )

    came = run(document, TEXAN)

    assert [one.action for one in came.uses] == ["b"]
    assert came.unmet[0]["action"] == "a"
    assert "TX" in came.unmet[0]["rules"][0]["sentence"]


def test_a_long_reason_is_cut() -> None:
    document = flow(stop_when("lead.state", "is equal to", "TX", reason="{{lead.note}}"))

    came = run(document, {"lead": {"state": "TX", "note": "x" * 5_000}})

    assert came.reason == "x" * engine.MAX_REASON


def test_a_reason_that_is_too_long_to_be_made_is_the_steps_error() -> None:
    document = flow(stop_when("lead.state", "is equal to", "TX", reason="{{lead.note}}{{lead.note}}"))

    came = run(document, {"lead": {"state": "TX", "note": "x" * 600_000}})

    assert (came.outcome, came.gate) == ("error", "failed")
    assert "1,000,000 characters" in came.reason


def test_a_condition_that_is_too_long_to_be_made_keeps_the_gate_shut() -> None:
    rules = {"op": "and", "rules": [{"lhv": "{{lead.note}}{{lead.note}}", "op": "is not blank"}]}
    document = flow(destinations=[{"destination": "d", "actions": [use("a", rule_set=rules)]}])

    came = run(document, {"lead": {"note": "x" * 600_000}})

    assert (came.outcome, came.gate, came.uses) == ("error", "failed", ())
    assert "1,000,000 characters" in came.reason


NO_FRAUD = {"lhv": "lead.note", "op": "does not match pattern", "rhv": "^(?!(a|aa)+$).*fraud"}
NOT_FRAUD = {"op": "and", "rules": [NO_FRAUD]}


@pytest.mark.parametrize(
    "parts",
    [
        {"steps": [{**stop_when("lead.note", "is blank"), "rule_set": NOT_FRAUD}]},
        {"acceptance_criteria": {"outcome": "failure", "reason": "", "rule_set": NOT_FRAUD}},
        {"destinations": [{"destination": "d", "actions": [use("a", rule_set=NOT_FRAUD)]}]},
    ],
    ids=["a filter", "acceptance criteria", "a condition"],
)
def test_a_pattern_that_cannot_be_judged_lets_no_lead_through(parts: dict[str, Any]) -> None:
    came = run(flow(**parts), {"lead": {"note": "a" * 60 + " fraud"}})

    assert (came.outcome, came.gate, came.uses) == ("error", "failed", ())
    assert "took longer than 50 ms." in came.reason


# --- Acceptance criteria


def criteria(state: str, **parts: Any) -> dict[str, Any]:
    rules = [{"lhv": "lead.state", "op": "is equal to", "rhv": state}]
    return {
        "rule_set": {"op": "and", "rules": rules},
        "outcome": "failure",
        "reason": "Only {{x}}" + state,
    } | parts


def source(**parts: Any) -> dict[str, Any]:
    return {"entity": {"id": "s" * 24}, "integration": {"module_id": "m"}} | parts


FROM_SOURCE: dict[str, object] = {**TEXAN, "source": {"id": "s" * 24}}


def test_a_lead_that_does_not_match_the_acceptance_criteria_meets_no_step() -> None:
    document = flow(
        stop_when("lead.email", "is not blank"),
        acceptance_criteria=criteria("CA", outcome="error", reason="Not {{lead.state}}"),
        destinations=[{"destination": "d", "actions": [use("a")]}],
    )

    came = run(document, TEXAN)

    assert (came.outcome, came.reason, came.gate, came.steps, came.uses) == (
        "error",
        "Not TX",
        "stopped",
        (),
        (),
    )
    assert came.blame == {"id": None, "position": None, "description": "Acceptance criteria of the flow"}
    assert [(one["of"], one["matched"]) for one in came.acceptance] == [("flow", False)]


def test_the_flows_acceptance_criteria_are_judged_before_the_sources() -> None:
    document = flow(acceptance_criteria=criteria("TX"), sources=[source(acceptance_criteria=criteria("CA"))])

    came = run(document, FROM_SOURCE)

    assert (came.outcome, came.reason) == ("failure", "Only CA")
    assert came.blame
    assert came.blame["description"] == "Acceptance criteria of the source"
    assert [(one["of"], one["matched"]) for one in came.acceptance] == [("flow", True), ("source", False)]


def test_the_criteria_of_another_source_do_not_count() -> None:
    other = source(entity={"id": "o" * 24}, acceptance_criteria=criteria("CA"))

    assert run(flow(sources=[source(), other]), FROM_SOURCE).gate == "open"


def test_criteria_that_cannot_be_judged_let_no_lead_through() -> None:
    document = flow(acceptance_criteria=criteria("{{lead.long}}{{lead.long}}"))

    came = run(document, {"lead": {"state": "TX", "long": "x" * 600_000}})

    assert (came.outcome, came.gate, came.steps) == ("error", "failed", ())


# --- Recipients


def ask(**parts: Any) -> dict[str, Any]:
    return {
        "type": "recipient",
        "id": "rrrrrr",
        "entity": {"id": "e" * 24},
        "key": "my_crm",
        "integration": {
            "module_id": "leadconduit-custom.outbound.json",
            "mappings": [{"id": "mmmmmm", "property": "url", "value": "https://crm.example"}],
        },
        "rule_set": None,
    } | parts


def answered(outcome: str, reason: str = "", **appended: Any) -> RecipientResult:
    return RecipientResult(outcome, reason, {"outcome": outcome, "reason": reason, **appended})


DELIVERING = {"destinations": [{"destination": "d", "actions": [use("a")]}]}
IN_TEXAS = {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}]}
IN_OHIO = {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "OH"}]}


def test_what_a_recipient_answers_is_appended_for_what_comes_after_it() -> None:
    document = flow(
        ask(),
        stop_when("my_crm.score", "is less than", "10", reason="Score {{my_crm.score}}"),
        **DELIVERING,
    )

    came = run(document, TEXAN, answered("success", score=5))

    assert (came.outcome, came.reason, came.gate) == ("failure", "Score 5", "stopped")
    assert came.appended == {"my_crm": {"outcome": "success", "reason": "", "score": 5}}
    assert [(step.type, step.outcome) for step in came.steps] == [
        ("recipient", "success"),
        ("filter", "stop"),
    ]


def test_a_condition_of_a_use_can_name_what_was_appended() -> None:
    found = {"op": "and", "rules": [{"lhv": "my_crm.outcome", "op": "is equal to", "rhv": "success"}]}
    document = flow(ask(), destinations=[{"destination": "d", "actions": [use("a", rule_set=found)]}])

    assert len(run(document, TEXAN, answered("success")).uses) == 1


@pytest.mark.parametrize("outcome", ["failure", "error", "zzz", "", "••••••"])
def test_a_recipient_that_did_not_take_the_lead_shuts_the_gate_and_ends_nothing(outcome: str) -> None:
    document = flow(ask(), ask(id="ssssss", key="other", description="Second"), **DELIVERING)

    came = run(document, TEXAN, answered(outcome, "Duplicate"), answered("failure"))

    assert (came.outcome, came.reason, came.gate, came.uses) == ("success", "", "failed", ())
    assert came.blame == {"id": "rrrrrr", "position": 1, "description": "My CRM"}
    assert [(step.outcome, step.reason) for step in came.steps] == [(outcome, "Duplicate"), ("failure", "")]


def test_a_filter_after_a_failed_recipient_tells_the_source_and_the_recipient_stays_to_blame() -> None:
    document = flow(
        ask(), stop_when("my_crm.outcome", "is equal to", "failure", reason="{{my_crm.reason}}"), **DELIVERING
    )

    came = run(document, TEXAN, answered("failure", "Duplicate"))

    assert (came.outcome, came.reason, came.gate) == ("failure", "Duplicate", "failed")
    assert came.blame
    assert came.blame["id"] == "rrrrrr"


def test_a_lead_that_does_not_match_a_recipients_rules_skips_it_and_may_be_delivered() -> None:
    came = run(flow(ask(rule_set=IN_OHIO), **DELIVERING), TEXAN)

    assert (came.gate, len(came.uses), came.appended) == ("open", 1, {"my_crm": {"outcome": "skip"}})
    assert (came.steps[0].outcome, came.steps[0].detail["matched"]) == ("skip", False)


def test_the_event_of_a_recipient_says_whom_was_asked_and_what_came_of_it() -> None:
    came = run(flow(ask(rule_set=IN_TEXAS)), TEXAN, answered("success", score=5))

    detail = came.steps[0].detail
    assert (detail["key"], detail["module_id"]) == ("my_crm", "leadconduit-custom.outbound.json")
    assert detail["entity"] == {"id": "e" * 24, "name": "My CRM"}
    assert (detail["appended"]["score"], detail["transactions"], detail["matched"]) == (5, [], True)


def test_a_recipient_that_is_turned_off_is_not_asked() -> None:
    assert run(flow(ask(enabled=False)), TEXAN).steps == ()


def test_a_call_that_fails_on_our_side_is_an_error_of_the_step() -> None:
    def fail(*_: object) -> RecipientResult:
        raise RuntimeError

    came = engine.run(engine.compile_flow(flow(ask(), **DELIVERING), {}), TEXAN, fail)

    assert (came.steps[0].outcome, came.steps[0].reason) == ("error", "The step could not be run.")
    assert (came.gate, came.uses) == ("failed", ())


def test_the_recipient_itself_can_be_named_in_its_mappings() -> None:
    seen: list[Any] = []

    def remember(step: engine.Recipient, variables: engine.Variables) -> RecipientResult:
        seen.append(variables["recipient"])
        return answered("success")

    engine.run(engine.compile_flow(flow(ask()), {"e" * 24: "My CRM"}), TEXAN, remember)

    assert seen == [{"id": "e" * 24, "name": "My CRM"}]


SECRET = "sk-" + "0123456789" * 12


def echoing() -> RecipientResult:
    said, kept = ({"outcome": "success", "key": key} for key in (SECRET, MASK))
    return RecipientResult("success", "", said, (), kept, (SECRET,))


@pytest.mark.parametrize(
    "rule",
    [
        {"lhv": "my_crm.key", "op": "matches pattern", "rhv": "^sk-0"},
        {"lhv": "{{my_crm.key}}", "op": "is equal to", "rhv": MASK},
        {"lhv": "{{substring my_crm.key start=1 end=3}}", "op": "is not equal to", "rhv": "sk-"},
        {"lhv": "lead.state", "op": "is not included in", "rhv": ["{{substring my_crm.key start=4 end=9}}"]},
    ],
)
def test_templates_see_no_part_of_a_credential_that_was_echoed(rule: dict[str, Any]) -> None:
    seen: list[object] = []

    def call(step: engine.Recipient, variables: engine.Variables) -> RecipientResult:
        seen.append(variables.get("my_crm"))
        return echoing()

    document = flow(
        ask(),
        ask(id="ssssss", key="other"),
        stop_when(
            "", "", reason="{{substring my_crm.key start=1 end=9}}", rule_set={"op": "and", "rules": [rule]}
        ),
    )

    came = engine.run(engine.compile_flow(document, {}), TEXAN, call)

    assert came.gate == "stopped"
    assert seen == [None, {"outcome": "success", "key": MASK}]
    assert "sk-" not in came.reason
    assert "0123" not in str([(step.reason, step.detail) for step in came.steps])


def test_a_condition_of_a_use_tells_no_part_of_a_credential_that_was_echoed() -> None:
    unmet = {"op": "and", "rules": [{"lhv": "my_crm.key", "op": "is blank"}]}
    document = flow(ask(), destinations=[{"destination": "d", "actions": [use("a", rule_set=unmet)]}])

    came = run(document, TEXAN, echoing())

    assert came.unmet
    assert "0123" not in str(came.unmet)


ROWS = ", ".join(f'{{"id": {number}, "name": "Person {number}", "ok": true}}' for number in range(1_000))
LONG_ANSWER = Response(200, "OK", (("Content-Type", "application/json"),), f'{{"rows": [{ROWS}]}}'.encode())


def test_forty_recipients_with_long_answers_are_read() -> None:
    values = {
        "outcome_search_term": '"id": *999,',
        "reason_path": "rows.3.name",
        "capture.n": "(Person 9.*?),",
    }
    steps = [
        step
        for number in range(40)
        for step in (
            ask(id=f"r{number}", key=f"crm_{number}"),
            stop_when(f"crm_{number}.reason", "does not match pattern", "Person", id=f"f{number}"),
        )
    ]

    came = engine.run(
        engine.compile_flow(flow(*steps), {}),
        TEXAN,
        lambda *_: read_answer(values, LONG_ANSWER, secrets=(), transactions=()),
    )

    assert (came.outcome, came.gate, len(came.steps)) == ("success", "open", 80)


def test_all_steps_of_a_lead_share_one_bound_of_work() -> None:
    asked: list[str] = []

    def call(step: engine.Recipient, _: engine.Variables) -> RecipientResult:
        asked.append(step.key)
        for _part in range(4):
            spend(bounds.MAX_WORK // 2)
        return read_answer({"reason_path": "rows.3.name"}, LONG_ANSWER, secrets=(), transactions=())

    steps = [ask(id=f"r{number}", key=f"crm_{number}") for number in range(4)]
    document = flow(*steps, stop_when("lead.state", "is equal to", "CA"))

    came = engine.run(engine.compile_flow(document, {}), TEXAN, call)

    assert [step.outcome for step in came.steps] == ["success", "success", "error", "error", "error"]
    assert (came.outcome, came.gate) == ("error", "failed")


def test_rules_see_what_was_answered_and_what_is_kept_is_masked() -> None:
    echoed = RecipientResult(
        "success",
        "",
        {"outcome": "success", "you": "sesame"},
        (),
        {"outcome": "success", "you": MASK},
        ("sesame",),
    )
    later = RecipientResult("success", "so sesame", {"outcome": "success", "said": "sesame", "sesame": 1})
    document = flow(
        ask(),
        ask(id="ssssss", key="other"),
        stop_when("my_crm.you", "is equal to", "sesame", reason="Said {{my_crm.you}}, {{other.said}}"),
        **DELIVERING,
    )

    came = run(document, TEXAN, echoed, later)

    assert (came.gate, came.reason) == ("stopped", f"Said {MASK}, {MASK}")
    assert came.appended == {
        "my_crm": {"outcome": "success", "you": MASK},
        "other": {"outcome": "success", "said": MASK, MASK: 1},
    }
    assert "sesame" not in str([(step.reason, step.detail) for step in came.steps])
