"""How forms look: our renderer, and the widgets that Django does not have."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorDict


class FormRenderer(TemplatesSetting):
    """`{{ form }}` is the linked error summary and our field groups. The admin keeps Django's own templates."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class DraftForm(forms.Form):
    """Shows what was saved, right or not, and beside its fields what is wrong with that."""

    use_required_attribute = False

    def put(self, problems: Iterable[tuple[str, str]]) -> None:
        """Put sentences beside their fields: pairs of a field's name and a sentence."""
        self._errors = ErrorDict(renderer=self.renderer)
        for name, sentence in problems:
            self._errors.setdefault(name, self.error_class(renderer=self.renderer)).append(sentence)


def as_typed(form: type[forms.Form], data: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as a form's `initial`: shown again, and not complained about yet."""
    return {name: data.get(name) for name in form.base_fields}


class ChoiceCards(forms.RadioSelect):
    """Radio buttons as cards, each with a line that says what choosing it means."""

    def __init__(
        self, attrs: dict[str, Any] | None = None, *, descriptions: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(attrs)
        self.descriptions = descriptions or {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["description"] = self.descriptions.get(str(value), "")
        return option


class SecretInput(forms.PasswordInput):
    """Takes a secret and never shows one. With `stored`, left empty it means: keep the one that is stored."""

    template_name = "forms/secret.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, stored: bool = False) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})}, render_value=False)
        self.stored = stored

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["stored"] = self.stored
        return context

    def use_required_attribute(self, initial: Any) -> bool:
        return not self.stored and super().use_required_attribute(initial)
