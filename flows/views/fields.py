"""The fields of leads: the standard ones to look up, and the account's own to make, describe and delete."""

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from flows import own_fields, usages
from flows.forms.fields import NewFieldForm, change_form
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.fields import KnownField, place_of, standard_fields
from leadconduit.accounts.models import CustomField, Role
from leadconduit.accounts.models.custom_field import FieldIdTaken, suffix_for
from leadconduit.leads.standard_fields import STANDARD_FIELDS

PAGE = 50
GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@requires(Role.VIEWER)
def field_list(request: MemberRequest) -> HttpResponseBase:
    search, own = request.GET.get("q", "").strip(), request.GET.get("kind") == "own"
    found = CustomField.objects.for_account(request.account)
    context = {
        "section": "field",  # the menu's
        "own": own,
        "search": search,
        "kept": [("kind", "own")] if own else [],
        "tabs": [
            {
                "label": "Standard",
                "url": f"?{urlencode({'q': search})}",
                "current": not own,
                "count": len(STANDARD_FIELDS),
            },
            {
                "label": "Your own",
                "url": f"?{urlencode({'kind': 'own', 'q': search})}",
                "current": own,
                "count": found.count(),
            },
        ],
    }
    context |= _own(request, search) if own else _standard(request, search)
    template = "fields/_list.html" if request.htmx and not request.htmx.boosted else "fields/list.html"
    return render(request, template, context)


def _standard(request: MemberRequest, search: str) -> dict[str, Any]:
    """One page of the standard fields, in groups; the page begins behind the field `after`."""
    found = standard_fields(search)
    after = next((field for field in found if field.id == request.GET.get("after")), None)
    if after:
        found = [field for field in found if place_of(field) > place_of(after)]
    page = found[:PAGE]
    return {
        "groups": [(title, list(fields)) for title, fields in groupby(page, key=_family)],
        "older_url": f"?{urlencode({'q': search, 'after': page[-1].id})}" if len(found) > PAGE else "",
        "newer_url": f"?{urlencode({'q': search})}" if after else "",
    }


def _family(field: KnownField) -> str:
    family, dot, _ = field.id.partition(".")
    return family if dot else ""


def _own(request: MemberRequest, search: str) -> dict[str, Any]:
    fields = CustomField.objects.for_account(request.account).order_by("field_id")
    listed = usages.flows_by_field(request.account)
    return {
        "rows": [
            {
                "field": field,
                "flows": listed.get(field.field_id, []),
                "question": _question(field, listed.get(field.field_id, [])),
            }
            for field in (fields.search(search) if search else fields)
        ]
    }


@GET_AND_POST
@requires(Role.ADMIN)
def field_new(request: MemberRequest) -> HttpResponseBase:
    form = NewFieldForm(request.POST or None, suffix=suffix_for(request.account))
    if request.method == "POST" and form.is_valid():
        try:
            field = CustomField.make(account=request.account, by=request.member, **form.cleaned_data)
        except FieldIdTaken as taken:
            form.add_error("name", taken.sentence)
        else:
            messages.success(request, f"{field.name} is there, as {field.field_id}. Flows can list it now.")
            return redirect(_own_fields())
    context = {"form": form, "cancel_url": _own_fields()}
    return render(request, "fields/new.html", context, status=422 if form.errors else 200)


@GET_AND_POST
@requires(Role.ADMIN)
def field_edit(request: MemberRequest, pk: str) -> HttpResponseBase:
    field = _field(request, pk)
    form = change_form(field, request.POST or None)
    if request.method == "POST" and form.is_valid():
        field.change(by=request.member, **form.cleaned_data)
        messages.success(request, f"{field.name} is saved.")
        return redirect(_own_fields())
    context = {"form": form, "field": field, "cancel_url": _own_fields()}
    return render(request, "fields/edit.html", context, status=422 if form.errors else 200)


@GET_AND_POST
@requires(Role.ADMIN)
def field_delete(request: MemberRequest, pk: str) -> HttpResponseBase:
    field = _field(request, pk)
    if request.method != "POST":
        flows = usages.flows_by_field(request.account).get(field.field_id, [])
        return render(request, "confirm.html", _question(field, flows))
    own_fields.delete(field, by=request.member)
    messages.success(request, f"{field.name} is deleted.")
    return redirect(_own_fields())


def _field(request: MemberRequest, pk: str) -> CustomField:
    return get_object_or_404(CustomField.objects.for_account(request.account), pk=pk)


def _own_fields() -> str:
    return f"{reverse('app:fields')}?kind=own"


def _question(field: CustomField, flows: list[tuple[str, str]]) -> dict[str, str]:
    """What is asked before a field is deleted, for the dialog and for the page behind it."""
    words = f"Leads keep the values that they have of {field.field_id}."
    if flows:
        names = ", ".join(name for _, name in flows)
        words += f" It goes on being taken, as it is now, by {names}, until it is taken out of there."
    return {
        "title": f"Delete {field.name}?",
        "words": words,
        "action": reverse("app:field-delete", args=[field.pk]),
        "button": "Delete the field",
        "cancel_url": _own_fields(),
    }
