import base64
from typing import Any

import pytest

from destinations.connectors.webhook.request import header_problem, path_problem, request_for
from tests.destinations.connectors.webhook.orders import KEY, order

NESTED = {"name": "Ada", "company": {"name": "Acmé & Co"}, "tags": ["a", "b"], "vip": True, "note": None}


def headers_of(**more: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in request_for(order(**more)).headers}


def test_a_lead_is_posted_as_json_by_default() -> None:
    request = request_for(order(payload={"name": "Adé", "company": {"size": 5}}))

    assert (request.method, request.url) == ("POST", "https://example.com/leads")
    assert request.body.decode() == '{"name":"Adé","company":{"size":5}}'
    assert dict(request.headers)["Content-Type"] == "application/json"
    assert request.timeout == 10


def test_a_form_writes_nested_names_with_dots() -> None:
    request = request_for(order(payload=NESTED, format="form"))

    assert request.body == b"name=Ada&company.name=Acm%C3%A9+%26+Co&tags=a&tags=b&vip=true&note="
    assert dict(request.headers)["Content-Type"] == "application/x-www-form-urlencoded"


def test_a_query_goes_into_the_address_without_a_body() -> None:
    request = request_for(order("https://example.com/leads?v=2", NESTED, format="query", method="GET"))

    assert request.method == "GET"
    assert request.url == (
        "https://example.com/leads?v=2&name=Ada&company.name=Acm%C3%A9+%26+Co&tags=a&tags=b&vip=true&note="
    )
    assert request.body == b""
    assert "content-type" not in {name.lower() for name, _ in request.headers}


@pytest.mark.parametrize(
    ("url", "path", "address"),
    [
        ("https://example.com", "", "https://example.com"),
        ("https://example.com/", "/contacts", "https://example.com/contacts"),
        ("https://example.com/api", "contacts", "https://example.com/api/contacts"),
        ("https://example.com/api/", "/contacts/", "https://example.com/api/contacts/"),
        ("https://example.com/api?v=2", "/contacts?x=1", "https://example.com/api/contacts?v=2&x=1"),
        ("https://example.com/api", "?x=1", "https://example.com/api?x=1"),
        ("https://example.com/api#part", "", "https://example.com/api"),
        ("https://example.com/api", "/a:b@c", "https://example.com/api/a:b@c"),
        ("https://[broken", "/contacts", "https://[broken"),
    ],
)
def test_an_actions_path_is_appended_to_the_url(url: str, path: str, address: str) -> None:
    assert request_for(order(url, path=path)).url == address


def test_every_request_names_its_delivery_and_who_sends_it() -> None:
    headers = headers_of()

    assert headers["webhook-id"] == KEY
    assert headers["user-agent"] == "LeadConduit"


def test_an_api_key_goes_into_its_header() -> None:
    credentials = {"placement": "header", "name": "X-Key", "key": "s3cret"}

    assert headers_of(scheme="api_key", credentials=credentials)["x-key"] == "s3cret"


def test_an_api_key_goes_into_the_query() -> None:
    credentials = {"placement": "query", "name": "api key", "key": "s3&cret"}

    request = request_for(order("https://example.com/?v=2", scheme="api_key", credentials=credentials))

    assert request.url == "https://example.com/?v=2&api+key=s3%26cret"


def test_basic_sends_user_name_and_password() -> None:
    headers = headers_of(scheme="basic", credentials={"username": "adé", "password": "s3cret"})

    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode() == "adé:s3cret"


def test_a_bearer_token_is_sent() -> None:
    assert headers_of(scheme="bearer", credentials={"token": "t0ken"})["authorization"] == "Bearer t0ken"


def test_headers_of_the_credential_go_before_static_ones_of_the_same_name() -> None:
    headers = headers_of(
        headers=[["X-Key", "static"], ["X-Source", "web"], ["content-type", "application/ld+json"]],
        scheme="headers",
        credentials={"headers": [["x-key", "s3cret"]]},
    )

    assert (headers["x-key"], headers["x-source"]) == ("s3cret", "web")
    assert headers["content-type"] == "application/ld+json"


def test_nobody_else_sets_the_delivery_s_id() -> None:
    request = request_for(order(headers=[["Webhook-ID", "forged"]]))

    assert [value for name, value in request.headers if name.lower() == "webhook-id"] == [KEY]


@pytest.mark.parametrize(
    ("scheme", "credentials", "secret"),
    [
        ("api_key", {"placement": "header", "name": "X-Key", "key": "s3cret"}, "s3cret"),
        ("api_key", {"placement": "query", "name": "key", "key": "s3cret"}, "s3cret"),
        ("basic", {"username": "ada", "password": "s3cret"}, "s3cret"),
        ("bearer", {"token": "s3cret"}, "s3cret"),
        ("headers", {"headers": [["X-Key", "s3cret"]]}, "s3cret"),
        ("headers", {"headers": [["Authorization", "Bearer s3cret"]]}, "s3cret"),
        ("headers", {"headers": [["X-Auth", "Token s3cret"]]}, "s3cret"),
        ("headers", {"headers": [["Cookie", "sid=s3cret"]]}, "s3cret"),
        ("headers", {"headers": [["Authorization", "Basic YWRhOnMzY3JldA=="]]}, "s3cret"),
        ("api_key", {"placement": "header", "name": "X-Key", "key": "Key s3cret"}, "s3cret"),
    ],
)
def test_each_secret_is_named_to_the_client(scheme: str, credentials: dict[str, Any], secret: str) -> None:
    assert secret in request_for(order(scheme=scheme, credentials=credentials)).secrets


@pytest.mark.parametrize(
    "name", ["Host", "content-length", "Transfer-Encoding", "Webhook-Id", "a b", "a:b", ""]
)
def test_a_header_that_is_not_the_users_to_set_is_refused(name: str) -> None:
    assert header_problem(name)


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example", "a b", "a#b", "a\\b"])
def test_a_path_is_only_a_path(path: str) -> None:
    assert path_problem(path)


@pytest.mark.parametrize("path", ["", "contacts", "/contacts?list=5"])
def test_a_path_may_have_a_query(path: str) -> None:
    assert path_problem(path) == ""


def test_text_that_is_no_unicode_is_sent_all_the_same() -> None:
    assert request_for(order(payload={"a": "\ud800"})).body == b'{"a":"?"}'
