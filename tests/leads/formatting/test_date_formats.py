"""The expected texts are what moment answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadconduit.leads.formatting import LOCALES, MAX_FORMAT, format_date

json_values = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers())


@pytest.mark.parametrize(
    ("token", "written"),
    [
        ("M", "6"),
        ("Mo", "6th"),
        ("MM", "06"),
        ("MMM", "Jun"),
        ("MMMM", "June"),
        ("Q", "2"),
        ("Qo", "2nd"),
        ("D", "24"),
        ("Do", "24th"),
        ("DD", "24"),
        ("DDD", "175"),
        ("DDDo", "175th"),
        ("DDDD", "175"),
        ("d", "3"),
        ("do", "3rd"),
        ("dd", "We"),
        ("ddd", "Wed"),
        ("dddd", "Wednesday"),
        ("e", "3"),
        ("E", "3"),
        ("w", "26"),
        ("wo", "26th"),
        ("ww", "26"),
        ("W", "26"),
        ("Wo", "26th"),
        ("WW", "26"),
        ("YY", "15"),
        ("YYYY", "2015"),
        ("Y", "2015"),
        ("YYYYY", "02015"),
        ("YYYYYY", "+002015"),
        ("y", "2015"),
        ("yyyy", "2015"),
        ("N", "AD"),
        ("NNNN", "Anno Domini"),
        ("gg", "15"),
        ("gggg", "2015"),
        ("GG", "15"),
        ("GGGG", "2015"),
        ("A", "PM"),
        ("a", "pm"),
        ("H", "17"),
        ("HH", "17"),
        ("h", "5"),
        ("hh", "05"),
        ("k", "17"),
        ("kk", "17"),
        ("Hmm", "1704"),
        ("hmmss", "50409"),
        ("m", "4"),
        ("mm", "04"),
        ("s", "9"),
        ("ss", "09"),
        ("S", "0"),
        ("SS", "06"),
        ("SSS", "060"),
        ("SSSS", "0600"),
        ("SSSSSSSSS", "060000000"),
        ("Z", "+00:00"),
        ("ZZ", "+0000"),
        ("X", "1435165449"),
        ("x", "1435165449060"),
        ("LT", "5:04 PM"),
        ("LTS", "5:04:09 PM"),
        ("L", "06/24/2015"),
        ("l", "6/24/2015"),
        ("LL", "June 24, 2015"),
        ("ll", "Jun 24, 2015"),
        ("LLL", "June 24, 2015 5:04 PM"),
        ("lll", "Jun 24, 2015 5:04 PM"),
        ("LLLL", "Wednesday, June 24, 2015 5:04 PM"),
        ("llll", "Wed, Jun 24, 2015 5:04 PM"),
    ],
)
def test_every_token_writes_its_part(token: str, written: str) -> None:
    assert format_date("2015-06-24T17:04:09.060Z", token) == written


@pytest.mark.parametrize(
    ("value", "format", "written"),
    [
        ("0099-01-05", "YYYY YY gg", "0099 99 99"),
        ("+012015-07-01", "Y YYYY YYYYYY", "+12015 12015 +012015"),
        ("-000005-02-03", "Y YYYY YY N y", "-0005 -0005 -05 BC 6"),
        ("2021-01-03", "w W gg GG E e", "2 53 21 20 7 0"),
        ("2019-12-30", "w W gg GG E e", "1 1 20 20 1 1"),
        ("2015-06-24", "[It's] MMMM Do", "It's June 24th"),
        ("2015-06-24", "[D [M] D", "[24 M 24"),
        ("2015-06-24", "\\M\\\\D", "M24"),
        ("2015-06-24", "D\nM [D\nM]", "246 D\nM"),
        ("2015-06-24", "DoT w| LLLLL", "24thT w| Wednesday, June 24, 2015 12:00 AM06/24/2015"),
        ("2015-06-24", "z zz Z", "UTC Coordinated Universal Time +00:00"),
    ],
)
def test_odd_years_weeks_and_formats_are_written_as_moment_does(
    value: str, format: str, written: str
) -> None:
    assert format_date(value, format) == written


@pytest.mark.parametrize(
    ("locale", "long", "short", "figures", "ordinals"),
    [
        (
            "en",
            "Sunday, March 1, 2015 5:04 PM",
            "Sun, Mar 1, 2015 5:04 PM",
            "03/01/2015 5:04:09 PM",
            "Mar-Mar Su Sun 1st 60th 10th 0 2015",
        ),
        (
            "en-gb",
            "Sunday, 1 March 2015 17:04",
            "Sun, 1 Mar 2015 17:04",
            "01/03/2015 17:04:09",
            "Mar-Mar Su Sun 1st 60th 9th 6 2015",
        ),
        (
            "en-ca",
            "Sunday, March 1, 2015 5:04 PM",
            "Sun, Mar 1, 2015 5:04 PM",
            "2015-03-01 5:04:09 PM",
            "Mar-Mar Su Sun 1st 60th 10th 0 2015",
        ),
        (
            "en-au",
            "Sunday, 1 March 2015 5:04 PM",
            "Sun, 1 Mar 2015 5:04 PM",
            "01/03/2015 5:04:09 PM",
            "Mar-Mar Su Sun 1st 60th 10th 0 2015",
        ),
        (
            "en-nz",
            "Sunday, 1 March 2015 5:04 PM",
            "Sun, 1 Mar 2015 5:04 PM",
            "01/03/2015 5:04:09 PM",
            "Mar-Mar Su Sun 1st 60th 9th 6 2015",
        ),
        (
            "en-ie",
            "Sunday 1 March 2015 17:04",
            "Sun 1 Mar 2015 17:04",
            "01/03/2015 17:04:09",
            "Mar-Mar Su Sun 1st 60th 9th 6 2015",
        ),
        (
            "fr",
            "dimanche 1 mars 2015 17:04",
            "dim. 1 mars 2015 17:04",
            "01/03/2015 17:04:09",
            "mars-mars di dim. 1er 60e 9e 6 2015",
        ),
        (
            "fr-ca",
            "dimanche 1 mars 2015 17:04",
            "dim. 1 mars 2015 17:04",
            "2015-03-01 17:04:09",
            "mars-mars di dim. 1er 60e 10e 0 2015",
        ),
        (
            "fr-ch",
            "dimanche 1 mars 2015 17:04",
            "dim. 1 mars 2015 17:04",
            "01.03.2015 17:04:09",
            "mars-mars di dim. 1er 60e 9e 6 2015",
        ),
        (
            "es",
            "domingo, 1 de marzo de 2015 17:04",
            "dom., 1 de mar. de 2015 17:04",
            "01/03/2015 17:04:09",
            "mar.-mar. do dom. 1º 60º 9º 6 2015",
        ),
        (
            "es-us",
            "domingo, 1 de marzo de 2015 5:04 PM",
            "dom., 1 de mar. de 2015 5:04 PM",
            "03/01/2015 5:04:09 PM",
            "mar.-mar. do dom. 1º 60º 10º 0 2015",
        ),
        (
            "es-mx",
            "domingo, 1 de marzo de 2015 17:04",
            "dom., 1 de mar. de 2015 17:04",
            "01/03/2015 17:04:09",
            "mar.-mar. do dom. 1º 60º 10º 0 2015",
        ),
        (
            "de",
            "Sonntag, 1. März 2015 17:04",
            "So., 1. März 2015 17:04",
            "01.03.2015 17:04:09",
            "März-März So So. 1. 60. 9. 6 2015",
        ),
        (
            "de-at",
            "Sonntag, 1. März 2015 17:04",
            "So., 1. März 2015 17:04",
            "01.03.2015 17:04:09",
            "März-März So So. 1. 60. 9. 6 2015",
        ),
        (
            "de-ch",
            "Sonntag, 1. März 2015 17:04",
            "So, 1. März 2015 17:04",
            "01.03.2015 17:04:09",
            "März-März So So 1. 60. 9. 6 2015",
        ),
        (
            "it",
            "domenica 1 marzo 2015 17:04",
            "dom 1 mar 2015 17:04",
            "01/03/2015 17:04:09",
            "mar-mar do dom 1º 60º 9º 6 2015",
        ),
        (
            "pt",
            "Domingo, 1 de março de 2015 17:04",
            "Dom, 1 de mar de 2015 17:04",
            "01/03/2015 17:04:09",
            "mar-mar Do Dom 1º 60º 9º 6 2015",
        ),
        (
            "pt-br",
            "domingo, 1 de março de 2015 às 17:04",
            "dom, 1 de mar de 2015 às 17:04",
            "01/03/2015 17:04:09",
            "mar-mar do dom 1º 60º 10º 0 2015",
        ),
        (
            "nl",
            "zondag 1 maart 2015 17:04",
            "zo. 1 mrt. 2015 17:04",
            "01-03-2015 17:04:09",
            "mrt.-mrt. zo zo. 1ste 60ste 9de 6 2015",
        ),
        (
            "nl-be",
            "zondag 1 maart 2015 17:04",
            "zo. 1 mrt. 2015 17:04",
            "1/03/2015 17:04:09",
            "mrt.-mrt. zo zo. 1ste 60ste 9de 6 2015",
        ),
        (
            "sv",
            "söndag 1 mars 2015 kl. 17:04",
            "sön 1 mar 2015 17:04",
            "2015-03-01 17:04:09",
            "mar-mar sö sön 1:a 60:e 9:e 6 2015",
        ),
        (
            "da",
            "søndag d. 1. marts 2015 kl. 17:04",
            "søn d. 1. mar 2015 kl. 17:04",
            "01.03.2015 17:04:09",
            "mar-mar sø søn 1. 60. 9. 6 2015",
        ),
        (
            "nb",
            "søndag 1. mars 2015 kl. 17:04",
            "sø. 1. mars 2015 kl. 17:04",
            "01.03.2015 17:04:09",
            "mars-mars sø sø. 1. 60. 9. 6 2015",
        ),
        (
            "pl",
            "niedziela, 1 marca 2015 17:04",
            "ndz, 1 mar 2015 17:04",
            "01.03.2015 17:04:09",
            "mar-mar Nd ndz 1. 60. 9. 6 2015",
        ),
    ],
)
def test_a_locale_has_its_names_orders_and_weeks(
    locale: str, long: str, short: str, figures: str, ordinals: str
) -> None:
    formats = ("LLLL", "llll", "L LTS", "MMM-MMM dd ddd Do DDDo wo e gggg")

    written = [format_date("2015-03-01T17:04:09Z", format, locale=locale) for format in formats]

    assert written == [long, short, figures, ordinals]


@pytest.mark.parametrize(
    ("locale", "format", "written"),
    [
        ("pl", "MMMM YYYY", "marzec 2015"),
        ("pl", "D MMMM", "1 marca"),
        ("es", "D-MMM-YYYY", "1-mar-2015"),
        ("es", "D MMM", "1 mar."),
        ("nl", "D-MMM-YYYY", "1-mrt-2015"),
        ("FR_ca", "L", "2015-03-01"),
        ("fr-BE", "LL", "1 mars 2015"),
        ("no", "LL", "1. mars 2015"),
        ("tlh", "LL", "March 1, 2015"),
    ],
)
def test_names_heed_their_neighbours_and_locales_their_language(
    locale: str, format: str, written: str
) -> None:
    assert format_date("2015-03-01", format, locale=locale) == written


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("1988-10-01", "+001988-10-01T00:00:00.000"),
        ("2015-06-24T17:24:49.060Z", "+002015-06-24T17:24:49.060"),
        ("2015-06-24T17:24:49+02:00", "+002015-06-24T15:24:49.000"),
        ("2015-06-24 17:24", "+002015-06-24T17:24:00.000"),
        ("20150624T1030-0530", "+002015-06-24T16:00:00.000"),
        ("2015-W26-3", "+002015-06-24T00:00:00.000"),
        ("2015W26", "+002015-06-22T00:00:00.000"),
        ("2015-175", "+002015-06-24T00:00:00.000"),
        ("2016-366", "+002016-12-31T00:00:00.000"),
        ("2015-06", "+002015-06-01T00:00:00.000"),
        ("2015", "+002015-01-01T00:00:00.000"),
        ("2015-06-24T24:00", "+002015-06-25T00:00:00.000"),
        (" 2015-06-24", "+002015-06-24T00:00:00.000"),
        ("2015-06-24T10:00 Z", "+002015-06-24T10:00:00.000"),
        ("0000-01-01", "+000000-01-01T00:00:00.000"),
        ("+275760-09-13", "+275760-09-13T00:00:00.000"),
        ("2015-06-24T10:00:00,9999", "+002015-06-24T10:00:00.999"),
        ("2015-06-24T10+14", "+002015-06-23T20:00:00.000"),
        (1435166689060, "+002015-06-24T17:24:49.060"),
        (0, "+001970-01-01T00:00:00.000"),
        (-1, "+001969-12-31T23:59:59.999"),
        (1.9, "+001970-01-01T00:00:00.001"),
    ],
)
def test_a_date_is_iso_8601_or_milliseconds(value: object, read: str) -> None:
    assert format_date(value, "YYYYYY-MM-DDTHH:mm:ss.SSS") == read


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            "tomorrow",
            "10/01/1988",
            "2015-6-24",
            "2015-02-30",
            "2015-13-01",
            "2015-06-24 ",
            "2015-06-24\n",
        ),
        *(
            "2015-06-24T",
            "2015-06-24t10:00",
            "2015-06-24T10:60",
            "2015-06-24T24:01",
            "2015-06T10:00",
            "20150624T10:30",
        ),
        *(
            "2015-W54-1",
            "2016-W53",
            "2015-W01-8",
            "2015-W00",
            "2015-366",
            "2015-000",
            "2015-06-24T10:00+14:01",
        ),
        *("2015-06-24T10:00-12:01", "+275760-09-14", "\u0662\u0660\u0661\u0665-06-24", "1" * 1_000_000),
        *(None, True, [], {}, float("nan"), float("inf"), 8.64e15 + 1, 10**400),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_anything_else_is_no_date(value: object) -> None:
    assert format_date(value, "YYYY") is None


@pytest.mark.parametrize(
    ("value", "format", "timezone", "written"),
    [
        ("2015-01-24T17:24:49Z", "LLL z", "America/New_York", "January 24, 2015 12:24 PM EST"),
        ("2015-06-24T17:24:49Z", "LT zz Z ZZ", "america/new_york", "1:24 PM EDT -04:00 -0400"),
        ("2015-06-24T17:24:49Z", "", "America/New_York", "2015-06-24T13:24:49-04:00"),
        ("2015-01-24T17:24:49Z", "", "Europe/London", "2015-01-24T17:24:49Z"),
        ("2015-06-24T17:24:49+02:00", "", "", "2015-06-24T15:24:49Z"),
        ("1988-10-01", "L LT", "America/New_York", "10/01/1988 12:00 AM"),
        ("2015-03-08T02:30", "LT z", "America/New_York", "3:30 AM EDT"),
        ("2015-11-01T01:30", "LT z", "America/New_York", "1:30 AM EDT"),
        ("1880-01-01T00:00Z", "LTS Z z", "America/New_York", "7:03:58 PM -04:56 LMT"),
        (1435166689060, "HH:mm z", "Asia/Kolkata", "22:54 IST"),
        ("2015-06-24T17:24:49Z", "LT z", "Nowhere/At_All", "5:24 PM UTC"),
        ("2015-06-24T17:24:49Z", "LT z", "../etc/passwd", "5:24 PM UTC"),
    ],
)
def test_a_time_zone_shows_its_clock(value: object, format: str, timezone: str, written: str) -> None:
    assert format_date(value, format, timezone=timezone) == written


@pytest.mark.parametrize(
    "value", ["+012015-07-01T12:00:00Z", "0045-03-15T12:00:00Z", "-000400-03-15T12:00:00Z"]
)
def test_time_zones_reach_beyond_the_years_that_python_knows(value: str) -> None:
    assert format_date(value, "YYYYYY-MM-DDTHH:mm:ss[Z]", timezone="UTC") == format_date(
        value, "YYYYYY-MM-DDTHH:mm:ss[Z]"
    )
    assert format_date(value, "z", timezone="America/New_York") in ("EDT", "LMT")


def test_a_format_has_an_end() -> None:
    assert len(format_date("2015-06-24", "L" * MAX_FORMAT) or "") < 40 * MAX_FORMAT
    assert format_date("2015-06-24", "L" * (MAX_FORMAT + 1)) is None


@given(
    json_values | st.datetimes().map(str) | st.dates().map(str) | st.integers(-(10**16), 10**16),
    st.text() | st.text("MoDdYwWgGAaHhkmsSzZXxLlTNyQeE[]\\\n "),
    st.text() | st.sampled_from(list(LOCALES)),
    st.text() | st.sampled_from(["America/New_York", "Europe/London", "UTC"]),
)
def test_no_value_and_no_option_raises(value: object, format: str, locale: str, timezone: str) -> None:
    written = format_date(value, format, locale=locale, timezone=timezone)

    assert written == format_date(value, format, locale=locale, timezone=timezone)
