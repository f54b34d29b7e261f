import pytest

from leadconduit.leads.types import parse


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("$100.99", 100.99),
        ("1,000.50", 1000.5),
        ("1000", 1000),
        ("-97.74189416155882", -97.74189416155882),
        ("- 5", -5),
        (".5", 0.5),
        ("5.", 5),
        ("4.34%", 4.34),
        ("0123456789", 123456789),
        ("(100)", 100),
        ("1e5", 15),
        ("0x10", 10),
        ("-0", 0),
    ],
)
def test_currencies_and_units_do_not_matter(text: str, normal: float) -> None:
    assert parse("number", text) == {"normal": normal, "raw": text, "valid": True}


@pytest.mark.parametrize(
    "text", ["", "abc", "-", ".", "--5", "5-", "1-2", "1.2.3", "٣", "Infinity", "9" * 400]
)
def test_what_is_no_number_is_null(text: str) -> None:
    assert parse("number", text) == {"normal": None, "raw": text, "valid": False}


@pytest.mark.parametrize("text", ["9007199254740993", "12345678901234567", "-9007199254740992"])
def test_a_number_whose_last_digits_would_be_lost_is_none(text: str) -> None:
    assert parse("number", text) == {"normal": None, "raw": text, "valid": False}


def test_a_whole_number_is_written_without_a_fraction() -> None:
    parsed = parse("number", "100.00")

    assert isinstance(parsed, dict)
    assert repr(parsed["normal"]) == "100"


Range = tuple[str, float | None, float | None, float | None, float | None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # normal, min, max, avg, mid
        ("100 to 200", ("100-200", 100, 200, 150, 150)),
        ("700 - 749", ("700-749", 700, 749, 724.5, 724)),
        ("$10,000 - $20,000", ("10000-20000", 10000, 20000, 15000, 15000)),
        ("between 1 and 10", ("1-10", 1, 10, 5.5, 5)),
        ("3 months - 6 months", ("3-6", 3, 6, 4.5, 4)),
        ("12 34", ("12-34", 12, 34, 23, 23)),
        ("1to10", ("1-10", 1, 10, 5.5, 5)),
        ("1.25-1.26", ("1.25-1.26", 1.25, 1.26, 1.25, 1)),
        ("1.005-1.006", ("1.005-1.006", 1.005, 1.006, 1.01, 1)),
        ("-5-10", ("-5-10", -5, 10, 2.5, 2)),
        ("-3-2", ("-3-2", -3, 2, -0.5, 0)),
        ("1-2.9999", ("1-2.9999", 1, 2.9999, 2, 1)),
        ("20-10", ("20-10", 20, 10, 15, 15)),
        ("5 - 10 - 15", ("10-15", 10, 15, 12.5, 12)),
        ("1-2-3", ("-2-3", -2, 3, 0.5, 0)),
        ("1 2 3", ("1-2", 1, 2, 1.5, 1)),
        ("100+", ("100+", 100, None, None, None)),
        ("$1,000+ to $2,000", ("1000+", 1000, None, None, None)),
        ("excellent (720+)", ("720+", 720, None, None, None)),
        ("100 to 200+", ("200+", 200, None, None, None)),
        ("0.0000001+", ("1e-7+", 1e-7, None, None, None)),
        ("0.000001+", ("0.000001+", 1e-6, None, None, None)),
        ("$50,000", ("$50,000", 50000, 50000, 50000, 50000)),
        ("less than 50", ("less than 50", 50, 50, 50, 50)),
        ("1/10", ("1/10", 110, 110, 110, 110)),
        ("1.5", ("1.5", 1.5, 1.5, 1.5, 1.5)),
        ("2014-06-02", ("1401667200000",) + (1401667200000,) * 4),
        ("2014-02-30", ("1393718400000",) + (1393718400000,) * 4),
        (
            "2014-06-02 to 2014-06-05",
            ("1401667200000-1401926400000", 1401667200000, 1401926400000, 1401796800000, 1401796800000),
        ),
    ],
)
def test_ranges(text: str, expected: Range) -> None:
    normal, low, high, average, middle = expected

    assert parse("range", text) == {
        "normal": normal,
        "raw": text,
        "valid": True,
        "min": low,
        "max": high,
        "avg": average,
        "mid": middle,
    }


@pytest.mark.parametrize(
    "text", ["", "Good", "5-", "5--6", "-5 - -1", ".5-.7", "2014-13-02", "1-" + "9" * 400]
)
def test_what_is_no_range(text: str) -> None:
    nothing = {"min": None, "max": None, "avg": None, "mid": None}

    assert parse("range", text) == {"normal": text, "raw": text, "valid": False, **nothing}
