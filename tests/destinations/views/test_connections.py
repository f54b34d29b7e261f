"""Connections through HTTP: consent there and back, connecting anew, checking, giving up."""

import dataclasses
import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from destinations import configured, wizard
from destinations.connectors.calls import Calls
from destinations.connectors.declaration import OAuth2
from destinations.connectors.registry import REGISTRY
from destinations.credentials import connections
from destinations.fields import FieldSpec
from destinations.models import Connection, ConnectionStatus, Destination, Lane
from destinations.models.lane import FOREVER, OPEN
from destinations.platforms.port import AuthScheme, Connected, DestinationValues, Identity, PlatformError
from destinations.platforms.registry import PLATFORMS
from leadconduit.accounts.models import Account, User
from tests.destinations.connectors.acme_crm import ACME
from tests.destinations.credentials.token_server import TokenServer, token_server
from tests.factories import DestinationFactory

__all__ = ["token_server"]

pytestmark = pytest.mark.django_db(transaction=True)

CALLBACK = "/app/connections/callback/"
SCHEME = AuthScheme(
    key="oauth2_code",
    label="OAuth",
    fields=(
        FieldSpec(key="client_id", label="Client id", required=True),
        FieldSpec(key="client_secret", label="Client secret", kind="secret", required=True),
    ),
)


@pytest.fixture(autouse=True)
def organisations(monkeypatch: pytest.MonkeyPatch, token_server: TokenServer) -> list[str]:
    """Acme CRM by OAuth. Whoever is connected belongs to the last of these."""
    known = ["org-1"]

    async def identify(calls: Calls, destination: DestinationValues) -> Identity:
        return Identity("ann@example.com", f"The {known[-1]}", known[-1])

    oauth = OAuth2(
        authorize_url=lambda _: "https://acme.example/authorize", token_url=lambda _: token_server.url
    )
    by_oauth = dataclasses.replace(ACME, schemes=(SCHEME,), oauth={"oauth2_code": oauth}, identify=identify)
    monkeypatch.setitem(REGISTRY, "acme", by_oauth)
    return known


@pytest.fixture
def page(adam: User, client: Client) -> Client:
    client.force_login(adam)
    return client


@pytest.fixture
def connection(acme: Account) -> Connection:
    made = Connection(
        account=acme, integration="acme", scheme="oauth2_code", name="Acme", settings={"client_id": "app"}
    )
    made.status = ConnectionStatus.WAITING
    made.seal({"client_secret": "s3cret"})
    made.save()
    return made


def ask(page: Client, connection: Connection, **query: str) -> dict[str, str]:
    """What the other system is asked with."""
    return asked_with(page.post(reverse("app:connection-consent", args=[connection.pk]), query))


def asked_with(answer: Any) -> dict[str, str]:
    found = re.search(r'href="(https://acme\.example/authorize[^"]*)"', answer.content.decode())
    assert found is not None
    return {key: values[0] for key, values in parse_qs(urlsplit(html.unescape(found[1])).query).items()}


def come_back(page: Client, state: str, **query: str) -> Any:
    return page.get(CALLBACK, {"state": state, "code": "code-1"} | query)


def connect(page: Client, connection: Connection) -> None:
    assert come_back(page, ask(page, connection)["state"]).status_code == 302
    connection.refresh_from_db()


def test_consent_connects_and_says_as_whom(
    page: Client, connection: Connection, token_server: TokenServer
) -> None:
    asked = ask(page, connection)

    answer: Any = page.get(CALLBACK, {"state": asked["state"], "code": "code-1"}, follow=True)

    assert (asked["client_id"], asked["code_challenge_method"]) == ("app", "S256")
    exchange = token_server.requests[0]
    assert (exchange["grant_type"], exchange["code"]) == ("authorization_code", "code-1")
    assert exchange["code_verifier"]
    connection.refresh_from_db()
    assert (connection.status, connection.organisation_id) == ("connected", "org-1")
    assert "ann@example.com" in (shown := answer.content.decode())
    assert not {"access-1", "refresh-1", "s3cret"} & set(re.findall(r"[\w-]+", shown))


def test_an_answer_is_good_once(page: Client, connection: Connection, token_server: TokenServer) -> None:
    state = ask(page, connection)["state"]
    come_back(page, state)

    again = come_back(page, state)

    assert again.status_code == 400
    assert "not expected any more" in again.content.decode()
    assert reverse("app:connection-detail", args=[connection.pk]) in again.content.decode()
    assert len(token_server.requests) == 1


