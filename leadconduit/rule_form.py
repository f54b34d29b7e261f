"""A rule as a row of a form. Filters of flows and rows of mappings show it."""

from typing import Any

from django import forms

from leadconduit.forms import DraftForm
from leadconduit.leads.rules import BINARY, OPERATORS
from leadconduit.leads.values import as_text, clean


def in_words(value: object) -> str:
    """A rule's right-hand value as the text box shows it."""
    return ", ".join(map(as_text, value)) if isinstance(value, list) else as_text(value)


def shown(rule: dict[str, Any]) -> dict[str, Any]:
    """What a RuleForm shows a rule with."""
    return rule | {"rhv": in_words(rule.get("rhv", "")), "was": rule}


class RuleForm(DraftForm):
    lhv = forms.CharField(
        label="Variable",
        widget=forms.TextInput(
            attrs={"class": "mono", "list": "variables", "placeholder": "lead.state", "autocomplete": "off"}
        ),
    )
    op = forms.ChoiceField(label="Operator", choices=[(operator, operator) for operator in OPERATORS])
    rhv = forms.CharField(
        label="Value", required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    # What the page cannot show as it is: the rule's id, and a list or a number where the text box has words.
    was = forms.JSONField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("op") in BINARY and not cleaned.get("rhv"):
            self.add_error("rhv", "Say what to compare with. For a blank, use “is blank”.")
        return cleaned

    def rule(self) -> dict[str, Any]:
        """As the REST API has it, valid or not; what was not touched stays as it was."""
        self.errors  # noqa: B018  # reads what was posted
        lhv, op, rhv = (str(clean(self[name].value() or "")[0]).strip() for name in ("lhv", "op", "rhv"))
        kept = self.cleaned_data.get("was")
        was: dict[str, Any] = kept if isinstance(kept, dict) else {}
        untouched = "rhv" in was and in_words(was["rhv"]) == rhv
        right = {"rhv": was["rhv"] if untouched else rhv} if op in BINARY else {}
        return {"id": was.get("id"), "lhv": lhv, "op": op, **right}
