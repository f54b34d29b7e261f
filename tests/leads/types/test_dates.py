from datetime import date

import pytest

from leadconduit.leads.types import parse

TODAY = date(2026, 11, 24)

DOCUMENTED = [
    ("Mon Jun 02 2014", "2014-06-02"),
    ("Jun 02 2014", "2014-06-02"),
    ("6/2/2014", "2014-06-02"),
    ("06/02/2014", "2014-06-02"),
    ("6/2/14", "2014-06-02"),
    ("2014-06-02", "2014-06-02"),
    ("06-02-2014", "2014-06-02"),
    ("06022014", "2014-06-02"),
    ("20140602", "2014-06-02"),
    ("Fri 18 July 2014", "2014-07-18"),
    ("18 July 2014", "2014-07-18"),
    ("18/7/2014", "2014-07-18"),
    ("18/7/14", "2014-07-18"),
    ("2014-18-07", "2014-07-18"),
    ("18-07-2014", "2014-07-18"),
    ("18072014", "2014-07-18"),
    ("20141807", "2014-07-18"),
    ("10/1/1988", "1988-10-01"),
]
LENIENT = [
    ("6/2/2014 10:30 AM", "2014-06-02"),
    ("2014-06-02T23:59:59-05:00", "2014-06-02"),
    ("Sat, 14 Jun 2014 13:27:33 GMT", "2014-06-14"),
    (" June 2nd, 2014 ", "2014-06-02"),
    ("2-Jun-14", "2014-06-02"),
    ("2014.06.02", "2014-06-02"),
    ("1/1/68", "2068-01-01"),
    ("1/1/69", "1969-01-01"),
    ("29/2/2016", "2016-02-29"),
    ("1/1/0000", "0000-01-01"),
    # What is missing is today's, and what stands in the wrong place is read where it stands
    ("6/2", "2026-06-02"),
    ("14", "2026-11-14"),
    ("2014", "2014-01-20"),
    ("June 2014", "2014-06-20"),
    ("Tue Jun 02 2014", "2014-02-20"),
    ("6-2-14", "0006-02-14"),
    ("**/**/2014", "2014-01-20"),
]


@pytest.mark.parametrize(("text", "normal"), [*DOCUMENTED, *LENIENT])
def test_dates(text: str, normal: str) -> None:
    assert parse("date", text, today=TODAY) == {"normal": normal, "raw": text, "valid": True}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "today",
        "2014/06/02",
        "10-1-88",
        "2/30/2014",
        "2/29/1900",
        "13/13/2014",
        "14/06/2014 18:27",
        "2014-06-702T",
        "1401667200",
        "29 Feb",
        "2014-06-02" + " " * 250,
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert parse("date", text, today=TODAY) == {"normal": text, "raw": text, "valid": False}


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("10/1/1988", 38.1),
        ("11/24/1988", 38),
        ("11/25/1988", 37.9),
        ("5/24/2000", 26.5),
        ("1/1/2026", 0.8),
        ("2/29/2000", None),
        ("1/1/2030", -2.2),
        ("1/1/1", 2025.8),
    ],
)
def test_the_age_of_somebody_is_rounded_down_to_tenths(text: str, age: float | None) -> None:
    parsed = parse("dob", text, today=TODAY)

    assert isinstance(parsed, dict)
    assert parsed["age"] == age


def test_a_date_of_birth() -> None:
    assert parse("dob", "10/1/1988", today=TODAY) == {
        "normal": "1988-10-01",
        "raw": "10/1/1988",
        "valid": True,
        "masked": False,
        "age": 38.1,
        "year": 1988,
    }


def test_what_is_no_date_of_birth_has_no_age() -> None:
    assert parse("dob", "abc") == {"normal": "abc", "raw": "abc", "valid": False, "masked": False}
