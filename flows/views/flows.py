"""The list of flows, and a flow's own page: its settings, its way in pictures, deploying and deleting."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from destinations.models import Action
from destinations.wizard.diff import in_short
from flows import definition, editing, history
from flows.forms.flow import DEFAULT_FIELDS, NameForm, SettingsForm
from flows.models import Entity, Flow, FlowRevision, Stage
from flows.views import doubts
from flows.views.changes import document_of, flow_of, named_sources, said_of, save
from flows.wording import changes_between
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.leads.rules import in_words
from leadconduit.lib.ids import is_id

PAGE = 50


@require_safe
@requires(Role.VIEWER)
def flow_list(request: MemberRequest) -> HttpResponseBase:
    flows = Flow.objects.for_account(request.account)
    if search := request.GET.get("q", "").strip():
        flows = flows.filter(name__icontains=search)
    if is_id(before := request.GET.get("before", "")):
        flows = flows.filter(pk__lt=before)
    saved = Q(usages__stage=Stage.SAVED)
    page = list(
        flows.select_related("saved")
        .annotate(destinations=Count("usages__action__destination", filter=saved, distinct=True))
        .order_by("-pk")[: PAGE + 1]
    )
    context = {
        "flows": page[:PAGE],
        "search": search,
        "older_url": f"?{urlencode({'q': search, 'before': page[PAGE - 1].pk})}" if len(page) > PAGE else "",
        "newer_url": f"?{urlencode({'q': search})}" if before else "",
    }
    template = "flows/_list.html" if request.htmx and not request.htmx.boosted else "flows/list.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.ADMIN)
def flow_new(request: MemberRequest) -> HttpResponseBase:
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        body = {
            "name": form.cleaned_data["name"],
            "enabled": True,
            "fields": list(DEFAULT_FIELDS),
            "sources": [],
            "steps": [],
        }
        flow = editing.create(account=request.account, body=body, author=request.member, now=timezone.now())
        messages.success(
            request, f"{flow.name} is there. Give it a source and a destination, then deploy it."
        )
        return redirect("app:flow-edit", pk=flow.pk)
    return render(request, "flows/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.VIEWER)
def flow_edit(request: MemberRequest, pk: str) -> HttpResponseBase:
    flow = flow_of(request, pk)
    if request.method == "POST":
        return _save_settings(request, flow)
    form = SettingsForm(initial={"name": flow.name, "enabled": flow.enabled})
    return _page(request, flow, form)


@requires(Role.ADMIN)
def _save_settings(request: MemberRequest, flow: Flow) -> HttpResponseBase:
    form = SettingsForm(request.POST)
    is_valid = form.is_valid()
    errors = save(request, flow, "Saved.", lambda _: form.cleaned_data, checks_only=not is_valid)
    if is_valid and not errors:
        return redirect("app:flow-edit", pk=flow.pk)
    of_name = errors.pop("name", "")
    if of_name and is_valid:
        form.add_error("name", of_name)
    for sentence in said_of(document_of(flow), errors):
        form.add_error(None, sentence)
    return _page(request, flow, form, status=422)


def _page(request: MemberRequest, flow: Flow, form: SettingsForm, status: int = 200) -> HttpResponseBase:
    document, sources = document_of(flow), named_sources(flow)
    actions = _used(document)
    context = {
        "flow": flow,
        "document": document,
        "form": form,
        "tab": "overview",
        "way": _way(document, sources, actions),
        "doubts": doubts.shown(flow, document, actions),
        "changes": _changes(flow.deployed, flow.saved),
        "submissions": [
            source | {"url": submit_url(request, flow, source["entity_id"])} for source in sources
        ],
    }
    return render(request, "flows/overview.html", context, status=status)


def submit_url(request: MemberRequest, flow: Flow, entity_id: str) -> str:
    return request.build_absolute_uri(reverse("submit", args=[flow.pk, entity_id]))


def _step_in_words(step: dict[str, Any], recipients: dict[str, str]) -> dict[str, Any]:
    if step["type"] == "filter":
        words = f"A filter: a lead that matches is stopped with {step['outcome']}."
        return {"title": step.get("description") or "Filter", "words": words}
    name = recipients.get(step["entity"]["id"], "A recipient")
    words = f"{name} is asked, and what it answers is appended as {step['key']}."
    return {"title": step.get("description") or name, "words": words}


def _used(document: dict[str, Any]) -> dict[str, Action]:
    """The actions that the flow uses, by id, with what their destinations send. One query."""
    ids = [one["action"] for use in document["destinations"] for one in use["actions"]]
    return Action.objects.select_related("destination__live").in_bulk(ids)


def _way(
    document: dict[str, Any], sources: list[dict[str, Any]], actions: dict[str, Action]
) -> list[dict[str, Any]]:
    """A lead's way through the flow, for `_flow_steps.html`."""
    names = [source["name"] for source in sources if source.get("enabled", True)]
    way: list[dict[str, Any]] = [
        {
            "title": "Leads come in",
            "words": f"From {', '.join(names)}" if names else "No source yet: nobody can submit.",
            "verdict": "" if names else "Missing",
            "tone": "warning",
        }
    ]
    recipients = Entity.names(step["entity"]["id"] for step in document["steps"] if "entity" in step)
    way += [
        _step_in_words(step, recipients)
        | {
            "verdict": "" if step.get("enabled", True) else "Off",
            "passed_over": not step.get("enabled", True),
        }
        for step in document["steps"]
    ]
    if document.get("acceptance_criteria"):
        words = f"Accepted when {in_words(document['acceptance_criteria']['rule_set'])}"
        way.insert(1, {"title": "Acceptance criteria", "words": words})
    way.append(
        {
            "title": "The gate",
            "words": "Only a lead that passed every step goes on. Any stop, failure or error keeps it from every destination.",
        }
    )
    way += _uses_in_words(document, actions) or [
        {
            "title": "Destinations",
            "words": "None yet: leads are kept, but go nowhere.",
            "verdict": "Missing",
            "tone": "warning",
        }
    ]
    return way


