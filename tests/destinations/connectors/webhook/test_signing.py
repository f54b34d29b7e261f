"""Signatures by Standard Webhooks, held against the specification's own library."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from destinations.connectors.webhook.request import request_for
from destinations.connectors.webhook.signing import secret_problem, signature_headers
from tests.destinations.connectors.webhook.orders import order

SECRET = "whsec_" + base64.b64encode(b"a" * 24).decode()
OTHER = base64.b64encode(b"b" * 32).decode()
BODY = '{"name":"Zoë"}'


def signed(*secrets: str, at: datetime | None = None, body: str = BODY) -> dict[str, str]:
    headers = signature_headers(secrets, key="65f0aa01", body=body.encode(), now=at or datetime.now(UTC))
    return dict(headers) | {"webhook-id": "65f0aa01"}


@pytest.mark.parametrize("secret", [SECRET, OTHER])
def test_a_receiver_verifies_what_was_signed(secret: str) -> None:
    assert Webhook(secret).verify(BODY, signed(secret)) == {"name": "Zoë"}


def test_while_a_secret_is_changed_receivers_of_either_are_satisfied() -> None:
    headers = signed(OTHER, SECRET)

    for secret in (SECRET, OTHER):
        Webhook(secret).verify(BODY, headers)


def test_another_body_and_another_secret_are_refused() -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY.replace("Z", "z"), signed(SECRET))
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY, signed(SECRET))


def test_an_old_request_is_refused_by_its_time() -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY, signed(SECRET, at=datetime.now(UTC) - timedelta(minutes=6)))


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (SECRET, ""),
        (OTHER, ""),
        ("whsec_short", "not base64"),
        (base64.b64encode(b"short").decode(), "24 to 64 bytes"),
        (base64.b64encode(b"x" * 65).decode(), "this one has 65"),
        ("not base64 at all!", "not base64"),
    ],
)
def test_what_is_no_secret_is_said(secret: str, said: str) -> None:
    assert said in secret_problem(secret)
    assert bool(said) == bool(secret_problem(secret))


def test_a_request_is_signed_by_the_secret_and_the_one_before() -> None:
    signing = {"signing_secret": OTHER, "previous_signing_secret": SECRET, "token": "t0ken"}
    request = request_for(order(scheme="bearer", credentials=signing))

    for secret in (SECRET, OTHER):
        Webhook(secret).verify(request.body, dict(request.headers))
    assert {OTHER, SECRET} <= set(request.secrets)
    assert "webhook-signature" not in dict(request_for(order()).headers)


def test_nobody_else_chooses_the_signatures_headers() -> None:
    forged = request_for(
        order(
            headers=[["Webhook-Signature", "v1,forged"]],
            credentials={"signing_secret": SECRET},
        )
    )

    assert "v1,forged" not in str(forged.headers)
