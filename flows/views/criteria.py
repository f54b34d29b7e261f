"""Which leads are accepted at all: by the flow, and by one source of it, with that source's other settings."""

from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from flows.dependencies import names_of
from flows.editing import Parts
from flows.forms.mappings import Mappings
from flows.forms.step import AnswerForm, SourceSettingsForm
from flows.models import Flow
from flows.views.changes import document_of, flow_of, named_sources, save
from flows.views.rules import put, try_if_asked
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.forms import as_typed
from leadconduit.leads.names import Names
from leadconduit.rule_form import RuleBuilder

GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])
ADD = "Accept only when …"
NO_CRITERIA: dict[str, Any] = {"rule_set": None, "outcome": "failure", "reason": ""}


# --- Of the flow


@GET_AND_POST
@requires(Role.ADMIN)
def flow_criteria(request: MemberRequest, pk: str) -> HttpResponseBase:
    flow = flow_of(request, pk)
    document = document_of(flow)
    names = names_of(document, with_steps=False)
    if request.method != "POST":
        criteria = document.get("acceptance_criteria") or NO_CRITERIA
        rules = RuleBuilder(criteria["rule_set"], names=names, required=False, add=ADD)
        return _flow_page(request, flow, AnswerForm(initial=criteria), rules)
    rules = RuleBuilder.posted(request.POST, names=names, required=False, add=ADD)
    if rules.pressed:
        try_if_asked(request, flow, rules)
        return _flow_page(request, flow, AnswerForm(initial=as_typed(AnswerForm, request.POST)), rules)
    form = AnswerForm(request.POST)
    is_valid = form.is_valid() & rules.is_valid()
    criteria = _criteria(form, rules)
    said = "The acceptance criteria are saved. Deploy to use them."
    errors = save(request, flow, said, lambda _: {"acceptance_criteria": criteria}, checks_only=not is_valid)
    if is_valid and not errors:
        return redirect("app:flow-steps", pk=flow.pk)
    put(errors, "acceptance_criteria", form, rules, document)
    return _flow_page(request, flow, form, rules, status=422)


def _criteria(form: AnswerForm, rules: RuleBuilder) -> dict[str, Any] | None:
    """None where there is no rule: every lead is accepted."""
    answer = {name: form.cleaned_data.get(name) for name in ("outcome", "reason")}
    return {"rule_set": rules.rule_set, **answer} if rules.rule_set else None


def _flow_page(
    request: MemberRequest, flow: Flow, form: AnswerForm, rules: RuleBuilder, status: int = 200
) -> HttpResponseBase:
    context = {"flow": flow, "form": form, "rules": rules, "mistakes": list(rules.mistakes())}
    return render(request, "flows/criteria.html", context, status=status)


# --- Of a source


@GET_AND_POST
@requires(Role.ADMIN)
def source_settings(request: MemberRequest, pk: str, entity_id: str) -> HttpResponseBase:
    flow = flow_of(request, pk)
    document = document_of(flow)
    source = next((one for one in named_sources(flow) if one["entity_id"] == entity_id), None)
    if source is None:
        raise Http404
    names = names_of(document, with_steps=False)
    # A mapping sees what was submitted, which may have any name.
    submitted = Names(names.fields, are_all=False)
    kept = source["integration"].get("mappings", [])
    if request.method != "POST":
        criteria = source.get("acceptance_criteria") or NO_CRITERIA
        rules = RuleBuilder(criteria["rule_set"], names=names, required=False, add=ADD)
        form = SourceSettingsForm(initial={**criteria, **source, "enabled": source.get("enabled", True)})
        return _source_page(request, flow, source, form, Mappings.of(kept, names=submitted), rules)
    mappings = Mappings.posted(request.POST, names=submitted, kept=kept)
    rules = RuleBuilder.posted(request.POST, names=names, required=False, add=ADD)
    if mappings.pressed or rules.pressed:
        try_if_asked(request, flow, rules)
        form = SourceSettingsForm(initial=as_typed(SourceSettingsForm, request.POST))
        return _source_page(request, flow, source, form, mappings, rules)
    form = SourceSettingsForm(request.POST)
    is_valid = form.is_valid() & rules.is_valid() & mappings.is_valid()
    parts = _with_settings(entity_id, form, mappings, rules)
    said = "The source is saved. Deploy to use it."
    errors = save(request, flow, said, parts, checks_only=not is_valid)
    if is_valid and not errors:
        return redirect("app:flow-source", pk=flow.pk, entity_id=entity_id)
    _say(errors, document, entity_id, form, mappings, rules)
    return _source_page(request, flow, source, form, mappings, rules, status=422)


def _with_settings(entity_id: str, form: SourceSettingsForm, mappings: Mappings, rules: RuleBuilder) -> Parts:
    cleaned = form.cleaned_data
    made = {
        "enabled": cleaned.get("enabled"),
        "authentication_required": cleaned.get("authentication_required"),
        "acceptance_criteria": _criteria(form, rules),
    }
    rows = [entry.to_json() for entry in mappings.filled()]

    def parts(document: dict[str, Any]) -> dict[str, Any]:
        return {
            "sources": [
                one | made | {"integration": one["integration"] | {"mappings": rows}}
                if one["entity"]["id"] == entity_id
                else one
                for one in document["sources"]
            ]
        }

    return parts


def _say(
    errors: dict[str, str],
    document: dict[str, Any],
    entity_id: str,
    form: SourceSettingsForm,
    mappings: Mappings,
    rules: RuleBuilder,
) -> None:
    """What is wrong, at its place."""
    ids = [one["entity"]["id"] for one in document["sources"]]
    at = f"sources.{ids.index(entity_id)}"
    others = mappings.put(errors, f"{at}.integration.mappings")
    put(others, f"{at}.acceptance_criteria", form, rules, document)


def _source_page(
    request: MemberRequest,
    flow: Flow,
    source: dict[str, Any],
    form: SourceSettingsForm,
    mappings: Mappings,
    rules: RuleBuilder,
    status: int = 200,
) -> HttpResponseBase:
    context = {
        "flow": flow,
        "source": source,
        "form": form,
        "mappings": mappings,
        "rules": rules,
        "mistakes": [*mappings.mistakes(), *rules.mistakes()],
    }
    return render(request, "flows/source_settings.html", context, status=status)
