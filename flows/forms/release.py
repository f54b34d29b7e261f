"""What is asked before a withheld lead is released."""

from django import forms

from flows.release import MAX_REASON


class ReleaseForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        max_length=MAX_REASON,
        help_text="It stays with the lead, for everybody who looks at it.",
        error_messages={"required": "Say why: it stays with the lead."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
