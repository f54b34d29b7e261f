from typing import Any

import pytest

from leadconduit.leads.rules import compile_rules, problems

LEAD = {
    "state": "ca",
    "age": 36,
    "score": "5.0",
    "tags": ["Gold", 7],
    "note": " ",
    "city": "San Jose",
    "ok": True,
}


def rule_set(*rules: dict[str, Any], op: str = "and") -> dict[str, Any]:
    return {"op": op, "rules": list(rules)}


def rule(lhv: str, op: str, rhv: object = None) -> dict[str, Any]:
    return {"lhv": lhv, "op": op} | ({} if rhv is None else {"rhv": rhv})


@pytest.mark.parametrize(
    ("lhv", "op", "rhv", "matched"),
    [
        ("lead.state", "is equal to", "CA", True),
        ("lead.state", "is equal to", "TX", False),
        ("lead.state", "is not equal to", "TX", True),
        ("lead.state", "is not equal to", "Ca", False),
        ("lead.age", "is equal to", "36", True),
        ("lead.age", "is equal to", 36.0, True),
        ("lead.age", "is equal to", "thirty", False),
        ("lead.score", "is equal to", 5, True),
        ("lead.score", "is equal to", "5", False),
        ("lead.ok", "is equal to", "true", True),
        ("lead.ok", "is equal to", True, True),
        ("lead.ok", "is equal to", 1, True),
        ("lead.note", "is equal to", "", True),
        ("lead.nothing", "is not equal to", "x", True),
        ("lead.tags", "is equal to", ["gold", "7"], True),
        ("lead.tags", "is equal to", "gold", False),
        ("lead.note", "is blank", None, True),
        ("lead.nothing", "is blank", None, True),
        ("lead.age", "is blank", None, False),
        ("lead.age", "is not blank", None, True),
        ("lead.nothing", "is not blank", None, False),
        ("lead.tags", "includes", "GOLD", True),
        ("lead.tags", "includes", "7", True),
        ("lead.tags", "includes", "Gol", False),
        ("lead.tags", "includes", ["x", "gold"], True),
        ("lead.city", "includes", "jose", True),
        ("lead.city", "includes", "paris", False),
        ("lead.nothing", "includes", "x", False),
        ("lead.city", "includes", "{{lead.nothing}}", False),
        ("{{lead.city}}, {{lead.state}}", "is equal to", "san jose, CA", True),
        ("lead.state", "is equal to", "{{lead.state}}", True),
    ],
)
def test_each_operator_holds_as_it_reads(lhv: str, op: str, rhv: object, matched: bool) -> None:
    rules = compile_rules(rule_set(rule(lhv, op, rhv)))

    assert rules.match({"lead": LEAD}).matched is matched


@pytest.mark.parametrize(("op", "matched"), [("and", False), ("or", True)])
def test_all_or_any_of_the_rules_must_hold(op: str, matched: bool) -> None:
    rules = compile_rules(
        rule_set(rule("lead.state", "is equal to", "CA"), rule("lead.age", "is blank"), op=op)
    )

    assert rules.match({"lead": LEAD}).matched is matched


def test_the_verdict_explains_each_rule_with_its_values() -> None:
    rules = compile_rules(
        rule_set(rule("lead.state", "is equal to", "TX"), rule("lead.note", "is blank"), op="or")
    )

    verdict = rules.match({"lead": LEAD})

    assert [(why.matched, why.left, why.right) for why in verdict.rules()] == [
        (False, "ca", "TX"),
        (True, " ", None),
    ]
    assert [why.sentence for why in verdict.rules()] == [
        'lead.state is equal to "TX": no, it is "ca"',
        "lead.note is blank: yes, it is blank",
    ]


@pytest.mark.parametrize(
    ("wrong", "path", "says"),
    [
        ("text", "", "object"),
        ({"rules": [rule("lead.a", "is blank")]}, "op", "`and` or `or`"),
        (rule_set(), "rules", "at least one"),
        (rule_set(rule("lead.a", "is nearly", 5)), "rules.0.op", "no operator `is nearly`"),
        (rule_set(rule("lead.a", "is blank"), {"lhv": "lead.b"}), "rules.1.op", "needs an operator"),
        (rule_set(rule_set()), "rules.0.rules", "at least one"),
        (
            rule_set(rule("lead.a", "is blank") | {"rule_set": rule_set()}),
            "rules.0.rule_set.rules",
            "at least",
        ),
        (rule_set({"op": "is blank"}), "rules.0.lhv", "left-hand"),
        (rule_set(rule("lead state", "is blank")), "rules.0.lhv", "not a variable"),
        (rule_set(rule("{{lead.a", "is blank")), "rules.0.lhv", "never closed"),
        (rule_set(rule("lead.a", "is equal to")), "rules.0.rhv", "right-hand"),
        (rule_set(rule("lead.a", "is equal to", {})), "rules.0.rhv", "right-hand"),
        (rule_set(rule("lead.a", "is equal to", ["{{"])), "rules.0.rhv", "never closed"),
        (rule_set(rule("lead.a", "includes", "")), "rules.0.rhv", "blank"),
        (rule_set(rule("lead.a", "is blank", "x")), "rules.0.rhv", "compares with nothing"),
        (rule_set(rule("lead.a", "is blank") | {"huh": 1}), "rules.0.huh", "not a property"),
        ({**rule_set(rule("lead.a", "is blank")), "huh": 1}, "huh", "not a property"),
    ],
)
def test_a_mistake_is_named_where_it_is(wrong: object, path: str, says: str) -> None:
    [(where, sentence)] = problems(wrong)

    assert where == path
    assert says in sentence


def test_a_rule_set_of_what_is_run_has_no_problems() -> None:
    assert (
        problems({"id": "a1b2c3", **rule_set({"id": "d4e5f6", **rule("lead.a", "is equal to", "x")})}) == []
    )


def test_what_has_problems_is_not_compiled() -> None:
    with pytest.raises(ValueError, match=r"rules\.0\.op"):
        compile_rules(rule_set(rule("lead.a", "is nearly", "x")))
