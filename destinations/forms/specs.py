"""Forms made of declared fields."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict

from destinations.fields import FieldSpec, with_defaults
from destinations.forms.fields import Flag, Text, field_for
from destinations.forms.live_choices import LiveChoicesInput, LiveField
from destinations.platforms.port import ActionSpec
from destinations.wizard import MAX_ACTIONS, ActionEntry
from destinations.wizard.completeness import NAME


class SpecForm(forms.Form):
    """A form of declared fields: it either reads what was posted, or shows what is saved.

    `stored` names secrets that are kept and not shown; of `secret_pairs`, the values show only names. A form that shows
    is told by `asked` what was posted: the buttons within its fields ask for another row, or for an example's fields;
    and by `live` what is known of the fields whose choices are live.
    """

    use_required_attribute = False

    def __init__(
        self,
        specs: Iterable[FieldSpec],
        *,
        data: QueryDict | None = None,
        values: Mapping[str, Any] | None = None,
        stored: Collection[str] = (),
        asked: QueryDict | None = None,
        live: Mapping[str, LiveField] | None = None,
        prefix: str | None = None,
    ) -> None:
        specs = tuple(specs)
        super().__init__(data, initial=with_defaults(specs, values or {}), prefix=prefix)
        missing = {spec.key for spec in specs if spec.required and not self.initial.get(spec.key)}
        # What a replaced secret leaves behind is nobody's to enter.
        later = {spec.previous: spec.previous for spec in specs if spec.previous}
        later |= {spec.key: spec.forgets for spec in specs if spec.forgets}
        for spec in specs:
            if data is None and spec.key in later and later[spec.key] not in stored:
                continue
            another = asked is not None and asked.get("another") == self.add_prefix(spec.key)
            field: Any = field_for(
                spec,
                stored=spec.key in stored,
                more=int(another),
                asked=asked,
                live=(live or {}).get(spec.key),
            )
            if isinstance(field.widget, LiveChoicesInput):
                field.widget.lacks = bool(missing.intersection(spec.depends_on))
            if spec.only_for:
                field.only_for = self._only_for(spec)
            self.fields[spec.key] = field

    def _only_for(self, spec: FieldSpec) -> dict[str, Any]:
        """For the page: by which input's value the field is shown, and whether it is now."""
        assert spec.only_for
        key, value = spec.only_for
        return {"name": self.add_prefix(key), "value": value, "is_asked": spec.is_asked(self.initial)}

    def read(self) -> dict[str, Any]:
        """What was posted, whatever it is."""
        self.full_clean()
        return self.cleaned_data

    def show(self, problems: Mapping[str, str]) -> "SpecForm":
        """Put sentences beside their fields, whether the form reads or shows."""
        self._errors = ErrorDict(renderer=self.renderer)
        for key, sentence in problems.items():
            if key in self.fields:
                self._errors[key] = self.error_class([sentence], renderer=self.renderer)
        return self


class ActionForm(SpecForm):
    """One action of a destination: its name and its own fields."""

    def __init__(
        self, specs: Sequence[FieldSpec], number: int, *, action: str = "", used: bool = False, **options: Any
    ) -> None:
        super().__init__([NAME, *specs], prefix=f"action-{number}", **options)
        self.fields["id"] = Text(required=False, widget=forms.HiddenInput)
        self.initial["id"] = action
        self.number = number
        self.used = used

    def entry(self) -> ActionEntry:
        values = self.read()
        return ActionEntry(values.pop("id"), values.pop("name"), values)


class OfferForm(SpecForm):
    """An action that an integration offers once: whether it is wanted, and its own fields.

    `used`: a flow delivers to it, so that it stays.
    """

    def __init__(self, spec: ActionSpec, *, wanted: bool = False, used: bool = False, **options: Any) -> None:
        super().__init__(spec.fields, prefix=offer_prefix(spec.key), **options)
        self.fields["wanted"] = Flag(label=spec.name, help_text=spec.description, required=False)
        self.initial["wanted"] = wanted
        for field in self.fields.values():
            if isinstance(field.widget, LiveChoicesInput) and not wanted:
                field.widget.waits_for = self["wanted"].id_for_label
        self.spec = spec
        self.used = used

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [self[field.key] for field in self.spec.fields]


def offer_prefix(key: str) -> str:
    return f"offer-{key}"


def read_offers(specs: Iterable[ActionSpec], data: QueryDict) -> list[ActionEntry]:
    """Of the actions that are offered once, those that were ticked, in the order in which they are offered."""
    entries = []
    for spec in specs:
        values = OfferForm(spec, data=data).read()
        if values.pop("wanted"):
            entries.append(ActionEntry("", spec.name, values, action_id=spec.key))
    return entries


def read_actions(specs: Sequence[FieldSpec], data: QueryDict) -> list[ActionEntry]:
    """The actions that were posted, without the one to be removed, and without those that nobody filled in."""
    forms = [
        ActionForm(specs, number, data=data)
        for number in range(posted_count(data, "actions", most=MAX_ACTIONS))
        if data.get("drop") != f"action-{number}"
    ]
    entries = [(form.entry(), _is_worked_on(form, data)) for form in forms]
    return [
        entry
        for entry, worked_on in entries
        if worked_on or entry.id or entry.name or any(entry.configuration.values())
    ]


def _is_worked_on(form: ActionForm, data: QueryDict) -> bool:
    """Was a button within it pressed?"""
    return any(data.get(button, "").startswith(f"{form.prefix}-") for button in ("another", "fill"))


def posted_count(data: QueryDict, name: str, *, most: int) -> int:
    """How many rows a page said that it has."""
    written = data.get(f"{name}-count", "")
    return min(int(written), most) if written.isdecimal() and len(written) < 6 else 0
