"""Every route, as everybody, against the one declared table."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from leadconduit.accounts.models import User
from tests.access.routes import address, routes
from tests.access.table import CALL, CALL_IT, CHANGE, IN, LOGIN, SEE, STAFF_ONLY, TABLE, Access, Answer

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# The door was open; what was brought along would not do.
COMPLAINTS = {400, 406, 409, 412, 413, 415, 422}

# Whoever is not signed in has nothing to sign out of, and is led on.
SIGNING_OUT = {f"{STAFF_ONLY}logout/"}

DECLARED = [(method, route) for route, row in TABLE.items() for method in row]
PAGES = [(method, route) for method, route in DECLARED if TABLE[route][method].nobody == LOGIN]
OWN = [(method, route) for method, route in DECLARED if TABLE[route][method] in (SEE, CHANGE, CALL)]


def test_every_route_has_a_row() -> None:
    missing = [route for route in routes() if route not in TABLE and not route.startswith(STAFF_ONLY)]

    assert not missing, "give each of these a row in tests/access/table.py"


def test_every_row_has_a_route() -> None:
    gone = set(TABLE) - set(routes())

    assert not gone, "take these rows out of tests/access/table.py"


@pytest.mark.parametrize(("method", "route"), DECLARED)
def test_everybody_gets_the_answer_that_the_table_says(
    method: str, route: str, askers: dict[str, Client], things: dict[str, str]
) -> None:
    url = address(route, things)

    answers = Access(**{name: ask(client, method, url) for name, client in askers.items()})

    assert answers == TABLE[route][method]


@pytest.mark.parametrize("route", TABLE)
def test_a_method_without_a_row_is_refused(
    route: str, askers: dict[str, Client], things: dict[str, str]
) -> None:
    url = address(route, things)
    asker = (
        askers["key"]
        if any(access in (CALL, CALL_IT) for access in TABLE[route].values())
        else askers["admin"]
    )

    taken = {method: ask(asker, method, url) for method in METHODS if method not in TABLE[route]}

    assert taken == dict.fromkeys(taken, 405)


@pytest.mark.parametrize(("method", "route"), OWN)
def test_a_stranger_is_shown_nothing_of_another_account(
    method: str, route: str, askers: dict[str, Client], things: dict[str, str]
) -> None:
    with rolled_back():
        shown = askers["stranger"].generic(method, address(route, things)).content.decode()

    assert [name for name, id in things.items() if len(id) >= 24 and id in shown] == []


@pytest.mark.parametrize(("method", "route"), PAGES)
def test_a_fragment_is_guarded_as_its_page_is(
    method: str, route: str, askers: dict[str, Client], things: dict[str, str]
) -> None:
    answer = askers["nobody"].generic(method, address(route, things), headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"].startswith(reverse("account_login"))
    assert answer.content == b""


@pytest.mark.parametrize("route", [route for method, route in PAGES if method == "POST"])
def test_a_change_by_the_browser_needs_the_token_of_its_page(
    route: str, adam: User, things: dict[str, str]
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(adam)

    assert ask(client, "POST", address(route, things)) == 403


def test_every_operation_of_the_api_description_has_a_row(client: Client, db: None) -> None:
    paths: dict[str, dict[str, Any]] = client.get(reverse("openapi")).json()["paths"]
    described = {(method.upper(), path) for path, item in paths.items() for method in item}

    assert described - set(DECLARED) == set()


def test_every_call_of_the_api_is_described(client: Client, db: None) -> None:
    paths: dict[str, dict[str, Any]] = client.get(reverse("openapi")).json()["paths"]
    described = {(method.upper(), path) for path, item in paths.items() for method in item}
    calls = {(method, route) for method, route in DECLARED if TABLE[route][method] in (CALL, CALL_IT)}

    assert calls - described == set()


@pytest.mark.parametrize("who", ["nobody", "stranger", "viewer", "admin", "key", "revoked_key"])
def test_nobody_of_a_customer_comes_into_the_admin(who: str, askers: dict[str, Client]) -> None:
    staff_only = {route for route in routes() if route.startswith(STAFF_ONLY)} - SIGNING_OUT

    answers = {route: ask(askers[who], "GET", address(route, AnyThing())) for route in staff_only}

    assert len(answers) > 20
    assert {route for route, answer in answers.items() if answer not in {LOGIN, 403, 405}} == set()


# --- Asking


def ask(client: Client, method: str, url: str) -> Answer:
    """The class of the answer. What asking changed is undone."""
    with rolled_back():
        answer = client.generic(method, url)
    # Only who is to come back from signing in is sent there with a page to come back to.
    if "/login/?next=" in answer.headers.get("Location", ""):
        return LOGIN
    return IN if answer.status_code < 400 or answer.status_code in COMPLAINTS else answer.status_code


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class AnyThing(dict[str, str]):
    """The admin asks who is there before it looks for anything."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return "1"
