"""The second step: what it is called, and how the receiver knows us. A stored secret is never shown again."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone

from destinations import configured, lifecycle, wizard
from destinations.configured import current, platform_of
from destinations.credentials import connections
from destinations.fields import FieldSpec, split_secrets
from destinations.forms.naming import NameForm
from destinations.forms.specs import SpecForm
from destinations.models import Connection, ConnectionStatus, Destination
from destinations.platforms.port import AuthScheme
from destinations.views import steps
from destinations.views.common import find, get_or_post, says_why, scheme_label, wants_fragment
from destinations.views.consent import ask
from destinations.views.consent import find as find_connection
from destinations.views.problems import Problem, problems_of
from destinations.wizard import SavedMeanwhile
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.forms import ChoiceCards
from leadconduit.lib.ids import is_id


@get_or_post
@requires(Role.VIEWER)
def authenticate(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    destination = find(request, instance_id)
    if request.method == "POST":
        return _save(request, destination)
    if wants_fragment(request):
        return _credentials(request, destination)
    return _page(request, destination, _naming(destination))


@requires(Role.ADMIN)
@says_why
def _save(request: MemberRequest, destination: Destination) -> HttpResponse:
    use = request.POST.get("use", "")
    if is_id(use) and (chosen_connection := _others(destination).filter(pk=use).first()):
        wizard.use_connection(
            destination=destination, connection=chosen_connection, by=request.member, now=timezone.now()
        )
        return steps.leave(request, destination, "auth") or _page(request, destination, _naming(destination))
    key = request.POST.get("scheme", "")
    chosen = next((scheme for scheme in _schemes(destination) if scheme.key == key), None)
    # The fields of another scheme may have been on the page: then this one begins with its defaults.
    shown = chosen is not None and request.POST.get("shown") == key
    values = SpecForm(chosen.fields, data=request.POST, prefix=key).read() if chosen and shown else {}
    naming = _named(request, destination)
    try:
        wrong = wizard.save_auth(
            destination=destination,
            scheme=key,
            values=values,
            by=request.member,
            now=timezone.now(),
            seen=steps.seen(request),
            anew="connect" in request.POST,
        )
    except SavedMeanwhile:
        return _page(request, destination, naming, typed=values)
    if "connect" in request.POST and not wrong and (named := _connection(destination)):
        return ask(request, find_connection(request, named.pk), destination.instance_id)
    stays = naming is not None and bool(naming.errors)
    return (None if stays else steps.leave(request, destination, "auth")) or _page(
        request, destination, naming, wrong
    )


def _connection(destination: Destination) -> Connection | None:
    return configured.connection_of(destination, current(destination).document)


def _others(destination: Destination) -> "QuerySet[Connection]":
    """Connections of the account that this destination could use as well."""
    document = current(destination).document
    known = Connection.objects.for_account(destination.account).filter(
        platform=destination.platform,
        integration=destination.integration,
        status=ConnectionStatus.CONNECTED,
    )
    never_given = Q(scheme__startswith="oauth2", verified_at=None)
    if host := configured.host_of(destination, document):
        known = known.filter(goes_to__in=["", host])
    return known.exclude(never_given).exclude(pk=document["connection"]).order_by("name", "pk")


def _named_apart(destination: Destination, others: Sequence[Connection]) -> list[dict[str, Any]]:
    """Several may be called alike, and lead nowhere that they know of: by what, and who else uses them."""
    using = connections.names_using(destination.account, others)
    return [
        {"connection": one, "scheme": scheme_label(one), "used_by": ", ".join(using.get(one.pk, ()))}
        for one in others
    ]


def _named(request: MemberRequest, destination: Destination) -> NameForm | None:
    """Give the destination the name that was written, or say at the field why not."""
    naming = _naming(destination, request.POST if "destination-name" in request.POST else None)
    if naming and naming.is_valid():
        try:
            lifecycle.rename(destination=destination, name=naming.cleaned_data["name"], by=request.member)
        except (lifecycle.BadName, lifecycle.NameTaken) as refused:
            naming.add_error("name", refused.sentence)
        else:
            destination.name = naming.cleaned_data["name"]
    return naming


def _naming(destination: Destination, posted: QueryDict | None = None) -> NameForm | None:
    """Asks what a new destination is called. One that flows may know already is renamed on its own page."""
    if destination.activated_at:
        return None
    return NameForm(posted, initial={"name": destination.name}, prefix="destination")


def _page(
    request: MemberRequest,
    destination: Destination,
    naming: NameForm | None,
    wrong: Mapping[str, str] | None = None,
    typed: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """`typed` is what could not be saved, and is shown again; secrets are not."""
    revision = current(destination)
    progress = wizard.progress(destination, revision)
    problems: dict[str, str] = {}
    if steps.shows_problems(request, progress, "auth") and typed is None:
        problems = {**progress.credentials, **(wrong or {})}
    scheme = revision.document["scheme"] if typed is None else request.POST.get("scheme")
    shown = _forms(request, destination, _chosen(destination, scheme), problems, typed)
    return steps.show(
        request,
        destination,
        progress,
        "auth",
        revision=revision,
        conflict=typed is not None,
        naming=naming,
        problems=[*(problems_of(naming) if naming else ()), *_problems(shown, problems)],
        **shown,
    )


def _problems(shown: dict[str, Any], problems: dict[str, str]) -> list[Problem]:
    of_scheme = [Problem(problems["scheme"], "id_scheme_0")] if "scheme" in problems else []
    of_all = [Problem(problems[key], "credentials") for key in ("", "consent") if key in problems]
    # What was refused just now is the connection's own problem too.
    return [*of_scheme, *problems_of(shown["form"]), *dict.fromkeys(of_all)]


def _credentials(request: MemberRequest, destination: Destination) -> HttpResponse:
    """The fields of a scheme that was just chosen."""
    chosen = _chosen(destination, request.GET.get("scheme"))
    context = {"destination": destination, "alone": True, **_forms(request, destination, chosen, {})}
    return render(request, "destinations/setup/_credentials.html", context)


def _forms(
    request: MemberRequest,
    destination: Destination,
    chosen: AuthScheme,
    problems: dict[str, str],
    typed: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    connection = _connection(destination)
    kept = connection if connection and connection.scheme == chosen.key else None
    form = SpecForm(
        chosen.fields,
        values=_shown(chosen.fields, kept) if typed is None else _without_secrets(chosen.fields, typed),
        stored=_stored(destination, kept),
        asked=request.POST,
        prefix=chosen.key,
    )
    return {
        "connection": kept,
        "others": _named_apart(destination, list(_others(destination)[:20])),
        "scheme": chosen,
        "schemes": _SchemeForm(_schemes(destination), chosen.key, steps.url_of(destination, "auth")),
        "form": form.show(problems),
    }


def _shown(fields: tuple[FieldSpec, ...], connection: Connection | None) -> dict[str, Any]:
    """What may be shown of a connection: its settings, and of secret pairs the names."""
    if connection is None:
        return {}
    credentials = configured.entered_of(connection)
    names = {
        spec.key: [[name, ""] for name, _ in credentials.get(spec.key) or ()]
        for spec in fields
        if spec.kind == "secret_pairs"
    }
    return {**connection.settings, **names}


def _without_secrets(fields: tuple[FieldSpec, ...], typed: Mapping[str, Any]) -> dict[str, Any]:
    shown, secret = split_secrets(fields, typed)
    names = {
        key: [[name, ""] for name, _ in pairs] for key, pairs in secret.items() if isinstance(pairs, list)
    }
    return {**shown, **names}


def _stored(destination: Destination, connection: Connection | None) -> set[str]:
    credentials = configured.entered_for(destination, current(destination).document, connection)
    return {key for key, value in credentials.items() if value}


def _schemes(destination: Destination) -> tuple[AuthScheme, ...]:
    values = configured.values_of(destination, current(destination).document)
    return platform_of(destination).setup.schemes(values)


def _chosen(destination: Destination, key: str | None) -> AuthScheme:
    schemes = _schemes(destination)
    return next((scheme for scheme in schemes if scheme.key == key), schemes[0])


class _SchemeForm(forms.Form):
    """Which way to authenticate. Where there is a script, choosing one brings its fields at once."""

    scheme = forms.ChoiceField(label="How to authenticate")

    def __init__(self, schemes: tuple[AuthScheme, ...], chosen: str, url: str) -> None:
        super().__init__(initial={"scheme": chosen})
        loads = {"hx-get": url, "hx-target": "#credentials", "hx-swap": "outerHTML", "hx-trigger": "change"}
        field = self.fields["scheme"]
        assert isinstance(field, forms.ChoiceField)
        field.widget = ChoiceCards(loads, descriptions={scheme.key: scheme.help for scheme in schemes})
        field.choices = [(scheme.key, scheme.label) for scheme in schemes]
        self.is_choice = len(schemes) > 1
