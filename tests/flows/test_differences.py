"""What differs between two documents of a flow."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.differences import Change, Place, differences


def item(id: str, **parts: Any) -> dict[str, Any]:
    return {"id": id, **parts}


CASES: list[tuple[str, dict[str, Any], dict[str, Any], list[Change]]] = [
    ("nothing", {"name": "a"}, {"name": "a"}, []),
    (
        "a property",
        {"name": "a"},
        {"name": "b"},
        [Change("changed", "name", "name", Place("a"), Place("b"))],
    ),
    (
        "a flag, which is no number",
        {"enabled": True},
        {"enabled": 1},
        [Change("changed", "enabled", "enabled", Place(True), Place(1))],
    ),
    ("what says nothing and what is absent", {"notes": "", "rule_set": None}, {"mappings": []}, []),
    (
        "what became null",
        {"rule_set": {"op": "or"}},
        {"rule_set": None},
        [Change("changed", "rule_set", "rule_set", Place({"op": "or"}), Place(None))],
    ),
    (
        "an item that was added and one that was removed",
        {"fields": ["a", "b"]},
        {"fields": ["b", "c"]},
        [
            Change("removed", "fields", "fields.0", previous=Place("a", 0)),
            Change("added", "fields", "fields.1", current=Place("c", 1)),
        ],
    ),
    (
        "an item that moved",
        {"steps": [item("x"), item("y"), item("z")]},
        {"steps": [item("y"), item("z"), item("x")]},
        [Change("moved", "steps", "steps.2", Place(item("x"), 0), Place(item("x"), 2))],
    ),
    (
        "a property of an item, told by its id",
        {"steps": [item("x"), item("y", reason="a")]},
        {"steps": [item("y", reason="b")]},
        [
            Change("removed", "steps", "steps.0", previous=Place(item("x"), 0)),
            Change("changed", "reason", "steps.0.reason", Place("a"), Place("b")),
        ],
    ),
    (
        "a property deep inside",
        {"sources": [item("s", acceptance_criteria={"rule_set": {"rules": [item("r", rhv="TX")]}})]},
        {"sources": [item("s", acceptance_criteria={"rule_set": {"rules": [item("r", rhv="CA")]}})]},
        [
            Change(
                "changed",
                "rhv",
                "sources.0.acceptance_criteria.rule_set.rules.0.rhv",
                Place("TX"),
                Place("CA"),
            )
        ],
    ),
    (
        "a list whose items cannot be told apart",
        {"value": [None, None]},
        {"value": [None, "a"]},
        [Change("changed", "value", "value", Place([None, None]), Place([None, "a"]))],
    ),
    (
        "a list that was none",
        {"rhv": "TX"},
        {"rhv": ["TX"]},
        [Change("changed", "rhv", "rhv", Place("TX"), Place(["TX"]))],
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_changes(before: dict[str, Any], after: dict[str, Any], expected: list[Change]) -> None:
    assert list(differences(before, after)) == expected


LISTS = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(LISTS, LISTS)
def test_what_is_said_of_a_list_leads_from_the_one_to_the_other(before: list[str], after: list[str]) -> None:
    changes = list(differences({"fields": before}, {"fields": after}))

    went = {change.previous.value for change in changes if change.action == "removed" and change.previous}
    came = {change.current.value for change in changes if change.action == "added" and change.current}
    moved = {change.current.value for change in changes if change.action == "moved" and change.current}
    assert (set(before) - went) | came == set(after)
    assert [x for x in before if x not in went | moved] == [x for x in after if x not in came | moved]


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "a", "b"]), inner),
    max_leaves=12,
)


@given(DOCUMENTS)
def test_a_document_does_not_differ_from_itself(document: Any) -> None:
    assert list(differences({"a": document}, {"a": document})) == []
