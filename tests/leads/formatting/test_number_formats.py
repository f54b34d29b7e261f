"""The expected texts are what numeral.js 2.0.6 answers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadconduit.leads.formatting import LOCALES, MAX_FORMAT, format_number

json_values = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers())


@pytest.mark.parametrize(
    ("number", "format", "written"),
    [
        (10000, "0,0.0000", "10,000.0000"),
        (10000.23, "0,0", "10,000"),
        (10000.23, "+0,0", "+10,000"),
        (-10000, "0,0.0", "-10,000.0"),
        (10000.1234, "0.000", "10000.123"),
        (100.1234, "00000", "00100"),
        (1000.1234, "000000,0", "001,000"),
        (10, "000.00", "010.00"),
        (10000.1234, "0[.]00000", "10000.12340"),
        (-10000, "(0,0.0000)", "(10,000.0000)"),
        (-0.23, ".00", "-.23"),
        (-0.23, "(.00)", "(.23)"),
        (0.23, "0.00000", "0.23000"),
        (0.23, "0.0[0000]", "0.23"),
        (1230974, "0.0a", "1.2m"),
        (1460, "0 a", "1 k"),
        (-104000, "0a", "-104k"),
        (1, "0o", "1st"),
        (100, "0o", "100th"),
        (1000.234, "$0,0.00", "$1,000.23"),
        (1000.2, "0,0[.]00 $", "1,000.20 $"),
        (1001, "$ 0,0[.]00", "$ 1,001"),
        (-1000.234, "($0,0)", "($1,000)"),
        (-1000.234, "$0.00", "-$1000.23"),
        (1230974, "($ 0.00 a)", "$ 1.23 m"),
    ],
)
def test_the_documented_examples_are_written(number: float, format: str, written: str) -> None:
    assert format_number(number, format) == written


@pytest.mark.parametrize(
    ("number", "format", "written"),
    [
        (0.974878234, "0.000%", "97.488%"),
        (-0.43, "0 %", "-43 %"),
        (-0.43, "(0.00 %)", "(43.00 %)"),
        (100, "0b", "100B"),
        (1024, "0b", "1KB"),
        (1024, "0ib", "1KiB"),
        (7884486213, "0.0b", "7.9GB"),
        (3467479682787, "0.000 ib", "3.154 TiB"),
        (0, "0b", "0B"),
        (-5000, "0b", "-5000"),
        (0.0056, "0 BPS", "56 BPS"),
        (1123456789, "0,0e+0", "1e+9"),
        (12398734.202, "0.00e+0", "1.24e+7"),
        (0.000123987, "0.000e+0", "1.240e-4"),
        (0, "0.0e+0", "0.0e+0"),
        (25, "00:00:00", "0:00:25"),
        (238, "00:00:00", "0:03:58"),
        (63846, "00:00:00", "17:44:06"),
        (-90, "0:00", "-1:58:30"),
        (22, "0o", "22nd"),
        (113, "0 o", "113 th"),
        (999999, "0a", "1m"),
        (999999, "0 a", "1 k"),
        (999950, "0.0a", "1.0m"),
        (1234000000000000.0, "0 a", "1.234 t"),
        (1500, "0am", "0m"),
        (0.615, "0.00", "0.62"),
        (1.005, "0.00", "1.01"),
        (2.5, "0", "3"),
        (-2.5, "0", "-2"),
        (-0.3, "0", "0"),
        (-0.3, "-0", "+0"),
        (-0.3, "+0", "+0"),
        (5, "-0", "5"),
        (-5, "-0", "-5"),
        (-5, "0-", "5-"),
        (5, "0+", "5+"),
        (-5, "0+", "5-"),
        (5, "$ 0+", "$ 5+"),
        (-5, "$-0.00", "$-5.00"),
        (-5, "$(0.00)", "$(5.00)"),
        (-5, "-$0", "-$5"),
        (5, "-$0", "$5"),
        (3, "$$0", "$$3"),
        (1234.5, "0.0,", "1,234.50"),
        (1.5, "0.00 apples", "1.5000000 "),
        (2, "0.[00]", "2"),
        (2.1, "0.[00]", "2.1"),
        (2.1, "0.0[0]", "2.1"),
        (0.5, ".[00]", ".5"),
        (1e20, "0,0", "100,000,000,000,000,000,000"),
        (1.5, "", "2"),
        (1.25, "0.[0", "1.3"),
        (89808829123999.12, "0.00", "89808829123999.13"),
    ],
)
def test_units_signs_and_oddities_are_written_as_numeral_does(
    number: float, format: str, written: str
) -> None:
    assert format_number(number, format) == written


@pytest.mark.parametrize(
    ("locale", "grouped", "abbreviated", "ordinal", "first", "after"),
    [
        ("en", "1,230,974.50", "($ 1.2 m)", "22nd", "1 st", "-5.00 $"),
        ("en-gb", "1,230,974.50", "(£ 1.2 m)", "22nd", "1 st", "-5.00 £"),
        ("en-au", "1,230,974.50", "($ 1.2 m)", "22nd", "1 st", "-5.00 $"),
        ("fr", "1 230 974,50", "(€ 1,2 m)", "22e", "1 er", "-5,00 €"),
        ("fr-ca", "1 230 974,50", "($ 1,2 M)", "22e", "1 er", "-5,00 $"),
        ("fr-ch", "1'230'974.50", "(CHF 1.2 m)", "22e", "1 er", "-5.00 CHF"),
        ("de-ch", "1 230 974,50", "(CHF 1,2 m)", "22.", "1 .", "-5,00 CHF"),
        ("nl-be", "1 230 974,50", "(€  1,2  mln)", "22ste", "1 ste", "-5,00 € "),
        ("es", "1.230.974,50", "($ 1,2 mm)", "22do", "1 er", "-5,00 $"),
        ("es-es", "1.230.974,50", "(€ 1,2 mm)", "22do", "1 er", "-5,00 €"),
        ("de", "1 230 974,50", "(€ 1,2 m)", "22.", "1 .", "-5,00 €"),
        ("it", "1.230.974,50", "(€ 1,2 mil)", "22º", "1 º", "-5,00 €"),
        ("pt", "1 230 974,50", "(€ 1,2 m)", "22º", "1 º", "-5,00 €"),
        ("pt-br", "1.230.974,50", "(R$ 1,2 milhões)", "22º", "1 º", "-5,00 R$"),
        ("nl", "1.230.974,50", "(€  1,2 mln)", "22ste", "1 ste", "-5,00 € "),
        ("da", "1.230.974,50", "(DKK 1,2 mio)", "22.", "1 .", "-5,00 DKK"),
        ("nb", "1 230 974,50", "(kr 1,2 m)", "22.", "1 .", "-5,00 kr"),
        ("pl", "1 230 974,50", "(PLN 1,2 mln)", "22.", "1 .", "-5,00 PLN"),
        ("nl-nl", "1.230.974,50", "(€  1,2 mln)", "22ste", "1 ste", "-5,00 € "),
        ("PT_pt", "1 230 974,50", "(€ 1,2 m)", "22º", "1 º", "-5,00 €"),
        ("no", "1 230 974,50", "(kr 1,2 m)", "22.", "1 .", "-5,00 kr"),
    ],
)
def test_a_locale_has_its_separators_currency_and_words(
    locale: str, grouped: str, abbreviated: str, ordinal: str, first: str, after: str
) -> None:
    examples = [(1230974.5, "0,0.00"), (-1230974.5, "($ 0.0 a)"), (22, "0o"), (1, "0 o"), (-5, "0.00 $")]

    written = [format_number(number, format, locale=locale) for number, format in examples]

    assert written == [grouped, abbreviated, ordinal, first, after]


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("sv", "1 230 974,50 kr"),
        ("es-us", "1,230,974.50 $"),
        ("en-ca", "1,230,974.50 $"),
        ("en-nz", "1,230,974.50 $"),
        ("en-ie", "1,230,974.50 €"),
        ("es-mx", "1,230,974.50 $"),
        ("de-at", "1 230 974,50 €"),
    ],
)
def test_locales_that_numeral_lacks_are_written_as_their_people_do(locale: str, written: str) -> None:
    assert format_number(1230974.5, "0,0.00 $", locale=locale) == written


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(
            ("12", "12"),
            ("-12.5", "-12.5"),
            (" 1,234.50 ", "1234.5"),
            ("$1,000", "1000"),
            ("-$5", "-5"),
            ("$-5", "-5"),
        ),
        *(
            ("(12)", "-12"),
            ("($1,000)", "-1000"),
            ("1.5k", "1500"),
            ("2 m", "2000000"),
            ("50%", "0.5"),
            (".5", "0.5"),
        ),
        *(("+7", "7"), ("12.", "12")),
    ],
)
def test_a_text_is_read_as_people_write_numbers(text: str, number: str) -> None:
    assert format_number(text, "0.[0000]") == number


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            "abc",
            "H3Z 2Y7",
            "2015-06-24",
            "281 330 8004",
            "12:30",
            "1e5",
            "1,23",
            "(12",
            "12)",
            "1.2.3",
            "NaN",
        ),
        *(
            "\u0661\u0662",
            "1" * 1_000_000,
            None,
            True,
            [],
            {},
            float("nan"),
            float("inf"),
            1.7e308,
            10**400,
            Decimal("sNaN"),
        ),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_anything_else_is_no_number(value: object) -> None:
    assert format_number(value, "0,0") is None


@pytest.mark.parametrize(
    ("number", "format", "written"),
    [
        (1e-7, "0.00", "0.00"),
        (1.5e-7, "0.0000000[0]", "0.00000015"),
        (1e21, "0,0", "1,000,000,000,000,000,000,000"),
        (1500, "0.0[0000000000]at", "0.0000000015t"),
        (Decimal("1234.50"), "0,0.00", "1,234.50"),
        (10**30, "0b", "1000000YB"),
    ],
)
def test_where_numeral_answers_nan_the_number_is_written(number: float, format: str, written: str) -> None:
    assert format_number(number, format) == written


def test_no_format_groups_thousands() -> None:
    assert format_number(1234.5, None) == format_number(1234.5, "") == "1,235"


@pytest.mark.parametrize("number", [5e-324, 1e300, -0.1])
@pytest.mark.parametrize(
    "format", ["0." + "0" * 998, "0" * MAX_FORMAT, "0.[" + "0" * 900, "$" * MAX_FORMAT, "0,0e+0", "0:0"]
)
def test_a_result_has_an_end(number: float, format: str) -> None:
    assert len(format_number(number, format) or "") < 10_000


def test_a_format_has_an_end() -> None:
    assert format_number(1, "0" * (MAX_FORMAT + 1)) is None


@given(
    json_values | st.decimals(),
    st.text() | st.text("0,.[]()+-$ akmbtoe%:BPSi|"),
    st.text() | st.sampled_from(list(LOCALES)),
)
def test_no_value_and_no_option_raises(value: object, format: str, locale: str) -> None:
    written = format_number(value, format, locale=locale)

    assert written == format_number(value, format, locale=locale)
    assert written is None or "nan" not in written.lower() or "nan" in format.lower()
