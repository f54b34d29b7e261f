"""What the shell around every page does: where it starts, and how it looks."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from leadconduit.accounts.access import MemberRequest, membership_of, requires
from leadconduit.accounts.models import Role, Theme


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    return redirect("app:home")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Support staff belong to no account: their place is the admin."""
    if getattr(request.user, "is_staff", False) and membership_of(request) is None:
        return redirect("admin:index")
    return redirect("app:destination-list")


@require_POST
@requires(Role.VIEWER)
def set_theme(request: MemberRequest) -> HttpResponse:
    if request.POST.get("theme") not in Theme.values:
        return HttpResponseBadRequest("A theme is one of system, light, dark.")
    request.member.theme = request.POST["theme"]
    request.member.save(update_fields=["theme"])
    return redirect(_page_before(request))


def _page_before(request: HttpRequest) -> str:
    before = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(before, allowed_hosts=None, require_https=request.is_secure()):
        return before
    return reverse("app:home")