def test_an_answer_that_comes_again_or_late_leads_back_to_the_wizard_where_it_was_asked_for(
    page: Client, acme: Account, connection: Connection
) -> None:
    destination = DestinationFactory.create(account=acme, draft=True)
    wizard_page = reverse("app:setup-auth", args=[destination.instance_id])
    used = ask(page, connection, destination=destination.instance_id)["state"]
    come_back(page, used)
    connection.refresh_from_db()
    late = ask(page, connection, destination=destination.instance_id)["state"]
    session = page.session
    session["consents"][late]["at"] = "2020-01-01T00:00:00+00:00"
    session.save()

    for state in (used, late, late):
        assert wizard_page in come_back(page, state).content.decode()


def test_an_answer_to_somebody_else_is_good_for_nothing(
    page: Client, connection: Connection, vera: User, sam: User, token_server: TokenServer
) -> None:
    state = ask(page, connection)["state"]
    other = Client()
    other.force_login(sam)

    answer = come_back(other, state)

    assert answer.status_code == 400
    assert connection.pk not in answer.content.decode()
    assert not token_server.requests


def test_a_consent_that_took_too_long_says_so(page: Client, connection: Connection) -> None:
    state = ask(page, connection)["state"]
    session = page.session
    session["consents"][state]["at"] = "2020-01-01T00:00:00+00:00"
    session.save()

    assert come_back(page, state).status_code == 400


def test_a_denied_consent_says_what_to_do_and_changes_nothing(page: Client, connection: Connection) -> None:
    connect(page, connection)

    answer = come_back(page, ask(page, connection)["state"], error="access_denied", code="")

    assert answer.status_code == 400
    assert "Consent was not given" in answer.content.decode()
    connection.refresh_from_db()
    assert connection.status == ConnectionStatus.CONNECTED


def test_another_organisation_is_refused_unless_it_is_said(
    page: Client, connection: Connection, organisations: list[str]
) -> None:
    connect(page, connection)
    organisations.append("org-2")

    refused = come_back(page, ask(page, connection)["state"])
    connection.refresh_from_db()
    assert (refused.status_code, connection.organisation_id) == (400, "org-1")
    assert "Connect to The org-2 instead" in refused.content.decode()

    assert come_back(page, ask(page, connection, elsewhere="1")["state"]).status_code == 302
    connection.refresh_from_db()
    assert connection.organisation_id == "org-2"


def test_so_it_is_where_another_application_was_entered_on_its_page(
    page: Client, connection: Connection, organisations: list[str]
) -> None:
    connect(page, connection)
    organisations.append("org-2")
    typed = {"oauth2_code-client_id": "other", "oauth2_code-client_secret": "new"}
    detail = reverse("app:connection-detail", args=[connection.pk])

    refused = come_back(page, asked_with(page.post(detail, typed))["state"]).content.decode()
    asked = ask(page, connection, elsewhere="1")
    come_back(page, asked["state"])

    connection.refresh_from_db()
    assert f'href="{detail}">Connect again' in refused
    assert "Connect to The org-2 instead" in refused
    assert asked["client_id"] == "other"
    assert (connection.organisation_id, connection.reveal()) == ("org-2", {"client_secret": "new"})


def test_another_application_is_kept_only_with_its_consent(
    page: Client, connection: Connection, token_server: TokenServer
) -> None:
    connect(page, connection)
    typed = {"oauth2_code-client_id": "other", "oauth2_code-client_secret": "new"}
    detail = reverse("app:connection-detail", args=[connection.pk])

    asked = asked_with(page.post(detail, typed))
    come_back(page, asked["state"], error="access_denied", code="")
    connection.refresh_from_db()
    assert (connection.settings["client_id"], connection.reveal()) == ("app", {"client_secret": "s3cret"})

    come_back(page, asked_with(page.post(detail, typed))["state"])
    connection.refresh_from_db()
    assert asked["client_id"] == "other"
    assert (connection.settings["client_id"], connection.reveal()) == ("other", {"client_secret": "new"})
    assert token_server.requests[-1]["client_secret"] == "new"


