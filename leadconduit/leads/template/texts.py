"""The functions of texts: lowercase, uppercase, substring, replace, extract."""

from collections.abc import Callable, Mapping

from leadconduit.leads.bounds import MAX_RESULT, TooLong, do_without, joined
from leadconduit.leads.patterns import PatternTooSlow
from leadconduit.leads.template.calls import (
    Argument,
    Call,
    Evaluate,
    Notes,
    TemplateFunction,
    note,
    text_of,
    written_out,
)
from leadconduit.leads.values import Form, as_text

Variables = Mapping[str, object]


def _lowercase(call: Call) -> Evaluate:
    return _changed(call.values[0], str.lower)


def _uppercase(call: Call) -> Evaluate:
    return _changed(call.values[0], str.upper)


def _changed(value: Argument, change: Callable[[str], str]) -> Evaluate:
    of = value.evaluate

    def evaluate(variables: Variables, notes: Notes, form: Form) -> str:
        text = text_of(of(variables, notes, form))
        changed = change(text)
        if len(changed) > MAX_RESULT and len(changed) > len(text):  # `ß` is two letters in upper case
            raise TooLong
        return changed

    return evaluate


def _substring(call: Call) -> Evaluate:
    """From the character `start` to the character `end`, both counted from 1 and both included."""
    for option in call.options.values():
        if option.is_literal and _position(option.evaluate({}, None, "normal")) is None:
            raise option.wrong(f"`{option.source}` is no position in a text: they count from 1.")
    of, start, end = call.values[0].evaluate, call.options["start"], call.options.get("end")

    def position(argument: Argument, variables: Variables, notes: Notes, form: Form) -> int | None:
        found = _position(argument.evaluate(variables, notes, form))
        if found is None:
            note(
                notes,
                f"`substring` found no position, counted from 1, in `{argument.source}`: the text stays whole.",
            )
        return found

    def evaluate(variables: Variables, notes: Notes, form: Form) -> str:
        text = text_of(of(variables, notes, form))
        first = position(start, variables, notes, form)
        last = len(text) if end is None else position(end, variables, notes, form)
        return text if first is None or last is None else text[first - 1 : last]

    return evaluate


def _position(value: object) -> int | None:
    text = as_text(value).strip()
    return int(text) if len(text) < 10 and text.isascii() and text.isdecimal() and int(text) else None


def _replace(call: Call) -> Evaluate:
    pattern, replacement = call.options["pattern"], call.options["replace"]
    wanted = written_out(pattern, "The option `pattern`")
    if not wanted:
        raise pattern.wrong("The option `pattern` is empty: there is nothing to replace.")
    inside = _inside_regexp(wanted)
    if inside is None:
        return _replace_text(call.values[0], wanted, replacement)
    return _replace_pattern(call, inside, replacement)


def _replace_text(value: Argument, wanted: str, replacement: Argument) -> Evaluate:
    of, by = value.evaluate, replacement.evaluate

    def evaluate(variables: Variables, notes: Notes, form: Form) -> str:
        text, new = text_of(of(variables, notes, form)), text_of(by(variables, notes, form))
        grown = text.count(wanted) * (len(new) - len(wanted))
        if grown > 0 and len(text) + grown > MAX_RESULT:
            raise TooLong
        return text.replace(wanted, new)

    return evaluate


def _replace_pattern(call: Call, wanted: str, replacement: Argument) -> Evaluate:
    of, by = call.values[0].evaluate, replacement.evaluate
    pattern = call.compile_pattern(wanted, call.options["pattern"], len(_REGEXP))
    # Only what the template itself says refers to groups: a lead's `$1` is an amount.
    verbatim = not replacement.is_literal

    def evaluate(variables: Variables, notes: Notes, form: Form) -> str:
        text = text_of(of(variables, notes, form))
        try:
            return pattern.sub(text_of(by(variables, notes, form)), text, verbatim=verbatim)
        except PatternTooSlow as error:
            do_without(error.cause)
            note(notes, error.sentence)
            return text

    return evaluate


def _extract(call: Call) -> Evaluate:
    """Everything that the pattern matches, with a space between."""
    of, written = call.values[0].evaluate, call.options["pattern"]
    whole = written_out(written, "The option `pattern`")
    inside = _inside_regexp(whole)
    pattern = call.compile_pattern(
        whole if inside is None else inside, written, 0 if inside is None else len(_REGEXP)
    )

    def evaluate(variables: Variables, notes: Notes, form: Form) -> str:
        try:
            found = pattern.findall(text_of(of(variables, notes, form)))
        except PatternTooSlow as error:
            do_without(error.cause)
            note(notes, error.sentence)
            return ""
        return joined(
            piece for index, match in enumerate(found) for piece in ((" ", match) if index else (match,))
        )

    return evaluate


_REGEXP = "regexp("


def _inside_regexp(text: str) -> str | None:
    return text[len(_REGEXP) : -1] if text.startswith(_REGEXP) and text.endswith(")") else None


TEXT_FUNCTIONS = {
    "lowercase": TemplateFunction("{{lowercase lead.email}}", _lowercase, {}),
    "uppercase": TemplateFunction("{{uppercase lead.state}}", _uppercase, {}),
    "substring": TemplateFunction(
        "{{substring lead.first_name start=2 end=4}}", _substring, {"start": True, "end": False}
    ),
    "replace": TemplateFunction(
        '{{replace lead.city pattern="St." replace="Saint"}}', _replace, {"pattern": True, "replace": True}
    ),
    "extract": TemplateFunction('{{extract lead.comments pattern="\\\\d+"}}', _extract, {"pattern": True}),
}
