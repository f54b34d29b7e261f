"""What a flow's pages ask for. What a flow may be is decided by `flows.definition`; these carry its words."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms

from flows.models import Entity

DEFAULT_FIELDS = (
    "first_name",
    "last_name",
    "phone_1",
    "email",
    "address_1",
    "address_2",
    "city",
    "state",
    "postal_code",
    "trustedform_cert_url",
)
FIELD_ID = re.compile(r"[\w$-]+(\.[\w$-]+)*")
DEFAULT_MODULE = "leadconduit-default.inbound"


class NameForm(forms.Form):
    name = forms.CharField(max_length=200, help_text="What your team calls it, such as “Solar, website”.")


class SettingsForm(NameForm):
    enabled = forms.BooleanField(
        label="Takes leads",
        required=False,
        help_text="Without this, a submission is answered with an error outcome.",
    )


class FieldsForm(forms.Form):
    add = forms.CharField(
        label="Add fields",
        help_text="Ids of fields, such as email or company.name; several at once with commas or spaces between them.",
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off", "list": "known-fields"}),
    )

    def clean_add(self) -> list[str]:
        ids = [id for id in re.split(r"[\s,]+", self.cleaned_data["add"]) if id]
        if wrong := [id for id in ids if not FIELD_ID.fullmatch(id)]:
            raise forms.ValidationError(
                f"“{wrong[0]}” is no field id: letters, digits and underscores, dots between."
            )
        return ids


class SourceForm(forms.Form):
    """An entity that exists, or the name of a new one."""

    entity = forms.ChoiceField(label="Who submits", required=False)
    name = forms.CharField(
        label="Or a new source's name",
        max_length=200,
        required=False,
        help_text="Such as “Facebook lead ads”.",
    )

    def __init__(self, *args: Any, entities: Iterable[Entity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(entity.pk, entity.name) for entity in entities]
        self.fields["entity"].choices = [("", "A new one, named below"), *known]  # type: ignore[attr-defined]
        if not known:
            self.fields["entity"].widget = forms.HiddenInput()
            self.fields["name"].label = "Name of the source"
            self.fields["name"].required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("entity") and not (cleaned.get("name") or "").strip():
            self.add_error("name", "Choose who submits, or give a new source a name.")
        return cleaned
