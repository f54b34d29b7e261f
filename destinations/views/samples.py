"""The lead that somebody tries things with. It stays theirs until they sign out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from destinations import wizard
from destinations.forms.samples import EXAMPLES, SampleForm, example_lead, sample_text
from destinations.models import Destination
from flows import past_leads, usages
from leadconduit.accounts.access import MemberRequest
from leadconduit.accounts.fields import ANY_VALUE, KnownField, known_fields
from leadconduit.leads.typed import typed
from leadconduit.leads.values import plain
from leadconduit.lib.ids import time_of

KEPT_AS = "sample_lead"


class Sample(NamedTuple):
    """`lead` is None where what was typed is none. `chosen` names an example or a stored lead, "" for one's own."""

    form: SampleForm
    lead: Mapping[str, Any] | None
    chosen: str
    name: str
    came_at: datetime | None = None
    stored: Mapping[str, Any] | None = None

    def variables(self, destination: Destination) -> dict[str, Any]:
        """What a template may name: a stored lead brings along its flow, its source and its submission."""
        return wizard.variables(destination, self.lead or {}) | dict(self.stored or {})


Known = Mapping[str, KnownField]


def sample_of(request: MemberRequest, known: Known | None = None) -> Sample:
    """What was chosen or written, which is kept for the next page; else what was kept; else ours.

    `known` are the account's fields, where they have been asked for already: values are read by their types.
    """
    fields = known_fields(request.account) if known is None else known
    sample = _sample(request, fields)
    if sample.lead is None or sample.stored:
        return sample
    return sample._replace(lead=typed(sample.lead, lambda id: fields[id].type if id in fields else None))


def _sample(request: MemberRequest, known: Known) -> Sample:
    kept = _kept(request)
    if chosen := request.POST.get("use"):
        found = _named(request, chosen, known)
        if found:
            request.session[KEPT_AS] = {"chosen": chosen}
            return found
    chosen = kept.get("chosen", "example:complete")
    before = _named(request, chosen, known) if "text" not in kept else None
    if "sample" not in request.POST:
        return before or _written(kept.get("text", ""), shows_mistakes=False)
    text = request.POST["sample"].replace("\r\n", "\n")
    if before and text.strip() == str(before.form.initial["sample"]).strip():
        return before
    written = _written(text, shows_mistakes=True)
    if written.lead is not None and text != kept.get("text"):
        request.session[KEPT_AS] = {"text": text}
    return written


def _kept(request: MemberRequest) -> dict[str, str]:
    kept = request.session.get(KEPT_AS, {})
    # Sessions of the version before hold the text alone.
    return {"text": kept} if isinstance(kept, str) else kept


def _named(request: MemberRequest, chosen: str, known: Known) -> Sample | None:
    kind, _, key = chosen.rpartition(":")
    if kind == "lead":
        return _stored(request, key)
    if (example := EXAMPLES.get(key)) is None:
        return None
    lead = example_lead(key, _of_flows(request, known))
    form = SampleForm(initial={"sample": sample_text(lead)})
    return Sample(form, lead, chosen, f"{example.label} example")


def _of_flows(request: MemberRequest, known: Known) -> dict[str, str]:
    """Every field that the account's flows take, with a value that it may have."""
    taken = usages.named_by_flows(request.account).fields
    return {id: known[id].value if id in known else ANY_VALUE for id in taken}


def _stored(request: MemberRequest, id: str) -> Sample | None:
    lead = past_leads.find(request.account, id)
    if lead is None:
        return None
    return Sample(
        form=SampleForm(initial={"sample": sample_text(plain(lead.values, "raw"))}),
        lead=lead.values,
        chosen=f"lead:{id}",
        name=lead.email or id,
        came_at=time_of(id),
        stored=past_leads.variables_of(lead),
    )


def _written(text: str, *, shows_mistakes: bool) -> Sample:
    """Read anew as when it was typed: what was kept is the text, not what could be made of it."""
    form = SampleForm({"sample": text})
    lead = form.cleaned_data["sample"] if form.is_valid() else None
    if not shows_mistakes:
        return Sample(SampleForm(initial={"sample": text}), lead or {}, "", "Your own")
    return Sample(form, lead, "", "Your own")


class StoredLead(NamedTuple):
    """A lead to choose: `choice` is what `Sample.chosen` says of it."""

    choice: str
    email: str
    came_at: datetime


def stored_leads(request: MemberRequest) -> list[StoredLead]:
    """The newest leads to choose from, or those that were searched for."""
    search = request.POST.get("leads") or request.GET.get("leads", "")
    leads = past_leads.latest(request.account, search=search)
    return [StoredLead(f"lead:{lead.pk}", lead.email, time_of(lead.pk)) for lead in leads]
