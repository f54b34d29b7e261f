"""The functions `format` and `math`, which give dates and numbers in the shape that somebody else wants."""

import re
from collections.abc import Callable, Mapping

from leadconduit.leads.arithmetic import Math, MathError, compile_math
from leadconduit.leads.bounds import spend
from leadconduit.leads.formatting import format_date, format_number, format_problem
from leadconduit.leads.template.calls import CALL, Call, Evaluate, Notes, TemplateFunction, note, written_out
from leadconduit.leads.values import Form, as_text, is_blank, plain, walk

Variables = Mapping[str, object]
Write = Callable[[object], str | None]

DATE = 8
"""What writing a date costs for each character of its format, in characters that are read."""

PART = 20
"""What a calculation costs for each of its characters."""

_IN_BRACKETS = re.compile(r"\[[^\]]*\]")
_DATE_LETTERS = re.compile("[YMDQHhsWwdLlXxZzgGAE]")

_DECIMAL = re.compile(r"[-+]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})(?:[eE][-+]?[0-9]{1,2})?")


def is_for_numbers(format: str) -> bool:
    """A format with a `0` and none of the letters of dates, such as `Y M D H h s`, is for numbers; any other for dates.

    What stands in square brackets counts for neither.
    """
    outside = _IN_BRACKETS.sub("", format)
    return "0" in outside and not _DATE_LETTERS.search(outside)


def _format(call: Call) -> Evaluate:
    of, source = call.values[0].evaluate, call.values[0].source
    format, convert = call.text("format"), _conversion(call)
    if not call.options:
        raise call.values[0].wrong(
            '`format` needs a format, as in `{{format lead.dob format="YYYY-MM-DD"}}`.'
        )
    _check_format(call)
    write, kind = _writer(call, format)
    work = CALL + DATE * len(format or "")

    def evaluate(variables: Variables, notes: Notes, form: Form) -> object:
        value = of(variables, notes, form)
        spend(work)
        if write is not None and not is_blank(value):
            written = write(value)
            if written is None:
                note(notes, f"`{source}` is no {kind}, so `format` keeps it as it is.")
            else:
                value = written
        return value if convert is None else convert(value)

    return evaluate


def _writer(call: Call, format: str | None) -> tuple[Write | None, str]:
    locale, timezone = call.text("locale") or "en", call.text("timezone")
    if format is not None and is_for_numbers(format):
        if timezone is not None:
            raise call.options["timezone"].wrong(
                "A number has no time zone: leave the option `timezone` out."
            )
        return (lambda value: format_number(value, format, locale=locale)), "number"
    if format is None and timezone is None:
        if "locale" in call.options:
            raise call.options["locale"].wrong("The option `locale` goes with the option `format`.")
        return None, ""
    return (lambda value: format_date(value, format, locale=locale, timezone=timezone)), "date"


def _check_format(call: Call) -> None:
    format, locale, timezone = (call.text(option) for option in ("format", "locale", "timezone"))
    for option, problem in (
        ("format", format_problem(format)),
        ("locale", format_problem(None, locale=locale or "en")),
        ("timezone", format_problem(None, timezone=timezone)),
    ):
        if problem:
            raise call.options[option].wrong(problem)


def _conversion(call: Call) -> Callable[[object], object] | None:
    wanted = call.text("dataType")
    if wanted is None:
        return None
    if wanted not in _CONVERSIONS:
        raise call.options["dataType"].wrong('The option `dataType` is `"String"` or `"Number"`.')
    return _CONVERSIONS[wanted]


def _as_string(value: object) -> object:
    return None if value is None else as_text(value)


def _as_number(value: object) -> object:
    """Stays as it is when it is no number, or has more digits than a number keeps."""
    text = value.strip() if isinstance(value, str) and len(value) < 100 else ""
    if not _DECIMAL.fullmatch(text):
        return value
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


_CONVERSIONS: dict[str, Callable[[object], object]] = {"String": _as_string, "Number": _as_number}


def _math(call: Call) -> Evaluate:
    expression = written_out(call.values[0], "What `math` calculates")
    try:
        math = compile_math(expression)
    except MathError as error:
        raise call.values[0].wrong(error.sentence, error.column - 1) from error
    call.paths.extend(math.paths)
    _check_format(call)
    format, locale = call.text("format"), call.text("locale") or "en"
    if format is None and "locale" in call.options:
        raise call.options["locale"].wrong("The option `locale` goes with the option `format`.")
    calculate = _calculation(math)

    def evaluate(variables: Variables, notes: Notes, form: Form) -> object:
        result = calculate(variables, notes, form)
        if result is None:
            note(notes, f"`{expression[:80]}` comes to no number with these values.")
        elif format is not None:
            return format_number(result, format, locale=locale) or result
        return result

    return evaluate


def _calculation(math: Math) -> Evaluate:
    work = PART * len(math.text)
    paths = {path: tuple(path.split(".")) for path in math.paths}

    def calculate(variables: Variables, notes: Notes, form: Form) -> object:
        spend(work)
        return math.evaluate(lambda path: plain(walk(variables, paths[path]), form))

    return calculate


FORMAT_FUNCTIONS = {
    "format": TemplateFunction(
        '{{format lead.dob format="YYYY-MM-DD"}}',
        _format,
        dict.fromkeys(("format", "locale", "timezone", "dataType"), False),
    ),
    "math": TemplateFunction('{{math "lead.price * 2"}}', _math, dict.fromkeys(("format", "locale"), False)),
}
