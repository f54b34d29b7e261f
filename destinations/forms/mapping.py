"""The rows of a field mapping as a page posts and shows them, whatever somebody wrote into them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple, cast

from django import forms
from django.http import QueryDict

from destinations.fields import Choice, FieldSpec
from destinations.forms.fields import Flag, Text
from destinations.forms.specs import SpecForm
from destinations.mapping import TRANSFORMATIONS, MappingRow
from destinations.mapping.rows import MAX_ROWS, SENDS, Sends
from destinations.mapping.transformations import MAX_TRANSFORMATIONS
from destinations.wizard.completeness import RowProblem
from leadconduit.forms import ChoiceCards, DraftForm
from leadconduit.leads.names import Names
from leadconduit.leads.rules import in_words
from leadconduit.leads.standard_fields import STANDARD_FIELDS
from leadconduit.leads.values import as_text
from leadconduit.rule_form import RuleBuilder, posted_rule_set, read_rule_set

FORMS_OF_VALUES = (
    ("normal", "In its normal form where it is valid, else as it was submitted"),
    ("raw", "Always as it was submitted"),
    ("valid", "Only when it is valid"),
)

# What rules may name where nobody says which account it is: the fields that every one has.
_NAMES = Names({field.id: field.type for field in STANDARD_FIELDS.values()}, are_all=False)


def name_of(action: str) -> str:
    """How an action's rows are named on the page. No id there may begin with a digit: selectors could not name it."""
    return f"rows-{action}"


def removed_of(action: str) -> str:
    """The prefix of the row that was removed last."""
    return f"removed-{action}"


# --- Reading


def posted_rows(action: str, data: QueryDict) -> dict[str, MappingRow]:
    """An action's rows by the prefix of each, blank ones included, in the order in which they stood on the page."""
    name = name_of(action)
    prefixes = [f"{name}-{number}" for number in _numbers(data, name, most=MAX_ROWS + 1)]
    return {prefix: _row(prefix, data) for prefix in prefixes}


def removed_row(action: str, data: QueryDict) -> MappingRow:
    """The row that the page could still bring back."""
    return _row(removed_of(action), data)


def open_rows(action: str, data: QueryDict) -> list[str]:
    """The prefixes of the rows whose options stood open."""
    return _marked(action, data, "open")


def fresh_rows(action: str, data: QueryDict) -> list[str]:
    """The prefixes of the rows that somebody has only begun."""
    return _marked(action, data, "fresh")


def _marked(action: str, data: QueryDict, mark: str) -> list[str]:
    name = name_of(action)
    prefixes = [f"{name}-{number}" for number in _numbers(data, name, most=MAX_ROWS + 1)]
    return [prefix for prefix in prefixes if data.get(f"{prefix}-{mark}")]


def is_blank_row(row: MappingRow) -> bool:
    """Nobody has filled it in yet."""
    texts = (row.target, row.template, row.default)
    return not any(text.strip() for text in texts) and not row.transformations and not row.rule_set


def _numbers(data: QueryDict, name: str, *, most: int) -> list[str]:
    """Each part of a list writes its number under the list's name, so that the page's order is theirs."""
    numbers = (number for number in data.getlist(name) if number.isdecimal() and len(number) < 6)
    return list(dict.fromkeys(numbers))[:most]


def _row(prefix: str, data: QueryDict) -> MappingRow:
    form = RowForm(data, prefix=prefix)
    form.full_clean()
    return MappingRow(
        **form.cleaned_data,
        transformations=_transformations(prefix, data),
        rule_set=read_rule_set(data, f"{prefix}-rules"),
    )


def _transformations(prefix: str, data: QueryDict) -> tuple[Mapping[str, Any], ...]:
    numbers = _numbers(data, f"{prefix}-t", most=MAX_TRANSFORMATIONS + 1)
    return tuple(_transformation(f"{prefix}-t{number}", data) for number in numbers)


def _transformation(prefix: str, data: QueryDict) -> Mapping[str, Any]:
    use = str(Text().clean(data.get(f"{prefix}-use")))
    known = TRANSFORMATIONS.get(use)
    if known is None:
        return {"use": use}
    asked = [spec for spec in known.options if spec.kind == "boolean" or f"{prefix}-{spec.key}" in data]
    values = OptionsForm(asked, data=data, prefix=prefix).read()
    return {"use": use} | {spec.key: values[spec.key] for spec in asked if _is_set(spec, values[spec.key])}


def _is_set(spec: FieldSpec, value: object) -> bool:
    """What was left as it is by default is not written down."""
    return value != spec.default and not (value in ("", False) and spec.default is None)


# --- Showing


