"""The cast of the tests, and their ways in.

Olive owns Acme, Adam is an admin of it, Vera looks on; Sam owns another account and must be refused everywhere.
"""

import base64
from collections.abc import Callable
from typing import Any, Protocol, cast

import orjson
import pytest
from django.http.response import ResponseHeaders
from django.test import Client

from leadconduit.accounts.models import Account, Role, User
from tests.factories import AccountFactory, UserFactory, api_key


class Answer(Protocol):
    """What the API answered."""

    status_code: int
    headers: ResponseHeaders
    content: bytes

    def json(self) -> Any: ...


class ApiClient:
    """The REST API with a key, as an integrator calls it: JSON in, JSON out."""

    def __init__(self, key: str | None) -> None:
        token = base64.b64encode(f"API:{key}".encode()).decode()
        headers = {"Authorization": f"Basic {token}"} if key else {}
        self._client = Client(headers=headers, raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Answer:
        return cast(Answer, self._client.get(path, query))

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self.send("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self.send("PUT", path, body, **options)

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        content = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        return cast(Answer, self._client.generic(method, path, content, content_type, headers=headers))


@pytest.fixture
def acme(db: None) -> Account:
    return AccountFactory.create(name="Acme")


@pytest.fixture
def elsewhere(db: None) -> Account:
    return AccountFactory.create(name="Elsewhere")


@pytest.fixture
def olive(acme: Account) -> User:
    return UserFactory.create(email="olive@acme.test", account=acme, role=Role.OWNER)


@pytest.fixture
def adam(acme: Account) -> User:
    return UserFactory.create(email="adam@acme.test", account=acme, role=Role.ADMIN)


@pytest.fixture
def vera(acme: Account) -> User:
    return UserFactory.create(email="vera@acme.test", account=acme, role=Role.VIEWER)


@pytest.fixture
def sam(elsewhere: Account) -> User:
    return UserFactory.create(email="sam@elsewhere.test", account=elsewhere, role=Role.OWNER)


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """A browser in which this user is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def api(acme: Account) -> ApiClient:
    """Acme's integrator."""
    return ApiClient(api_key(acme))


@pytest.fixture
def stranger(elsewhere: Account) -> ApiClient:
    """The integrator of another account."""
    return ApiClient(api_key(elsewhere))


@pytest.fixture
def nobody(db: None) -> ApiClient:
    return ApiClient(None)
