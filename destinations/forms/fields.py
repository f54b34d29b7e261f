"""Form fields that take whatever was typed. A draft keeps it; the declaration says what is wrong with it."""

import math
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from destinations.fields import MAX_PAIRS, FieldSpec
from destinations.forms.live_choices import LiveChoicesInput, LiveField
from destinations.forms.target_fields import TargetFields, TargetFieldsInput
from leadconduit.forms import ChoiceCards, SecretInput
from leadconduit.leads.values import clean

# Up to this many choices are seen at a glance.
MOST_CARDS = 4


class Text(forms.CharField):
    """Any text, made storable."""

    def clean(self, value: Any) -> str:
        text = str(clean(value or "")[0])
        return text.strip() if self.strip else text


class Number(Text):
    """A number, or the text that is none."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            number = int(text) if text.lstrip("-").isdecimal() else float(text) if _is_plain(text) else text
        except ValueError:
            return text
        return text if number in (math.inf, -math.inf) else number


def _is_plain(text: str) -> bool:
    # Python also reads "nan", "inf" and "1e999", which are no settings.
    return set(text) <= set("-.0123456789")


class Flag(forms.BooleanField):
    def clean(self, value: Any) -> bool:
        return bool(value)


class Pairs(forms.Field):
    """A list of [name, value]; rows without either are left out."""

    def clean(self, value: Any) -> list[list[str]]:
        pairs = [[str(clean(part)[0]) for part in pair] for pair in value or ()][:MAX_PAIRS]
        return [[name.strip(), text] for name, text in pairs if name.strip() or text]


class PairsInput(forms.Widget):
    """Rows of a name and a value. `secret`: values are never shown; a row that is stored keeps its own when left empty."""

    template_name = "destinations/forms/pairs.html"
    use_fieldset = True

    def __init__(self, *, secret: bool = False, more: int = 1) -> None:
        super().__init__()
        self.secret = secret
        self.more = more

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[tuple[str, str]]:
        if not isinstance(data, MultiValueDict):
            return []
        names, values = data.getlist(f"{name}-name"), data.getlist(f"{name}-value")
        dropped = data.get("drop")
        return [
            pair for row, pair in enumerate(zip(names, values, strict=False)) if f"{name}-{row}" != dropped
        ]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        pairs = [(*pair, True) for pair in value or ()]
        blank = [("", "", False)] * max(self.more, 0 if pairs else 1)
        invalid = "aria-invalid" in context["widget"]["attrs"]
        context["widget"] |= {"rows": [*pairs, *blank], "secret": self.secret, "invalid": invalid}
        return context

    def id_for_label(self, id_: str) -> str:
        return ""


def field_for(
    spec: FieldSpec,
    *,
    stored: bool = False,
    more: int = 0,
    asked: QueryDict | None = None,
    live: LiveField | None = None,
) -> forms.Field:
    """The form field of a declared one.

    `stored`: its secret is kept; `more`: blank rows; `asked`: what was posted; `live`: what is known of live choices.
    """
    shared: dict[str, Any] = {"label": spec.label, "help_text": spec.help, "required": spec.required}
    match spec.kind:
        case "secret":
            return Text(**shared, strip=False, widget=SecretInput(stored=stored))
        case "number":
            attrs = {"inputmode": "decimal", "class": "short", "autocomplete": "off"}
            return Number(**shared, widget=forms.TextInput(attrs=attrs))
        case "boolean":
            return Flag(**shared)
        case "choice" if spec.live_choices:
            return Text(**shared, widget=LiveChoicesInput(spec, live))
        case "choice":
            return Text(**shared, widget=_choices(spec))
        case "pairs" | "secret_pairs":
            return Pairs(**shared, widget=PairsInput(secret=spec.is_secret, more=more))
        case "target_fields":
            return TargetFields(**shared, widget=TargetFieldsInput(more=more, asked=asked))
    attrs = {"placeholder": spec.placeholder, "autocomplete": "off"}
    if spec.kind == "url":
        attrs |= {"inputmode": "url", "spellcheck": "false"}
    return Text(**shared, widget=forms.TextInput(attrs={key: value for key, value in attrs.items() if value}))


def _choices(spec: FieldSpec) -> forms.Widget:
    choices = [(choice.value, choice.label) for choice in spec.choices]
    if len(choices) > MOST_CARDS:
        return forms.Select(choices=choices)
    cards = ChoiceCards(descriptions={choice.value: choice.help for choice in spec.choices})
    cards.choices = choices
    return cards