def test_connecting_again_opens_the_lanes_that_disconnecting_closed(
    page: Client, connection: Connection, acme: Account
) -> None:
    connect(page, connection)
    destination = DestinationFactory.create(account=acme)
    assert destination.live is not None
    destination.live.document["connection"] = connection.pk
    destination.live.save()
    disconnect = reverse("app:connection-disconnect", args=[connection.pk])

    assert destination.name in page.get(disconnect).content.decode()
    page.post(disconnect)
    assert Lane.objects.get(destination=destination).unauthorized_until == FOREVER
    connection.refresh_from_db()
    assert (connection.status, connection.reveal()) == ("disconnected", {})

    typed = {"oauth2_code-client_id": "app", "oauth2_code-client_secret": "s3cret"}
    answer = page.post(reverse("app:connection-detail", args=[connection.pk]), typed)
    come_back(page, asked_with(answer)["state"])
    assert Lane.objects.get(destination=destination).unauthorized_until == OPEN


def test_one_that_nothing_names_is_gone_when_it_is_disconnected(page: Client, connection: Connection) -> None:
    page.post(reverse("app:connection-disconnect", args=[connection.pk]))

    assert not Connection.objects.exists()


@pytest.mark.parametrize("status", [200, 503])
def test_whoever_disconnects_reads_when_the_other_system_could_not_be_told(
    page: Client,
    connection: Connection,
    token_server: TokenServer,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
) -> None:
    connect(page, connection)
    revoking(monkeypatch, token_server)
    token_server.status = status

    answer = page.post(reverse("app:connection-disconnect", args=[connection.pk]), follow=True)

    assert ("could not be told" in answer.content.decode()) == (status == 503)
    assert token_server.revoked == ["refresh-1"]


def test_the_list_says_as_whom_and_where(page: Client, connection: Connection) -> None:
    connect(page, connection)

    shown = page.get(reverse("app:connection-list")).content.decode()

    assert "ann@example.com" in shown
    assert "The org-1" in shown


def test_the_list_has_pages(page: Client, acme: Account) -> None:
    for number in range(51):
        made = Connection(account=acme, integration="webhook", scheme="bearer", name=f"Connection {number}.")
        made.seal({})
        made.save()
    listed = reverse("app:connection-list")

    newest = page.get(listed).content.decode()
    found = re.search(r'href="(\?before=[^"]+)"', newest)
    assert found
    oldest = page.get(listed + found[1]).content.decode()

    assert ("Connection 1." in newest, "Connection 0." in newest) == (True, False)
    assert ("Connection 1." in oldest, "Connection 0." in oldest) == (False, True)
    assert f'href="{listed}"' in oldest


def test_a_system_that_cannot_be_asked_is_not_said_to_be_verified(page: Client, acme: Account) -> None:
    connection = Connection(account=acme, integration="webhook", scheme="bearer", name="CRM")
    connection.seal({"token": "s3cret"})
    connection.save()

    verify = reverse("app:connection-verify", args=[connection.pk])
    shown = page.post(verify, follow=True).content.decode()

    assert "cannot be asked" in shown
    assert "It is connected" not in shown
    connection.refresh_from_db()
    assert connection.verified_at is None


# --- What others do meanwhile


def test_a_consent_under_way_does_not_undo_a_disconnect(
    page: Client, connection: Connection, acme: Account, token_server: TokenServer
) -> None:
    destination = delivering_by(connection, acme)
    state = ask(page, connection)["state"]
    page.post(reverse("app:connection-disconnect", args=[connection.pk]))

    assert come_back(page, state).status_code == 400

    connection.refresh_from_db()
    assert (connection.status, connection.reveal()) == ("disconnected", {})
    assert Lane.objects.get(destination=destination).unauthorized_until == FOREVER
    assert not token_server.requests


@pytest.mark.parametrize("is_gone", [True, False])
def test_what_was_asked_before_somebody_disconnected_changes_nothing(
    connection: Connection, acme: Account, adam: User, is_gone: bool
) -> None:
    if not is_gone:
        delivering_by(connection, acme)
    read_before = Connection.objects.get(pk=connection.pk)
    connections.disconnect(Connection.objects.get(pk=connection.pk), by=adam)
    outcome = Connected("connected", identity=Identity("ann", "Org", "org-1"))

    assert not connections.connected(read_before, outcome, by=adam, now=timezone.now())
    assert not connections.verified(read_before, outcome, by=adam, now=timezone.now())
    assert not connections.died(read_before, "Refused.", now=timezone.now())

    left = Connection.objects.filter(pk=connection.pk).first()
    assert (left is None) is is_gone
    assert left is None or (left.problem, left.organisation_id) == ("It was disconnected.", "")


def test_an_older_death_does_not_kill_what_was_connected_anew(connection: Connection, adam: User) -> None:
    read_before = Connection.objects.get(pk=connection.pk)
    connections.connected(connection, Connected("connected"), by=adam, now=timezone.now())

    connections.died(read_before, "Refused.", now=timezone.now())

    connection.refresh_from_db()
    assert connection.status == ConnectionStatus.CONNECTED


