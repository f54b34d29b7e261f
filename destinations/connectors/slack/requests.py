"""What is asked of Slack, each as one request.

Slack's Web API: docs.slack.dev/reference/methods chat.postMessage, conversations.list, auth.test (arguments, answers and
errors also in slack-ruby/slack-api-ref, methods/); a token goes into a header ("Web API", "Authentication").
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from destinations.connectors.calls import Credentials
from destinations.platforms.port import Order
from leadconduit.leads.values import as_text
from leadconduit.lib.outbound import Request

API = "https://slack.com/api"
TIMEOUT = 10.0
KEPT = 4 * 1024 * 1024
LONGEST_TEXT = 40_000
"""Characters: "Provide no more than 40,000 characters or risk truncation"."""


def post_message(order: Order, known: Credentials) -> Request:
    configuration = order.action.configuration
    body: dict[str, Any] = {
        "channel": configuration.get("channel") or "",
        "text": text_of(order),
        "unfurl_links": False,
        "unfurl_media": False,
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return _request("POST", "chat.postMessage", known, body=text.encode("utf-8", "replace"))


def text_of(order: Order) -> str:
    """The message, if one is mapped, and a line for each other field, which no value can pass for."""
    message = _escaped(as_text(order.payload.get("text")).strip())
    others = {name: value for name, value in order.payload.items() if name != "text"}
    lines = [f"*{_within_a_line(name)}:* {_within_a_line(value)}" for name, value in _flat(others) if value]
    return "\n".join(filter(None, [message, *lines]))[:LONGEST_TEXT]


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", as_text(value).strip()


def _escaped(text: str) -> str:
    """A lead's values are no markup: `<!channel>` in a comment must call nobody. "Formatting message text", "Escaping"."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _within_a_line(text: str) -> str:
    """Nothing in it begins a line, or is bold as a field's name is: mrkdwn has no escape for an asterisk."""
    lines = (line.strip() for line in text.replace("*", "∗").splitlines())  # that is the point
    return _escaped(" ".join(filter(None, lines)))


def ask(method: str, known: Credentials, **query: str) -> Request:
    return _request("GET", f"{method}?{urlencode(query)}" if query else method, known)


def _request(verb: str, method: str, known: Credentials, body: bytes = b"") -> Request:
    token = str(known.get("token") or "").strip()
    kind = (("Content-Type", "application/json; charset=utf-8"),) if body else ()
    return Request(
        method=verb,
        url=f"{API}/{method}",
        headers=(("User-Agent", "LeadConduit"), ("Authorization", f"Bearer {token}"), *kind),
        body=body,
        timeout=TIMEOUT,
        secrets=(token,) if token else (),
        keep=KEPT,
    )
