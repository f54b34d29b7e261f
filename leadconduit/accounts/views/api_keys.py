"""The keys to an account's REST API: see them, make one, revoke one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.forms import ApiKeyForm
from leadconduit.accounts.models import ApiKey, Role


@require_safe
@requires(Role.VIEWER)
def list_keys(request: MemberRequest) -> HttpResponse:
    return _keys(request, ApiKeyForm())


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.ADMIN)
def create(request: MemberRequest) -> HttpResponse:
    """The new key is shown by the answer to the POST, and by nothing after it."""
    if request.method != "POST":
        return redirect("app:api-key-list")
    form = ApiKeyForm(request.POST)
    if not form.is_valid():
        return _keys(request, form)
    made, clear = ApiKey.make(account=request.account, name=form.cleaned_data["name"], by=request.member)
    return _keys(request, ApiKeyForm(), made=made, clear=clear)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.ADMIN)
def revoke(request: MemberRequest, key_id: str) -> HttpResponse:
    key = get_object_or_404(ApiKey.objects.for_account(request.account), pk=key_id)
    if request.method != "POST":
        return render(request, "confirm.html", _question(key))
    if key.revoke(by=request.member, now=timezone.now()):
        messages.success(request, f"“{key.name}” is revoked: requests with it are refused from now on.")
    return redirect("app:api-key-list")


def _keys(
    request: MemberRequest, form: ApiKeyForm, *, made: ApiKey | None = None, clear: str = ""
) -> HttpResponse:
    keys = ApiKey.objects.for_account(request.account).select_related("created_by").newest_first()
    rows = [{"key": key, "question": _question(key)} for key in keys]
    template = "accounts/_api_keys.html" if request.htmx else "accounts/api_keys.html"
    return render(request, template, {"rows": rows, "form": form, "made": made, "clear": clear})


def _question(key: ApiKey) -> dict[str, str]:
    """What is asked before a key is revoked, for the dialog and for the page behind it."""
    return {
        "title": f"Revoke “{key.name}”?",
        "words": f"What uses the key that ends in {key.ending} is refused at once. There is no way back.",
        "action": reverse("app:api-key-revoke", args=[key.pk]),
        "button": "Revoke the key",
        "cancel_url": reverse("app:api-key-list"),
    }
