"""Signing in and out, by HTTP."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from leadconduit.accounts.models import User
from tests.accounts.conftest import PASSWORD, SignIn

LOGIN = "/app/login/"


@pytest.fixture
def olive(olive: User) -> User:
    olive.set_password(PASSWORD)
    olive.save(update_fields=["password"])
    return olive


def sign_in(client: Client, email: str, password: str, **more: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **more})


def test_the_right_password_opens_the_app(client: Client, olive: User) -> None:
    answer = sign_in(client, olive.email, PASSWORD)

    assert answer.headers["Location"] == "/app/"
    assert client.session["_auth_user_id"] == olive.pk


def test_an_address_is_one_however_it_is_spelt(client: Client, olive: User) -> None:
    sign_in(client, " OLIVE@Acme.Test ", PASSWORD)

    assert client.session["_auth_user_id"] == olive.pk


@pytest.mark.parametrize(
    ("email", "password"), [("olive@acme.test", "wrong"), ("nobody@acme.test", PASSWORD)]
)
def test_a_wrong_password_and_an_unknown_address_get_the_same_clear_answer(
    client: Client, olive: User, email: str, password: str
) -> None:
    answer = sign_in(client, email, password)

    assert answer.status_code == 200
    assert "The e-mail address and the password do not belong together." in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_in_leads_on_to_the_page_that_was_asked_for(client: Client, olive: User) -> None:
    page = client.get(f"{LOGIN}?next=/app/api-keys/")
    assert '<input type="hidden" name="next" value="/app/api-keys/"' in page.content.decode()

    answer = sign_in(client, olive.email, PASSWORD, next="/app/api-keys/")

    assert answer.headers["Location"] == "/app/api-keys/"


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test/", "javascript:alert(1)"])
def test_signing_in_never_leads_away_from_here(client: Client, olive: User, elsewhere: str) -> None:
    answer = sign_in(client, olive.email, PASSWORD, next=elsewhere)

    assert answer.headers["Location"] == "/app/"


def test_somebody_who_was_switched_off_is_told_so(client: Client, olive: User) -> None:
    User.objects.filter(pk=olive.pk).update(is_active=False)

    answer = sign_in(client, olive.email, PASSWORD)

    assert "This user was switched off." in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_session_ends_with_the_user_being_switched_off(olive: User, as_user: SignIn) -> None:
    client = as_user(olive)
    User.objects.filter(pk=olive.pk).update(is_active=False)

    assert client.get("/app/api-keys/").headers["Location"] == "/app/login/?next=/app/api-keys/"


def test_after_ten_failures_even_the_right_password_has_to_wait(client: Client, olive: User) -> None:
    for _ in range(10):
        sign_in(client, olive.email, "wrong")

    answer = sign_in(client, olive.email, PASSWORD)

    assert "Too many attempts have failed" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_in_rightly_again_and_again_is_no_failure(client: Client, olive: User) -> None:
    for _ in range(11):
        sign_in(client, olive.email, PASSWORD)
        client.post("/app/logout/")

    sign_in(client, olive.email, PASSWORD)

    assert client.session["_auth_user_id"] == olive.pk


def test_the_flood_of_attempts_from_one_address_gets_a_page_of_its_own(
    client: Client, db: None, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    sign_in(client, "a@acme.test", "wrong")

    answer = sign_in(client, "b@acme.test", "wrong")

    assert answer.status_code == 429
    assert "Too many attempts" in answer.content.decode()


def test_attempts_are_counted_where_every_process_sees_them(db: None) -> None:
    assert type(cache._connections["default"]).__name__ == "DatabaseCache"  # type: ignore[attr-defined]


def test_signing_out_asks_first_and_then_ends_the_session(olive: User, as_user: SignIn) -> None:
    client = as_user(olive)
    assert "Sign out?" in client.get("/app/logout/").content.decode()
    assert "_auth_user_id" in client.session

    answer = client.post("/app/logout/")

    assert answer.headers["Location"] == LOGIN
    assert "_auth_user_id" not in client.session


def test_signing_in_needs_the_token_of_its_form(olive: User) -> None:
    client = Client(enforce_csrf_checks=True)

    assert sign_in(client, olive.email, PASSWORD).status_code == 403


@pytest.mark.parametrize(
    "name", ["account_signup", "account_reset_password", "account_email", "account_inactive"]
)
def test_nothing_else_of_allauth_is_there(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)