def _uses_in_words(document: dict[str, Any], actions: dict[str, Action]) -> list[dict[str, Any]]:
    """Each destination, with the actions that run one after another."""
    rows = []
    for use in document["destinations"]:
        known = [(actions[one["action"]], one) for one in use["actions"] if one["action"] in actions]
        running = [
            f"{action.name}{' (some leads)' if one.get('rule_set') else ''}"
            for action, one in known
            if one.get("enabled", True)
        ]
        row = {
            "title": known[0][0].destination.name if known else "A destination that is gone",
            "words": ", then ".join(running) or "Paused in this flow",
        }
        rows.append(row | ({} if running else {"passed_over": True}))
    return rows


def _changes(deployed: FlowRevision | None, saved: FlowRevision | None) -> str:
    """How what is saved differs from what is deployed, in short."""
    if deployed is None or saved is None or deployed == saved:
        return ""
    names = history.names_in([deployed.document, saved.document])
    groups = changes_between(deployed.document, saved.document, names)
    return in_short(groups) if groups else ""


@require_POST
@requires(Role.ADMIN)
def flow_deploy(request: MemberRequest, pk: str) -> HttpResponseBase:
    flow = flow_of(request, pk)
    try:
        editing.deploy(flow=flow, author=request.member, now=timezone.now())
    except definition.InvalidFlow as invalid:
        for sentence in invalid.errors.values():
            messages.error(request, sentence)
    else:
        messages.success(request, f"{flow.name} is deployed. The next lead runs through what you saved.")
    return redirect("app:flow-edit", pk=flow.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.ADMIN)
def flow_delete(request: MemberRequest, pk: str) -> HttpResponseBase:
    flow = flow_of(request, pk)
    if request.method == "POST":
        editing.delete(flow=flow, author=request.member, now=timezone.now())
        messages.success(request, f"{flow.name} is deleted. Its leads and deliveries are kept.")
        return redirect("app:flow-list")
    context = {
        "title": f"Delete {flow.name}?",
        "words": "Sources that submit to it get a 404 from then on. Leads it took, and deliveries that are under way,"
        " are kept.",
        "action": reverse("app:flow-delete", args=[flow.pk]),
        "button": "Delete the flow",
        "cancel_url": reverse("app:flow-edit", args=[flow.pk]),
    }
    return render(request, "confirm.html", context)
