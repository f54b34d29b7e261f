"""Test your flow: a lead runs through the flow as it is saved, and nothing is kept or delivered."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from destinations.forms.samples import sample_text
from destinations.models import Action
from flows import intake, past_leads, trial
from flows.forms.trial import TrialForm, example_of
from flows.models import Flow, Lead
from flows.views import way
from flows.views.changes import document_of, flow_of, named_sources
from flows.views.values import fields_of
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.fields import known_fields
from leadconduit.accounts.models import Role
from leadconduit.leads.rules import sentences
from leadconduit.leads.typed import typed
from leadconduit.leads.values import plain, select

LEADS = 10


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.VIEWER)
def flow_test(request: MemberRequest, pk: str) -> HttpResponseBase:
    """`lead` names a stored one to begin with."""
    flow = flow_of(request, pk)
    posted = request.POST if request.method == "POST" else request.GET
    lead = past_leads.find(request.account, posted.get("lead", ""))
    if request.method == "POST":
        return _run(request, flow, lead)
    return _page(request, flow, lead, _form(flow, lead))


@requires(Role.ADMIN)
def _run(request: MemberRequest, flow: Flow, lead: Lead | None) -> HttpResponseBase:
    form = _form(flow, lead, request.POST)
    if not form.is_valid():
        return _page(request, flow, lead, form, status=422)
    submitted = form.cleaned_data["sample"]
    open_flow = trial.open_saved(flow, entity_id=form.cleaned_data.get("source", ""))
    submission = {"timestamp": timezone.now().isoformat(), "ip": request.META.get("REMOTE_ADDR", "")}
    if lead is not None and submitted == _submitted(lead):
        # What is stored is what the mappings of its source made already.
        open_flow, submission = open_flow.without_mappings(), lead.submission
    tried = trial.run(open_flow, submitted, submission, calls=form.cleaned_data.get("call", False))
    ignored = [
        name for name in submitted if name not in {id.split(".")[0] for id in open_flow.program.fields}
    ]
    return _page(request, flow, lead, form, **_result(flow, open_flow, tried), ignored=ignored)


def _result(flow: Flow, open_flow: intake.OpenFlow, tried: trial.Trial) -> dict[str, Any]:
    document, run = document_of(flow), tried.run
    went = way.Way(run.acceptance, run.steps, run.blame, run.reason)
    return {
        "run": run,
        "shut_by": way.shut_by(went),
        "steps": [
            row | NOT_CALLED if row.get("id") in tried.not_called else row
            for row in way.rows(document, open_flow.source.entity_id, went)
        ],
        "receives": tried.receives,
        "withheld": tried.withheld,
        "fields": fields_of(tried.values, tried.invalid, document["fields"]),
        **_left_out(document, tried),
    }


NOT_CALLED = {"verdict": "Not called", "tone": "idle", "words": "Taken as success.", "appended": ()}


def _left_out(document: Mapping[str, Any], tried: trial.Trial) -> dict[str, Any]:
    """Uses whose condition does not hold, with why, and those that are paused here, by name."""
    paused = [
        action["action"]
        for use in document["destinations"]
        for action in use["actions"]
        if not action.get("enabled", True)
    ]
    unmet = {one["action"]: "; ".join(sentences(one)) for one in tried.unmet}
    actions = Action.objects.select_related("destination").in_bulk([*paused, *unmet])
    names = {id: f"{action.destination}: {action}" for id, action in actions.items()}
    return {
        "unmet": [{"name": names.get(id, GONE), "words": words} for id, words in unmet.items()],
        "paused": [names.get(id, GONE) for id in paused],
    }


GONE = "An action that is gone"


def _submitted(lead: Lead) -> Mapping[str, Any]:
    values = plain(lead.values, "raw")
    assert isinstance(values, dict)
    return values


def _form(flow: Flow, lead: Lead | None, data: Any = None) -> TrialForm:
    document, sources = document_of(flow), named_sources(flow)
    values = _submitted(lead) if lead else example_of(document["fields"], known_fields(flow.account))
    open_flow = trial.open_saved(flow, entity_id=lead.source_id if lead else "")
    read = typed(select(values, open_flow.program.fields).values, open_flow.program.types.get)
    return TrialForm(
        data,
        sources=[(source["entity_id"], source["name"]) for source in sources],
        hosts=trial.hosts(open_flow.program, intake.variables(open_flow, read, {})),
        initial={"sample": sample_text(values), "source": lead.source_id if lead else ""},
    )


def _page(
    request: MemberRequest, flow: Flow, lead: Lead | None, form: TrialForm, status: int = 200, **result: Any
) -> HttpResponseBase:
    search = request.GET.get("leads", "")
    leads = past_leads.latest(request.account, limit=LEADS, search=search)
    context = {
        "flow": flow,
        "tab": "test",
        "form": form,
        "lead": lead,
        "leads": [{"lead": one, "url": f"?{urlencode({'lead': one.pk, 'leads': search})}"} for one in leads],
        "search": search,
        **result,
    }
    return render(request, "flows/test.html", context, status=status)
