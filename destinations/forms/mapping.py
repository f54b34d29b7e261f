"""The rows of a field mapping as a page posts and shows them, whatever somebody wrote into them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

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
from leadconduit.rule_form import RuleBuilder, read_rule_set

FORMS_OF_VALUES = (
    ("normal", "In its normal form where it is valid, else as it was submitted"),
    ("raw", "Always as it was submitted"),
    ("valid", "Only when it is valid"),
)

# A mapping stands in no flow: its rules may name what any flow's leads have.
_NAMES = Names({field.id: field.type for field in STANDARD_FIELDS.values()}, are_all=False)

_CODE = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


def name_of(action: str) -> str:
    """How an action's rows are named on the page. No id there may begin with a digit: selectors could not name it."""
    return f"rows-{action}"


# --- Reading


def posted_rows(action: str, data: QueryDict) -> dict[str, MappingRow]:
    """An action's rows by the prefix of each, blank ones included, in the order in which they stood on the page."""
    name = name_of(action)
    prefixes = [f"{name}-{number}" for number in _numbers(data, name, most=MAX_ROWS + 1)]
    return {prefix: _row(prefix, data) for prefix in prefixes}


def open_rows(action: str, data: QueryDict) -> list[str]:
    """The prefixes of the rows whose options stood open."""
    name = name_of(action)
    prefixes = [f"{name}-{number}" for number in _numbers(data, name, most=MAX_ROWS + 1)]
    return [prefix for prefix in prefixes if data.get(f"{prefix}-open")]


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
    """The texts and choices of one row."""

    target = Text(
        label="target", widget=forms.TextInput(attrs=_CODE | {"class": "mono", "placeholder": "email"})
    )
    template = Text(
        label="template",
        strip=False,
        widget=forms.TextInput(
            attrs=_CODE
            | {
                "class": "mono",
                "list": "lead-variables",
                "placeholder": "{{lead.email}}",
                "data-template": "",
            }
        ),
    )
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


class ShownRow(RowForm):
    """A row with all that stands at it: its transformations, its rules, what is wrong.

    `problems` are pairs of a field and a sentence; `transformations.0.pattern` and `rule_set.rules.0.rhv` are fields
    as well.
    """

    def __init__(
        self,
        row: MappingRow,
        prefix: str,
        *,
        problems: Sequence[tuple[str, str]] = (),
        tables: Sequence[str] = (),
        is_open: bool = False,
        focus: str = "",
    ) -> None:
        names = ("target", "template", "default", "literal", "sends")
        super().__init__(initial={name: getattr(row, name) for name in names}, prefix=prefix)
        self.row = row
        self.number = int(prefix.rsplit("-", 1)[-1])
        self.steps = [
            TransformationForm(transformation, number, prefix, tables)
            for number, transformation in enumerate(row.transformations)
        ]
        self.rules = RuleBuilder(
            row.rule_set,
            names=_NAMES,
            prefix=f"{prefix}-rules",
            required=False,
            button="change",
            of=f"{prefix} ",
            add="Send it only when …",
        )
        self.has_mistakes = bool(problems)
        self._show(problems)
        self.is_open = is_open or any(field not in ("target", "template") for field, _ in problems)
        self.ids = _ids(prefix, "up", "down", "remove", "add_step")
        self.rules.focus_on(focus)
        for name, field in self.fields.items():
            if self[name].id_for_label == focus:
                field.widget.attrs["autofocus"] = True

    def _show(self, problems: Sequence[tuple[str, str]]) -> None:
        own: list[tuple[str, str]] = []
        of_steps: dict[int, dict[str, str]] = {}
        for field, sentence in problems:
            match field.split("."):
                case ["transformations", place, *option] if int(place) < len(self.steps):
                    of_steps.setdefault(int(place), {})[".".join(option)] = sentence
                case ["rule_set", *_] if self.row.rule_set:
                    self.rules.is_valid()
                case _:
                    own.append((field if field in self.fields else "template", sentence))
        self.put(own)
        for number, step in enumerate(self.steps):
            found = of_steps.get(number, {})
            step.show(found)
            step.problem = next((found[key] for key in found if key not in step.fields), "")

    @property
    def condition(self) -> str:
        """The row's rules, for reading."""
        return in_words(self.row.rule_set) if self.row.rule_set else ""


def _ids(prefix: str | None, *names: str) -> dict[str, str]:
    """The ids of the buttons, which say by theirs whether they take the cursor."""
    return {name: f"{prefix}-{name.replace('_', '-')}" for name in names}


def shown_rows(
    action: str,
    rows: Sequence[MappingRow],
    *,
    problems: Sequence[RowProblem] = (),
    tables: Sequence[str] = (),
    opened: Collection[int] = (),
    focus: str = "",
) -> list[ShownRow]:
    """An action's rows. `opened`: those whose options stand open; `focus`: the id of the field that takes the cursor."""
    name = name_of(action)
    return [
        ShownRow(
            row,
            f"{name}-{number}",
            problems=[(field, sentence) for index, field, sentence in problems if index == number],
            tables=tables,
            is_open=number in opened,
            focus=focus,
        )
        for number, row in enumerate(rows)
    ]
