"""The lead that somebody tries things with. It stays theirs until they sign out."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from destinations.forms.mapping import SAMPLE, SampleForm, sample_text
from flows import usages
from leadconduit.accounts.access import MemberRequest

KEPT_AS = "sample_lead"

BESIDES_THE_LEAD = ("account.name", "flow.name", "source.name", "submission.timestamp")
USUAL_FIELDS = (
    *(field for field in SAMPLE if field != "company"),
    "company.name",
    "address_2",
    "phone_2",
    "reference",
    "trustedform_cert_url",
)


class Sample(NamedTuple):
    """`lead` is None where what was typed is none."""

    form: SampleForm
    lead: Mapping[str, Any] | None


def sample_of(request: MemberRequest) -> Sample:
    """What was posted, which is kept for the next page; else what was kept; else ours."""
    if "sample" in request.POST:
        form = SampleForm(request.POST)
        if not form.is_valid():
            return Sample(form, None)
        if form["sample"].value() != request.session.get(KEPT_AS, sample_text()):
            request.session[KEPT_AS] = form["sample"].value()
        return Sample(form, form.cleaned_data["sample"])
    text = request.session.get(KEPT_AS, sample_text())
    # Read anew as when it was typed: what was kept is the text, not what could be made of it.
    kept = SampleForm({"sample": text})
    return Sample(
        SampleForm(initial={"sample": text}), kept.cleaned_data["sample"] if kept.is_valid() else {}
    )


def known_variables(request: MemberRequest, lead: Mapping[str, Any] | None) -> list[str]:
    """What a template may well name: the sample's fields, those of the account's flows, and the usual ones."""
    fields = [*_paths(lead or {}), *usages.lead_fields(request.account), *USUAL_FIELDS]
    return list(dict.fromkeys([*(f"lead.{field}" for field in fields), *BESIDES_THE_LEAD]))


def _paths(lead: Mapping[str, Any], above: str = "") -> list[str]:
    found: list[str] = []
    for name, value in lead.items():
        found += _paths(value, f"{above}{name}.") if isinstance(value, dict) else [f"{above}{name}"]
    return found
