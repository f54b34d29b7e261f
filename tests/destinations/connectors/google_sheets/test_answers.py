"""Each error that Google documents (AIP-193; sheets/api/limits), and those known from reports."""

import json
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from destinations.connectors.google_sheets import answers
from destinations.outcome import Outcome, Receipt
from leadconduit.lib.outbound import Answer, NoAnswer, NotAllowed, NotSent, OutboundError, Response
from leadconduit.lib.outbound.exchanges import Exchange

NOW = datetime(2026, 1, 15, tzinfo=UTC)
RECEIPT = Receipt("Leads!A6:D6")


def answered(body: Any, status: int = 200, **headers: str) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    given = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(Response(status, "", given, text.encode()), None, cast(Exchange, {}))


def refused(code: int, name: str, message: str = "In Google's words.", reason: str = "") -> Answer:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}] if reason else []
    error = {"code": code, "message": message, "status": name, "details": details}
    return answered({"error": error}, code)


def read(answer: Answer) -> Any:
    return answers.appended(answer, RECEIPT, ["ya29.secret-token"], NOW)


@pytest.mark.parametrize(
    ("answer", "outcome", "pause"),
    [
        (refused(400, "INVALID_ARGUMENT", "Unable to parse range: X!A1"), Outcome.MISCONFIGURED, None),
        (refused(400, "INVALID_ARGUMENT", "No grid with id: 7"), Outcome.MISCONFIGURED, None),
        (
            refused(400, "INVALID_ARGUMENT", "more than the maximum of 50000 characters in a single cell."),
            Outcome.REJECTED,
            None,
        ),
        (
            refused(400, "INVALID_ARGUMENT", "above the limit of 10000000 cells."),
            Outcome.MISCONFIGURED,
            None,
        ),
        (
            refused(400, "INVALID_ARGUMENT", "You are trying to edit a protected cell or object."),
            Outcome.MISCONFIGURED,
            None,
        ),
        (refused(401, "UNAUTHENTICATED"), Outcome.UNAUTHORIZED, None),
        (refused(403, "PERMISSION_DENIED"), Outcome.MISCONFIGURED, None),
        (
            refused(403, "PERMISSION_DENIED", reason="ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
            Outcome.UNAUTHORIZED,
            None,
        ),
        (refused(403, "PERMISSION_DENIED", reason="SERVICE_DISABLED"), Outcome.MISCONFIGURED, None),
        (
            answered({"error": {"code": 403, "errors": [{"reason": "userRateLimitExceeded"}]}}, 403),
            Outcome.RATE_LIMITED,
            60,
        ),
        (refused(404, "NOT_FOUND"), Outcome.MISCONFIGURED, None),
        (refused(429, "RESOURCE_EXHAUSTED", reason="RATE_LIMIT_EXCEEDED"), Outcome.RATE_LIMITED, 60),
        (answered("", 429, Retry_After="7"), Outcome.RATE_LIMITED, 7),
        (answered("<html>", 413), Outcome.REJECTED, None),
        (answered("<html>", 500), Outcome.UNAVAILABLE, None),
        (answered("<html>", 502), Outcome.UNAVAILABLE, None),
        (refused(503, "UNAVAILABLE"), Outcome.UNAVAILABLE, None),
    ],
)
def test_an_error_is_understood(answer: Answer, outcome: Outcome, pause: float | None) -> None:
    result = read(answer)

    assert (result.outcome, result.retry_after, result.receipt) == (outcome, pause, None)
    assert result.reason


def test_a_row_that_was_added_is_delivered() -> None:
    added = answered({"spreadsheetId": "s", "updates": {"updatedRange": "Leads!A6:D6", "updatedRows": 1}})

    assert answers.updated_range(added) == "Leads!A6:D6"
    assert (read(added).outcome, read(added).receipt) == (Outcome.DELIVERED, RECEIPT)


@pytest.mark.parametrize("body", ["", "<html>", "[]"])
def test_what_cannot_be_read_may_have_been_added(body: str) -> None:
    assert read(answered(body)).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NotAllowed("no"), Outcome.MISCONFIGURED),
        (NotSent("no"), Outcome.UNREACHABLE),
        (NoAnswer("no"), Outcome.UNKNOWN),
    ],
)
def test_no_answer_at_all(error: OutboundError, outcome: Outcome) -> None:
    assert read(Answer(None, error, cast(Exchange, {}))).outcome is outcome


@pytest.mark.parametrize(
    ("found", "names"),
    [
        ({"range": "Leads!A1:Z1", "values": [["Email", " Name ", "", 7]]}, ("Email", "Name", "", "7")),
        ({"range": "Leads!A1:Z1"}, ()),
    ],
)
def test_the_header_is_the_first_row_of_the_range(found: dict[str, Any], names: tuple[str, ...]) -> None:
    header = answers.header_of(answered({"valueRanges": [{"valueRange": found, "dataFilters": []}]}))

    assert header == (names, "Leads!A1:Z1")


def test_a_reason_shows_no_token() -> None:
    assert "ya29.secret-token" not in read(refused(401, "X", "ya29.secret-token is not valid")).reason