class RowForm(DraftForm):
    """The texts and choices of one row. Its template shows `target` and `template` itself, as there are many rows."""

    target = Text(label="target")
    template = Text(label="template", strip=False)
    default = Text(
        label="Default",
        help_text="Sent when the value comes to nothing.",
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    literal = Flag(label="Plain text: braces are no variables", required=False)
    sends = forms.CharField(
        label="How a typed value is sent",
        help_text="Such as a telephone number or a date.",
        widget=forms.Select(choices=FORMS_OF_VALUES),
    )

    def clean_sends(self) -> Sends:
        sends = self.cleaned_data["sends"]
        return cast(Sends, sends) if sends in SENDS else "normal"

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        self.cleaned_data.setdefault("sends", "normal")


class OptionsForm(SpecForm):
    """The options of a transformation. White space counts: a separator may be a space."""

    def __init__(self, specs: Sequence[FieldSpec], **options: Any) -> None:
        super().__init__(specs, **options)
        for field in self.fields.values():
            if type(field) is Text:
                field.strip = False
            if isinstance(field.widget, ChoiceCards):
                # There is no room for cards in the middle of a row.
                field.widget = forms.Select(choices=field.widget.choices)


class TransformationForm(OptionsForm):
    """One step of a row's chain: what it does, and its options."""

    def __init__(
        self, transformation: Mapping[str, Any], number: int, of: str, tables: Sequence[str]
    ) -> None:
        known = TRANSFORMATIONS.get(transformation["use"])
        self.use = transformation["use"]
        self.label = known.label if known else f"Unknown: {self.use}"
        self.help = known.help if known else ""
        self.number = number
        self.problem = ""
        specs = [_with_tables(spec, tables) for spec in known.options] if known else []
        super().__init__(specs, values=transformation, prefix=f"{of}-t{number}")
        self.ids = _ids(self.prefix, "up", "down", "drop")


def _with_tables(spec: FieldSpec, tables: Sequence[str]) -> FieldSpec:
    if spec.key != "table":
        return spec
    choices = [Choice(name, name) for name in tables]
    return replace(spec, kind="choice", choices=(Choice("", "Choose a table"), *choices))


class Mistake(NamedTuple):
    """What is wrong at a row: the label and the id of the input that it is about, and a sentence."""

    label: str
    at: str
    sentence: str


class ShownRow:
    """A row with all that stands at it: its transformations, its rules, what is wrong.

    `problems` are pairs of a field and a sentence; `transformations.0.pattern` and `rule_set.rules.0.rhv` are fields
    as well. While a row is fresh, what nobody has filled in yet is no mistake. `names` is what its rules may name.
    """

    def __init__(
        self,
        row: MappingRow,
        prefix: str,
        *,
        problems: Sequence[tuple[str, str]] = (),
        tables: Sequence[str] = (),
        names: Names = _NAMES,
        is_fresh: bool = False,
        is_open: bool = False,
        focus: str = "",
    ) -> None:
        self.row = row
        self.prefix = prefix
        self.number = int(prefix.rsplit("-", 1)[-1])
        self.problems = [
            problem for problem in problems if not (is_fresh and _is_unfinished(row, problem[0]))
        ]
        self.is_fresh = is_fresh
        self.tables = tables
        self.names = names
        self.focus = focus
        self.is_open = is_open or any(field not in ("target", "template") for field, _ in self.problems)
        self.ids = _ids(prefix, "up", "down", "remove", "add_step", "options") | {
            name: f"id_{prefix}-{name}" for name in ("target", "template")
        }

    @cached_property
    def errors(self) -> Mapping[str, list[str]]:
        """The sentences beside the target and the template."""
        places = [
            field if field == "target" or self._is_option(field) else "template" for field, _ in self.problems
        ]
        return {
            name: [said for place, (_, said) in zip(places, self.problems, strict=True) if place == name]
            for name in ("target", "template")
        }

    def _is_option(self, field: str) -> bool:
        first, *rest = field.split(".")
        match first:
            case "transformations":
                return bool(rest) and int(rest[0]) < len(self.row.transformations)
            case "rule_set":
                return self.row.rule_set is not None
        return first in ("default", "literal", "sends")

    @cached_property
    def form(self) -> RowForm:
        """For the options among the row's fields."""
        names = ("target", "template", "default", "literal", "sends")
        form = RowForm(initial={name: getattr(self.row, name) for name in names}, prefix=self.prefix)
        form.put((field, sentence) for field, sentence in self.problems if field in ("default", "sends"))
        return form

    @cached_property
    def steps(self) -> list[TransformationForm]:
        steps = [
            TransformationForm(transformation, number, self.prefix, self.tables)
            for number, transformation in enumerate(self.row.transformations)
        ]
        for number, step in enumerate(steps):
            at = f"transformations.{number}"
            found = {
                field.removeprefix(at).removeprefix("."): sentence
                for field, sentence in reversed(self.problems)
                if field == at or field.startswith(f"{at}.")
            }
            step.show(found)
            step.problem = next((found[key] for key in found if key not in step.fields), "")
        return steps

    @cached_property
    def rules(self) -> RuleBuilder:
        rules = RuleBuilder(
            self.row.rule_set,
            names=self.names,
            prefix=f"{self.prefix}-rules",
            required=False,
            button="change",
            of=f"{self.prefix} ",
            add="Send it only when …",
        )
        rules.focus_on(self.focus)
        if any(field.startswith("rule_set") for field, _ in self.problems):
            rules.is_valid()
        if self.is_fresh:
            rules.forgive_blanks()
        return rules

    @property
    def ways(self) -> list[str]:
        """What is done to the value, in a word each."""
        found = [TRANSFORMATIONS.get(step["use"]) for step in self.row.transformations]
        return [step.label for step in found if step]

    @property
    def condition(self) -> str:
        """The row's rules, for reading."""
        return in_words(self.row.rule_set) if self.row.rule_set else ""

    @property
    def is_plain(self) -> bool:
        """Is there nothing in its options?"""
        return replace(self.row, target="", template="") == MappingRow("")

    @property
    def folded(self) -> list[tuple[str, str]]:
        """What its options hold, as their fields would post it, for as long as they are not shown."""
        return list(_posted_options(self.row, self.prefix))

    def mistakes(self) -> Iterator[Mistake]:
        for name in ("target", "template"):
            for sentence in self.errors[name]:
                yield Mistake(name, self.ids[name], sentence)
        if any(self._is_option(field) for field, _ in self.problems):
            yield from self._of_options()

    def _of_options(self) -> Iterator[Mistake]:
        yield from _mistakes_of(self.form)
        for step in self.steps:
            if step.problem:
                yield Mistake(step.label, f"{step.prefix}-drop", step.problem)
            for mistake in _mistakes_of(step):
                yield mistake._replace(label=f"{step.label}, {mistake.label}")
        for words, at in self.rules.mistakes():
            label, _, sentence = words.partition(": ")
            yield Mistake(f"condition, {label}", at, sentence)


def _mistakes_of(form: forms.BaseForm) -> Iterator[Mistake]:
    for field in form.visible_fields():
        for sentence in field.errors:
            yield Mistake(str(field.label), field.id_for_label, str(sentence))


def _is_unfinished(row: MappingRow, field: str) -> bool:
    """Is nothing there yet, rather than something wrong?"""
    match field.split("."):
        case ["target"]:
            return not row.target.strip()
        case ["template"]:
            return not row.template.strip()
        case ["transformations", place, option]:
            return row.transformations[int(place)].get(option) in (None, "")
    return False


def posted_row(row: MappingRow, prefix: str) -> Iterator[tuple[str, str]]:
    """The names and values by which the whole row is read again."""
    yield f"{prefix}-target", row.target
    yield f"{prefix}-template", row.template
    yield from _posted_options(row, prefix)


def _posted_options(row: MappingRow, prefix: str) -> Iterator[tuple[str, str]]:
    if row.default:
        yield f"{prefix}-default", row.default
    if row.literal:
        yield f"{prefix}-literal", "on"
    if row.sends != "normal":
        yield f"{prefix}-sends", row.sends
    for number, step in enumerate(row.transformations):
        yield f"{prefix}-t", str(number)
        for key, value in step.items():
            if value is not False:
                yield f"{prefix}-t{number}-{key}", "on" if value is True else as_text(value)
    if row.rule_set:
        yield from posted_rule_set(row.rule_set, f"{prefix}-rules")


def _ids(prefix: str | None, *names: str) -> dict[str, str]:
    """The ids of the buttons, which say by theirs whether they take the cursor."""
    return {name: f"{prefix}-{name.replace('_', '-')}" for name in names}


def shown_rows(
    action: str,
    rows: Sequence[MappingRow],
    *,
    problems: Sequence[RowProblem] = (),
    tables: Sequence[str] = (),
    names: Names = _NAMES,
    opened: Collection[int] = (),
    fresh: Collection[int] = (),
    focus: str = "",
) -> list[ShownRow]:
    """An action's rows. `opened`: those whose options stand open; `fresh`: those that somebody has begun and not
    wanted to leave yet; `focus`: the id of the field that takes the cursor."""
    name = name_of(action)
    by_row: dict[int, list[tuple[str, str]]] = {}
    for index, field, sentence in problems:
        by_row.setdefault(index, []).append((field, sentence))
    return [
        ShownRow(
            row,
            f"{name}-{number}",
            problems=by_row.get(number, ()),
            tables=tables,
            names=names,
            is_fresh=number in fresh,
            is_open=number in opened,
            focus=focus,
        )
        for number, row in enumerate(rows)
    ]
