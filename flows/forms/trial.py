"""What a flow is tried on."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from destinations.forms.samples import EXAMPLES, SampleForm
from leadconduit.accounts.fields import KnownField
from leadconduit.leads.values import lookup, unflatten


class TrialForm(SampleForm):
    """A lead, the source that it comes from, and whether recipients are asked about it; `hosts` are theirs."""

    source = forms.ChoiceField(
        label="Comes from", help_text="Its mappings and its acceptance criteria are used."
    )
    call = forms.BooleanField(label="Call recipients, too", required=False)
    field_order = ("source", "sample", "call")

    def __init__(
        self, *args: Any, sources: Sequence[tuple[str, str]], hosts: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        source = self.fields["source"]
        assert isinstance(source, forms.ChoiceField)
        source.choices = list(sources)
        if not sources:
            del self.fields["source"]
        self.fields["call"].help_text = f"Real requests go to {' and '.join(hosts)}."
        if not hosts:
            del self.fields["call"]


def example_of(fields: Sequence[str], known: Mapping[str, KnownField]) -> Mapping[str, object]:
    """A lead with something in each of these fields; one of which nothing is known is blank."""
    usual = EXAMPLES["complete"].lead
    return unflatten((id, lookup(usual, id) or (known[id].value if id in known else "")) for id in fields)
