"""Who may do what in the browser: one decorator, three roles.

`@requires(Role.VIEWER)` lets every member of an account in, `Role.ADMIN` those who may change things,
`Role.OWNER` its owner. It stands on every view, those that answer a fragment included: a page does not guard its
fragments. The view gets a request that knows its `account`, `membership` and `member`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from leadconduit.accounts.models import Account, Membership, Role, User

P = ParamSpec("P")

REFUSALS = {
    Role.ADMIN: "Your role may look but not change. Ask an admin of your account.",
    Role.OWNER: "Only the owner of your account may do that.",
}


class MemberRequest(HttpRequest):
    """A request by a signed-in member of an account."""

    htmx: HtmxDetails
    account: Account
    membership: Membership
    member: User


def requires(
    least: Role,
) -> Callable[
    [Callable[Concatenate[MemberRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    def decorate(
        view: Callable[Concatenate[MemberRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            response = view(_as_member(request, least), *args, **kwargs)
            _keep_out_of_caches(response)
            return response

        return guarded

    return decorate


def membership_of(request: HttpRequest) -> Membership | None:
    """The membership behind a session, read once per request."""
    if not hasattr(request, "known_membership"):
        found = Membership.objects.select_related("account").filter(user_id=request.user.pk).first()
        request.known_membership = found  # type: ignore[attr-defined]
    return cast(Membership | None, request.known_membership)  # type: ignore[attr-defined]


def _as_member(request: HttpRequest, least: Role) -> MemberRequest:
    membership = membership_of(request)
    if membership is None:
        raise PermissionDenied("You are signed in, but belong to no account.")
    if not membership.reaches(least):
        raise PermissionDenied(REFUSALS[least])
    member = cast(MemberRequest, request)
    member.account, member.membership = membership.account, membership
    member.member = cast(User, request.user)
    return member


def _to_login(request: HttpRequest) -> HttpResponse:
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    if htmx:
        # The person is on the page that asked, not on the fragment it asked for.
        answer = redirect_to_login(htmx.current_url_abs_path or "/app/")
        return HttpResponseClientRedirect(answer.headers["Location"])
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/app/")


def _keep_out_of_caches(response: HttpResponseBase) -> None:
    # After signing out, "back" must not show leads; and where one URL answers a page and its fragment, a browser
    # must not show the fragment as the page.
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, private=True, no_store=True)
