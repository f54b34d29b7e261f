"""The message that is posted, over HTTP, as chat.postMessage wants it."""

import json
from typing import Any

import pytest

from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.slack import client, requests
from destinations.outcome import Outcome, Receipt, Result
from destinations.platforms.port import Order
from leadconduit.lib import outbound
from tests.destinations.connectors.receiver import Receiver
from tests.destinations.connectors.slack.orders import KNOWN, TOKEN, order

POSTED = {"ok": True, "channel": "C0LEADS", "ts": "1503435956.000247", "message": {"text": "A new lead"}}


def sent(
    workspace: Receiver, wanted: Order, answer: Any = POSTED, status: int = 200, **headers: str
) -> Result:
    workspace.status, workspace.body, workspace.headers = status, json.dumps(answer), headers
    return outbound.run(client.send(wanted, Calls(Fixed(KNOWN))))


def test_a_message_is_posted_to_the_channel(workspace: Receiver) -> None:
    result = sent(workspace, order())

    assert (workspace.latest.method, workspace.latest.path) == ("POST", "/api/chat.postMessage")
    assert workspace.latest.headers["authorization"] == f"Bearer {TOKEN}"
    assert workspace.latest.headers["content-type"] == "application/json; charset=utf-8"
    body = json.loads(workspace.latest.body)
    assert (body["channel"], body["text"]) == ("C0LEADS", "A new lead")
    assert (result.outcome, result.receipt) == (Outcome.DELIVERED, Receipt("1503435956.000247"))
    assert TOKEN not in json.dumps(result.exchange)


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ({"text": "Hello", "Name": "Ada", "Score": 640}, "Hello\n*Name:* Ada\n*Score:* 640"),
        ({"home": {"city": "Austin"}, "empty": None}, "*home.city:* Austin"),
        ({"text": "<!channel> a & b"}, "&lt;!channel&gt; a &amp; b"),
        ({"comment": "<@U1>"}, "*comment:* &lt;@U1&gt;"),
        *(
            ({"comment": f"x{end}*Email:* eve@evil.test"}, "*comment:* x ∗Email:∗ eve@evil.test")
            for end in ("\n", "\r\n", "\r", "\n\n ", "\v", "\f", "\x85", "\u2028", "\u2029")
        ),
        ({"a": "1", "b*\nc": "2"}, "*a:* 1\n*b∗ c:* 2"),
        ({"text": "two\n*lines*", "a": "1"}, "two\n*lines*\n*a:* 1"),
        ({}, ""),
    ],
)
def test_what_is_said(payload: dict[str, Any], text: str) -> None:
    assert requests.text_of(order(payload)) == text


def test_nothing_is_posted_where_there_is_nothing_to_say(workspace: Receiver) -> None:
    assert sent(workspace, order({"text": " "})).outcome is Outcome.REJECTED
    assert workspace.requests == []


def test_ok_that_is_false_is_no_success(workspace: Receiver) -> None:
    assert sent(workspace, order(), {"ok": False, "error": "is_archived"}).outcome is Outcome.MISCONFIGURED


def test_a_pause_is_made_as_long_as_slack_says(workspace: Receiver) -> None:
    result = sent(workspace, order(), {"ok": False, "error": "ratelimited"}, 429, **{"Retry-After": "30"})

    assert (result.outcome, result.retry_after) == (Outcome.RATE_LIMITED, 30)


def test_what_was_previewed_is_what_is_sent(workspace: Receiver) -> None:
    preview = client.preview(order())
    sent(workspace, order())

    assert preview["uri"] == f"https://slack.com{workspace.latest.path}"
    assert preview["body"] == workspace.latest.body
    assert TOKEN not in json.dumps(preview)
