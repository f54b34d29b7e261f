"""What is done to a destination as a whole: put to use, discard, rename, pause, resume, delete, a new key."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from destinations import lifecycle, wizard
from destinations.forms.naming import NameForm
from destinations.models import Action, Destination
from destinations.views.common import find, get_or_post, names_of_flows, says_why
from flows import usages
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role

# --- Put to use


@require_POST
@requires(Role.ADMIN)
def destination_apply(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    return _put_to_use(request, find(request, instance_id))


@get_or_post
@requires(Role.ADMIN)
def destination_apply_untested(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    destination = find(request, instance_id)
    if request.method == "POST":
        return _put_to_use(request, destination, untested=True)
    return _ask(
        request,
        destination,
        title=f"{'Apply' if destination.activated_at else 'Activate'} without a test?",
        words="No successful test speaks for it as it stands: leads may fail or arrive wrong. That it was not tested"
        " is recorded, with your name.",
        action="app:destination-apply-untested",
        button=f"{'Apply' if destination.activated_at else 'Activate'} without a test",
        cancel=reverse("app:setup-test", args=[destination.instance_id]),
    )


@says_why
def _put_to_use(request: MemberRequest, destination: Destination, untested: bool = False) -> HttpResponse:
    now = timezone.now()
    if destination.activated_at is None:
        wizard.activate(destination=destination, by=request.member, now=now, untested=untested)
        messages.success(request, f"{destination.name} is live. Choose the flows that deliver to it.")
        return redirect("app:destination-attach", destination.instance_id)
    wizard.apply(
        destination=destination,
        by=request.member,
        now=now,
        untested=untested,
        used_by=names_of_flows,
        waiting=usages.deliveries_waiting_for,
    )
    messages.success(request, "Applied. The next delivery of every flow that uses it goes by this.")
    return redirect("app:destination-detail", destination.instance_id)


@get_or_post
@requires(Role.ADMIN)
def destination_discard(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    destination = find(request, instance_id)
    if request.method == "POST":
        return _discard(request, destination)
    return _ask(
        request,
        destination,
        title="Discard the changes?",
        words="The draft and the tests of it are gone then. What is live stays as it is.",
        action="app:destination-discard",
        button="Discard changes",
    )


@says_why
def _discard(request: MemberRequest, destination: Destination) -> HttpResponse:
    wizard.discard_draft(destination=destination, by=request.member)
    messages.success(request, "The changes are discarded. What is live is what you see.")
    return redirect("app:destination-detail", destination.instance_id)


# --- At once


@get_or_post
@requires(Role.ADMIN)
def destination_rename(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    destination = find(request, instance_id)
    form = NameForm(request.POST or None, initial={"name": destination.name})
    if request.method == "POST" and form.is_valid():
        return _rename(request, destination, form)
    return _rename_page(request, destination, form)


@says_why
def _rename(request: MemberRequest, destination: Destination, form: NameForm) -> HttpResponse:
    name = form.cleaned_data["name"]
    try:
        lifecycle.rename(destination=destination, name=name, by=request.member)
    except lifecycle.NameTaken as taken:
        form.add_error("name", taken.sentence)
        return _rename_page(request, destination, form)
    messages.success(request, f"It is called {name} now.")
    return redirect("app:destination-detail", destination.instance_id)


def _rename_page(request: MemberRequest, destination: Destination, form: NameForm) -> HttpResponse:
    context = {"destination": destination, "form": form, "section": "destination"}
    return render(request, "destinations/rename.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Role.ADMIN)
def destination_pause(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    return _pause(request, find(request, instance_id))


@says_why
def _pause(request: MemberRequest, destination: Destination) -> HttpResponse:
    lifecycle.pause(destination=destination, by=request.member, now=timezone.now())
    messages.success(request, f"{destination.name} is paused. Its deliveries wait; none are lost.")
    return redirect("app:destination-detail", destination.instance_id)


@require_POST
@requires(Role.ADMIN)
def destination_resume(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    return _resume(request, find(request, instance_id))


@says_why
def _resume(request: MemberRequest, destination: Destination) -> HttpResponse:
    lifecycle.resume(destination=destination, by=request.member)
    messages.success(request, f"{destination.name} is live again. What waited is going out now.")
    return redirect("app:destination-detail", destination.instance_id)


@get_or_post
@requires(Role.ADMIN)
def destination_delete(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    destination = find(request, instance_id)
    if request.method == "POST":
        return _delete(request, destination)
    return _ask(
        request,
        destination,
        title=f"Delete “{destination.name}”?",
        words="This cannot be undone. The log of its deliveries is kept; its credentials are erased.",
        action="app:destination-delete",
        button="Delete",
    )


@says_why
def _delete(request: MemberRequest, destination: Destination) -> HttpResponse:
    lifecycle.delete(
        destination=destination,
        by=request.member,
        now=timezone.now(),
        used_by=lambda: [flow.name for flow in usages.flows_using(destination)],
        waiting=lambda: usages.deliveries_waiting(destination),
    )
    messages.success(request, f"{destination.name} is deleted.")
    return redirect("app:destination-list")


# --- The key of an action's webhook_url


@get_or_post
@requires(Role.ADMIN)
def destination_key(request: MemberRequest, instance_id: str, action: str) -> HttpResponseBase:
    """A new key is on the answer to the POST, and nowhere else ever."""
    destination = find(request, instance_id)
    row = get_object_or_404(destination.actions.current(), pk=action)
    if request.method == "POST":
        return _make_key(request, destination, row)
    return _ask(
        request,
        destination,
        title=f"Make a new key for “{row.name}”?",
        words="The key in use now stops working at once: whatever calls the address needs the new one.",
        action="app:destination-key",
        button="Make a new key",
        args=[row.pk],
    )


@says_why
def _make_key(request: MemberRequest, destination: Destination, row: Action) -> HttpResponse:
    key = lifecycle.make_key(action=row, by=request.member, now=timezone.now())
    example = f"curl -X POST {row.webhook_url} -H 'Api-Key: {key}' -H 'Content-Type: application/json' -d '{{\"email\": \"ada@example.com\"}}'"
    context = {"destination": destination, "action": row, "key": key, "example": example}
    return render(request, "destinations/new_key.html", context)


def _ask(
    request: MemberRequest,
    destination: Destination,
    *,
    title: str,
    words: str,
    action: str,
    button: str,
    cancel: str = "",
    args: Sequence[str] = (),
) -> HttpResponse:
    context = {
        "title": title,
        "words": words,
        "action": reverse(action, args=[destination.instance_id, *args]),
        "button": button,
        "cancel_url": cancel or reverse("app:destination-detail", args=[destination.instance_id]),
        "section": "destination",
    }
    return render(request, "confirm.html", context)
