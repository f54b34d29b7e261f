"""Connections: as whom the account is connected, where that is used, and connecting anew."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from destinations import configured
from destinations.credentials import connections, consent
from destinations.credentials.consent import Elsewhere
from destinations.fields import split_secrets
from destinations.forms.naming import ConnectionNameForm
from destinations.forms.specs import SpecForm
from destinations.models import Connection, ConnectionStatus
from destinations.platforms.port import AuthScheme, Identity, PlatformError, UnknownIntegration
from destinations.platforms.registry import PLATFORMS
from destinations.views.common import get_or_post, scheme_label, tile
from destinations.views.consent import CHANGED_MEANWHILE, ask, find, not_checked
from destinations.wizard import merged_credentials
from flows import usages
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.lib.ids import is_id

PAGE = 50
STAY_GOOD = "Its credentials are erased here. The other system cannot be told: they stay good until you take them back there."


@require_safe
@requires(Role.VIEWER)
def connection_list(request: MemberRequest) -> HttpResponse:
    found = Connection.objects.for_account(request.account)
    before = request.GET.get("before", "").strip()
    if is_id(before):
        found = found.filter(pk__lt=before)
    page = list(found.order_by("-pk")[: PAGE + 1])
    using = connections.names_using(request.account, page[:PAGE])
    rows = [
        {
            "connection": one,
            "below": ", ".join(filter(None, (_name_of(one), scheme_label(one)))),
            "tile": tile(one.integration, _name_of(one)),
            "destinations": using.get(one.pk, []),
        }
        for one in page[:PAGE]
    ]
    context = {
        "rows": rows,
        "older_url": f"?before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "newer_url": reverse("app:connection-list") if before else "",
    }
    return render(request, "connections/list.html", context)


@get_or_post
@requires(Role.VIEWER)
def connection_detail(request: MemberRequest, connection_id: str) -> HttpResponseBase:
    connection = find(request, connection_id)
    return _reconnect(request, connection) if request.method == "POST" else _page(request, connection)


def _page(
    request: MemberRequest,
    connection: Connection,
    problems: Mapping[str, str] | None = None,
    *,
    another: Identity | None = None,
    entered: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """`another`: the organisation that what was `entered` leads to, which was not taken, as it is not the one before."""
    scheme = _scheme(connection)
    form = None
    if scheme is not None and scheme.fields:
        entered = configured.entered_of(connection) if entered is None else entered
        form = SpecForm(
            scheme.fields,
            values=_shown(scheme, entered),
            stored={key for key, value in entered.items() if value},
            asked=request.POST,
            prefix=scheme.key,
        ).show(problems or {})
    context = {
        "connection": connection,
        "integration": _name_of(connection),
        "tile": tile(connection.integration, _name_of(connection)),
        "scheme": scheme,
        "form": form,
        "refusal": (problems or {}).get("", ""),
        "another": another,
        "begun": connection.is_closed or connection.status == ConnectionStatus.CONNECTED,
        "identifies": _setup(connection).identifies(configured.values_of_connection(connection)),
        "naming": ConnectionNameForm(initial={"name": connection.name}, prefix="connection"),
        "destinations": connections.destinations_using(connection),
        "section": "connection",
    }
    return render(request, "connections/detail.html", context, status=422 if problems or another else 200)


def _shown(scheme: AuthScheme, entered: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        spec.key: [[name, ""] for name, _ in entered.get(spec.key) or ()]
        for spec in scheme.fields
        if spec.kind == "secret_pairs"
    }
    return {**split_secrets(scheme.fields, entered)[0], **names}


def _scheme(connection: Connection) -> AuthScheme | None:
    schemes = _setup(connection).schemes(configured.values_of_connection(connection))
    return next((scheme for scheme in schemes if scheme.key == connection.scheme), None)


def _setup(connection: Connection) -> Any:
    return PLATFORMS[connection.platform].setup


def _name_of(connection: Connection) -> str:
    try:
        return (
            PLATFORMS[connection.platform].marketplace.get(connection.account_id, connection.integration).name
        )
    except UnknownIntegration:
        return connection.integration


# --- Changes, which act at once

_UNASKED = (
    "The system cannot be asked whether it takes these credentials. A test of the destination shows it."
)
NOT_MEANT = (
    "These credentials lead to the organisation that it is connected to now. Enter those of the other one again, to use"
    " that. Nothing was changed."
)
_SAVED = {
    "unasked": f"Saved. {_UNASKED}",
    "unverified": "Saved. The system did not say whether it takes these credentials.",
}


@requires(Role.ADMIN)
def _reconnect(request: MemberRequest, connection: Connection) -> HttpResponse:
    """Other credentials for the same connection. Those of another organisation only when that is said."""
    scheme = _scheme(connection)
    if scheme is None:
        return _page(request, connection)
    now, meant = timezone.now(), request.POST.get("elsewhere", "")
    seen = consent.seen(request.session, connection.pk, now=now)
    kept = seen.entered if seen and seen.organisation_id == meant else None
    before = configured.entered_of(connection) if kept is None else kept
    posted = SpecForm(scheme.fields, data=request.POST, prefix=scheme.key).read()
    values = merged_credentials(scheme.fields, posted, before)
    standing = configured.values_of_connection(connection)
    outcome = _setup(connection).connect(standing, scheme.key, values)
    if outcome.status == "refused":
        return _page(request, connection, outcome.problems)
    if outcome.status == "waiting":
        return ask(request, connection, entered=values)
    identity = outcome.identity
    if connections.is_another(connection, identity) and identity.organisation_id != meant:
        consent.saw(request.session, connection.pk, Elsewhere(identity.organisation_id, values), now=now)
        return _page(request, connection, another=identity, entered=values)
    if meant and identity and identity.organisation_id != meant:
        return _page(request, connection, {"": NOT_MEANT})
    if connections.is_unknown(connection, outcome.identity):
        return _page(request, connection, {"": not_checked(outcome)})
    waited = connection.is_closed and any(
        map(usages.deliveries_waiting, connections.destinations_using(connection, live=True))
    )
    if connections.connected(
        connection,
        outcome,
        by=request.member,
        now=now,
        entered=split_secrets(scheme.fields, values),
    ):
        follows = " Deliveries that waited for it are on their way." if waited else ""
        messages.success(request, f"{_SAVED.get(outcome.status, 'Connected.')}{follows}")
    else:
        messages.error(request, CHANGED_MEANWHILE)
    return redirect("app:connection-detail", connection.pk)


@require_POST
@requires(Role.ADMIN)
def connection_verify(request: MemberRequest, connection_id: str) -> HttpResponse:
    """Ask the other system now."""
    connection = find(request, connection_id)
    outcome = _setup(connection).identify(configured.values_of_connection(connection))
    sentence = outcome.problems.get("", "")
    if outcome.status == "connected":
        if connections.verified(connection, outcome, by=request.member, now=timezone.now()):
            messages.success(request, "It is connected.")
        else:
            messages.error(request, CHANGED_MEANWHILE)
    elif outcome.status == "unasked":
        messages.info(request, _UNASKED)
    elif outcome.status == "waiting":
        messages.info(request, "Nobody has given consent yet: connect it first.")
    elif outcome.status == "refused" and not sentence:
        messages.error(request, "Its credentials are not complete: connect it again.")
    elif outcome.status == "refused":
        connections.refused(connection.pk, sentence, version=connection.version, now=timezone.now())
        messages.error(request, f"The credentials are refused. {sentence}")
    else:
        messages.warning(request, f"The system did not say. Nothing is changed. {sentence}")
    return redirect("app:connection-detail", connection.pk)


@require_POST
@requires(Role.ADMIN)
def connection_rename(request: MemberRequest, connection_id: str) -> HttpResponse:
    connection = find(request, connection_id)
    form = ConnectionNameForm(request.POST, prefix="connection")
    if form.is_valid():
        connections.rename(connection, form.cleaned_data["name"], by=request.member)
        messages.success(request, f"It is called “{connection}” now.")
    else:
        messages.error(request, "Not renamed: write a name of at most 190 characters.")
    return redirect("app:connection-detail", connection.pk)


@get_or_post
@requires(Role.ADMIN)
def connection_disconnect(request: MemberRequest, connection_id: str) -> HttpResponseBase:
    connection = find(request, connection_id)
    if request.method == "POST":
        return _disconnect(request, connection)
    stops = [destination.name for destination in connections.destinations_using(connection, live=True)]
    forgets = _setup(connection).forgets(configured.values_of_connection(connection))
    words = (
        "Its credentials are erased here, and given up at the other system. " if forgets else f"{STAY_GOOD} "
    )
    words += (
        f"Deliveries to these destinations then wait until it is connected again: {', '.join(stops)}. None is lost."
        if stops
        else "No destination delivers by it."
    )
    context = {
        "title": f"Disconnect “{connection}”?",
        "words": words,
        "action": reverse("app:connection-disconnect", args=[connection.pk]),
        "button": "Disconnect",
        "cancel_url": reverse("app:connection-detail", args=[connection.pk]),
        "section": "connection",
    }
    return render(request, "confirm.html", context)


def _disconnect(request: MemberRequest, connection: Connection) -> HttpResponse:
    name = str(connection)
    setup, values = _setup(connection), configured.values_of_connection(connection)
    try:
        setup.forget(values)
    except PlatformError:
        messages.warning(request, "The other system could not be told. Revoke its access there as well.")
    else:
        if not setup.forgets(values):
            messages.warning(request, STAY_GOOD)
    connections.disconnect(connection, by=request.member)
    messages.success(request, f"{name} is disconnected.")
    return redirect("app:connection-list")
