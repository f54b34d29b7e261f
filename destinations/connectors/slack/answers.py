"""What Slack's answers mean: HTTP 200 with `ok`, and where that is false an `error`, a code.

Codes and their meaning: docs.slack.dev/reference/methods/chat.postMessage and conversations.list, "Errors"; 429 with
Retry-After: docs.slack.dev/apis/web-api/rate-limits.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from destinations.connectors.answers import content, presentable, retry_after, without_response
from destinations.outcome import Outcome, Result
from leadconduit.lib.outbound import Answer

ONE_A_SECOND = 1.0
""""One message per second per channel"."""

_NOT_TAKEN = (Outcome.UNAUTHORIZED, "Slack does not take the token.")
_NOT_ALLOWED = (Outcome.UNAUTHORIZED, "Slack does not let the app do this.")
_MOVING = (Outcome.UNAVAILABLE, "The workspace is being moved, and not available until that is done.")
_TROUBLE = (Outcome.UNAVAILABLE, "Slack had an error of its own.")
_NO_POSTING = (Outcome.MISCONFIGURED, "The app may not post to this channel.")

_BY_CODE: Mapping[str, tuple[Outcome, str]] = {
    "not_authed": (Outcome.UNAUTHORIZED, "Slack did not get a token."),
    "invalid_auth": _NOT_TAKEN,
    "token_expired": _NOT_TAKEN,
    "token_revoked": (Outcome.UNAUTHORIZED, "The app was removed from the workspace, or its token revoked."),
    "account_inactive": (
        Outcome.UNAUTHORIZED,
        "The app was removed from the workspace, or its token revoked.",
    ),
    "not_allowed_token_type": (
        Outcome.UNAUTHORIZED,
        "This is not the token of a bot, which begins with xoxb-.",
    ),
    "missing_scope": (
        Outcome.UNAUTHORIZED,
        "The app lacks a permission: add the scope, and install it again.",
    ),
    "no_permission": _NOT_ALLOWED,
    "access_denied": _NOT_ALLOWED,
    "accesslimited": _NOT_ALLOWED,
    "ekm_access_denied": _NOT_ALLOWED,
    "enterprise_is_restricted": _NOT_ALLOWED,
    "team_access_not_granted": _NOT_ALLOWED,
    "channel_not_found": (
        Outcome.MISCONFIGURED,
        "Slack has no such channel that the app can see: invite it, or choose another.",
    ),
    "not_in_channel": (
        Outcome.MISCONFIGURED,
        "The app is not in the channel: invite it there, with /invite.",
    ),
    "is_archived": (Outcome.MISCONFIGURED, "The channel is archived: choose another."),
    "restricted_action": _NO_POSTING,
    "restricted_action_read_only_channel": _NO_POSTING,
    "restricted_action_thread_only_channel": _NO_POSTING,
    "restricted_action_non_threadable_channel": _NO_POSTING,
    "msg_too_long": (Outcome.REJECTED, "The message is too long for Slack."),
    "no_text": (Outcome.REJECTED, "There is nothing to say: no mapped field has a value."),
    "rate_limited": (Outcome.RATE_LIMITED, "Slack asks for a pause."),
    "ratelimited": (Outcome.RATE_LIMITED, "Slack asks for a pause."),
    "message_limit_exceeded": (Outcome.RATE_LIMITED, "Slack asks for a pause."),
    "org_login_required": _MOVING,
    "team_added_to_org": _MOVING,
    "internal_error": _TROUBLE,
    "service_unavailable": _TROUBLE,
    "request_timeout": _TROUBLE,
    # "It's possible some aspect of the operation succeeded before the error was raised."
    "fatal_error": (Outcome.UNKNOWN, "Slack had an error of its own, and the message may have been posted."),
}


_OF_THE_TOKEN = frozenset(
    {
        "not_authed",
        "invalid_auth",
        "token_expired",
        "token_revoked",
        "account_inactive",
        "not_allowed_token_type",
    }
)
"""No message would be taken with it, whatever the channel."""


def refuses(answer: Answer) -> bool:
    """Is it the token that is not taken? Slack says so with HTTP 200."""
    return content(answer).get("error") in _OF_THE_TOKEN


def is_success(answer: Answer) -> bool:
    return answer.response is not None and answer.response.status == 200 and content(answer).get("ok") is True


def failure(answer: Answer, secrets: Iterable[str], now: datetime) -> Result:
    """What it means that the answer is none of success."""
    if answer.response is None:
        return without_response(answer, secrets)
    body = content(answer)
    code = str(body.get("error") or "")
    outcome, sentence = _meaning(answer.response.status, code)
    pause = retry_after(answer.response, now)
    if pause is None and outcome is Outcome.RATE_LIMITED:
        pause = ONE_A_SECOND
    reason = presentable(_with_words(sentence, answer.response.status, code, body), secrets)
    return Result(outcome, reason, retry_after=pause if outcome.retries else None)


def _meaning(status: int, code: str) -> tuple[Outcome, str]:
    if code in _BY_CODE:
        return _BY_CODE[code]
    if status == 429:
        return _BY_CODE["ratelimited"]
    if status == 408 or status >= 500:
        return _TROUBLE
    if code:
        return Outcome.MISCONFIGURED, "Slack refused the message."
    if status == 200:
        return (
            Outcome.UNKNOWN,
            "Slack answered something that cannot be read, so the message may have been posted.",
        )
    return Outcome.MISCONFIGURED, "Slack does not take such a request."


def _with_words(sentence: str, status: int, code: str, body: Mapping[str, Any]) -> str:
    """`needed` names the scope that is missing."""
    if not code:
        return f"{sentence} Slack answered {status}."
    needed = f" (needed: {body['needed']})" if isinstance(body.get("needed"), str) else ""
    return f"{sentence} Slack says: {code}{needed}."
