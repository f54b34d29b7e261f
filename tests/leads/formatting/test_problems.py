import pytest

from leadconduit.leads.formatting import MAX_FORMAT, format_problem


@pytest.mark.parametrize(
    ("format", "locale", "timezone"),
    [
        ("YYYY", "en", None),
        (None, "fr", "America/New_York"),
        ("0,0", "nl-nl", ""),
        ("L", "FR_ca", "utc"),
        ("L", "de-LU", None),
        ("0" * MAX_FORMAT, "en", None),
    ],
)
def test_good_options_have_no_problem(format: str | None, locale: str, timezone: str | None) -> None:
    assert format_problem(format, locale=locale, timezone=timezone) == ""


@pytest.mark.parametrize(
    ("format", "locale", "timezone", "sentence"),
    [
        ("0" * (MAX_FORMAT + 1), "en", None, "A format may have at most 1,000 characters."),
        ("L", "tlh", None, "`tlh` is not a locale we know: use one of en, en-gb, "),
        ("L", "en", "Mars/Base", "`Mars/Base` is not a time zone: use a name such as `America/New_York`."),
        ("L", "en", "../../etc/passwd", "`../../etc/passwd` is not a time zone: "),
    ],
)
def test_a_problem_is_named(format: str, locale: str, timezone: str | None, sentence: str) -> None:
    assert format_problem(format, locale=locale, timezone=timezone).startswith(sentence)
