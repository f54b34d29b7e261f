import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadconduit.leads.values import (
    MAX_DEPTH,
    REPLACEMENT,
    Form,
    as_text,
    clean,
    is_blank,
    lookup,
    plain,
    select,
    unflatten,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("value", "cleaned", "valid"),
    [
        ("Ada", "Ada", True),
        ("A\x00da", "A\ufffdda", False),
        ("\ud83d", "\ufffd", False),
        ("😀", "😀", True),
        (5, 5, True),
        (None, None, True),
        (float("nan"), "nan", False),
        ({"a": ["x\x00"]}, {"a": ["x\ufffd"]}, False),
        ({"a\x00": 1}, {"a\ufffd": 1}, False),
    ],
)
def test_cleaning_replaces_what_cannot_be_stored(value: object, cleaned: object, valid: bool) -> None:
    assert clean(value) == (cleaned, valid)


@given(json_values)
def test_what_is_cleaned_can_always_be_stored(value: object) -> None:
    cleaned, _ = clean(value)

    stored = json.dumps(cleaned, ensure_ascii=False, allow_nan=False).encode()
    assert b"\\u0000" not in stored


@given(json_values)
def test_cleaning_twice_changes_nothing_more(value: object) -> None:
    cleaned, _ = clean(value)

    assert clean(cleaned) == (cleaned, True)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1e20, "100000000000000000000"),
        (-(2**63) - 5, "-9223372036854775813"),
        (2**400, str(2**400)),
        (2**63 - 1, None),
        (1.5e18, None),
    ],
)
def test_a_number_of_more_than_64_bits_becomes_its_text(number: float, text: str | None) -> None:
    assert clean([number]) == ([number if text is None else text], True)


def test_nesting_is_bounded() -> None:
    nested: object = "end"
    for _ in range(500):
        nested = [nested]

    cleaned, valid = clean(nested)

    assert not valid
    assert json.dumps(cleaned, ensure_ascii=False) == "[" * MAX_DEPTH + f'"{REPLACEMENT}"' + "]" * MAX_DEPTH


@pytest.mark.parametrize(
    ("pairs", "document"),
    [
        ([("email", "a@b.c")], {"email": "a@b.c"}),
        ([("loan.amount", "5"), ("loan.term", "9")], {"loan": {"amount": "5", "term": "9"}}),
        ([("a", "1"), ("b", "2"), ("a", "3")], {"a": ["1", "3"], "b": "2"}),
        ([("a.b", "1"), ("a.b", "2")], {"a": {"b": ["1", "2"]}}),
        ([("a", "1"), ("a.b", "2")], {"a": "1", "a.b": "2"}),
        ([("a.b", "2"), ("a", "1")], {"a": "1"}),
        ([("a..b", "1"), (".c", "2")], {"a..b": "1", ".c": "2"}),
        ([(".".join("x" * 50), "1")], {".".join("x" * 50): "1"}),
    ],
)
def test_dotted_names_become_nested_objects(pairs: list[tuple[str, object]], document: object) -> None:
    assert unflatten(pairs) == document


def test_only_the_flows_fields_are_taken() -> None:
    submitted = {"email": "a@b.c", "company": {"name": "Acme", "size": 9}, "surprise": "!"}

    selected = select(submitted, ["email", "company.name", "phone_1"])

    assert selected.values == {"email": "a@b.c", "company": {"name": "Acme"}}
    assert selected.invalid == ()


def test_a_field_with_a_dot_may_be_written_as_one_key() -> None:
    assert select({"company.name": "Acme"}, ["company.name"]).values == {"company": {"name": "Acme"}}


def test_a_field_in_which_something_was_replaced_is_named() -> None:
    selected = select({"email": "a\x00b", "city": "Rome"}, ["email", "city"])

    assert selected.values == {"email": "a\ufffdb", "city": "Rome"}
    assert selected.invalid == ("email",)


def test_selecting_leaves_what_was_submitted_alone() -> None:
    submitted = {"company": {"name": "Acme"}, "company.size": 9}

    select(submitted, ["company", "company.size"])

    assert submitted == {"company": {"name": "Acme"}, "company.size": 9}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("lead.email", "a@b.c"),
        ("lead.company.name", "Acme"),
        ("lead.phones.1", "222"),
        ("lead.phones.2", None),
        ("lead.phones.x", None),
        ("lead.phones.-1", None),
        ("lead.email.user", None),
        ("lead", {"email": "a@b.c", "company": {"name": "Acme"}, "phones": ["111", "222"]}),
        ("unknown.email", None),
        ("", None),
    ],
)
def test_a_path_finds_its_value(path: str, value: object) -> None:
    lead = {"email": "a@b.c", "company": {"name": "Acme"}, "phones": ["111", "222"]}

    assert lookup({"lead": lead}, path) == value


@pytest.mark.parametrize("value", [None, "", " \n", [], {}])
def test_blank_is_nothing_or_only_white_space(value: object) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", ["x", 0, False, [""], {"a": None}])
def test_zero_and_false_are_not_blank(value: object) -> None:
    assert not is_blank(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (5, "5"),
        (5.0, "5"),
        (5.25, "5.25"),
        (["a", 1, None], "a,1,"),
        ({"a": "é"}, '{"a":"é"}'),
    ],
)
def test_every_value_reads_as_a_text(value: object, text: str) -> None:
    assert as_text(value) == text


PHONE = {"normal": "5127891111", "raw": "(512) 789-1111", "valid": True, "area": "512"}
BAD_PHONE = {"normal": "12", "raw": "call 12", "valid": False, "area": None}


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (PHONE, "normal", "5127891111"),
        (PHONE, "raw", "(512) 789-1111"),
        (PHONE, "valid", "5127891111"),
        (BAD_PHONE, "normal", "call 12"),
        (BAD_PHONE, "raw", "call 12"),
        (BAD_PHONE, "valid", None),
        ({"normal": "secret", "valid": True}, "raw", "secret"),
        ([PHONE, BAD_PHONE], "normal", ["5127891111", "call 12"]),
        ({"mobile": PHONE, "name": "Ada"}, "normal", {"mobile": "5127891111", "name": "Ada"}),
        ("text", "raw", "text"),
        (5, "normal", 5),
        (None, "valid", None),
    ],
)
def test_a_typed_value_stands_for_its_normal_form_or_for_what_was_submitted(
    value: object, form: Form, expected: object
) -> None:
    assert plain(value, form) == expected


def test_a_typed_value_reads_as_what_it_stands_for_and_is_blank_when_that_is() -> None:
    assert as_text(PHONE) == "5127891111"
    assert as_text({"home": PHONE}) == '{"home":"5127891111"}'
    assert is_blank({"normal": None, "raw": " ", "valid": False})
    assert not is_blank({"normal": False, "raw": "no", "valid": True})


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1e15, "1000000000000000"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (0.00001, "0.00001"),
        (-0.0000015, "-0.0000015"),
        (1e-7, "1e-7"),
        (-0.0, "0"),
        (0.1, "0.1"),
    ],
)
def test_a_number_reads_as_javascript_writes_it(number: float, text: str) -> None:
    assert as_text(number) == text
