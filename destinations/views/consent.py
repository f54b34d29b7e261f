"""Consent: to the other system and back, with what may go wrong on the way, each with what to do then."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from destinations import configured
from destinations.credentials import connections, consent
from destinations.credentials.consent import Elsewhere, UnderWay
from destinations.fields import split_secrets
from destinations.models import Connection, Destination
from destinations.platforms.port import Connected, DestinationValues, PlatformError
from destinations.platforms.registry import PLATFORMS
from destinations.views.common import go, wants_fragment
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role

logger = structlog.get_logger(__name__)

NOT_CHECKED = "It could not be checked whether this is the same organisation: try again. Nothing was changed."
CHANGED_MEANWHILE = (
    "Somebody else changed this connection in the meantime. Look at it, and begin again if need be."
)


@require_POST
@requires(Role.ADMIN)
def connection_consent(request: MemberRequest, connection_id: str) -> HttpResponse:
    """On to the other system; with `elsewhere`, the organisation is meant that was refused last, as not the one before."""
    connection = find(request, connection_id)
    instance_id = request.POST.get("destination", "")
    seen = consent.seen(request.session, connection.pk, now=timezone.now())
    if seen is None or "elsewhere" not in request.POST:
        return ask(request, connection, instance_id)
    return ask(request, connection, instance_id, entered=seen.entered, elsewhere=seen.organisation_id)


def find(request: MemberRequest, connection_id: str) -> Connection:
    found = Connection.objects.for_account(request.account).select_related("token", "account")
    return get_object_or_404(found, pk=connection_id)


def ask(
    request: MemberRequest,
    connection: Connection,
    instance_id: str = "",
    *,
    entered: Mapping[str, Any] | None = None,
    elsewhere: str = "",
) -> HttpResponse:
    """A page in between, since no form of ours may lead to another host. What was `entered` is kept when consent is there:
    until then the connection goes on with what it has."""
    state = consent.new_state()
    values = _values(connection, entered)
    try:
        asked = PLATFORMS[connection.platform].setup.consent(
            values, redirect_uri=_redirect_uri(), state=state
        )
    except PlatformError as refused:
        messages.error(request, refused.sentence)
        return go(request, "app:connection-detail", connection.pk)
    under_way = UnderWay(
        connection.pk, instance_id.replace("\0", ""), asked.verifier, entered, elsewhere, connection.version
    )
    consent.begin(request.session, state, under_way, now=timezone.now())
    if wants_fragment(request):
        return HttpResponseClientRedirect(asked.url)
    context = {"url": asked.url, "back": _back(request, under_way), "section": "connection"}
    answer = render(request, "connections/consent.html", context)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Refresh"] = f"0; url={asked.url}"
    return answer


def _values(connection: Connection, entered: Mapping[str, Any] | None) -> DestinationValues:
    values = configured.values_of_connection(connection)
    return values if entered is None else replace(values, credentials=dict(entered))


def _redirect_uri() -> str:
    return f"{settings.BASE_URL}{reverse('app:connection-callback')}"


@require_safe
@requires(Role.ADMIN)
def connection_callback(request: MemberRequest) -> HttpResponse:
    """Back from the other system."""
    state = request.GET.get("state", "")
    under_way = consent.end(request.session, state, now=timezone.now())
    connection = None
    if under_way is not None:
        known = Connection.objects.for_account(request.account).select_related("token", "account")
        connection = known.filter(pk=under_way.connection_id).first()
    if under_way is None or connection is None:
        return _refused(
            request,
            "This answer is not expected any more",
            "It was used before, or it took longer than a quarter of an hour, or it came to another browser. Nothing"
            " was changed. Begin again where you came from.",
            under_way=consent.origin(request.session, state),
        )
    if connection.version != under_way.version:
        return _refused(request, "It is not connected", CHANGED_MEANWHILE, connection, under_way)
    if error := request.GET.get("error", ""):
        return _denied(request, connection, under_way, error)
    outcome = PLATFORMS[connection.platform].setup.consented(
        _values(connection, under_way.entered),
        code=request.GET.get("code", ""),
        verifier=under_way.verifier,
        redirect_uri=_redirect_uri(),
    )
    return _settled(request, connection, under_way, outcome)


def _denied(request: MemberRequest, connection: Connection, under_way: UnderWay, error: str) -> HttpResponse:
    if error == "access_denied":
        title, words = (
            "Consent was not given",
            "Nothing was changed. Connect again, and allow the access there.",
        )
    else:
        said = request.GET.get("error_description") or error
        title, words = "The other system did not connect", f"It says: {said[:300]}. Nothing was changed."
    return _refused(request, title, words, connection, under_way)


def _settled(
    request: MemberRequest, connection: Connection, under_way: UnderWay, outcome: Connected
) -> HttpResponse:
    if outcome.tokens is None or outcome.status == "refused":
        words = outcome.problems.get("", "The other system gave no token.")
        return _refused(request, "It is not connected", f"{words} Connect again.", connection, under_way)
    if connections.is_another(connection, outcome.identity) and not _is_meant(under_way, outcome):
        assert outcome.identity is not None
        seen = Elsewhere(outcome.identity.organisation_id, under_way.entered)
        consent.saw(request.session, connection.pk, seen, now=timezone.now())
        _give_up(connection, under_way, outcome)
        other = outcome.identity.organisation or outcome.identity.organisation_id
        return _refused(
            request,
            f"That is {other}, and not {connection.organisation or connection.organisation_id}",
            "All destinations of this connection would deliver into another organisation. Nothing was changed. Connect"
            " again as somebody of the one before, or say that you mean the other one. Where only one destination is"
            " meant, give it a connection of its own in its set-up.",
            connection,
            under_way,
            other=other,
        )
    if connections.is_unknown(connection, outcome.identity):
        return _refused(request, "It is not connected", not_checked(outcome), connection, under_way)
    if outcome.status == "unverified":
        outcome = replace(outcome, status="connected")
    if not connections.connected(
        connection,
        outcome,
        by=request.member,
        now=timezone.now(),
        entered=_split(connection, under_way.entered),
    ):
        return _refused(request, "It is not connected", CHANGED_MEANWHILE, connection, under_way)
    who = " at ".join(filter(None, (connection.user, connection.organisation)))
    messages.success(request, f"Connected{f' as {who}' if who else ''}.")
    return redirect(_back(request, under_way))


def _give_up(connection: Connection, under_way: UnderWay, outcome: Connected) -> None:
    """Nobody keeps these tokens, so nobody else would revoke them."""
    assert outcome.tokens is not None
    assert outcome.identity is not None
    if connections.is_known(connection, outcome.identity):
        return
    values = _values(connection, under_way.entered)
    given = replace(values, connection_id="", credentials={**values.credentials, **outcome.tokens.kept})
    try:
        PLATFORMS[connection.platform].setup.forget(given)
    except PlatformError as error:
        logger.warning("connection.not_revoked", connection_id=connection.pk, problem=str(error))


def not_checked(outcome: Connected) -> str:
    """With the system's own words, where it had any."""
    return f"{NOT_CHECKED} {outcome.problems.get('', '')}".rstrip()


