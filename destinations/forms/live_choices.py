"""A field whose choices the other system knows."""

from dataclasses import dataclass, field
from typing import Any

from django import forms

from destinations.fields import FieldSpec
from destinations.wizard import KnownChoices

FEW = 8


@dataclass(frozen=True, slots=True)
class LiveField:
    """What a page knows of it. At `url` the field is to be had anew; `problem` says why the system did not answer."""

    url: str
    known: KnownChoices = field(default_factory=KnownChoices)
    problem: str = ""


class LiveChoicesInput(forms.Widget):
    """The choices that were found last, with a search, those that follow, and a button that asks again.

    Where there is a script, choices that nobody asked for yet, or that are of no more use, come by themselves.
    """

    template_name = "destinations/forms/live_choices.html"

    def __init__(self, spec: FieldSpec, live: LiveField | None) -> None:
        super().__init__()
        self.spec = spec
        self.live = live or LiveField("")
        self.waits_for = ""
        """The id of a checkbox: before that is ticked, nobody wants to know."""
        self.lacks = False
        """Something required that the choices depend on is not chosen yet: until then there is nothing to ask for."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        known = self.live.known
        chosen = "" if value is None else str(value)
        items = [(choice.value, choice.label) for choice in known.items]
        if chosen and chosen not in dict(items):
            items.insert(0, (chosen, known.label(chosen)))
        prefix = name.removesuffix(self.spec.key)
        context["widget"] |= {
            "chosen": chosen,
            "items": items,
            "label": self.spec.label,
            "known": known,
            "url": self.live.url,
            "problem": self.live.problem,
            # A list that is seen at a glance needs no search.
            "has_search": len(known.items) > FEW or known.more or known.search,
            "loads": known.stale and not self.live.problem and not self.lacks,
            "waits_for": self.waits_for,
            "depends_on": [f"#id_{prefix}{key}" for key in self.spec.depends_on],
        }
        return context
