"""What Mailchimp's answers mean.

Errors are problem details (RFC 7807): `{"type", "title", "status", "detail", "instance", "errors": [{"field", "message"}]}`;
their titles: mailchimp.com/developer/marketing/docs/errors, "Error glossary". Ten requests may be under way at once ("API
limits"); the titles of addresses that may not be subscribed are what clients of the API report.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from destinations.connectors.answers import content, presentable, retry_after, without_response
from destinations.outcome import Outcome, Result
from leadconduit.lib.outbound import Answer, Response

TOO_MANY_AT_ONCE = 5.0
"""Seconds until the next try."""

_BY_TITLE: Mapping[str, tuple[Outcome, str]] = {
    "invalid resource": (Outcome.REJECTED, "Mailchimp does not take these values."),
    "member in compliance state": (
        Outcome.REJECTED,
        "This person unsubscribed, or mail to them bounced: only they themselves can subscribe again.",
    ),
    "forgotten email not subscribed": (
        Outcome.REJECTED,
        "This person was deleted for good: only they themselves can subscribe again.",
    ),
    "member exists": (Outcome.REJECTED, "The audience has this person already."),
    "api key missing": (Outcome.UNAUTHORIZED, "Mailchimp did not get an API key."),
    "api key invalid": (Outcome.UNAUTHORIZED, "Mailchimp does not take the API key, or it was disabled."),
    "user disabled": (Outcome.UNAUTHORIZED, "The Mailchimp account is disabled."),
    "wrong datacenter": (Outcome.UNAUTHORIZED, "The API key belongs to another data center of Mailchimp."),
    "compliance related": (
        Outcome.UNAUTHORIZED,
        "Mailchimp has locked this account for reasons of compliance.",
    ),
    "resource not found": (Outcome.MISCONFIGURED, "The audience is no longer in Mailchimp: choose another."),
}


def is_success(answer: Answer) -> bool:
    return answer.response is not None and 200 <= answer.response.status < 300


def failure(answer: Answer, secrets: Iterable[str], now: datetime) -> Result:
    """What it means that the answer is none of success."""
    if answer.response is None:
        return without_response(answer, secrets)
    body = content(answer)
    outcome, sentence = _meaning(answer.response.status, str(body.get("title") or ""))
    pause = retry_after(answer.response, now)
    if pause is None and outcome is Outcome.RATE_LIMITED:
        pause = TOO_MANY_AT_ONCE
    reason = presentable(_with_words(sentence, answer.response, body), secrets)
    return Result(outcome, reason, retry_after=pause if outcome.retries else None)


def _meaning(status: int, title: str) -> tuple[Outcome, str]:
    if known := _BY_TITLE.get(title.strip().casefold()):
        return known
    if status == 429:
        return Outcome.RATE_LIMITED, "Ten requests to this Mailchimp account were under way already."
    if status == 408 or status >= 500:
        return Outcome.UNAVAILABLE, "Mailchimp is not available at the moment."
    if status in (401, 403):
        return Outcome.UNAUTHORIZED, "Mailchimp does not let this API key do it."
    if status in (404, 405) or status < 400:
        return Outcome.MISCONFIGURED, "Mailchimp does not take such a request."
    return Outcome.REJECTED, "Mailchimp refused the lead."


def _with_words(sentence: str, response: Response, body: Mapping[str, Any]) -> str:
    """`errors` name the fields; `detail` says it for all of them."""
    errors = body.get("errors")
    named = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    of_fields = [": ".join(filter(None, (one.get("field"), one.get("message")))) for one in named]
    words = "; ".join(filter(None, of_fields)) or str(body.get("detail") or body.get("title") or "")
    words = words or f"status {response.status} {response.reason}".rstrip()
    return f"{sentence} Mailchimp says: {words.strip().rstrip('.')}."
