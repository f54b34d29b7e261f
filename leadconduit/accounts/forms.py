from django import forms

from leadconduit.accounts.models.api_key import LONGEST_NAME


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label="Name of the new key",
        max_length=LONGEST_NAME,
        help_text="Name it for the system that will use it, so that you know what stops when you revoke it.",
        error_messages={"required": "Give the key a name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
