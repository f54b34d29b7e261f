"""What a destination or a connection is called."""

from django import forms


class NameForm(forms.Form):
    use_required_attribute = False

    name = forms.CharField(
        label="Name of the destination",
        max_length=200,
        help_text="Flows and the API show it. It changes at once.",
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ConnectionNameForm(forms.Form):
    use_required_attribute = False

    name = forms.CharField(
        label="Name of the connection",
        max_length=190,
        help_text="Tells it from other connections of this account.",
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
