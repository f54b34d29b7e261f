import pytest

from leadconduit.leads.types import parse


@pytest.mark.parametrize("text", ["", " sekret ", "befa4e73"])
def test_a_credential_has_no_second_copy(text: str) -> None:
    assert parse("credential", text) == {"normal": text, "valid": True, "masked": False}


@pytest.mark.parametrize(
    "text", ["123-45-6789", "123 45 6789", "123456789", "12-345-6789", "SSN: 123.45.6789", "123\n45_6789"]
)
def test_nine_digits_are_a_social_security_number(text: str) -> None:
    assert parse("ssn", text) == {
        "normal": "123456789",
        "raw": text,
        "valid": True,
        "first_three": "123",
        "middle_two": "45",
        "last_four": "6789",
        "masked": False,
    }


@pytest.mark.parametrize("text", ["", "12345678", "1234567890", "***-**-6789", "١٢٣456789"])
def test_anything_else_is_no_social_security_number(text: str) -> None:
    assert parse("ssn", text) == {"normal": text, "raw": text, "valid": False, "masked": False}
