"""One recipient step: who is asked, by which module, what is sent, how the answer is read, and for which leads."""

from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from flows.dependencies import RECIPIENT, names_of
from flows.forms.mappings import Mappings
from flows.forms.recipient import RecipientForm
from flows.models import Entity, Flow
from flows.recipients.modules import JSON, MODULES, Module
from flows.recipients.properties import takes_any_answer
from flows.views.changes import document_of, flow_of, path_of, save, with_step
from flows.views.rules import put, try_if_asked
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.forms import as_typed
from leadconduit.rule_form import RuleBuilder

ALWAYS = "Ask only when …"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.ADMIN)
def recipient_new(request: MemberRequest, pk: str) -> HttpResponseBase:
    return edit(request, flow_of(request, pk), None)


def edit(request: MemberRequest, flow: Flow, step: dict[str, Any] | None) -> HttpResponseBase:
    """The page of a recipient step, or of a new one, for an admin."""
    names = names_of(document_of(flow), before=step["id"] if step else "", beside=RECIPIENT)
    if request.method != "POST":
        return _page(
            request,
            flow,
            step,
            RecipientForm(initial=_initial(step), entities=_entities(request)),
            Mappings.of(_kept(step), names=names, module=_module(step)),
            RuleBuilder(step and step["rule_set"], names=names, required=False, add=ALWAYS),
        )
    module = MODULES.get(request.POST.get("module_id", ""), _module(step))
    mappings = Mappings.posted(request.POST, names=names, kept=_kept(step), module=module)
    rules = RuleBuilder.posted(request.POST, names=names, required=False, add=ALWAYS)
    if mappings.pressed or rules.pressed:
        try_if_asked(request, flow, rules)
        typed = RecipientForm(initial=as_typed(RecipientForm, request.POST), entities=_entities(request))
        return _page(request, flow, step, typed, mappings, rules)
    form = RecipientForm(request.POST, entities=_entities(request))
    if _save(request, flow, step, form, mappings, rules):
        return redirect("app:flow-steps", pk=flow.pk)
    return _page(request, flow, step, form, mappings, rules, status=422)


def _entities(request: MemberRequest) -> list[Entity]:
    """Those that may be asked."""
    return list(Entity.objects.for_account(request.account).exclude(recipient=None).order_by("name"))


def _initial(step: dict[str, Any] | None) -> dict[str, Any]:
    if step is None:
        return {}
    own = {"entity": step["entity"]["id"], "module_id": step["integration"]["module_id"]}
    return {"enabled": True, **step, **own}


def _module(step: dict[str, Any] | None) -> Module:
    return MODULES[step["integration"]["module_id"]] if step else JSON


def _kept(step: dict[str, Any] | None) -> list[dict[str, Any]]:
    return step["integration"]["mappings"] if step else []


def _save(
    request: MemberRequest,
    flow: Flow,
    step: dict[str, Any] | None,
    form: RecipientForm,
    mappings: Mappings,
    rules: RuleBuilder,
) -> bool:
    """Whether the step is saved; else what is wrong is said at its place, and no entity was made."""
    is_valid = form.is_valid() & rules.is_valid() & mappings.is_valid()
    cleaned = form.cleaned_data
    with transaction.atomic():
        made = {
            "type": "recipient",
            **{name: cleaned.get(name) for name in ("description", "notes", "enabled")},
            "entity": {"id": cleaned.get("entity") or _new_entity(request, cleaned)},
            "integration": {
                "module_id": cleaned.get("module_id"),
                "mappings": [entry.to_json() for entry in mappings.filled()],
            },
            "rule_set": rules.rule_set,
        }
        said = "The step is saved. Deploy to use it."
        errors = save(request, flow, said, with_step(step, made), checks_only=not is_valid)
        if errors or not is_valid:
            transaction.set_rollback(True)
    document = document_of(flow)
    at = path_of(document, step)
    others = mappings.put(errors, f"{at}.integration.mappings")
    who = others.pop(f"{at}.entity.id", "")
    if who and not form.has_error("name") and not form.has_error("entity"):
        form.add_error("entity" if cleaned.get("entity") else "name", who)
    put(others, at, form, rules, document)
    return is_valid and not errors


def _new_entity(request: MemberRequest, cleaned: dict[str, Any]) -> str:
    """The id of the entity that was named, if one was."""
    if not cleaned.get("name", "").strip() or "module_id" not in cleaned:
        return ""
    entity = Entity.objects.create(
        account=request.account,
        name=cleaned["name"].strip(),
        source=None,
        recipient="other",
        module_ids=[cleaned["module_id"]],
    )
    return entity.pk


def _page(
    request: MemberRequest,
    flow: Flow,
    step: dict[str, Any] | None,
    form: RecipientForm,
    mappings: Mappings,
    rules: RuleBuilder,
    status: int = 200,
) -> HttpResponseBase:
    context = {
        "flow": flow,
        "step": step,
        "form": form,
        "mappings": mappings,
        "rules": rules,
        "names": rules.names,
        "takes_any_answer": step is not None and takes_any_answer(step),
        "mistakes": [*mappings.mistakes(), *rules.mistakes()],
    }
    return render(request, "flows/recipient.html", context, status=status)
