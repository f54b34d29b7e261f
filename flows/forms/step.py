"""A filter step, beside its rules."""

from django import forms

from leadconduit.forms import ChoiceCards


class StepForm(forms.Form):
    description = forms.CharField(
        label="What it filters out", max_length=120, help_text="Such as “Leads from outside of Texas”."
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
