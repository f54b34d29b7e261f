"""A filter step and its rules: one level of and/or."""

from typing import Any

from django import forms

from leadconduit.forms import ChoiceCards
from leadconduit.leads.rules import BINARY, MAX_RULES, OPERATORS
from leadconduit.leads.values import as_text


def in_words(value: object) -> str:
    """A rule's right-hand value as the text box shows it."""
    return ", ".join(map(as_text, value)) if isinstance(value, list) else as_text(value)


class StepForm(forms.Form):
    description = forms.CharField(
        label="What it filters out", max_length=120, help_text="Such as “Leads from outside of Texas”."
    )
    op = forms.ChoiceField(
        label="Stops the lead when",
        choices=[("and", "All of these rules match"), ("or", "Any of these rules matches")],
        initial="and",
    )
    outcome = forms.ChoiceField(
        label="Answer to the source",
        choices=[("failure", "Failure"), ("error", "Error"), ("success", "Success")],
        widget=ChoiceCards(
            descriptions={
                "failure": "The lead was not wanted.",
                "error": "Something was wrong with the submission.",
                "success": "The source is not to know.",
            }
        ),
        initial="failure",
    )
    reason = forms.CharField(
        label="Reason given to the source",
        required=False,
        max_length=2000,
        help_text="Text, with {{lead.state}} and the like where values belong.",
    )
    enabled = forms.BooleanField(label="This step runs", required=False, initial=True)


class RuleForm(forms.Form):
    lhv = forms.CharField(
        label="Variable",
        widget=forms.TextInput(attrs={"class": "mono", "list": "variables", "placeholder": "lead.state"}),
    )
    op = forms.ChoiceField(label="Operator", choices=[(operator, operator) for operator in OPERATORS])
    rhv = forms.CharField(label="Value", required=False)
    # What the page cannot show as it is: the rule's id, and a list or a number where the text box has words.
    was = forms.JSONField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("op") in BINARY and not cleaned.get("rhv"):
            self.add_error("rhv", "Say what to compare with. For a blank, use “is blank”.")
        return cleaned

    def rule(self) -> dict[str, Any]:
        """As the REST API has it; what was not touched stays as it was."""
        cleaned = self.cleaned_data
        was: dict[str, Any] = cleaned["was"] if isinstance(cleaned.get("was"), dict) else {}
        untouched = "rhv" in was and in_words(was["rhv"]) == cleaned["rhv"]
        right = {"rhv": was["rhv"] if untouched else cleaned["rhv"]} if cleaned["op"] in BINARY else {}
        return {"id": was.get("id"), "lhv": cleaned["lhv"], "op": cleaned["op"], **right}


RuleFormSet = forms.formset_factory(
    RuleForm, extra=0, min_num=1, max_num=MAX_RULES, validate_min=True, absolute_max=MAX_RULES + 10
)
