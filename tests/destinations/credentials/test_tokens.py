"""Access tokens that are good now, whoever asks at the same time. The token server is a real one, on this machine."""

import asyncio
import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from destinations.connectors.calls import Credentials, NotConnected
from destinations.connectors.declaration import OAuth2
from destinations.connectors.registry import REGISTRY
from destinations.credentials import connections, oauth, tokens
from destinations.models import Connection, ConnectionStatus, ConnectionToken, Destination, Lane
from destinations.models.lane import FOREVER, OPEN
from destinations.platforms.port import Connected, DestinationValues, Tokens
from destinations.platforms.registry import PLATFORMS
from leadconduit.accounts.models import Account, User
from leadconduit.lib import outbound
from tests.destinations.connectors.acme_crm import ACME
from tests.destinations.credentials.token_server import TokenServer, token_server
from tests.factories import DestinationFactory

__all__ = ["token_server"]

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()


@pytest.fixture(autouse=True)
def acme_by_oauth(monkeypatch: pytest.MonkeyPatch, token_server: TokenServer) -> None:
    """Acme CRM, with a token server that is there."""
    declared = OAuth2(
        authorize_url=lambda _: "https://acme.example/authorize",
        token_url=lambda _: token_server.url,
        revoke_url=lambda _: token_server.url,
        keeps=("instance_url",),
    )
    by_oauth = dataclasses.replace(ACME, oauth={"oauth2_code": declared, "oauth2_client": declared})
    monkeypatch.setitem(REGISTRY, "acme", by_oauth)


def connection_of(account: Account, *, scheme: str = "oauth2_code", expired: bool = True) -> Connection:
    connection = Connection(
        account=account, integration="acme", scheme=scheme, name="Acme", settings={"client_id": "app"}
    )
    connection.seal({"client_secret": "s3cret"})
    connection.save()
    token = ConnectionToken(connection=connection, version=1, given_at=NOW - timedelta(hours=1))
    token.expires_at = NOW + timedelta(minutes=-1 if expired else 60)
    token.seal({"access_token": "access-0", "refresh_token": "refresh-0"})
    if scheme == "oauth2_code":
        token.save()
    return connection


def credentials_of(connection: Connection) -> dict[str, Any]:
    fresh = Connection.objects.select_related("token").get(pk=connection.pk)
    return tokens.credentials_of(fresh)


def renewable(connection: Connection) -> tokens.Renewable:
    return tokens.Renewable(connection.pk, credentials_of(connection))


async def all_of(*work: Any) -> list[Any]:
    return list(await asyncio.gather(*work, return_exceptions=True))


# --- Renewing


def test_a_token_that_is_good_is_used_without_asking(acme: Account, token_server: TokenServer) -> None:
    source = renewable(connection_of(acme, expired=False))

    assert outbound.run(source.get())["access_token"] == "access-0"
    assert not token_server.requests


def test_an_expired_one_is_renewed_before_it_is_used(acme: Account, token_server: TokenServer) -> None:
    connection = connection_of(acme)

    credentials = outbound.run(renewable(connection).get())

    assert credentials["access_token"] == "access-1"
    assert credentials["instance_url"] == "https://acme.example"
    assert "refresh_token" not in credentials
    assert token_server.requests[0] | {"authorization": ""} == {
        "grant_type": "refresh_token",
        "refresh_token": "refresh-0",
        "client_id": "app",
        "client_secret": "s3cret",
        "authorization": "",
    }
    assert outbound.run(renewable(connection).get()) == credentials


def test_one_that_was_refused_is_renewed(acme: Account, token_server: TokenServer) -> None:
    source = renewable(connection_of(acme, expired=False))

    credentials = outbound.run(source.renew(outbound.run(source.get())))

    assert credentials["access_token"] == "access-1"


