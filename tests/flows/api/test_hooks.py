"""An action's webhook_url, called from outside."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from destinations.models import Action
from flows.models import Delivery, Due
from leadconduit.accounts.models import Account
from leadconduit.leads.values import plain
from tests.factories import DestinationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def action(acme: Account) -> Action:
    return Action.objects.get(destination=DestinationFactory.create(account=acme))


def call(action: Action, body: Any = None, *, key: str | None = None, method: str = "POST") -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body or {"email": "a@b.co"}).encode()
    headers = {} if key is None else {"Api-Key": key}
    return Client(raise_request_exception=False).generic(
        method, f"/hooks/{action.pk}", content, "application/json", headers=headers
    )


def test_a_call_with_the_key_makes_a_delivery_without_a_lead(action: Action) -> None:
    key = action.make_key(now=timezone.now())

    answer = call(action, {"email": "a@b.co"}, key=key)

    delivery = Delivery.objects.get()
    assert (answer.status_code, answer.json()) == (200, {"executionId": delivery.pk})
    assert not delivery.lead_id
    assert not delivery.flow_id
    assert delivery.input is not None
    assert delivery.input["email"]["domain"] == "b.co"
    assert plain(delivery.input) == {"email": "a@b.co"}
    assert Due.objects.filter(delivery_id=delivery.pk).exists()


def test_a_call_without_a_key_is_refused(action: Action) -> None:
    action.make_key(now=timezone.now())

    answer = call(action)

    assert answer.status_code == 401
    assert "Api-Key" in answer.json()["error"]


def test_before_a_key_was_made_no_key_is_right(action: Action) -> None:
    assert call(action, key="").status_code == 401


def test_a_new_key_replaces_the_one_before(action: Action) -> None:
    old, new = action.make_key(now=timezone.now()), action.make_key(now=timezone.now())

    assert call(action, key=old).status_code == 401
    assert call(action, key=new).status_code == 200


def test_a_paused_destination_answers_409_and_takes_nothing(action: Action) -> None:
    key = action.make_key(now=timezone.now())
    action.destination.paused_at = timezone.now()
    action.destination.save()

    assert call(action, key=key).status_code == 409
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"text"', b"[" * 100_000])
def test_what_is_no_json_object_is_refused(action: Action, body: bytes) -> None:
    assert call(action, body, key=action.make_key(now=timezone.now())).status_code == 400


def test_what_the_database_cannot_hold_is_repaired(action: Action) -> None:
    call(action, rb'{"email": "a\u0000b", "x\ud800": 1}', key=action.make_key(now=timezone.now()))

    assert plain(Delivery.objects.get().input) == {"email": "a\ufffdb", "x\ufffd": 1}


def test_a_body_that_is_too_large_is_refused(action: Action) -> None:
    assert call(action, b"a" * 10_000_000, key=action.make_key(now=timezone.now())).status_code == 413


def test_only_post_is_allowed(action: Action) -> None:
    answer = call(action, method="PUT")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_an_action_that_was_removed_takes_nothing(action: Action) -> None:
    key = action.make_key(now=timezone.now())
    Action.objects.update(removed_at=timezone.now())

    assert call(action, key=key).status_code == 401
