"""The transformations that there are: each declared once, for forms, checks and running.

A row names one by its key and gives its options: `{"use": "date", "format": "MM/DD/YYYY"}`. Compiled, it is a step,
`(value, scope) -> value`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import phonenumbers

from destinations import fields
from destinations.fields import Choice, FieldSpec
from destinations.mapping import formats, texts
from destinations.mapping.scope import Context, Options, Step
from destinations.mapping.tables import Table, table_named
from leadconduit.leads import hashing
from leadconduit.leads.bounds import MAX_RESULT
from leadconduit.leads.formatting import LOCALES, MAX_FORMAT, format_problem
from leadconduit.leads.patterns import PatternError, compile_pattern
from leadconduit.leads.template import TemplateError, compile_template

MAX_TRANSFORMATIONS = 20
"""Of one row."""

MAX_SEPARATOR = 20
MAX_PATTERN = 1_000


def _nothing_wrong(_: Options) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Transformation:
    """Something that can be done to a value. `check` finds what an option alone does not show, by option."""

    key: str
    label: str
    help: str
    compile: Callable[[Options, Context], Step]
    options: tuple[FieldSpec, ...] = ()
    check: Callable[[Options], Mapping[str, str]] = _nothing_wrong


# --- What is wrong with options


def _whole_number(value: Any) -> str:
    return "" if value == int(value) else "Write a whole number."


def _place(value: Any) -> str:
    return _whole_number(value) or ("" if value else "Count from 1, or from the end with -1.")


def _country(value: str) -> str:
    if value.upper() in phonenumbers.SUPPORTED_REGIONS:
        return ""
    return f"`{value[:10]}` is no country: write its two letters, as in US or GB."


def _timezone(value: str) -> str:
    return format_problem(None, timezone=value)


def _template(value: str) -> str:
    try:
        compile_template(value)
    except TemplateError as error:
        return str(error)
    return ""


def _pattern(options: Options) -> Mapping[str, str]:
    if not options.get("regexp", True):
        return {}
    try:
        compile_pattern(options["pattern"], ignore_case=bool(options["ignore_case"]))
    except PatternError as error:
        return {"pattern": str(error)}
    return {}


# --- Options that several have

_LOCALE = FieldSpec(
    key="locale",
    label="Language",
    kind="choice",
    default="en",
    choices=tuple(Choice(locale, locale) for locale in LOCALES),
)
# A pattern may be a single space.
_PATTERN = FieldSpec(
    key="pattern", label="Pattern", required=True, spaces_count=True, max_length=MAX_PATTERN, default=""
)
_IGNORE_CASE = FieldSpec(
    key="ignore_case", label="Upper and lower case are the same", kind="boolean", default=False
)


def _text(key: str, label: str, explained: str = "", **more: Any) -> FieldSpec:
    return FieldSpec(key=key, label=label, help=explained, **{"default": ""} | more)


def _number(key: str, label: str, explained: str = "", **more: Any) -> FieldSpec:
    return FieldSpec(key=key, label=label, help=explained, kind="number", **more)


def _between(default: str, explained: str, *, required: bool = False) -> FieldSpec:
    explained = f"{explained} A space is written as \\s, a tab as \\t, a line break as \\n."
    return _text(
        "separator",
        "Separator",
        explained,
        default=default,
        max_length=MAX_SEPARATOR,
        required=required,
        spaces_count=True,
    )


# --- The registry

_ALL = (
    Transformation(
        "trim", "Trim", "Removes white space at the start and at the end.", texts.simply(str.strip)
    ),
    Transformation(
        "collapse_spaces",
        "Collapse spaces",
        "Makes every run of white space a single space, with none at the ends.",
        texts.simply(texts.collapse_spaces),
    ),
    Transformation("lowercase", "Lower case", "Ada becomes ada.", texts.simply(str.lower)),
    Transformation("uppercase", "Upper case", "Ada becomes ADA.", texts.simply(str.upper)),
    Transformation(
        "title_case",
        "Title case",
        "Begins each word with a capital: o'neil, MARY-ANN becomes O'Neil, Mary-Ann.",
        texts.simply(texts.title_case),
    ),
    Transformation("digits", "Digits only", "(512) 555-0134 becomes 5125550134.", texts.simply(texts.digits)),
    Transformation(
        "e164",
        "Telephone number as E.164",
        "(512) 555-0134 becomes +15125550134. What is no telephone number stays as it is.",
        formats.e164,
        (
            _text(
                "country",
                "Country",
                "Two letters: where a number belongs that names no country itself.",
                default="US",
                max_length=2,
                check=_country,
            ),
        ),
    ),
    Transformation(
        "date",
        "Date",
        "Writes a date another way. What is no date stays as it is.",
        formats.date,
        (
            FieldSpec(
                key="format",
                label="Format",
                help="As in MM/DD/YYYY or MMMM Do, YYYY; X is the Unix time.",
                required=True,
                default="YYYY-MM-DD",
                max_length=MAX_FORMAT,
            ),
            _text(
                "timezone",
                "Time zone",
                "As in America/Chicago; blank: as the time was written.",
                check=_timezone,
            ),
            _LOCALE,
        ),
    ),
    Transformation(
        "number",
        "Number",
        "Sends a number, or a number written in a format. What is no number stays as it is.",
        formats.number,
        (
            _text(
                "format", "Format", "As in 0,0.00 or $0,0; blank: the number itself.", max_length=MAX_FORMAT
            ),
            _LOCALE,
        ),
    ),
    Transformation("text", "Text", "Sends numbers, true and false as text.", formats.to_text),
    Transformation(
        "boolean",
        "True or false",
        "Sends true or false, or words of your own, for yes, no, 1, 0, on, off and their like.",
        formats.boolean,
        (
            _text("true", "Word for true", "Blank, as the other: the value true itself.", max_length=200),
            _text("false", "Word for false", max_length=200),
            FieldSpec(key="blank_is_false", label="A blank counts as false", kind="boolean", default=False),
        ),
    ),
    Transformation(
        "lookup",
        "Look up",
        "Replaces the value by what a look-up table has for it.",
        formats.lookup,
        (FieldSpec(key="table", label="Table", kind="choice", live_choices=True, required=True),),
    ),
    Transformation(
        "substring",
        "Part of the text",
        "Takes the characters from one place to another; both count from 1, or from the end with -1.",
        texts.substring,
        (
            _number("start", "From", default=1, minimum=-MAX_RESULT, maximum=MAX_RESULT, check=_place),
            _number("end", "To", "Blank: to the end.", minimum=-MAX_RESULT, maximum=MAX_RESULT, check=_place),
        ),
    ),
    Transformation(
        "replace",
        "Replace",
        "Replaces every occurrence of a text or of a pattern.",
        texts.replace,
        (
            _PATTERN,
            _text("replacement", "By", "Blank: the occurrences are removed."),
            FieldSpec(key="regexp", label="It is a regular expression", kind="boolean", default=False),
            _IGNORE_CASE,
        ),
        _pattern,
    ),
    Transformation(
        "extract",
        "Extract",
        "Takes what a regular expression finds, all occurrences; nothing where it finds none.",
        texts.extract,
        (_PATTERN, _IGNORE_CASE, _between(r"\s", "Stands between several occurrences.")),
        _pattern,
    ),
    Transformation(
        "split",
        "Split",
        "Makes a list of a text, or takes one part of it. White space around the parts is removed.",
        texts.split,
        (
            _between(",", "Stands between the parts.", required=True),
            _number(
                "part",
                "Part",
                "Blank: all, as a list. 1 is the first, -1 the last.",
                minimum=-texts.MAX_PARTS,
                maximum=texts.MAX_PARTS,
                check=_place,
            ),
        ),
    ),
    Transformation(
        "join",
        "Join",
        "Makes a text of a list; blank items are left out.",
        texts.join,
        (_between(",", "Stands between the items; blank: nothing does."),),
    ),
    Transformation(
        "first_nonblank",
        "Otherwise",
        "Where the value is blank, takes this template instead. Several are tried in order.",
        texts.first_nonblank,
        (
            FieldSpec(
                key="template",
                label="Template",
                required=True,
                placeholder="{{lead.phone_2}}",
                max_length=10_000,
                check=_template,
            ),
        ),
    ),
    Transformation(
        "truncate",
        "Truncate",
        "Cuts off what is longer.",
        texts.truncate,
        (
            _number(
                "length",
                "Characters at most",
                required=True,
                minimum=1,
                maximum=MAX_RESULT,
                check=_whole_number,
            ),
        ),
    ),
    Transformation(
        "prefix", "Put before", "Writes a text before the value.", texts.prefix, (_text("text", "Text"),)
    ),
    Transformation(
        "suffix", "Put after", "Writes a text after the value.", texts.suffix, (_text("text", "Text"),)
    ),
    Transformation(
        "hash",
        "Hash",
        "Sends a hash instead of the value. Trim and lower-case an e-mail address first.",
        texts.hash_of,
        (
            FieldSpec(
                key="algorithm",
                label="Algorithm",
                kind="choice",
                default="sha256",
                choices=tuple(Choice(name, name) for name in hashing.ALGORITHMS),
            ),
            _text("salt", "Salt", "Written after the value. It is no secret: everybody here can read it."),
            FieldSpec(
                key="encoding",
                label="Written as",
                kind="choice",
                default="hex",
                choices=tuple(Choice(name, name) for name in ("hex", "base64")),
            ),
        ),
    ),
)

TRANSFORMATIONS: Mapping[str, Transformation] = {
    transformation.key: transformation for transformation in _ALL
}
"""By key, in the order in which they are offered."""


def compile_step(transformation: Mapping[str, Any], context: Context) -> Step:
    """For a transformation without `problems_of`. Raises TemplateError, PatternError, LookupError."""
    known = TRANSFORMATIONS.get(transformation["use"])
    if known is None:
        raise LookupError(_no_transformation(transformation["use"]))
    return known.compile(_options_of(known, transformation), context)


def problems_of(transformation: Mapping[str, Any], tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    """What is wrong with a transformation: the option, "" for the whole of it, and a sentence."""
    known = TRANSFORMATIONS.get(use) if isinstance(use := transformation.get("use"), str) else None
    if known is None:
        yield "", _no_transformation(use)
        return
    options = {option.key for option in known.options}
    for key in transformation.keys() - options - {"use"}:
        yield str(key)[:40], f"`{known.label}` has no option `{str(key)[:40]}`."
    nested = [key for key, value in transformation.items() if isinstance(value, list | dict)]
    if nested:
        yield from ((str(key)[:40], "This is a text, a number, true or false.") for key in nested)
        return
    given = _options_of(known, transformation)
    found = fields.problems(known.options, given) or dict(known.check(given))
    if known.key == "lookup" and not found and table_named(tables, given["table"]) is None:
        found["table"] = f"There is no look-up table `{given['table'][:40]}`."
    yield from found.items()


def _options_of(known: Transformation, transformation: Mapping[str, Any]) -> dict[str, Any]:
    """All options. One that was left blank has its default; of texts, where blank means blank, only a missing one."""
    blanks = {option.key: (None,) if option.kind == "text" else (None, "") for option in known.options}
    given = {key: value for key, value in transformation.items() if value not in blanks.get(key, ())}
    return fields.with_defaults(known.options, given)


def _no_transformation(use: object) -> str:
    return f"There is no transformation `{str(use or '')[:40]}`."


def template_of(transformation: Mapping[str, Any]) -> str:
    """The template among its options, or ""."""
    template = transformation.get("template")
    return template if transformation.get("use") == "first_nonblank" and isinstance(template, str) else ""


def patterns_of(transformation: Mapping[str, Any]) -> Iterator[str]:
    """The regular expressions among its options."""
    use, pattern = transformation.get("use"), transformation.get("pattern")
    if isinstance(pattern, str) and (use == "extract" or (use == "replace" and transformation.get("regexp"))):
        yield pattern
