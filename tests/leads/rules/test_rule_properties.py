"""What holds for every rule set without problems, and whatever the variables are."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leadconduit.leads.rules import (
    BINARY,
    OPERATORS,
    RuleVerdict,
    Verdict,
    compile_rules,
    problems,
    sentences,
)
from leadconduit.leads.rules.equality import Known
from leadconduit.leads.rules.operators import BINARY as PREPARE
from leadconduit.leads.template import TooLong
from leadconduit.leads.types import TYPES, parse

WORDS = ("ada@example.com", "TX", "yes", "no", "(", "a,b", "shit", "x" * 5_000)
NUMBERS = ("10", "10.0", "1-20", "10+", "20-1")
DATES = ("1985-12-10", "12/10/1985", "2030-05-01T10:00:00Z", "0001-01-01T00:00+23:59", "2014-02-30")
texts = st.one_of(st.text(max_size=20), st.sampled_from((*WORDS, *NUMBERS, *DATES)))
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts
)
json_values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        # What looks like a typed value and is none of ours.
        st.dictionaries(st.sampled_from(["a", "normal", "raw", "valid", "min", "max", "avg", "mid"]), inner),
    ),
    max_leaves=8,
)
values = st.one_of(scalars, json_values, st.builds(parse, st.sampled_from(TYPES), json_values))
lives = st.fixed_dictionaries({}, optional=dict.fromkeys("abc", values)).map(lambda lead: {"lead": lead})

sides = st.sampled_from(
    ["lead.a", "{{lead.b}}", "{{ lead.c }}!", "{{lowercase lead.a}}", "lead.b.avg", "lead"]
)
rights = st.one_of(
    texts, sides, st.integers(-100, 100), st.floats(-1e6, 1e6), st.booleans(),
    st.lists(st.one_of(texts, sides), min_size=1, max_size=3),
)  # fmt: skip


@st.composite
def single_rules(draw: st.DrawFn) -> dict[str, Any]:
    op = draw(st.sampled_from(OPERATORS))
    rule: dict[str, Any] = {"lhv": draw(sides), "op": op}
    return rule | {"rhv": draw(rights)} if op in BINARY else rule


def sets(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"op": st.sampled_from(["and", "or"]), "rules": st.lists(inner, min_size=1, max_size=3)}
    )


rule_sets = sets(
    st.recursive(
        single_rules(),
        lambda inner: st.one_of(
            sets(inner), st.builds(lambda rule, also: rule | {"rule_set": also}, single_rules(), sets(inner))
        ),
        max_leaves=6,
    )
).filter(lambda rule_set: not problems(rule_set))


def is_consistent(verdict: RuleVerdict | Verdict) -> bool:
    if isinstance(verdict, RuleVerdict):
        return True
    parts = [part.matched for part in verdict.explanation]
    expected = all(parts) if verdict.op == "and" else any(parts)
    return verdict.matched is expected and all(map(is_consistent, verdict.explanation))


@given(rule_sets, lives)
def test_the_explained_verdict_is_the_plain_one_and_nothing_is_raised(
    rule_set: dict[str, Any], variables: dict[str, object]
) -> None:
    rules = compile_rules(rule_set)

    verdict = rules.match(variables)

    assert verdict.matched is rules.matches(variables)
    assert is_consistent(verdict)
    assert sentences(json.loads(json.dumps(verdict.to_json()))) == [one.sentence for one in verdict.rules()]


@given(single_rules(), lives)
def test_a_right_hand_value_means_the_same_prepared_and_rendered(
    rule: dict[str, Any], variables: dict[str, object]
) -> None:
    """What never changes is prepared once; from a variable it comes anew for each lead."""
    if rule["op"] not in BINARY or not isinstance(rule["rhv"], str | int | float) or "{{" in str(rule["rhv"]):
        return
    rule_sets = [{"op": "and", "rules": [rule | {"rhv": rhv}]} for rhv in (rule["rhv"], "{{given}}")]
    if any(map(problems, rule_sets)):
        return

    prepared, rendered = (compile_rules(one).matches(variables | {"given": rule["rhv"]}) for one in rule_sets)

    assert prepared is rendered


@given(values, values)
def test_equality_is_mutual(one: object, other: object) -> None:
    equal = PREPARE["is equal to"]

    assert equal(other)(one, None) is equal(one)(other, None)


@given(values, st.lists(values, max_size=4))
def test_a_value_is_known_among_several_when_it_equals_one_of_them(
    one: object, several: list[object]
) -> None:
    assert (one in Known(several)) is any(one in Known([other]) for other in several)


@given(st.recursive(st.one_of(scalars, single_rules(), rule_sets), lambda inner: st.one_of(
    st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["op", "rules", "rule_set", "lhv", "x"]), inner)
), max_leaves=6))  # fmt: skip
def test_what_is_written_wrong_is_said_or_it_compiles(written: Any) -> None:
    if not problems(written):
        compile_rules(written)


@settings(max_examples=30)
@given(rule_sets)
def test_a_text_that_grows_too_long_raises_in_both_ways_or_in_none(rule_set: dict[str, Any]) -> None:
    lengthy = {
        "op": rule_set["op"],
        "rules": [*rule_set["rules"], {"lhv": "{{lead.a}}{{lead.a}}", "op": "is blank"}],
    }
    rules = compile_rules(lengthy)
    variables = {"lead": {"a": "x" * 600_000}}
    try:
        plain: bool | None = rules.matches(variables)
    except TooLong:
        plain = None
    try:
        explained: bool | None = rules.match(variables).matched
    except TooLong:
        explained = None

    assert plain is explained
