"""A flow's steps: the list in its order, and one filter step with its rules."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from flows.editing import Parts
from flows.forms.step import RuleFormSet, StepForm, with_a_row_changed
from flows.models import Flow
from flows.views.changes import document_of, flow_of, save
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.leads.rules import in_words
from leadconduit.rule_form import shown

GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_AND_POST
@requires(Role.VIEWER)
def step_list(request: MemberRequest, pk: str) -> HttpResponseBase:
    flow = flow_of(request, pk)
    if request.method == "POST":
        return _change_order(request, flow)
    steps = [
        step | {"condition": in_words(step["rule_set"]) if step.get("rule_set") else ""}
        for step in document_of(flow)["steps"]
    ]
    return render(request, "flows/steps.html", {"flow": flow, "tab": "steps", "steps": steps})


@requires(Role.ADMIN)
def _change_order(request: MemberRequest, flow: Flow) -> HttpResponseBase:
    """`remove`, `up` and `down` name a step by its id."""
    for button, by in (("remove", None), ("up", -1), ("down", 1)):
        if (id := request.POST.get(button)) is None:
            continue
        said = "The step is removed." if by is None else "The steps are in their new order."
        for sentence in save(request, flow, said, _in_new_order(id, by)).values():
            messages.error(request, sentence)
    return redirect("app:flow-steps", pk=flow.pk)


def _in_new_order(id: str, by: int | None) -> Parts:
    """One step moved by so many places, or taken away."""

    def parts(document: dict[str, Any]) -> dict[str, Any]:
        step = _step(document, id)
        steps = [other for other in document["steps"] if other is not step]
        if by is not None:
            steps.insert(max(0, document["steps"].index(step) + by), step)
        return {"steps": steps}

    return parts


@GET_AND_POST
@requires(Role.ADMIN)
def step_edit(request: MemberRequest, pk: str, step_id: str = "") -> HttpResponseBase:
    flow = flow_of(request, pk)
    step = _step(document_of(flow), step_id) if step_id else None
    if step and (nested := _nested(step)):
        status = 422 if request.method == "POST" else 200
        return render(
            request, "flows/step.html", {"flow": flow, "step": step, "nested": nested}, status=status
        )
    if request.method != "POST":
        return _step_page(
            request,
            flow,
            step,
            StepForm(initial=_initial(step)),
            RuleFormSet(initial=_rules(step), prefix="rules"),
        )
    if "add" in request.POST or "drop" in request.POST:
        return _with_rows_changed(request, flow, step)
    form, rules = StepForm(request.POST), RuleFormSet(request.POST, prefix="rules")
    if form.is_valid() & rules.is_valid():
        made = _made(step, form, rules)
        errors = save(request, flow, "The step is saved. Deploy to use it.", _with(step, made))
        if not errors:
            return redirect("app:flow-steps", pk=flow.pk)
        for sentence in errors.values():
            form.add_error(None, sentence)
    return _step_page(request, flow, step, form, rules, status=422)


def _step(document: dict[str, Any], id: str) -> dict[str, Any]:
    found: dict[str, Any] | None = next((step for step in document["steps"] if step["id"] == id), None)
    if found is None:
        raise Http404
    return found


def _nested(step: dict[str, Any]) -> str:
    """The rules of a step in words, where they are more than one level, which the form cannot show."""
    rule_set = step.get("rule_set") or {"rules": ()}
    is_nested = any("rules" in rule or rule.get("rule_set") for rule in rule_set["rules"])
    return in_words(rule_set) if is_nested else ""


def _initial(step: dict[str, Any] | None) -> dict[str, Any]:
    return {} if step is None else {"enabled": True, **step, "op": step["rule_set"]["op"]}


def _rules(step: dict[str, Any] | None) -> list[dict[str, Any]]:
    if step is None:
        return [{"lhv": "lead.", "op": "is blank"}]
    return [shown(rule) for rule in step["rule_set"]["rules"]]


def _with_rows_changed(request: MemberRequest, flow: Flow, step: dict[str, Any] | None) -> HttpResponseBase:
    """Add or take away a rule's row, keeping what was typed. Works without a script."""
    rules = with_a_row_changed(request.POST)
    if request.htmx:
        return render(request, "flows/_rules.html", {"rules": rules})
    typed = {name: request.POST.get(name) for name in StepForm.base_fields}
    return _step_page(request, flow, step, StepForm(initial=typed), rules)


def _made(step: dict[str, Any] | None, form: StepForm, rules: Any) -> dict[str, Any]:
    cleaned = form.cleaned_data
    return {
        "type": "filter",
        **{name: cleaned[name] for name in ("description", "outcome", "reason", "enabled")},
        "rule_set": {
            "id": step and step["rule_set"].get("id"),
            "op": cleaned["op"],
            "rules": [rule.rule() for rule in rules.forms],
        },
    }


def _with(step: dict[str, Any] | None, made: dict[str, Any]) -> Parts:
    """The step in its place, or behind the others where it is new."""

    def parts(document: dict[str, Any]) -> dict[str, Any]:
        if step is None:
            return {"steps": [*document["steps"], made]}
        present = _step(document, step["id"])
        return {"steps": [present | made if one is present else one for one in document["steps"]]}

    return parts


def _step_page(
    request: MemberRequest,
    flow: Flow,
    step: dict[str, Any] | None,
    form: StepForm,
    rules: Any,
    status: int = 200,
) -> HttpResponseBase:
    context = {
        "flow": flow,
        "step": step,
        "form": form,
        "rules": rules,
        "variables": [f"lead.{id}" for id in document_of(flow)["fields"]] + ["source.name", "submission.ip"],
    }
    return render(request, "flows/step.html", context, status=status)