def _is_meant(under_way: UnderWay, outcome: Connected) -> bool:
    return outcome.identity is not None and under_way.elsewhere == outcome.identity.organisation_id


def _split(
    connection: Connection, entered: Mapping[str, Any] | None
) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    if entered is None:
        return None
    setup = PLATFORMS[connection.platform].setup
    schemes = setup.schemes(configured.values_of_connection(connection))
    return split_secrets(
        next(scheme for scheme in schemes if scheme.key == connection.scheme).fields, entered
    )


def _refused(
    request: MemberRequest,
    title: str,
    words: str,
    connection: Connection | None = None,
    under_way: UnderWay | None = None,
    *,
    other: str = "",
) -> HttpResponse:
    again = begin = ""
    if connection is not None and under_way is not None:
        # What was entered is kept only for who means the other organisation: else it is entered again.
        if under_way.entered is None or other:
            begin = reverse("app:connection-consent", args=[connection.pk])
        if under_way.entered is not None:
            again = reverse("app:connection-detail", args=[connection.pk])
    context = {
        "title": title,
        "words": words,
        "again": again,
        "begin": begin,
        "destination": under_way.instance_id if under_way else "",
        "other": other,
        "back": _back(request, under_way),
        "section": "connection",
    }
    return render(request, "connections/refused.html", context, status=400)


def _back(request: MemberRequest, under_way: UnderWay | None) -> str:
    """Where it began: the destination's wizard, or the connection's page. The list, where neither is known or there."""
    if under_way is not None:
        destinations = Destination.objects.for_account(request.account)
        if under_way.instance_id and destinations.filter(instance_id=under_way.instance_id).exists():
            return reverse("app:setup-auth", args=[under_way.instance_id])
        if Connection.objects.for_account(request.account).filter(pk=under_way.connection_id).exists():
            return reverse("app:connection-detail", args=[under_way.connection_id])
    return reverse("app:connection-list")
