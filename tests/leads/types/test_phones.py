import pytest

from leadconduit.leads.types import parse

AUSTIN = {
    "normal": "5127891111",
    "raw": "5127891111",
    "valid": True,
    "area": "512",
    "exchange": "789",
    "line": "1111",
    "number": "7891111",
    "extension": None,
    "country_code": "US",
    "country_calling_code": 1,
    "is_tollfree": False,
    "type": None,
}


@pytest.mark.parametrize(
    "text",
    [
        "5127891111",
        "512-789-1111",
        "512.789.1111",
        "512 789 1111",
        "(512) 789-1111",
        "1 (512) 789-1111",
        "+15127891111",
        "tel:+1-512-789-1111",
        "512\u2013789\u20131111",
        "５１２７８９１１１１",
        " 5127891111\n",
        "Phone: 5127891111",
    ],
)
def test_ten_digits_however_they_are_written(text: str) -> None:
    assert parse("phone", text) == AUSTIN | {"raw": text}


@pytest.mark.parametrize(
    ("text", "raw", "type"),
    [
        ("5127891111m", "5127891111", "mobile"),
        ("5127891111 c", "5127891111", "mobile"),
        ("512-789-1111 (c)", "512-789-1111", "mobile"),
        ("5127891111w", "5127891111", "work"),
        (" 5127891111(h)", "5127891111", "home"),
        ("5127891111 M", "5127891111 M", None),
        ("5127891111 m ", "5127891111 m ", None),
    ],
)
def test_a_letter_at_the_end_hints_at_the_type(text: str, raw: str, type: str | None) -> None:
    assert parse("phone", text) == AUSTIN | {"raw": raw, "type": type}


@pytest.mark.parametrize(
    "text", ["5127891111x201", "512-789-1111 x 201", "5127891111 ext. 201", "5127891111#201"]
)
def test_extensions_are_kept_in_the_normal_form(text: str) -> None:
    assert parse("phone", text) == AUSTIN | {"raw": text, "normal": "5127891111x201", "extension": "201"}


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("800-555-1212", {"area": "800", "exchange": "555", "line": "1212", "is_tollfree": True}),
        ("8335551212", {"area": "833", "exchange": "555", "line": "1212", "is_tollfree": False}),
        ("1-800-FLOWERS", {"normal": "8003569377", "area": "800", "is_tollfree": True}),
        ("416-439-1234", {"area": "416", "country_code": "US"}),
        ("512-555-0147", {"area": "512", "exchange": "555", "line": "0147", "valid": True}),
        ("5121234567", {"area": "512", "exchange": "123", "line": "4567", "valid": False}),
        # Without an area code
        ("555-0147", {"area": "***", "exchange": "555", "line": "0147", "number": "5550147", "valid": False}),
        (
            "1234567890",
            {"area": "***", "exchange": "123", "line": "4567", "number": "1234567", "valid": False},
        ),
        ("x201", {"normal": "201", "area": "***", "exchange": "201", "line": "", "number": "201"}),
        ("+5127891111", {"area": "***", "number": "27891111", "country_code": "PE", "valid": False}),
    ],
)
def test_other_numbers(text: str, changes: dict[str, object]) -> None:
    parsed = parse("phone", text)

    assert isinstance(parsed, dict)
    assert {name: parsed[name] for name in changes} == changes


@pytest.mark.parametrize(
    ("text", "normal", "area", "number", "country_code", "calling_code"),
    [
        ("+44 20 7946 0958", "2079460958", "20", "79460958", "GB", 44),
        ("011 44 20 7946 0958", "2079460958", "20", "79460958", "GB", 44),
        ("+39 06 698 82", "0669882", "06", "69882", "IT", 39),
        ("+33 1 23 45 67 89", "123456789", "1", "23456789", "FR", 33),
        ("+7 495 123-45-67", "4951234567", "495", "1234567", "RU", 7),
    ],
)
def test_numbers_of_other_countries_have_no_exchange_and_line(
    text: str, normal: str, area: str, number: str, country_code: str, calling_code: int
) -> None:
    assert parse("phone", text) == {
        "normal": normal,
        "raw": text,
        "valid": True,
        "area": area,
        "number": number,
        "extension": None,
        "country_code": country_code,
        "country_calling_code": calling_code,
        "is_tollfree": False,
        "type": None,
    }


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("512-***-FLOW", {"normal": "512***3569", "exchange": "***", "line": "3569", "number": "***3569"}),
        ("512-789-****", {"normal": "512789****", "line": "****", "number": "789****"}),
        ("1-512-***-1111", {"normal": "512***1111", "exchange": "***", "number": "***1111"}),
        ("5*2789111*", {"normal": "5*2789111*", "area": "5*2", "line": "111*", "number": "789111*"}),
        (
            "***7891111",
            {"normal": "***7891111", "area": "***", "exchange": "***", "line": "7891", "number": "***7891"},
        ),
        (
            "512-***-1111x1*",
            {"normal": "512***1111x1*", "exchange": "***", "number": "***1111", "extension": "1*"},
        ),
    ],
)
def test_masked_numbers_are_valid(text: str, changes: dict[str, object]) -> None:
    assert parse("phone", text) == AUSTIN | {"raw": text, "masked": True} | changes


@pytest.mark.parametrize(
    "text", ["", "abd", "0", "+1", "5127891111/5127892222", "512_789_1111", "5" * 251, "*"]
)
def test_what_is_no_number(text: str) -> None:
    assert parse("phone", text) == {"normal": text, "raw": text, "valid": False}


def test_a_hint_alone_is_no_number() -> None:
    assert parse("phone", "m") == {"normal": "", "raw": "", "valid": False, "type": "mobile"}
