"""What is asked before a withheld lead is released."""

from django import forms

from flows.release import MAX_REASON

REQUIRED = "Say why: it stays with the lead."


class ReleaseForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        max_length=MAX_REASON,
        help_text="It stays with the lead, for everybody who looks at it.",
        error_messages={"required": REQUIRED},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        """What nobody can see is no reason."""
        reason: str = self.cleaned_data["reason"]
        if not any(character.isprintable() and not character.isspace() for character in reason):
            raise forms.ValidationError(REQUIRED)
        return reason
