"""The catalogue as such, and, where LeadConduit's own lies beside the repository, against that."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from leadconduit.leads import types
from leadconduit.leads.standard_fields import STANDARD_FIELDS, type_of

REFERENCE = Path(__file__).parents[3] / "shared/reference/standard-fields.json"


def test_there_are_536_of_them_in_the_order_of_their_ids() -> None:
    assert len(STANDARD_FIELDS) == 536
    assert list(STANDARD_FIELDS) == sorted(STANDARD_FIELDS)


def test_the_type_of_a_field_is_found_by_its_id() -> None:
    assert type_of("email") == "email"
    assert type_of("mortgage.property.state") == "state"
    assert type_of("nothing") is None


def test_each_has_a_sentence_of_its_own_and_an_example() -> None:
    descriptions = [field.description for field in STANDARD_FIELDS.values()]

    assert [text for text in descriptions if not text.endswith((".", "?")) or len(text) > 110] == []
    assert len(set(descriptions)) == len(descriptions)
    assert [field.id for field in STANDARD_FIELDS.values() if not field.example] == []


def test_each_example_is_a_value_of_its_type() -> None:
    parsed = [
        (field.id, types.parse(field.type, field.example))
        for field in STANDARD_FIELDS.values()
        if field.type != "array"
    ]

    assert [id for id, value in parsed if isinstance(value, dict) and not value["valid"]] == []


def test_a_deprecated_field_names_the_one_to_use_which_is_there_and_is_not_deprecated() -> None:
    for field in STANDARD_FIELDS.values():
        named = re.findall(r"`([a-z_.0-9]+)`", field.description)
        if field.deprecated:
            assert any(not STANDARD_FIELDS[id].deprecated for id in named if id in STANDARD_FIELDS), field.id
        for id in named:
            assert id in STANDARD_FIELDS or id in ("fb", "ig"), field.id


@pytest.mark.skipif(not REFERENCE.exists(), reason="LeadConduit's catalogue is not beside this repository")
def test_ids_names_and_types_are_leadconduits_and_descriptions_are_not() -> None:
    theirs: dict[str, dict[str, Any]] = {field["id"]: field for field in json.loads(REFERENCE.read_text())}

    for id, field in theirs.items():
        ours = STANDARD_FIELDS[id]
        assert (ours.name, ours.type) == (field["name"], field["type"])
        assert (ours.aggregate, ours.deprecated) == (
            bool(field.get("aggregate")),
            bool(field.get("deprecated")),
        )
        assert _words(ours.description) != _words(field.get("description") or "")
    assert theirs.keys() == STANDARD_FIELDS.keys()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
