"""A source's own mappings, applied to what it submitted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.inbound.mapping import NotMapped, apply_mappings, compile_mappings

TEXAN = {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}]}
VARIABLES = {
    "submission": {"ip": "192.0.2.1"},
    "flow": {"name": "Sales"},
    "source": {"name": "Seller"},
    "account": {"name": "Acme"},
}


def mapped(submitted: dict[str, Any], *mappings: tuple[Any, ...]) -> dict[str, Any]:
    compiled = compile_mappings(
        {"property": field, "value": value, "rule_set": rules[0] if rules else None}
        for field, value, *rules in mappings
    )
    return apply_mappings(compiled, submitted, VARIABLES)


@pytest.mark.parametrize(
    ("submitted", "mappings", "result"),
    [
        ({"fname": "Ada"}, [("first_name", "{{lead.fname}}")], {"fname": "Ada", "first_name": "Ada"}),
        ({}, [("lead.state", "TX")], {"state": "TX"}),
        ({"state": "CA"}, [("state", "TX")], {"state": "TX"}),
        (
            {},
            [("comments", "{{source.name}} {{flow.name}} {{account.name}} {{submission.ip}}")],
            {"comments": "Seller Sales Acme 192.0.2.1"},
        ),
        # From top to bottom: a later one sees what those above it set, and wins over them.
        ({}, [("a", "x"), ("b", "{{lead.a}}y"), ("a", "z")], {"a": "z", "b": "xy"}),
        ({"state": "TX"}, [("a", "all"), ("a", "some", TEXAN)], {"state": "TX", "a": "some"}),
        ({"state": "CA"}, [("a", "all"), ("a", "some", TEXAN)], {"state": "CA", "a": "all"}),
        # Values keep their types.
        ({"n": [1, {"a": 2}]}, [("m", "{{lead.n}}")], {"n": [1, {"a": 2}], "m": [1, {"a": 2}]}),
        ({}, [("a", 2.5), ("b", ["x", None, "{{lead.a}}"])], {"a": 2.5, "b": ["x", None, 2.5]}),
        # What comes to nothing leaves what is there; a blank that is meant does not.
        ({"phone": "1"}, [("phone", "{{lead.tel}}")], {"phone": "1"}),
        ({"phone": "1", "tel": " "}, [("phone", "{{lead.tel}}")], {"phone": "1", "tel": " "}),
        ({"phone": "1"}, [("phone", None)], {"phone": None}),
        ({"phone": "1"}, [("phone", "")], {"phone": ""}),
        # Places.
        ({"company": {"size": 3}}, [("company.name", "Acme")], {"company": {"size": 3, "name": "Acme"}}),
        ({"company": "Acme"}, [("company.name", "A")], {"company": "Acme", "company.name": "A"}),
        ({"company.name": "A"}, [("company.name", "B")], {"company.name": "B"}),
        ({"company": {"name": "A"}}, [("company", "B")], {"company": "B"}),
        ({}, [("a.b.c", "x"), ("d", "{{lead.a.b.c}}")], {"a": {"b": {"c": "x"}}, "d": "x"}),
        # What is no text is seen repaired, and left for intake to mark where it was submitted.
        ({"a": "x\0"}, [("b", "{{lead.a}}")], {"a": "x\0", "b": "x\ufffd"}),
    ],
)
def test_mappings_set_fields(
    submitted: dict[str, Any], mappings: list[tuple[Any, ...]], result: dict[str, Any]
) -> None:
    assert mapped(submitted, *mappings) == result


def test_what_was_submitted_is_not_changed() -> None:
    submitted = {"company": {"name": "Acme"}}

    mapped(submitted, ("company.name", "B"), ("company.size", 3))

    assert submitted == {"company": {"name": "Acme"}}


def test_more_than_can_be_kept_is_not_mapped() -> None:
    with pytest.raises(NotMapped) as problem:
        mapped({"a": "x" * 20_000}, ("b", "{{lead.a}}" * 99))

    assert "mapping of b" in problem.value.sentence


def test_all_mappings_together_have_a_bound() -> None:
    with pytest.raises(NotMapped) as problem:
        mapped({"a": "x" * 900_000}, *[(f"b{n}", "{{lead.a}}") for n in range(6)])

    assert "5,000,000" in problem.value.sentence


def test_a_submission_that_is_nested_deeply_is_mapped() -> None:
    deep: dict[str, Any] = {}
    for _ in range(900):
        deep = {"a": deep}

    assert mapped({"deep": deep}, ("b", "{{lead.deep}}!"))["b"]


VALUES = st.recursive(
    st.none() | st.text(max_size=5) | st.integers() | st.floats(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from("ab."), inside, max_size=2),
    max_leaves=6,
)
FIELDS = st.sampled_from(["a", "b", "a.b", "a.b.a", "lead.a"])
TEMPLATES = st.sampled_from(["", "x", "{{lead.a}}", "{{lead.b}} y", "{{uppercase lead.a.b}}", None, 1])


@given(
    st.dictionaries(st.sampled_from(["a", "b", "a.b"]), VALUES),
    st.lists(st.tuples(FIELDS, TEMPLATES | st.lists(TEMPLATES.filter(lambda one: one != 1), min_size=1))),
)
def test_any_submission_is_mapped(submitted: dict[str, Any], mappings: list[tuple[Any, ...]]) -> None:
    result = mapped(submitted, *mappings)

    assert submitted.keys() <= result.keys()
