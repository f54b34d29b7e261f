"""What is wrong with a format's options, before anything is formatted."""

from leadconduit.leads.formatting.locales import LOCALES, known_name
from leadconduit.leads.formatting.moments import timezone_named

MAX_FORMAT = 1_000
"""Characters."""


def format_problem(format: str | None, *, locale: str = "en", timezone: str | None = None) -> str:
    """A sentence on the first thing that is wrong, or ""."""
    if format and len(format) > MAX_FORMAT:
        return f"A format may have at most {MAX_FORMAT:,} characters."
    if known_name(locale) is None:
        return f"`{locale[:40]}` is not a locale we know: use one of {', '.join(LOCALES)}."
    if timezone and timezone_named(timezone) is None:
        return f"`{timezone[:40]}` is not a time zone: use a name such as `America/New_York`."
    return ""
