"""Declared fields: what is wrong with them, and what an example shows."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from destinations.fields import FieldSpec
from destinations.target_fields import (
    MAX_ENTRIES,
    TYPES,
    Entry,
    NoExample,
    from_example,
    problems,
    with_example,
)


def entry(**values: Any) -> Entry:
    return {"key": "email", "type": "string", **values}


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [entry()],
        [{"key": "email"}],
        [entry(key="contacts.0.name", label="Name", required=True, max_length=80)],
        [entry(type="choice", choices=["Hot", "Cold"])],
        [entry(key="First Name"), entry(key="Last Name", choices=["a"])],
        [entry(type=type) for type in TYPES if type != "choice"][:1],
    ],
)
def test_what_fits_has_no_problem(entries: list[Entry]) -> None:
    assert problems(entries) == []


@pytest.mark.parametrize(
    ("entries", "at", "says"),
    [
        ("email", (-1, ""), "not a list"),
        (["email"], (-1, ""), "not a list"),
        ([entry()] * (MAX_ENTRIES + 1), (-1, ""), "At most 200"),
        ([entry(key="")], (0, "key"), "name that the receiver"),
        ([{"type": "string"}], (0, "key"), "name that the receiver"),
        ([entry(key=5)], (0, "key"), "name that the receiver"),
        ([entry(key="company..name")], (0, "key"), "a dot between"),
        ([entry(key=".".join("a" * 33))], (0, "key"), "a dot between"),
        ([entry(key="a\nb")], (0, "key"), "Line breaks"),
        ([entry(key="a" * 201)], (0, "key"), "At most 200 characters"),
        ([entry(), entry()], (1, "key"), "Another row"),
        ([entry(label=5)], (0, "label"), "not a text"),
        ([entry(type="colour")], (0, "type"), "offered"),
        ([entry(required="yes")], (0, "required"), "neither"),
        ([entry(max_length="many")], (0, "max_length"), "whole number"),
        ([entry(max_length=0)], (0, "max_length"), "whole number"),
        ([entry(max_length=True)], (0, "max_length"), "whole number"),
        ([entry(type="choice")], (0, "choices"), "what may be chosen"),
        ([entry(choices="Hot")], (0, "choices"), "not a list of choices"),
        ([entry(choices=["x"] * 501)], (0, "choices"), "At most 500"),
        ([entry(choices=["x" * 201])], (0, "choices"), "for each choice"),
    ],
)
def test_what_does_not_fit_gets_a_sentence_at_its_cell(entries: Any, at: tuple[int, str], says: str) -> None:
    assert [(found[:2], says in found.sentence) for found in problems(entries)] == [(at, True)]


def test_the_field_as_a_whole_names_the_row() -> None:
    spec = FieldSpec(key="it", label="It", kind="target_fields")

    assert spec.problem([]) == ""
    assert spec.problem([entry(), entry(key="")]) == "Row 2: Give it the name that the receiver knows it by."


# --- From an example


@pytest.mark.parametrize(
    ("value", "type"),
    [
        ("Ada", "string"),
        ("", "string"),
        (None, "string"),
        ("12 Harbor Street\nAustin", "text"),
        ("ada@example.com", "email"),
        ("https://example.com/a", "url"),
        ("(512) 555-0134", "phone"),
        ("512-555-0134", "phone"),
        ("+44 20 7946 0958", "phone"),
        ("78701", "string"),
        ("20260131", "string"),
        ("2026-01-31", "date"),
        ("2026-02-31", "string"),
        ("2026-01-31T12:00:00Z", "datetime"),
        (7, "integer"),
        (1.5, "number"),
        (True, "boolean"),
        (["a", "b"], "list"),
        ([], "list"),
        ({}, "object"),
    ],
)
def test_a_type_is_told_by_the_value(value: object, type: str) -> None:
    assert from_example(json.dumps({"it": value})) == [{"key": "it", "type": type}]


def test_nested_names_become_paths_and_lists_show_their_first() -> None:
    example = {"lead": {"name": "Ada", "phones": [{"kind": "home"}, {"kind": "work"}]}, "": 1, "a.b": 2}

    assert [entry["key"] for entry in from_example(json.dumps(example))] == [
        "lead.name",
        "lead.phones.0.kind",
    ]


def test_entries_that_are_there_stay_as_they_are() -> None:
    declared = entry(label="E-mail", required=True)

    assert with_example([declared], '{"email": 5, "age": 36}') == [
        declared,
        {"key": "age", "type": "integer"},
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Paste an example"),
        ("{", "line 1, column 2"),
        ('{"a": 1,\n}', "line 2"),
        ("[" * 100_000, "not JSON"),
        ('{"a": ' + "9" * 5000 + "}", "not JSON"),
        ("[1]", "an object"),
        ("{}", "no field"),
        (json.dumps({f"f{n}": 1 for n in range(201)}), "201 fields"),
    ],
)
def test_what_shows_no_fields_is_refused_with_a_sentence(text: str, says: str) -> None:
    with pytest.raises(NoExample, match=says):
        from_example(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_whatever_an_example_shows_can_be_declared(example: object) -> None:
    try:
        entries = from_example(json.dumps(example))
    except NoExample:
        return
    assert problems(entries) == []


@given(JSON)
def test_whatever_is_stored_as_entries_gets_an_answer(stored: object) -> None:
    assert isinstance(problems(stored), list)
