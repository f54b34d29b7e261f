"""Steps that change, cut and join texts."""

import re
from collections.abc import Callable

from destinations.mapping.scope import ITEM, Context, OfText, Options, Scope, Step, each
from leadconduit.leads import hashing
from leadconduit.leads.bounds import MAX_RESULT, TooLong, spend
from leadconduit.leads.patterns import PatternTooSlow, compile_pattern
from leadconduit.leads.template import compile_template
from leadconduit.leads.values import as_text, is_blank

MAX_PARTS = 1_000
"""That a text is split into."""

PART = 20
"""What each of them costs, in characters."""

_NO_DIGITS = re.compile(r"[^0-9]+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ESCAPES = {r"\n": "\n", r"\t": "\t", r"\s": " "}


def simply(change: Callable[[str], str]) -> Callable[[Options, Context], Step]:
    """A step without options."""
    return lambda _options, _context: each(lambda text, _: change(text))


def collapse_spaces(text: str) -> str:
    return " ".join(text.split())


def digits(text: str) -> str:
    return _NO_DIGITS.sub("", text)


def title_case(text: str) -> str:
    """`mary-ann O'NEIL, don't` becomes `Mary-Ann O'Neil, Don't`."""
    spend(4 * len(text))
    return _WORD.sub(_capitalised, text)


def _capitalised(word: re.Match[str]) -> str:
    text = word[0].lower()
    if len(text) > 2 and text[1] in "'’":
        return text[0].upper() + text[1] + text[2:].capitalize()
    return text[0].upper() + text[1:]


def substring(options: Options, context: Context) -> Step:
    start, end = int(options["start"]), options["end"]
    first = start - 1 if start > 0 else start
    # The last one is included; -1 is the very last.
    after = None if end is None or end == -1 else int(end) if end > 0 else int(end) + 1
    return each(lambda text, _: text[first:after])


def truncate(options: Options, context: Context) -> Step:
    length = int(options["length"])
    return each(lambda text, _: text[:length])


def prefix(options: Options, context: Context) -> Step:
    before = options["text"]
    return each(lambda text, _: before + text)


def suffix(options: Options, context: Context) -> Step:
    after = options["text"]
    return each(lambda text, _: text + after)


# --- Patterns


def replace(options: Options, context: Context) -> Step:
    wanted, replacement = options["pattern"], options["replacement"] or ""
    if options["regexp"]:
        pattern = compile_pattern(wanted, ignore_case=options["ignore_case"])
        return each(unless_slow(lambda text: pattern.sub(replacement, text), lambda text: text))
    grows = len(replacement) - len(wanted)
    literal = re.compile(re.escape(wanted), re.IGNORECASE if options["ignore_case"] else 0)

    def change(text: str, scope: Scope) -> str:
        if grows > 0 and len(text) + grows * len(literal.findall(text)) > MAX_RESULT:
            raise too_long("Replacing")
        return (
            literal.sub(lambda _: replacement, text)
            if options["ignore_case"]
            else text.replace(wanted, replacement)
        )

    return each(change)


def extract(options: Options, context: Context) -> Step:
    pattern = compile_pattern(options["pattern"], ignore_case=options["ignore_case"])
    between = separator(options)
    return each(unless_slow(lambda text: between.join(pattern.findall(text)), lambda _: ""))


def unless_slow(change: Callable[[str], str], otherwise: Callable[[str], str]) -> OfText:
    """A pattern that takes too long counts as not matching, and is not tried again for this lead."""

    def of_text(text: str, scope: Scope) -> str:
        if change in scope.slow:
            return otherwise(text)
        try:
            return change(text)
        except PatternTooSlow as error:
            scope.slow |= {change}
            scope.note(error.sentence)
            return otherwise(text)

    return of_text


# --- Lists


def split(options: Options, context: Context) -> Step:
    between, part = separator(options), options["part"]
    if part is not None:
        return each(lambda text, _: _part(text, between, int(part)))

    def step(value: object, scope: Scope) -> object:
        if isinstance(value, list):
            return [part for item in value for part in _listed(step(item, scope))]
        return value if is_blank(value) else parts(as_text(value), scope)

    def parts(text: str, scope: Scope) -> list[str]:
        if text.count(between) >= MAX_PARTS:
            raise TooLong(f"This would be split into more than {MAX_PARTS:,} parts.")
        spend(len(text) + PART * text.count(between))
        return [part.strip() for part in text.split(between)]

    return step


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _part(text: str, between: str, part: int) -> str:
    parts = text.split(between, part) if part > 0 else text.rsplit(between, -part)
    place = part - 1 if part > 0 else part
    return parts[place].strip() if -len(parts) <= place < len(parts) else ""


def join(options: Options, context: Context) -> Step:
    between = separator(options)

    def step(value: object, scope: Scope) -> object:
        if not isinstance(value, list):
            return value
        spend(ITEM * len(value))
        texts = [as_text(item) for item in value if not is_blank(item)]
        if sum(map(len, texts)) + len(between) * len(texts) > MAX_RESULT:
            raise too_long("Joining")
        return between.join(texts)

    return step


def separator(options: Options) -> str:
    """What stands between parts. White space, which a form would lose, may be written as `\\s`, `\\n` and `\\t`."""
    text: str = options["separator"] or ""
    for written, meant in _ESCAPES.items():
        text = text.replace(written, meant)
    return text


# --- Others


def hash_of(options: Options, context: Context) -> Step:
    algorithm, salt, encoding = options["algorithm"], options["salt"] or "", options["encoding"]

    def of_text(text: str, scope: Scope) -> str:
        try:
            return hashing.digest(algorithm, [text], salt=salt, encoding=encoding)
        except hashing.TooLongToHash as error:
            raise TooLong(error.sentence) from error

    return each(of_text)


def first_nonblank(options: Options, context: Context) -> Step:
    template, form = compile_template(options["template"]), context.form

    def step(value: object, scope: Scope) -> object:
        if is_blank(value):
            return template.render(scope.variables, notes=scope.notes, form=form)
        return value

    return step


def too_long(doing: str) -> TooLong:
    return TooLong(f"{doing} would make a text of more than {MAX_RESULT:,} characters.")
