"""A key as the REST API meets it."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from leadconduit.accounts.api_auth import ApiKeyAuthentication
from leadconduit.accounts.models import Account, ApiKey

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def asked_with(authorization: str | None) -> Request:
    headers = {} if authorization is None else {"Authorization": authorization}
    return Request(APIRequestFactory().get("/destinations", headers=headers))


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture
def key(acme: Account) -> tuple[ApiKey, str]:
    return ApiKey.make(account=acme, name="Zapier", by=None)


def test_a_key_is_forty_hex_digits_of_which_only_the_end_is_kept(key: tuple[ApiKey, str]) -> None:
    row, clear = key

    assert len(clear) == 40
    assert int(clear, 16)
    assert row.ending == clear[-4:]
    assert clear not in str(ApiKey.objects.values().get())


@pytest.mark.parametrize("user", ["", "X", "API", "olive@acme.test"])
def test_a_key_acts_for_its_account_whatever_the_user_name(
    acme: Account, key: tuple[ApiKey, str], user: str
) -> None:
    caller, found = ApiKeyAuthentication().authenticate(asked_with(basic(user, key[1])))

    assert caller.account == acme
    assert found == key[0]


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic %%%",
        "Basic " + base64.b64encode(b"\xff\xfe").decode(),
        "Basic " + base64.b64encode(b"no colon").decode(),
        basic("X", ""),
        basic("X", "0" * 40),
        basic("X", "a\0b"),
        "Bearer " + "0" * 40,
    ],
)
def test_anything_else_is_refused(db: None, authorization: str | None) -> None:
    with pytest.raises(AuthenticationFailed):
        ApiKeyAuthentication().authenticate(asked_with(authorization))


def test_a_revoked_key_is_refused(key: tuple[ApiKey, str]) -> None:
    key[0].revoke(by=None, now=NOON)

    with pytest.raises(AuthenticationFailed):
        ApiKeyAuthentication().authenticate(asked_with(basic("X", key[1])))


def test_a_key_says_when_it_was_used_to_the_minute(key: tuple[ApiKey, str]) -> None:
    row, _ = key

    row.mark_used(now=NOON)
    row.mark_used(now=NOON + timedelta(seconds=59))
    row.refresh_from_db()
    assert row.latest_use_at == NOON

    row.mark_used(now=NOON + timedelta(seconds=61))
    row.refresh_from_db()
    assert row.latest_use_at == NOON + timedelta(seconds=61)
