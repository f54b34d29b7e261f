"""A recipient step, beside its mappings and its rules."""

from collections.abc import Iterable
from typing import Any

from django import forms

from flows.forms.step import NotesField
from flows.models import Entity
from flows.recipients.modules import JSON, MODULES


class RecipientForm(forms.Form):
    """Who is asked: an entity that exists, or the name of a new one; and by which module."""

    description = forms.CharField(
        label="What it is for", max_length=120, required=False, help_text="Such as “Is the number on a list?”"
    )
    entity = forms.ChoiceField(label="Who is asked", required=False)
    name = forms.CharField(
        label="Or a new recipient's name",
        max_length=200,
        required=False,
        help_text="Such as “Acme verification”. Its answers are named after it, as acme_verification.outcome.",
    )
    module_id = forms.ChoiceField(
        label="Format", choices=[(module.id, module.name) for module in MODULES.values()], initial=JSON.id
    )
    enabled = forms.BooleanField(label="This step runs", required=False, initial=True)
    notes = NotesField()

    def __init__(self, *args: Any, entities: Iterable[Entity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(entity.pk, entity.name) for entity in entities]
        self.fields["entity"].choices = [("", "A new one, named below"), *known]  # type: ignore[attr-defined]
        for name in ("entity", "name"):
            self.fields[name].either = True  # type: ignore[attr-defined]
        if not known:
            self.fields["entity"].widget = forms.HiddenInput()
            self.fields["name"].label = "Name of the recipient"
            self.fields["name"].required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "name" in cleaned and not cleaned.get("entity") and not (cleaned.get("name") or "").strip():
            self.add_error("name", "Choose who is asked, or give a new recipient a name.")
        return cleaned
