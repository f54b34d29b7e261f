import pytest

from leadconduit.leads.types import parse


@pytest.mark.parametrize(
    ("text", "normal", "number", "name"),
    [
        ("4203 Guadalupe St", "4203 Guadalupe St", "4203", "Guadalupe St"),
        (" 12\tMain  St ", "12\tMain  St", "12", "Main  St"),
        ("Main St", "Main St", "Main", "St"),
        ("PO Box 12", "PO Box 12", "PO", "Box 12"),
        ("12\nMain St", "12\nMain St", "12", "Main St"),
        ("12\u00a0Straße\ufeff", "12\u00a0Straße", "12", "Straße"),
    ],
)
def test_a_street_is_a_first_word_and_the_rest(text: str, normal: str, number: str, name: str) -> None:
    assert parse("street", text) == {
        "normal": normal,
        "raw": text,
        "valid": True,
        "number": number,
        "name": name,
    }


@pytest.mark.parametrize("text", ["", "Main", " Main ", "12 Main\nApt 4"])
def test_one_word_or_two_lines_are_no_street(text: str) -> None:
    assert parse("street", text) == {"normal": text, "raw": text, "valid": False}


@pytest.mark.parametrize(
    ("text", "normal", "name"),
    [
        ("TX", "TX", "Texas"),
        ("texas", "TX", "Texas"),
        ("Quebec", "QC", "Quebec"),
        ("puerto rico", "PR", "Puerto Rico"),
        ("dc", "DC", "District of Columbia"),
        ("YT", "YT", "Yukon"),
        # By two letters only, and only just so
        ("District of Columbia", "District of Columbia", "District of Columbia"),
        ("Yukon", "Yukon", "Yukon"),
        (" Texas ", " Texas ", " Texas "),
        ("Île-de-France", "Île-de-France", "Île-de-France"),
        ("", "", ""),
    ],
)
def test_every_state_is_valid(text: str, normal: str, name: str) -> None:
    assert parse("state", text) == {"normal": normal, "raw": text, "valid": True, "name": name}


@pytest.mark.parametrize(
    ("text", "normal", "code", "four"),
    [
        ("78704", "78704", "78704", None),
        (" 78704-4224\n", "78704-4224", "78704-4224", "4224"),
        ("78704 4224", "78704-4224", "78704 4224", "4224"),
        ("787044224", "78704-4224", "787044224", "4224"),
        ("78704-", "78704", "78704-", None),
    ],
)
def test_zip_codes(text: str, normal: str, code: str, four: str | None) -> None:
    assert parse("postal_code", text) == {
        "normal": normal,
        "raw": text,
        "valid": True,
        "country_code": "US",
        "code": code,
        "zip": "78704",
        "four": four,
    }


@pytest.mark.parametrize("text", ["Q2E 4U7", "q2e4u7", "Q2E  4U7"])
def test_canadian_codes(text: str) -> None:
    assert parse("postal_code", text) == {
        "normal": "Q2E 4U7",
        "raw": text,
        "valid": True,
        "country_code": "CA",
        "code": text.upper(),
        "fsa": "Q2E",
        "district": "Q",
        "ldu": "4U7",
    }


@pytest.mark.parametrize(
    ("text", "outcode", "incode"),
    [
        ("A1 1AA", "A1", "1AA"),
        ("sw1a1aa", "SW1A", "1AA"),
        ("AA11A 1AA", "AA11A", "1AA"),
        ("A111AA", "A11", "1AA"),
    ],
)
def test_british_codes(text: str, outcode: str, incode: str) -> None:
    assert parse("postal_code", text) == {
        "normal": f"{outcode} {incode}",
        "raw": text,
        "valid": True,
        "country_code": "GB",
        "code": text.upper(),
        "outcode": outcode,
        "incode": incode,
    }


@pytest.mark.parametrize("text", ["7870", "78704-422", "78704.4224", "Q2E-4U7", "GIR 0AA", "٧٨٧٠٤", "ß1 1AA"])
def test_what_is_no_postal_code(text: str) -> None:
    assert parse("postal_code", text) == {"normal": text, "raw": text, "valid": False}


def test_no_postal_code_at_all_is_an_american_one() -> None:
    assert parse("postal_code", "  ") == {
        "normal": "",
        "raw": "  ",
        "valid": True,
        "country_code": "US",
        "code": None,
        "zip": None,
        "four": None,
    }
