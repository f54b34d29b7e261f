"""Each documented error: docs.slack.dev/reference/methods/chat.postMessage."""

import json
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from destinations.connectors.slack import answers
from destinations.outcome import Outcome, Result
from leadconduit.lib.outbound import Answer, NoAnswer, NotAllowed, NotSent, OutboundError, Response
from leadconduit.lib.outbound.exchanges import Exchange
from tests.destinations.connectors.slack.orders import TOKEN

NOW = datetime(2026, 1, 15, 5, 30, tzinfo=UTC)


def judged(status: int, body: str) -> Result:
    return answers.failure(
        Answer(Response(status, "", (), body.encode()), None, cast(Exchange, {})), [TOKEN], NOW
    )


def read(error: str, status: int = 200, **more: Any) -> Result:
    return judged(status, json.dumps({"ok": False, "error": error, **more}))


@pytest.mark.parametrize(
    ("outcome", "errors"),
    [
        (
            Outcome.UNAUTHORIZED,
            (
                "not_authed invalid_auth token_expired token_revoked account_inactive missing_scope no_permission"
                " not_allowed_token_type access_denied accesslimited ekm_access_denied enterprise_is_restricted"
                " team_access_not_granted"
            ),
        ),
        (
            Outcome.MISCONFIGURED,
            (
                "channel_not_found not_in_channel is_archived restricted_action restricted_action_read_only_channel"
                " restricted_action_thread_only_channel restricted_action_non_threadable_channel invalid_arguments"
                " invalid_arg_name some_new_error"
            ),
        ),
        (Outcome.REJECTED, "msg_too_long no_text"),
        (Outcome.RATE_LIMITED, "rate_limited ratelimited message_limit_exceeded"),
        (
            Outcome.UNAVAILABLE,
            "org_login_required team_added_to_org internal_error service_unavailable request_timeout",
        ),
        (Outcome.UNKNOWN, "fatal_error"),
    ],
)
def test_each_error_is_understood(outcome: Outcome, errors: str) -> None:
    for error in errors.split():
        result = read(error)

        assert result.outcome is outcome, error
        assert result.reason.endswith(f"Slack says: {error}.")
        assert result.retry_after == (1 if outcome is Outcome.RATE_LIMITED else None)


def test_a_scope_that_is_missing_is_named() -> None:
    assert read("missing_scope", needed="chat:write", provided="").reason.endswith("(needed: chat:write).")


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (429, "", Outcome.RATE_LIMITED),
        (500, "<html>", Outcome.UNAVAILABLE),
        (503, "", Outcome.UNAVAILABLE),
        (404, "", Outcome.MISCONFIGURED),
        (302, "", Outcome.MISCONFIGURED),
        (200, "<html>", Outcome.UNKNOWN),
        (200, "[]", Outcome.UNKNOWN),
        (200, '{"ok": 1}', Outcome.UNKNOWN),
    ],
)
def test_answers_without_an_error_of_slack(status: int, body: str, outcome: Outcome) -> None:
    assert judged(status, body).outcome is outcome


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
