"""What holds for every address of the API: keys, bodies, methods, errors."""

import base64
from typing import Any

import pytest
from django.test import Client

from leadconduit.accounts.models import Account, ApiKey
from tests.cast import ApiClient
from tests.factories import api_key, flow_body

pytestmark = pytest.mark.django_db
PATHS = ["/destinations", "/destinations/x", "/flows", "/flows/x", "/entities", "/entities/x"]
PATHS += ["/deliveries", "/deliveries/x", "/status", "/fields", "/fields/x", "/types", "/events", "/events/x"]
PATHS += ["/flows/x/changelogs", "/flows/x/fields", "/flows/x/fields/usage"]


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "header", [None, "Basic", "Basic !", "Basic eDp5", "Bearer x", basic("API", "0" * 40), basic("", "é\0")]
)
def test_without_a_good_key_nothing_is_answered(client: Client, path: str, header: str | None) -> None:
    answer = client.get(path, headers={"Authorization": header} if header else {})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert answer.json() == {"error": "not authorized"}


def test_a_session_is_no_key(as_user: Any, olive: Any) -> None:
    assert as_user(olive).get("/flows").status_code == 401


def test_any_user_name_will_do(client: Client, acme: Account) -> None:
    key = api_key(acme)

    for user in ("API", "X", "", "a b@c"):
        assert client.get("/flows", headers={"Authorization": basic(user, key)}).status_code == 200


def test_a_revoked_key_is_none(api: ApiClient, acme: Account) -> None:
    ApiKey.objects.filter(account=acme).update(revoked_at="2026-01-01T00:00:00Z")

    assert api.get("/flows").status_code == 401


def test_status_tells_the_version(api: ApiClient) -> None:
    from leadconduit import __version__

    assert api.get("/status").json() == {"version": __version__}


@pytest.mark.parametrize("path", ["/flows", "/entities", "/fields"])
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b"nope",
        b'{"name": "\\ud800"}',
        b'{"name": "a\\u0000b"}',
        b'{"name": 1e999}',
        b"[" * 5000,
        b'{"a\\u0000":' * 900 + b"1" + b"}" * 900,
        b"[]",
        b'"text"',
        b"7",
        b"null",
        b"{}",
        b"",
    ],
)
def test_a_body_that_makes_no_sense_is_refused_with_a_sentence(
    api: ApiClient, path: str, body: bytes
) -> None:
    answer = api.post(path, body)

    assert answer.status_code == 400, answer.content
    assert answer.json()["error"].endswith((".", ".)"))


@pytest.mark.parametrize("part", [10**30, -1.5e300, {"a": [[[[]]]]}, [None], True, "\u0001", "x" * 100_000])
@pytest.mark.parametrize("key", ["name", "fields", "sources", "steps", "destinations", "id", "caps"])
def test_no_value_of_any_property_is_an_error_of_ours(api: ApiClient, key: str, part: object) -> None:
    import json

    answer = api.post("/flows", json.dumps(flow_body(**{key: part})).encode())

    assert answer.status_code in (201, 400), answer.content


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "nonsense"])
@pytest.mark.parametrize("path", ["/flows", "/entities"])
def test_a_body_that_is_not_called_json_is_refused(api: ApiClient, path: str, content_type: str) -> None:
    answer = api.post(path, b"name=x", content_type=content_type)

    assert (answer.status_code, answer.json()) == (
        415,
        {"error": "The Content-Type must be application/json."},
    )


@pytest.mark.parametrize("path", ["/flows", "/entities"])
def test_a_body_that_is_too_large_is_refused(api: ApiClient, path: str) -> None:
    answer = api.post(path, b'{"name": "' + b"x" * 10_000_000 + b'"}')

    assert (answer.status_code, answer.json()) == (413, {"error": "The body is too large."})


@pytest.mark.parametrize("name", ["format", "x", ""])
@pytest.mark.parametrize("path", ["/flows", "/status", "/events/x", "/destinations/x"])
def test_a_parameter_that_is_not_taken_is_refused_in_json(api: ApiClient, path: str, name: str) -> None:
    answer = api.get(path, **{name: "xml"})

    assert answer.status_code == 400
    assert f"`{name}`" in answer.json()["error"]


def test_a_method_that_is_not_offered_is_refused_before_its_parameters(api: ApiClient) -> None:
    assert api.send("TRACE", "/deliveries?limit=1&x=1").status_code == 405


def test_only_get_takes_parameters(api: ApiClient) -> None:
    assert api.post("/events?limit=1", {}).status_code == 400


@pytest.mark.parametrize("path", ["/nothing", "/flows/x/y/z", "/destinations/a/b", "/status/"])
def test_an_unknown_address_is_answered_in_json(api: ApiClient, path: str) -> None:
    answer = api.get(path)

    assert answer.status_code == 404
    assert list(answer.json()) == ["error"]
