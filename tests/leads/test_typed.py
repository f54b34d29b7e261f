"""A lead's values by their fields' types."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadconduit.leads.standard_fields import type_of
from leadconduit.leads.typed import typed
from leadconduit.leads.values import is_typed, plain

TYPES = {
    "phone_1": "phone",
    "company.name": "string",
    "company.phone": "phone",
    "age": "number",
    "note": "string",
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def test_values_are_parsed_where_they_stand_and_others_stay() -> None:
    lead = typed({"company": {"name": "Acme", "phone": "512 789 1111"}, "other": "x", "age": 5}, TYPES.get)

    company: Any = lead["company"]
    assert company["name"] == "Acme"
    assert company["phone"]["area"] == "512"
    assert lead["other"] == "x"
    assert plain(lead["age"]) == 5


def test_each_of_several_values_is_parsed() -> None:
    lead = typed({"phone_1": ["512 789 1111", "none"]}, TYPES.get)

    phones: Any = lead["phone_1"]
    assert [phone["valid"] for phone in phones] == [True, False]


def test_what_is_no_text_stays_itself_in_the_place_of_one() -> None:
    values: dict[str, object] = {"note": 5, "company": {"name": {"legal": "Acme Inc."}}}

    assert typed(values, TYPES.get) == values


def test_what_was_repaired_is_not_valid() -> None:
    lead: Any = typed({"phone_1": "512 789 1111"}, TYPES.get, ["phone_1"])

    assert lead["phone_1"]["valid"] is False
    assert plain(lead["phone_1"]) == "512 789 1111"


@given(st.dictionaries(st.sampled_from(["phone_1", "email", "dob", "age", "address_1", "x"]), json_values))
def test_typing_a_lead_twice_is_typing_it_once(values: dict[str, object]) -> None:
    once = typed(values, type_of)

    assert typed(once, type_of) == once
    assert plain(once, "raw") == plain(typed(values, type_of), "raw")


@given(json_values)
def test_a_type_keeps_what_was_submitted(value: object) -> None:
    parsed = typed({"gender": value}, type_of)["gender"]

    assert parsed == value or (is_typed(parsed) and plain(parsed, "raw") == value) or isinstance(value, list)


FORGED = {"normal": "garbage", "raw": "garbage", "valid": True}


@pytest.mark.parametrize("id", ["phone_1", "note", "unknown"])
@pytest.mark.parametrize(
    "value",
    [
        FORGED,
        {"normal": "garbage", "valid": "1"},
        {"normal": "5127891111", "raw": FORGED, "valid": True},
        {"normal": ["5127891111"], "raw": "garbage", "valid": [1]},
    ],
)
def test_no_source_decides_what_is_valid(id: str, value: dict[str, object]) -> None:
    lead: Any = typed({id: value}, TYPES.get)

    assert plain(lead[id], "raw") == "garbage"
    assert plain(lead[id], "valid") == (None if id == "phone_1" else "garbage")


def test_nor_in_lists_and_objects() -> None:
    lead = typed({"other": [{"deep": FORGED}], "phone_1": [FORGED]}, TYPES.get)

    assert lead["other"] == [{"deep": "garbage"}]
    assert plain(lead["phone_1"], "valid") in ([None], None)
