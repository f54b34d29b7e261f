"""What an account decides for itself, on a page that all its members see."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from leadconduit.accounts import release
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Role.VIEWER)
def account(request: MemberRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _allow_release(request)
    context = {
        "owners": release.owners(request.account),
        "is_owner": request.membership.reaches(Role.OWNER),
    }
    return render(request, "accounts/account.html", context)


@requires(Role.OWNER)
def _allow_release(request: MemberRequest) -> HttpResponseBase:
    """The state that is wanted is posted, so that two who press at once want the same."""
    allowed = request.POST.get("release") == "allow"
    if release.allow(request.account, allowed, by=request.member):
        messages.success(
            request,
            "Admins can release withheld leads from now on."
            if allowed
            else "Withheld leads stay withheld. Those that were released go on their way.",
        )
    return redirect("app:account")
