"""What the page of an account's own fields asks for."""

from typing import Any

from django import forms

from leadconduit.accounts.models import CustomField
from leadconduit.accounts.models.custom_field import LONGEST_DESCRIPTION, LONGEST_NAME, id_part

# The most usual ones first; then by name.
TYPES_IN_WORDS = {
    "string": "Text, kept as it comes",
    "number": "Number",
    "boolean": "Yes or no",
    "date": "Date",
    "time": "Date and time",
    "range": "Range, such as 700-749",
    "city": "City",
    "credential": "Credential, which is kept masked",
    "dob": "Date of birth, with the age",
    "email": "E-mail address",
    "first_name": "First name",
    "gender": "Gender",
    "ip": "IP address",
    "last_name": "Last name",
    "phone": "Telephone number",
    "postal_code": "Postal code",
    "ssn": "Social Security number, which is kept masked",
    "state": "State or province",
    "street": "Street with house number",
    "trustedform_url": "TrustedForm certificate",
    "url": "Web address",
}


class ChangeForm(forms.Form):
    name = forms.CharField(
        max_length=LONGEST_NAME,
        error_messages={"required": "Give the field a name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = forms.CharField(
        label="What it is",
        max_length=LONGEST_DESCRIPTION,
        required=False,
        help_text="A sentence for those who map it or submit it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class NewFieldForm(ChangeForm):
    type = forms.ChoiceField(
        choices=[(type, f"{words} ({type})") for type, words in TYPES_IN_WORDS.items()],
        help_text="It decides how a submitted value is read, and cannot be changed later.",
    )
    field_order = ("name", "type", "description")

    def __init__(self, *args: Any, suffix: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "name"
        ].help_text = (
            f"The field's id is made from it: “Roof age” becomes <code>roof_age_{suffix}</code>. A dot nests."
        )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        try:
            id_part(name)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        return name


def change_form(field: CustomField, data: Any = None) -> ChangeForm:
    return ChangeForm(data, initial={"name": field.name, "description": field.description})
