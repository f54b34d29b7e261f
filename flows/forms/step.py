"""A filter step and its rules: one level of and/or."""

from collections.abc import Mapping
from typing import Any

from django import forms

from leadconduit.forms import ChoiceCards
from leadconduit.leads.rules import MAX_RULES
from leadconduit.rule_form import RuleForm


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


RuleFormSet = forms.formset_factory(
    RuleForm, extra=0, min_num=1, max_num=MAX_RULES, validate_min=True, absolute_max=MAX_RULES + 10
)


def with_a_row_changed(posted: Mapping[str, Any]) -> Any:
    """The rules as they were typed, with a row more (`add`), or without one (`drop`: its number)."""
    typed = RuleFormSet(posted, prefix="rules")
    rows = [{name: form[name].value() for name in ("lhv", "op", "rhv", "was")} for form in typed.forms]
    if "add" in posted:
        rows.append({"lhv": "lead.", "op": "is equal to"})
    elif len(rows) > 1:
        rows = [row for number, row in enumerate(rows, start=1) if str(number) != posted["drop"]]
    return RuleFormSet(initial=rows, prefix="rules")
