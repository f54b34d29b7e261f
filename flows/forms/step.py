"""A filter step and its rules: one level of and/or."""

from typing import Any

from django import forms

from leadconduit.forms import ChoiceCards
from leadconduit.leads.rules import BINARY, OPERATORS

MOST_RULES = 50


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
        max_length=500,
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("op") in BINARY and not cleaned.get("rhv"):
            self.add_error("rhv", "Say what to compare with. For a blank, use “is blank”.")
        return cleaned

    def rule(self) -> dict[str, Any]:
        """As the REST API has it."""
        cleaned = self.cleaned_data
        right = {"rhv": cleaned["rhv"]} if cleaned["op"] in BINARY else {}
        return {"lhv": cleaned["lhv"], "op": cleaned["op"], **right}


RuleFormSet = forms.formset_factory(
    RuleForm, extra=0, min_num=1, max_num=MOST_RULES, validate_min=True, absolute_max=60
)
