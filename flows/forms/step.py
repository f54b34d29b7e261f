"""What a source is told of a lead that rules kept back, and a filter step; beside their rules."""

from django import forms

from leadconduit.forms import ChoiceCards


class NotesField(forms.CharField):
    """What the team keeps with a step, with its line breaks."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            max_length=2000,
            strip=False,
            help_text="For your team: no source and no recipient sees them.",
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def to_python(self, value: object) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class AnswerForm(forms.Form):
    """How the source is answered."""

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


class StepForm(AnswerForm):
    description = forms.CharField(
        label="What it filters out",
        max_length=120,
        required=False,
        help_text="Such as “Leads from outside of Texas”.",
    )
    enabled = forms.BooleanField(label="This step runs", required=False, initial=True)
    notes = NotesField()

    field_order = ("description",)


class SourceSettingsForm(AnswerForm):
    enabled = forms.BooleanField(
        label="Takes leads", required=False, help_text="Without this, a submission is answered with 403."
    )
    authentication_required = forms.BooleanField(
        label="Asks for an API key",
        required=False,
        help_text="Whoever submits sends one of the account's keys as the password of HTTP Basic.",
    )

    field_order = ("enabled", "authentication_required")
