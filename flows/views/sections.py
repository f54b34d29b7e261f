"""The parts of a flow, a page each: its fields, its sources."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from flows.editing import Parts
from flows.forms.flow import DEFAULT_FIELDS, DEFAULT_MODULE, FieldsForm, SourceForm
from flows.models import Entity, Flow
from flows.views.changes import document_of, flow_of, named_sources, said_of, save
from flows.views.flows import submit_url
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.fields import KnownField, known_fields
from leadconduit.accounts.models import Role

GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


# --- Fields


@GET_AND_POST
@requires(Role.VIEWER)
def fields(request: MemberRequest, pk: str) -> HttpResponseBase:
    flow = flow_of(request, pk)
    known = known_fields(request.account)
    if request.method == "POST":
        return _change_fields(request, flow, known)
    return _fields_page(request, flow, known, FieldsForm(known=known))


@requires(Role.ADMIN)
def _change_fields(request: MemberRequest, flow: Flow, known: dict[str, KnownField]) -> HttpResponseBase:
    if removed := request.POST.get("remove"):
        errors = save(
            request,
            flow,
            f"{removed} is removed.",
            lambda document: {"fields": [id for id in document["fields"] if id != removed]},
        )
        return _answer(request, flow, "app:flow-fields", errors)
    form = FieldsForm(request.POST, known=known)
    if not form.is_valid():
        return _fields_page(request, flow, known, form, status=422)
    wanted: list[str] = form.cleaned_data["add"]
    added = [id for id in wanted if id not in document_of(flow)["fields"]]
    errors = save(
        request,
        flow,
        f"Added: {', '.join(added) or 'nothing new'}.",
        lambda document: {"fields": list(dict.fromkeys([*document["fields"], *wanted]))},
    )
    return _answer(request, flow, "app:flow-fields", errors)


def _fields_page(
    request: MemberRequest, flow: Flow, known: dict[str, KnownField], form: FieldsForm, status: int = 200
) -> HttpResponseBase:
    present = document_of(flow)["fields"]
    context = {
        "flow": flow,
        "tab": "fields",
        "fields": [known.get(id, KnownField(id, id, "", "")) for id in present],
        "known": _offered_fields(known, present),
        "form": form,
    }
    return render(request, "flows/fields.html", context, status=status)


def _offered_fields(known: dict[str, KnownField], present: list[str]) -> list[KnownField]:
    """What can be added, the most usual first."""
    fields = [known[id] for id in DEFAULT_FIELDS] + list(known.values())
    return [field for field in dict.fromkeys(fields) if field.id not in present and not field.deprecated]


# --- Sources


@GET_AND_POST
@requires(Role.VIEWER)
def sources(request: MemberRequest, pk: str) -> HttpResponseBase:
    flow = flow_of(request, pk)
    if request.method == "POST":
        return _change_sources(request, flow)
    return _sources_page(request, flow, SourceForm(entities=_free_entities(request, flow)))


@requires(Role.ADMIN)
def _change_sources(request: MemberRequest, flow: Flow) -> HttpResponseBase:
    if removed := request.POST.get("remove"):
        errors = save(request, flow, "The source is removed.", _without_source(removed))
    elif switched := request.POST.get("on"):
        errors = save(
            request, flow, "The source is on. Deploy to use it.", _with_source(switched, enabled=True)
        )
    elif switched := request.POST.get("off"):
        errors = save(
            request, flow, "The source is off. Deploy to use it.", _with_source(switched, enabled=False)
        )
    else:
        return _add_source(request, flow)
    return _answer(request, flow, "app:flow-sources", errors)


def _without_source(entity_id: str) -> Parts:
    return lambda document: {
        "sources": [source for source in document["sources"] if source["entity"]["id"] != entity_id]
    }


def _with_source(entity_id: str, *, enabled: bool) -> Parts:
    return lambda document: {
        "sources": [
            source | {"enabled": enabled} if source["entity"]["id"] == entity_id else source
            for source in document["sources"]
        ]
    }


def _add_source(request: MemberRequest, flow: Flow) -> HttpResponseBase:
    form = SourceForm(request.POST, entities=_free_entities(request, flow))
    if not form.is_valid():
        return _sources_page(request, flow, form, status=422)
    with transaction.atomic():
        entity_id = form.cleaned_data["entity"] or _new_entity(request, form.cleaned_data["name"]).pk
        source = {"integration": {"module_id": DEFAULT_MODULE}, "entity": {"id": entity_id}, "enabled": True}
        errors = save(
            request,
            flow,
            "The source is added.",
            lambda document: {"sources": [*document["sources"], source]},
        )
        if errors:
            transaction.set_rollback(True)
    return _answer(request, flow, "app:flow-sources", errors)


def _new_entity(request: MemberRequest, name: str) -> Entity:
    return Entity.objects.create(
        account=request.account,
        name=name.strip(),
        source="other",
        recipient=None,
        module_ids=[DEFAULT_MODULE],
    )


def _free_entities(request: MemberRequest, flow: Flow) -> list[Entity]:
    taken = [source["entity"]["id"] for source in document_of(flow)["sources"]]
    return list(Entity.objects.for_account(request.account).exclude(pk__in=taken).order_by("name"))


def _sources_page(
    request: MemberRequest, flow: Flow, form: SourceForm, status: int = 200
) -> HttpResponseBase:
    rows = [
        source | {"url": submit_url(request, flow, source["entity_id"]), "about": _about(source)}
        for source in named_sources(flow)
    ]
    context = {"flow": flow, "tab": "sources", "sources": rows, "form": form}
    return render(request, "flows/sources.html", context, status=status)


def _about(source: dict[str, Any]) -> str:
    """What is set up for a source, in a line."""
    mapped = len(source["integration"].get("mappings", []))
    said = [f"{mapped} mapping{'' if mapped == 1 else 's'}"] if mapped else []
    said += ["acceptance criteria"] if source.get("acceptance_criteria") else []
    said += ["API key"] if source.get("authentication_required") else []
    return ", ".join(said)


def _answer(request: MemberRequest, flow: Flow, page: str, errors: dict[str, str]) -> HttpResponseBase:
    for sentence in said_of(document_of(flow), errors):
        messages.error(request, sentence)
    return redirect(page, pk=flow.pk)