def test_a_client_gets_its_first_token_by_its_own_credentials(
    acme: Account, token_server: TokenServer
) -> None:
    source = renewable(connection_of(acme, scheme="oauth2_client"))

    assert outbound.run(source.get())["access_token"] == "access-1"
    assert token_server.requests[0]["grant_type"] == "client_credentials"


def test_the_operators_application_is_used_where_there_is_one(
    acme: Account, token_server: TokenServer, settings: Any
) -> None:
    settings.OAUTH_CLIENTS = {"acme": {"client_id": "ours", "client_secret": "kept"}}
    connection = connection_of(acme)
    Connection.objects.filter(pk=connection.pk).update(settings={})
    connection.settings = {}
    connection.seal({})
    connection.save()

    outbound.run(renewable(connection).get())

    assert token_server.requests[0]["client_id"] == "ours"


# --- At the same time


def test_fifty_who_notice_at_once_make_one_request(acme: Account, token_server: TokenServer) -> None:
    connection = connection_of(acme)
    sources = [renewable(connection) for _ in range(50)]

    got = outbound.run(all_of(*(source.get() for source in sources)))

    assert {credentials["access_token"] for credentials in got} == {"access-1"}
    assert len(token_server.requests) == 1


def test_so_do_many_processes(
    acme: Account, token_server: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without what they share within a process, only the lease on the row is left to keep them apart."""

    async def alone(connection_id: str, version: int) -> Credentials:
        return await tokens._renewed(connection_id, version)

    monkeypatch.setattr(tokens, "_together", alone)
    connection = connection_of(acme)
    sources = [renewable(connection) for _ in range(12)]

    got = outbound.run(all_of(*(source.get() for source in sources)))

    assert {credentials["access_token"] for credentials in got} == {"access-1"}
    assert len(token_server.requests) == 1


def test_who_spends_a_token_too_late_takes_what_the_other_got(
    acme: Account, token_server: TokenServer
) -> None:
    """The lease ended while the first still asked; both have spent the same refresh token."""
    connection = connection_of(acme)
    found = tokens._found(connection.pk, 1)
    late = dataclasses.replace(found)
    assert found.request
    assert late.request

    outbound.run(tokens._asked(found, found.request))
    credentials = outbound.run(tokens._asked(late, late.request))

    assert credentials["access_token"] == "access-1"
    assert Connection.objects.get().status == ConnectionStatus.CONNECTED


def test_a_lease_of_a_process_that_died_ends(acme: Account, token_server: TokenServer) -> None:
    connection = connection_of(acme)
    assert tokens._found(connection.pk, 1).request is not None
    assert tokens._found(connection.pk, 1).request is None
    ConnectionToken.objects.update(asked_until=timezone.now() - timedelta(seconds=1))

    assert outbound.run(renewable(connection).get())["access_token"] == "access-1"


def test_who_answers_after_the_lease_keeps_what_was_rotated(acme: Account, token_server: TokenServer) -> None:
    """Somebody else holds the lease by then, and has nothing but the refresh token that was spent."""
    connection = connection_of(acme)
    found = tokens._found(connection.pk, 1)
    ConnectionToken.objects.update(asked_until=timezone.now() - timedelta(seconds=1))
    other = tokens._found(connection.pk, 1)
    assert found.request
    assert other.request

    outbound.run(tokens._asked(found, found.request))

    assert ConnectionToken.objects.get().reveal()["refresh_token"] == "refresh-1"
    assert outbound.run(tokens._asked(other, other.request))["access_token"] == "access-1"
    assert Connection.objects.get().status == ConnectionStatus.CONNECTED


def test_what_a_server_does_not_say_again_stays_as_it_was(acme: Account, token_server: TokenServer) -> None:
    connection = connection_of(acme)
    connection.token.seal({"access_token": "a", "refresh_token": "refresh-0", "instance_url": "https://na1"})
    connection.token.save()
    token_server.changed = {"instance_url": None, "refresh_token": None}

    credentials = outbound.run(renewable(connection).get())

    assert credentials["instance_url"] == "https://na1"
    assert ConnectionToken.objects.get().reveal()["refresh_token"] == "refresh-0"


def disconnected(connection: Connection) -> None:
    connections.disconnect(Connection.objects.get(pk=connection.pk), by=None)


def connected_anew(connection: Connection) -> None:
    given = Connected("connected", tokens=Tokens({"access_token": "new"}, None, None))
    connections.connected(Connection.objects.get(pk=connection.pk), given, by=None, now=timezone.now())


@pytest.mark.parametrize("is_used", [True, False])
@pytest.mark.parametrize("error", ["", "invalid_grant", "slow_down"])
@pytest.mark.parametrize("scheme", ["oauth2_code", "oauth2_client"])
def test_one_that_is_disconnected_meanwhile_has_no_token_and_none_is_left(
    delivering: tuple[Connection, Destination],
    token_server: TokenServer,
    scheme: str,
    error: str,
    is_used: bool,
) -> None:
    connection, _ = delivering
    if scheme == "oauth2_client":
        Connection.objects.update(scheme=scheme)
        ConnectionToken.objects.all().delete()
    if not is_used:
        Destination.objects.update(deleted_at=NOW)
    token_server.error = error
    token_server.meanwhile = lambda: disconnected(connection)

    refused = refusal(connection)

    assert refused.gone
    assert Connection.objects.exists() == is_used
    assert not ConnectionToken.objects.filter(version__gt=0).exists()
    given = {"oauth2_code": "refresh-1", "oauth2_client": "access-1"}[scheme]
    assert token_server.revoked == ([] if error else [given])


@pytest.mark.parametrize("error", ["", "invalid_grant"])
def test_one_that_is_connected_anew_meanwhile_keeps_its_new_token(
    acme: Account, token_server: TokenServer, error: str
) -> None:
    """Nothing is revoked then: with many servers that would end the new consent, too."""
    connection = connection_of(acme)
    token_server.error = error
    token_server.meanwhile = lambda: connected_anew(connection)

    assert not refusal(connection).gone
    assert token_server.revoked == []
    assert credentials_of(connection)["access_token"] == "new"
    assert Connection.objects.get().status == ConnectionStatus.CONNECTED


def test_versions_count_on_after_it_was_disconnected(
    delivering: tuple[Connection, Destination], token_server: TokenServer
) -> None:
    """Whoever still has the old token must not take the new one for it."""
    connection, _ = delivering
    outbound.run(renewable(connection).get())
    before = credentials_of(connection)["token_version"]
    disconnected(connection)
    connected_anew(connection)

    assert credentials_of(connection)["token_version"] >= before > 1


# --- When there is no token to be had


@pytest.mark.parametrize("scheme", ["oauth2_code", "oauth2_client"])
def test_one_without_an_application_says_so_and_holds_nobody_up(
    acme: Account, token_server: TokenServer, scheme: str
) -> None:
    """The operator has taken away the one that was registered for everybody."""
    connection = connection_of(acme, scheme=scheme)
    Connection.objects.update(settings={})

    assert "Client ID" in refusal(connection).sentence
    assert Connection.objects.get().status == ConnectionStatus.CONNECTED
    assert ConnectionToken.objects.get().asked_by is None


@pytest.mark.parametrize("status", [ConnectionStatus.WAITING, ConnectionStatus.CONNECTED])
def test_one_that_waits_for_consent_is_not_dead(
    delivering: tuple[Connection, Destination], token_server: TokenServer, status: str
) -> None:
    connection, destination = delivering
    ConnectionToken.objects.all().delete()
    Connection.objects.update(status=status)

    assert "consent" in refusal(connection).sentence
    assert Connection.objects.get().status == status
    assert Lane.objects.get(destination=destination).unauthorized_until == OPEN
    assert (token_server.requests, mail.outbox) == ([], [])


@pytest.fixture
def delivering(acme: Account) -> tuple[Connection, Destination]:
    """A connection, and a destination that delivers by it."""
    connection = connection_of(acme)
    destination = DestinationFactory.create(account=acme, name="CRM")
    assert destination.live
    destination.live.document["connection"] = connection.pk
    destination.live.save()
    return connection, destination


def refusal(connection: Connection) -> NotConnected:
    with pytest.raises(NotConnected) as refused:
        outbound.run(renewable(connection).get())
    return refused.value


def test_a_dead_connection_closes_the_lanes_of_its_destinations_and_says_so_once(
    delivering: tuple[Connection, Destination], token_server: TokenServer, adam: User, vera: User
) -> None:
    connection, destination = delivering
    other = DestinationFactory.create(account=destination.account)
    token_server.refresh_token = "spent by somebody else"

    refused = [refusal(connection), refusal(connection)]

    assert all(one.gone for one in refused)
    assert refused[0].sentence == (
        "The access was taken back there, or has ended: connect again. The other system says: expired access/refresh"
        " token (invalid_grant)."
    )
    assert Lane.objects.get(destination=destination).unauthorized_until == FOREVER
    assert Lane.objects.get(destination=other).unauthorized_until == OPEN
    assert Connection.objects.get().status == ConnectionStatus.NEEDS_ATTENTION
    assert len(token_server.requests) == 1
    assert [message.to for message in mail.outbox] == [[adam.email]]
    assert "CRM" in mail.outbox[0].body
    assert "refresh-0" not in mail.outbox[0].body


@pytest.mark.parametrize(
    ("status", "error"), [(500, ""), (503, "temporarily_unavailable"), (429, "slow_down")]
)
def test_a_server_that_is_out_of_order_is_left_alone_for_a_while(
    delivering: tuple[Connection, Destination], token_server: TokenServer, status: int, error: str
) -> None:
    connection, destination = delivering
    token_server.status, token_server.error = status, error

    first, second = refusal(connection), refusal(connection)

    assert (first.gone, second.gone) == (False, False)
    assert first.retry_after == 15
    assert len(token_server.requests) == 1
    cools_until = ConnectionToken.objects.get().cools_until
    assert Lane.objects.get(destination=destination).unauthorized_until == cools_until
    assert (Connection.objects.get().status, mail.outbox) == ("connected", [])

    token_server.status, token_server.error = 200, ""
    ConnectionToken.objects.update(cools_until=OPEN)
    assert outbound.run(renewable(connection).get())["access_token"] == "access-1"
    assert ConnectionToken.objects.get().failures == 0
    assert Lane.objects.get(destination=destination).unauthorized_until == OPEN


def test_a_server_that_quotes_what_it_was_asked_is_not_quoted(
    acme: Account, token_server: TokenServer
) -> None:
    token_server.status, token_server.error = 400, "invalid_grant for refresh-0 of app with s3cret"

    sentence = refusal(connection_of(acme)).sentence

    assert "invalid_grant" in sentence
    assert "refresh-0" not in sentence
    assert "s3cret" not in sentence


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
@pytest.mark.parametrize(
    "token", [7, {"a": 1}, ["a"], True, " ", "a\nb", "a\r\nX-Evil: 1", "a\0b", "ü", "a" * 16_385]
)
def test_what_is_no_token_is_not_taken_for_one(
    acme: Account, token_server: TokenServer, name: str, token: object
) -> None:
    token_server.changed = {name: token}

    refused = refusal(connection_of(acme))

    assert (refused.gone, refused.retry_after) == (False, 15)
    assert "no token" in refused.sentence
    assert ConnectionToken.objects.get().version == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, '{"access_token": "a", "expires_in": 1e999}'),
        (200, "[" * 60_000),
        (200, '{"access_token": null}'),
        (200, "[]"),
        (200, '"a"'),
        (200, "\0"),
        (400, '{"error": ["a"]}'),
        (400, '{"error": "odd", "error_description": {"a": "\\u0000"}}'),
        (400, '{"error": "odd\\u0000", "error_description": "a\\u0000b\\ud800' + "x" * 50_000 + '"}'),
    ],
)
def test_an_answer_that_means_nothing_is_a_server_out_of_order(
    acme: Account, token_server: TokenServer, status: int, body: str
) -> None:
    token_server.status, token_server.body = status, body
    connection = connection_of(acme)
    ConnectionToken.objects.update(failures=4)

    refused = refusal(connection)

    assert (refused.gone, bool(refused.retry_after)) == (False, True)
    assert len(refused.sentence) <= 500
    assert "\0" not in refused.sentence
    assert Connection.objects.get().problem == refused.sentence
    assert ConnectionToken.objects.get().asked_by is None


def test_what_breaks_us_gives_the_lease_back_and_leaves_a_trace(
    acme: Account, token_server: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("refresh-0")

    connection = connection_of(acme)
    monkeypatch.setattr(oauth, "tokens_of", broken)

    refused = refusal(connection)

    assert not refused.gone
    assert "trace" in refused.sentence
    assert "refresh-0" not in refused.sentence
    assert ConnectionToken.objects.get().asked_by is None


def test_a_connection_that_is_gone_says_so(acme: Account) -> None:
    source = renewable(connection_of(acme))
    Connection.objects.all().delete()

    with pytest.raises(NotConnected, match="deleted"):
        outbound.run(source.get())


def test_what_was_given_is_kept_encrypted(acme: Account, token_server: TokenServer) -> None:
    connection = connection_of(acme)

    outbound.run(renewable(connection).get())

    sealed = bytes(ConnectionToken.objects.get().sealed)
    assert b"access-1" not in sealed
    assert b"refresh-1" not in sealed


def test_something_newer_is_not_written_over(acme: Account) -> None:
    connection = connection_of(acme)
    found = tokens._found(connection.pk, 1)
    ConnectionToken.objects.keep(connection, Tokens({"access_token": "by consent"}, None, None), now=NOW)

    assert not ConnectionToken.objects.keep(
        connection, Tokens({"access_token": "late"}, None, None), now=NOW, instead_of=found.version
    )
    assert credentials_of(connection)["access_token"] == "by consent"


# --- Whose application


def test_the_operators_application_never_acts_for_itself(
    acme: Account, token_server: TokenServer, settings: Any
) -> None:
    """An account may say to which host that secret goes."""
    settings.OAUTH_CLIENTS = {"acme": {"client_id": "ours", "client_secret": "kept"}}
    connection = connection_of(acme, scheme="oauth2_client")
    Connection.objects.update(settings={})

    with pytest.raises(NotConnected, match="Client ID"):
        outbound.run(renewable(connection).get())

    assert token_server.requests == []


@pytest.mark.parametrize("scheme", ["oauth2_client", "oauth2_code"])
def test_an_application_of_its_own_gets_no_secret_of_the_operators(
    acme: Account, token_server: TokenServer, settings: Any, scheme: str
) -> None:
    settings.OAUTH_CLIENTS = {"acme": {"client_id": "ours", "client_secret": "kept"}}
    connection = connection_of(acme, scheme=scheme)
    connection.seal({})
    connection.save()

    outbound.run(renewable(connection).get())

    assert token_server.requests[0]["client_id"] == "app"
    assert "kept" not in str(token_server.requests)


@pytest.mark.parametrize("integration", ["salesforce", "marketo", "webhook"])
def test_each_account_enters_its_own_for_client_credentials(settings: Any, integration: str) -> None:
    settings.OAUTH_CLIENTS = {integration: {"client_id": "ours", "client_secret": "kept"}}
    setup = PLATFORMS["builtin"].setup

    schemes = setup.schemes(DestinationValues(account_id="", instance_id="", integration=integration))

    asked = {scheme.key: {field.key for field in scheme.fields} for scheme in schemes}
    assert {"client_id", "client_secret"} <= asked["oauth2_client"]
    assert "client_id" not in asked.get("oauth2_code", set())
