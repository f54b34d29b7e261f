"""Rows of a field mapping, and the sample lead that shows what they do."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict

from destinations.forms.fields import Text
from destinations.forms.specs import posted_count
from destinations.mapping import MappingRow
from destinations.mapping.rows import MAX_ROWS
from destinations.wizard.completeness import RowProblem
from leadconduit.leads.values import clean

SAMPLE: dict[str, Any] = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "ada@example.com",
    "phone_1": "(512) 555-0134",
    "address_1": "12 Harbor Street",
    "city": "Austin",
    "state": "TX",
    "postal_code": "78701",
    "country": "US",
    "company": {"name": "Analytical Engines"},
    "comments": "Please call me in the afternoon.",
}

MOST_SAMPLE = 50_000
"""Characters."""


def name_of(action: str) -> str:
    """How an action's rows are named on the page. No id there may begin with a digit: selectors could not name it."""
    return f"rows-{action}"


class RowForm(forms.Form):
    """One row: the receiver's field, a template for its value, a default."""

    use_required_attribute = False

    target = Text(
        label="target",
        widget=forms.TextInput(
            attrs={"class": "mono", "placeholder": "email", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    template = Text(
        label="template",
        strip=False,
        widget=forms.TextInput(
            attrs={
                "class": "mono",
                "list": "lead-variables",
                "placeholder": "{{lead.email}}",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )
    default = Text(label="default", strip=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def row(self) -> MappingRow:
        self.full_clean()
        return MappingRow(**self.cleaned_data)

    def show(self, problems: Sequence[tuple[str, str]]) -> None:
        self._errors = ErrorDict(renderer=self.renderer)
        for name, sentence in problems:
            self._errors[name] = self.error_class([sentence], renderer=self.renderer)


def posted_rows(action: str, data: QueryDict) -> list[MappingRow]:
    """An action's rows as they were posted, blank ones included, without the one to be removed."""
    count = posted_count(data, name_of(action), most=MAX_ROWS + 1)
    removed = data.get(f"remove-{action}")
    return [
        RowForm(data, prefix=f"{name_of(action)}-{number}").row()
        for number in range(count)
        if removed != str(number + 1)
    ]


def read_rows(action: str, data: QueryDict) -> list[MappingRow]:
    """The same without rows that nobody filled in."""
    return [
        row for row in posted_rows(action, data) if row.target or row.template.strip() or row.default.strip()
    ]


def row_forms(
    action: str, rows: Sequence[MappingRow], *, blank: int, problems: Sequence[RowProblem] = ()
) -> list[RowForm]:
    """Forms that show an action's rows, and some blank ones below; the first of those takes the focus."""
    forms_of = [
        RowForm(
            initial={"target": row.target, "template": row.template, "default": row.default},
            prefix=f"{name_of(action)}-{number}",
        )
        for number, row in enumerate([*rows, *[MappingRow("")] * blank])
    ]
    for number, form in enumerate(forms_of):
        form.show([(name, sentence) for row, name, sentence in problems if row == number])
    return forms_of


class SampleForm(forms.Form):
    """A lead to try things with, as JSON."""

    sample = forms.CharField(
        label="Sample lead",
        help_text="Its fields as JSON. Change it to try other values; no real lead is touched.",
        max_length=MOST_SAMPLE,
        widget=forms.Textarea(attrs={"class": "mono", "rows": 12, "spellcheck": "false"}),
    )

    def clean_sample(self) -> dict[str, Any]:
        try:
            lead = json.loads(self.cleaned_data["sample"])
        except (ValueError, RecursionError) as error:
            at = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
            raise forms.ValidationError(f"This is not JSON{at}. It must be an object in braces.") from error
        if not isinstance(lead, dict):
            raise forms.ValidationError("A lead is a JSON object: names and values in braces.")
        cleaned, _ = clean(lead)
        return cleaned if isinstance(cleaned, dict) else {}


def sample_text(lead: Any = None) -> str:
    return json.dumps(SAMPLE if lead is None else lead, indent=2, ensure_ascii=False)
