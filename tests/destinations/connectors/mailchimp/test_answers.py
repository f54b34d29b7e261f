"""Each documented answer: mailchimp.com/developer/marketing/docs/errors."""

import json
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from destinations.connectors.mailchimp import answers
from destinations.outcome import Outcome, Result
from leadconduit.lib.outbound import Answer, NoAnswer, NotAllowed, NotSent, OutboundError, Response
from leadconduit.lib.outbound.exchanges import Exchange
from tests.destinations.connectors.mailchimp.orders import KEY

NOW = datetime(2026, 1, 15, 5, 30, tzinfo=UTC)


def read(status: int, title: str, detail: str = "In Mailchimp's words.", **more: Any) -> Result:
    content = {
        "type": "https://mailchimp.com/developer/marketing/docs/errors/",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": "",
        **more,
    }
    return judged(status, json.dumps(content))


def judged(status: int, body: str, **headers: str) -> Result:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return answers.failure(
        Answer(Response(status, "", pairs, body.encode()), None, cast(Exchange, {})), [KEY], NOW
    )


@pytest.mark.parametrize(
    ("status", "title", "outcome"),
    [
        (400, "Bad Request", Outcome.REJECTED),
        (400, "Invalid Action", Outcome.REJECTED),
        (400, "Invalid Resource", Outcome.REJECTED),
        (400, "JSON Parse Error", Outcome.REJECTED),
        (400, "Member In Compliance State", Outcome.REJECTED),
        (400, "Forgotten Email Not Subscribed", Outcome.REJECTED),
        (401, "API Key Missing", Outcome.UNAUTHORIZED),
        (401, "API Key Invalid", Outcome.UNAUTHORIZED),
        (403, "Forbidden", Outcome.UNAUTHORIZED),
        (403, "User Disabled", Outcome.UNAUTHORIZED),
        (403, "Wrong Datacenter", Outcome.UNAUTHORIZED),
        (404, "Resource Not Found", Outcome.MISCONFIGURED),
        (405, "Method Not Allowed", Outcome.MISCONFIGURED),
        (414, "Resource Nesting Too Deep", Outcome.REJECTED),
        (429, "Too Many Requests", Outcome.RATE_LIMITED),
        (500, "Internal Server Error", Outcome.UNAVAILABLE),
        (500, "Compliance Related", Outcome.UNAUTHORIZED),
        (503, "", Outcome.UNAVAILABLE),
        (302, "", Outcome.MISCONFIGURED),
    ],
)
def test_each_error_is_understood(status: int, title: str, outcome: Outcome) -> None:
    result = read(status, title)

    assert result.outcome is outcome
    assert result.reason.endswith("Mailchimp says: In Mailchimp's words.")
    assert result.retry_after == (5 if outcome is Outcome.RATE_LIMITED else None)


def test_fields_that_are_wrong_are_named() -> None:
    result = read(
        400, "Invalid Resource", errors=[{"field": "FNAME", "message": "This value should not be blank."}, 7]
    )

    assert result.reason.endswith("Mailchimp says: FNAME: This value should not be blank.")


def test_a_pause_that_is_asked_for_is_made() -> None:
    assert judged(429, "", Retry_After="30").retry_after == 30
    assert judged(503, "<html>", Retry_After="60").retry_after == 60


@pytest.mark.parametrize("body", ["", "<html>", "[]", '{"errors": 7}'])
def test_any_error_may_have_any_form(body: str) -> None:
    assert judged(400, body).outcome is Outcome.REJECTED


@pytest.mark.parametrize(
    ("failed", "outcome"),
    [
        (NotAllowed("no"), Outcome.MISCONFIGURED),
        (NotSent("no"), Outcome.UNREACHABLE),
        (NoAnswer("no"), Outcome.UNKNOWN),
    ],
)
def test_no_answer_at_all(failed: OutboundError, outcome: Outcome) -> None:
    assert answers.failure(Answer(None, failed, cast(Exchange, {})), [], NOW).outcome is outcome


def test_a_reason_shows_no_key() -> None:
    assert KEY not in read(401, "API Key Invalid", f"{KEY} is no good.").reason