def test_an_open_lane_over_a_dead_connection_closes_again(connection: Connection, acme: Account) -> None:
    destination = delivering_by(connection, acme)
    connections.died(connection, "Refused.", now=timezone.now())
    lane = Lane.objects.filter(destination=destination)

    for closes in (
        lambda: connections.refused(connection.pk, "No.", version=connection.version, now=timezone.now()),
        lambda: connections.died(connection, "No.", now=timezone.now()),
        lambda: connections.stays_closed(connection.pk),
    ):
        lane.update(unauthorized_until=OPEN)
        closes()
        assert lane.get().unauthorized_until == FOREVER


def test_nobody_is_connected_anew_where_the_organisation_cannot_be_checked(
    page: Client, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(page, connection)

    async def silent(calls: Calls, destination: DestinationValues) -> Identity:
        raise PlatformError("No answer.")

    monkeypatch.setitem(REGISTRY, "acme", dataclasses.replace(REGISTRY["acme"], identify=silent))
    version = connection.version

    answer = come_back(page, ask(page, connection)["state"])

    assert answer.status_code == 400
    assert "could not be checked" in answer.content.decode()
    connection.refresh_from_db()
    assert connection.version == version


def delivering_by(connection: Connection, account: Account) -> Destination:
    destination = DestinationFactory.create(account=account)
    assert destination.live is not None
    destination.live.document["connection"] = connection.pk
    destination.live.save()
    return destination


# --- Where consent begins


def test_consent_begins_by_a_post_with_our_token(adam: User, connection: Connection) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(adam)
    begin = reverse("app:connection-consent", args=[connection.pk])

    assert strict.get(begin).status_code == 405
    assert strict.post(begin).status_code == 403
    assert "consents" not in strict.session


def test_another_organisation_is_meant_only_by_who_was_told_of_it(
    page: Client, connection: Connection, organisations: list[str]
) -> None:
    connect(page, connection)
    organisations.append("org-2")

    assert come_back(page, ask(page, connection, elsewhere="1")["state"]).status_code == 400
    organisations.append("org-3")
    assert come_back(page, ask(page, connection, elsewhere="1")["state"]).status_code == 400

    connection.refresh_from_db()
    assert connection.organisation_id == "org-1"


def test_nothing_is_asked_of_a_system_before_there_is_consent(page: Client, connection: Connection) -> None:
    setup, values = PLATFORMS["builtin"].setup, configured.values_of_connection(connection)

    with pytest.raises(PlatformError, match="Connect it first"):
        setup.discover(values, "create_contact")
    with pytest.raises(PlatformError, match="Connect it first"):
        setup.options(values, "add_to_list.list")
    page.post(reverse("app:connection-verify", args=[connection.pk]))

    connection.refresh_from_db()
    assert connection.status == ConnectionStatus.WAITING


def test_the_wizards_button_leads_on_to_the_other_system(page: Client, acme: Account, adam: User) -> None:
    destination = wizard.begin(account=acme, integration="acme", by=adam, now=timezone.now())
    auth = reverse("app:setup-auth", args=[destination.instance_id])
    typed = {"scheme": "oauth2_code", "shown": "oauth2_code", "connect": "1"}
    typed |= {"oauth2_code-client_id": "app", "oauth2_code-client_secret": "s3cret"}

    by_script = page.post(auth, typed, headers={"HX-Request": "true"})
    without = asked_with(page.post(auth, typed))

    assert by_script.headers["HX-Redirect"].startswith("https://acme.example/authorize?")
    assert without["client_id"] == "app"
    assert len(page.session["consents"]) == 2


# --- Names


def test_a_name_is_one_line(connection: Connection, adam: User, mailoutbox: list[Any]) -> None:
    identity = Identity("ann\r\nBcc: a@b.example", "Org\r\nBcc: x@evil.example", "org-1")
    connections.connected(connection, Connected("connected", identity=identity), by=adam, now=timezone.now())

    connections.died(connection, "Refused.", now=timezone.now())

    assert not any("\n" in text for text in (connection.name, connection.organisation, connection.user))
    assert mailoutbox[0].subject == "Acme, Org Bcc: x@evil.example needs attention"
    connections.rename(connection, "One\ntwo", by=adam)
    assert connection.name == "One two"


def test_two_connections_of_an_account_do_not_have_one_name(
    page: Client, connection: Connection, acme: Account, adam: User
) -> None:
    others = [Connection(account=acme, integration="acme", scheme="oauth2_code", name="Acme") for _ in "12"]
    identity = Connected("connected", identity=Identity("ann", "Org", "org-1"))
    for one in (connection, *others):
        one.seal({})
        one.save()
        connections.connected(one, identity, by=adam, now=timezone.now())
    assert [one.name for one in (connection, *others)] == ["Acme, Org", "Acme, Org 2", "Acme, Org 3"]

    rename = reverse("app:connection-rename", args=[others[0].pk])
    answer = page.post(rename, {"connection-name": "Acme, Org"}, follow=True)
    assert "It is called “Acme, Org 2” now." in answer.content.decode()
    page.post(rename, {"connection-name": "Sales"})
    others[0].refresh_from_db()
    assert others[0].name == "Sales"


def test_an_email_that_fails_undoes_nothing(connection: Connection, adam: User, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "nothing.like.that"

    assert connections.died(connection, "Refused.", now=timezone.now())


def test_credentials_that_nobody_verified_are_not_called_connected(page: Client, acme: Account) -> None:
    connection = Connection(account=acme, integration="webhook", scheme="bearer", name="CRM")
    connection.seal({"token": "s3cret"})
    connection.save()

    assert "Not verified" in page.get(reverse("app:connection-list")).content.decode()


def test_no_connection_has_a_name_that_no_database_takes(page: Client, acme: Account) -> None:
    destination = DestinationFactory.create(account=acme)

    answer = page.post(reverse("app:setup-auth", args=[destination.instance_id]), {"use": "\0"})

    assert answer.status_code < 500


def revoking(monkeypatch: pytest.MonkeyPatch, token_server: TokenServer) -> None:
    acme = REGISTRY["acme"]
    declared = dataclasses.replace(acme.oauth["oauth2_code"], revoke_url=lambda _: token_server.url)
    monkeypatch.setitem(REGISTRY, "acme", dataclasses.replace(acme, oauth={"oauth2_code": declared}))


def test_what_another_organisation_gave_and_nobody_keeps_is_revoked(
    page: Client,
    connection: Connection,
    organisations: list[str],
    token_server: TokenServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    revoking(monkeypatch, token_server)
    connect(page, connection)
    organisations.append("org-2")

    assert come_back(page, ask(page, connection)["state"]).status_code == 400

    assert token_server.revoked == ["refresh-2"]
    stored = Connection.objects.select_related("token").get().token.reveal()
    assert stored["refresh_token"] == "refresh-1"


def test_a_revocation_that_fails_changes_no_answer(
    page: Client,
    connection: Connection,
    organisations: list[str],
    monkeypatch: pytest.MonkeyPatch,
    token_server: TokenServer,
) -> None:
    revoking(monkeypatch, token_server)
    connect(page, connection)
    organisations.append("org-2")
    setup = PLATFORMS["builtin"].setup

    def fails(self: object, destination: DestinationValues) -> None:
        raise PlatformError("No answer.")

    monkeypatch.setattr(type(setup), "forget", fails)

    assert "That is The org-2" in come_back(page, ask(page, connection)["state"]).content.decode()


def test_what_may_end_another_connections_consent_is_not_revoked(
    page: Client,
    connection: Connection,
    acme: Account,
    organisations: list[str],
    token_server: TokenServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    revoking(monkeypatch, token_server)
    connect(page, connection)
    other = Connection(account=acme, integration="acme", scheme="oauth2_code", organisation_id="org-2")
    other.seal({})
    other.save()
    organisations.append("org-2")

    assert come_back(page, ask(page, connection)["state"]).status_code == 400

    assert token_server.revoked == []


@pytest.mark.parametrize("can_be_told", [True, False])
def test_whoever_disconnects_reads_whether_the_other_system_can_be_told(
    page: Client,
    connection: Connection,
    token_server: TokenServer,
    monkeypatch: pytest.MonkeyPatch,
    *,
    can_be_told: bool,
) -> None:
    connect(page, connection)
    if can_be_told:
        revoking(monkeypatch, token_server)
    disconnect = reverse("app:connection-disconnect", args=[connection.pk])

    asked = page.get(disconnect).content.decode()
    answer = page.post(disconnect, follow=True).content.decode()

    assert ("given up at the other system" in asked) == can_be_told
    assert ("they stay good until you take them back there" in asked) == (not can_be_told)
    assert ("they stay good until you take them back there" in answer) == (not can_be_told)
