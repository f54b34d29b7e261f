import pytest

from leadconduit.leads.types import parse


@pytest.mark.parametrize("text", ["y", "Yes", "T", "true", "1", "(yes)", "ye s", "_Y_", "+1", "è yes"])
def test_words_for_true(text: str) -> None:
    assert parse("boolean", text) == {"normal": True, "raw": text, "valid": True}


@pytest.mark.parametrize("text", ["n", "No.", "F", "FALSE", "0", " no\n"])
def test_words_for_false(text: str) -> None:
    assert parse("boolean", text) == {"normal": False, "raw": text, "valid": True}


@pytest.mark.parametrize("text", ["", "on", "off", "01", "1.0", "yes please", "ｙes"])
def test_anything_else_is_false_but_invalid(text: str) -> None:
    assert parse("boolean", text) == {"normal": False, "raw": text, "valid": False}


@pytest.mark.parametrize(
    ("text", "normal", "abbr"),
    [
        ("male", "male", "M"),
        (" M\n", "male", "M"),
        ("Female", "female", "F"),
        ("f", "female", "F"),
        ("OTHER", "other", "O"),
        ("o", "other", "O"),
    ],
)
def test_genders(text: str, normal: str, abbr: str) -> None:
    assert parse("gender", text) == {"normal": normal, "raw": text, "valid": True, "abbr": abbr}


@pytest.mark.parametrize("text", ["", "m.", "man", "non-binary", "males"])
def test_words_that_are_no_known_gender(text: str) -> None:
    assert parse("gender", text) == {"normal": text, "raw": text, "valid": False, "abbr": None}
