"""What a flow's pages ask for. What a flow may be is decided by `flows.definition`; these carry its words."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from destinations.mapping.suggestions import meant_by
from flows.models import Entity
from leadconduit.accounts.fields import KnownField

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
LIKE = 0.7
"""How alike two names are, from 0 to 1, when one is probably the other misspelt."""

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
    """Ids to add. `doubted` are those that nobody knows, until they are sent again as `anyway`."""

    add = forms.CharField(
        label="Add fields",
        help_text="Ids of fields, such as email or company.name; several at once with commas or spaces between them.",
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off", "list": "known-fields"}),
    )

    def __init__(self, *args: Any, known: Mapping[str, KnownField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.doubted: list[str] = []

    def clean_add(self) -> list[str]:
        ids = list(dict.fromkeys(id for id in re.split(r"[\s,]+", self.cleaned_data["add"]) if id))
        if wrong := [id for id in ids if not FIELD_ID.fullmatch(id)]:
            raise forms.ValidationError(
                f"“{wrong[0]}” is no field id: letters, digits and underscores, dots between."
            )
        certain = {*self.known, *self.data.get("anyway", "").split()}
        self.doubted = [id for id in ids if id not in certain]
        if self.doubted:
            raise forms.ValidationError([self._doubt(id) for id in self.doubted])
        return ids

    def _doubt(self, id: str) -> str:
        usual = [field for field in self.known.values() if not field.deprecated]
        ids, names = [field.id for field in usual], {field.name.casefold(): field.id for field in usual}
        said = f"There is no field `{id[:60]}`"
        if meant := [one for one in meant_by(id) if one in self.known]:
            return f"{said}; did you mean `{meant[0]}`?"
        if alike := difflib.get_close_matches(id.casefold()[:60], ids, 1, LIKE):
            return f"{said}; did you mean `{alike[0]}`?"
        if alike := difflib.get_close_matches(id.casefold()[:60].replace("_", " "), names, 1, LIKE):
            return f"{said}; did you mean `{names[alike[0]]}`?"
        return f"{said}, neither a standard one nor one of your own."


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
        for name in ("entity", "name"):
            self.fields[name].either = True  # type: ignore[attr-defined]
        if not known:
            self.fields["entity"].widget = forms.HiddenInput()
            self.fields["name"].label = "Name of the source"
            self.fields["name"].required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("entity") and not (cleaned.get("name") or "").strip():
            self.add_error("name", "Choose who submits, or give a new source a name.")
        return cleaned
