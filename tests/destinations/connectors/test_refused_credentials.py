"""Each system has its own way to say that it does not take the credentials: it is understood wherever it is asked."""

import json
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.slack import client
from destinations.platforms.port import DestinationValues
from destinations.platforms.registry import PLATFORMS
from leadconduit.lib import outbound
from tests.destinations.connectors.receiver import Receiver
from tests.destinations.connectors.slack.orders import order

SLACK = DestinationValues(
    account_id="a",
    instance_id="i",
    integration="slack",
    scheme="bearer",
    credentials={"token": "xoxb-no"},
)
MAILCHIMP = DestinationValues(
    account_id="a",
    instance_id="i",
    integration="mailchimp",
    scheme="api_key",
    credentials={"key": f"{'0' * 32}-us6"},
)
HUBSPOT = DestinationValues(
    account_id="a",
    instance_id="i",
    integration="hubspot",
    scheme="bearer",
    credentials={"token": "pat-na1-no"},
)
MARKETO = DestinationValues(
    account_id="a",
    instance_id="i",
    integration="marketo",
    scheme="oauth2_client",
    credentials={
        "munchkin_id": "123-ABC-456",
        "client_id": "c",
        "client_secret": "s",
        "access_token": "no",
    },
)
SALESFORCE = DestinationValues(
    account_id="a",
    instance_id="i",
    integration="salesforce",
    scheme="oauth2_code",
    credentials={
        "environment": "production",
        "client_id": "c",
        "client_secret": "s",
        "access_token": "no",
        "instance_url": "https://acme.my.salesforce.com",
    },
)


@pytest.fixture(autouse=True)
def system(receiver: Receiver, settings: Settings) -> Receiver:
    """A server behind the addresses of all of them, which answers what it is told to."""
    settings.OUTBOUND_REWRITE = dict.fromkeys(
        [
            "https://slack.com",
            "https://us6.api.mailchimp.com",
            "https://api.hubapi.com",
            "https://123-abc-456.mktorest.com",
            "https://123-ABC-456.mktorest.com",
            "https://acme.my.salesforce.com",
        ],
        receiver.url,
    )
    return receiver


@pytest.mark.parametrize(
    ("destination", "status", "answer", "words"),
    [
        (SLACK, 200, {"ok": False, "error": "invalid_auth"}, "invalid_auth"),
        (SLACK, 200, {"ok": False, "error": "missing_scope", "needed": "users:read"}, "users:read"),
        (MAILCHIMP, 401, {"title": "API Key Invalid", "detail": "Your key is wrong."}, "Your key is wrong"),
        (MAILCHIMP, 500, {"title": "Compliance Related"}, "has locked this account"),
        (HUBSPOT, 401, {"category": "INVALID_AUTHENTICATION", "message": "No such key"}, "No such key"),
        (HUBSPOT, 403, {"category": "MISSING_SCOPES", "message": "Give it more"}, "Give it more"),
        (
            MARKETO,
            200,
            {"success": False, "errors": [{"code": "601", "message": "Access token invalid"}]},
            "Access token invalid",
        ),
        (
            MARKETO,
            200,
            {"success": False, "errors": [{"code": "602", "message": "Access token expired"}]},
            "Access token expired",
        ),
        (SALESFORCE, 401, [{"errorCode": "INVALID_SESSION_ID", "message": "Session gone"}], "Session gone"),
    ],
)
def test_a_refusal_is_told_in_the_systems_words(
    system: Receiver, destination: DestinationValues, status: int, answer: Any, words: str
) -> None:
    system.status, system.body = status, json.dumps(answer)

    outcome = PLATFORMS["builtin"].setup.identify(destination)

    assert outcome.status == "refused"
    assert words in outcome.problems[""]


@pytest.mark.parametrize(
    ("destination", "status", "answer"),
    [
        (SLACK, 200, {"ok": False, "error": "internal_error"}),
        (SLACK, 429, {"ok": False, "error": "ratelimited"}),
        (MAILCHIMP, 500, {}),
        (HUBSPOT, 502, {}),
        (MARKETO, 200, {"success": False, "errors": [{"code": "606", "message": "Max rate limit"}]}),
        (SALESFORCE, 503, [{"errorCode": "SERVER_UNAVAILABLE", "message": "Later"}]),
    ],
)
def test_trouble_is_no_refusal(
    system: Receiver, destination: DestinationValues, status: int, answer: Any
) -> None:
    system.status, system.body = status, json.dumps(answer)

    assert PLATFORMS["builtin"].setup.identify(destination).status == "unverified"


@pytest.mark.parametrize(("error", "is_refused"), [("token_revoked", True), ("not_in_channel", False)])
def test_slacks_refusal_of_a_token_is_one_of_the_whole_connection(
    system: Receiver, error: str, is_refused: bool
) -> None:
    system.body = json.dumps({"ok": False, "error": error})
    calls = Calls(Fixed({"token": "xoxb-no"}))

    outbound.run(client.send(order({"text": "Hello"}), calls))

    assert calls.refused is is_refused
