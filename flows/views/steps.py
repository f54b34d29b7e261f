"""A flow's steps: the list in its order, and one filter with its rules."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from flows.dependencies import doubts_of, names_of
from flows.editing import Parts
from flows.forms.step import StepForm
from flows.models import Entity, Flow
from flows.recipients.properties import takes_any_answer
from flows.views import doubts, recipients
from flows.views.changes import document_of, flow_of, path_of, present_step, said_of, save, step_of, with_step
from flows.views.rules import put, try_if_asked
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.forms import as_typed
from leadconduit.leads.rules import in_words
from leadconduit.rule_form import RuleBuilder

GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_AND_POST
@requires(Role.VIEWER)
def step_list(request: MemberRequest, pk: str) -> HttpResponseBase:
    flow = flow_of(request, pk)
    if request.method == "POST":
        return _change_order(request, flow)
    document = document_of(flow)
    names = Entity.names(step["entity"]["id"] for step in document["steps"] if "entity" in step)
    found = doubts_of(document)
    of_steps = doubts.by_id(found, "steps")
    steps = [
        step
        | {
            "condition": in_words(step["rule_set"]) if step.get("rule_set") else "",
            "asked": names.get(step["entity"]["id"], "A recipient that is gone") if "entity" in step else "",
            "takes_any_answer": "entity" in step and takes_any_answer(step),
            "doubts": of_steps.get(step["id"], ()),
        }
        for step in document["steps"]
    ]
    criteria = document.get("acceptance_criteria")
    if criteria:
        of_criteria = doubts.by_id(found, "acceptance_criteria").get("", ())
        criteria = {**criteria, "words": in_words(criteria["rule_set"]), "doubts": of_criteria}
    context = {"flow": flow, "tab": "steps", "steps": steps, "criteria": criteria}
    return render(request, "flows/steps.html", context)


@requires(Role.ADMIN)
def _change_order(request: MemberRequest, flow: Flow) -> HttpResponseBase:
    """`remove`, `up` and `down` name a step by its id."""
    for button, by in (("remove", None), ("up", -1), ("down", 1)):
        if (id := request.POST.get(button)) is None:
            continue
        said = "The step is removed." if by is None else "The steps are in their new order."
        errors = save(request, flow, said, _in_new_order(id, by))
        for sentence in said_of(document_of(flow), errors):
            messages.error(request, sentence)
    return redirect("app:flow-steps", pk=flow.pk)


def _in_new_order(id: str, by: int | None) -> Parts:
    """One step moved by so many places, or taken away."""

    def parts(document: dict[str, Any]) -> dict[str, Any]:
        step = present_step(document, id)
        steps = [other for other in document["steps"] if other is not step]
        if by is not None:
            steps.insert(max(0, document["steps"].index(step) + by), step)
        return {"steps": steps}

    return parts


@GET_AND_POST
@requires(Role.ADMIN)
def step_edit(request: MemberRequest, pk: str, step_id: str = "") -> HttpResponseBase:
    flow = flow_of(request, pk)
    document = document_of(flow)
    step = step_of(document, step_id) if step_id else None
    if step and step["type"] == "recipient":
        return recipients.edit(request, flow, step)
    names = names_of(document, before=step_id)
    if request.method != "POST":
        rules = RuleBuilder(step and step["rule_set"], names=names)
        return _step_page(request, flow, step, StepForm(initial=_initial(step)), rules)
    rules = RuleBuilder.posted(request.POST, names=names)
    if rules.pressed:
        try_if_asked(request, flow, rules)
        return _step_page(request, flow, step, StepForm(initial=as_typed(StepForm, request.POST)), rules)
    form = StepForm(request.POST)
    is_valid = form.is_valid() & rules.is_valid()
    made = {"type": "filter", **form.cleaned_data, "rule_set": rules.rule_set}
    said = "The step is saved. Deploy to use it."
    errors = save(request, flow, said, with_step(step, made), checks_only=not is_valid)
    if is_valid and not errors:
        return redirect("app:flow-steps", pk=flow.pk)
    put(errors, path_of(document, step), form, rules, document)
    return _step_page(request, flow, step, form, rules, status=422)


def _initial(step: dict[str, Any] | None) -> dict[str, Any]:
    return {} if step is None else {"enabled": True, **step}


def _step_page(
    request: MemberRequest,
    flow: Flow,
    step: dict[str, Any] | None,
    form: StepForm,
    rules: RuleBuilder,
    status: int = 200,
) -> HttpResponseBase:
    context = {"flow": flow, "step": step, "form": form, "rules": rules, "mistakes": list(rules.mistakes())}
    return render(request, "flows/step.html", context, status=status)
