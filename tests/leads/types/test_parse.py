"""What holds for every type."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadconduit.leads.types import TEXTS, TYPES, parse
from leadconduit.leads.values import is_typed

TODAY = date(2026, 11, 24)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
texts_that_look_like_something = st.text(
    "0123456789-+/.,:@ ()*xmT[]<>?#%$\\\"'abehtpsé中\u00a0\n", max_size=60
)
types = st.sampled_from(TYPES)


def test_there_are_21_types() -> None:
    assert len(TYPES) == 21


def test_another_type_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match="colour"):
        parse("colour", "red")


@pytest.mark.parametrize("type", TYPES)
def test_nothing_stays_nothing(type: str) -> None:
    assert parse(type, None) is None


@pytest.mark.parametrize("type", sorted(TEXTS))
@pytest.mark.parametrize(
    ("submitted", "text"), [("  Austin ", "  Austin "), ("", ""), (5, "5"), (5.0, "5"), (True, "true")]
)
def test_plain_types_are_texts_as_submitted(type: str, submitted: object, text: str) -> None:
    assert parse(type, submitted) == text


def test_normal_raw_and_valid_come_first() -> None:
    parsed = parse("email", "ada@example.com")

    assert isinstance(parsed, dict)
    assert list(parsed)[:3] == ["normal", "raw", "valid"]


def test_a_list_is_parsed_item_by_item() -> None:
    assert parse("number", ["1", None, "x"]) == [
        {"normal": 1, "raw": "1", "valid": True},
        None,
        {"normal": None, "raw": "x", "valid": False},
    ]


@pytest.mark.parametrize("value", [{"a": 1}, 10**400, float("inf")])
def test_what_is_no_plain_value_is_invalid_and_stays_what_it_is(value: object) -> None:
    assert parse("state", value) == {"normal": value, "raw": value, "valid": False}
    assert parse("city", value) == value


def test_a_list_in_a_list_is_no_plain_value() -> None:
    assert parse("number", [["1"]]) == [{"normal": ["1"], "raw": ["1"], "valid": False}]


@pytest.mark.parametrize(
    ("type", "submitted", "normal", "raw"),
    [
        ("number", 5.5, 5.5, 5.5),
        ("number", 1e15, 10**15, 1e15),
        ("boolean", True, True, True),
        ("boolean", 0, False, 0),
        ("phone", 5127891111, "5127891111", "5127891111"),
        ("postal_code", 78704, "78704", "78704"),
        ("date", 20140602, "2014-06-02", 20140602),
    ],
)
def test_numbers_and_booleans_of_json_are_read_as_their_texts(
    type: str, submitted: object, normal: object, raw: object
) -> None:
    parsed = parse(type, submitted, today=TODAY)

    assert isinstance(parsed, dict)
    assert (parsed["normal"], parsed["raw"], parsed["valid"]) == (normal, raw, True)


@given(types, json_values)
def test_parsing_never_fails_and_gives_json(type: str, value: object) -> None:
    json.dumps(parse(type, value))


@given(types, texts_that_look_like_something)
def test_a_text_becomes_a_text_or_a_typed_value_that_keeps_it(type: str, text: str) -> None:
    parsed = parse(type, text, today=TODAY)

    if type in TEXTS or not is_typed(parsed):
        assert parsed == text
        return
    assert isinstance(parsed, dict)
    assert isinstance(parsed["valid"], bool)
    if type not in ("credential", "phone"):  # one has no raw, the other takes the hint out of it
        assert parsed["raw"] == text
    json.dumps(parsed, allow_nan=False)


@given(types, texts_that_look_like_something)
def test_parsing_is_deterministic_and_what_is_typed_stays(type: str, text: str) -> None:
    parsed = parse(type, text, today=TODAY)

    assert parse(type, text, today=TODAY) == parsed
    if is_typed(parsed):
        assert parse(type, parsed) == parsed


# Each would take a careless reader seconds, or hours.
MILLION = 1_000_000
LONG = {
    "letters": "a" * MILLION,
    "digits": "1" * MILLION,
    "blanks": "1" + " " * MILLION + "x",
    "street": "12" + " \n" * (MILLION // 2) + "b\nc",
    "ranges": "1-" * (MILLION // 2),
    "brackets": "(" * MILLION,
    "quotes": '"' * MILLION,
    "addresses": "a@" * (MILLION // 2),
    "climbing": "http://x.com/" + "../" * (MILLION // 3),
    "labels": "http://" + "é." * (MILLION // 2),
    "ligatures": "http://" + "\ufdfa" * MILLION,
    "punycode": "http://" + "xn--a." * (MILLION // 6),
    "hexadecimal": "http://0x" + "f" * MILLION,
    "percent": "http://" + "%" * MILLION,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_text_of_a_million_characters_is_read_by_every_type(text: str) -> None:
    for type in TYPES:
        parsed = parse(type, text)

        assert (parsed["normal"] if isinstance(parsed, dict) else parsed) is not None or type == "number"
