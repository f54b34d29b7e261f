"""What the other system hears when somebody disconnects. Its token server is a real one, on this machine."""

import pytest

from destinations.configured import values_of_connection
from destinations.models import Connection, ConnectionToken
from destinations.platforms.port import PlatformError
from destinations.platforms.registry import PLATFORMS
from leadconduit.accounts.models import Account
from tests.destinations.credentials.test_tokens import acme_by_oauth, connection_of
from tests.destinations.credentials.token_server import TokenServer, token_server

__all__ = ["acme_by_oauth", "token_server"]

pytestmark = pytest.mark.django_db(transaction=True)


def forget(connection: Connection) -> None:
    fresh = Connection.objects.select_related("token").get(pk=connection.pk)
    PLATFORMS["builtin"].setup.forget(values_of_connection(fresh))


def test_the_refresh_token_is_revoked_and_with_it_all(acme: Account, token_server: TokenServer) -> None:
    forget(connection_of(acme))

    assert token_server.revoked == ["refresh-0"]


def test_without_one_it_is_the_access_token(acme: Account, token_server: TokenServer) -> None:
    connection = connection_of(acme)
    token = ConnectionToken.objects.get()
    token.seal({"access_token": "access-0"})
    token.save()

    forget(connection)

    assert token_server.revoked == ["access-0"]


def test_one_without_a_token_has_nothing_to_revoke(acme: Account, token_server: TokenServer) -> None:
    connection = connection_of(acme)
    ConnectionToken.objects.all().delete()

    forget(connection)

    assert token_server.revoked == []


@pytest.mark.parametrize(
    ("status", "error", "is_told"),
    [
        (200, "", True),
        (400, "invalid_token", True),
        (400, "unsupported_token_type", False),
        (401, "invalid_client", False),
        (503, "", False),
        (302, "", False),
    ],
)
def test_whoever_disconnects_hears_when_it_could_not_be_told(
    acme: Account, token_server: TokenServer, status: int, error: str, is_told: bool
) -> None:
    connection = connection_of(acme)
    token_server.status, token_server.error = status, error

    if is_told:
        forget(connection)
    else:
        with pytest.raises(PlatformError):
            forget(connection)


def test_so_it_is_without_a_client_id(acme: Account, token_server: TokenServer) -> None:
    connection = connection_of(acme)
    Connection.objects.update(settings={})

    with pytest.raises(PlatformError, match="Client ID"):
        forget(connection)
