"""A lead's way through a flow's steps to the gate."""

from typing import Any

from flows import engine
from flows.engine import Run


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


def run(document: dict[str, Any], variables: dict[str, object]) -> Run:
    return engine.run(engine.compile_flow(document, {}), variables)


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
