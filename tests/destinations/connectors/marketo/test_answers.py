"""Each documented answer: AdobeDocs/marketo-developer.en, help/rest-api/error-codes.md and program-members.md."""

import json
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from destinations.connectors.marketo import answers
from destinations.outcome import Outcome, Receipt
from leadconduit.lib.outbound import Answer, NoAnswer, NotAllowed, NotSent, OutboundError, Response
from leadconduit.lib.outbound.exchanges import Exchange

WINTER = datetime(2026, 1, 15, 5, 30, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)
RECEIPT = Receipt("50")
TOKEN = "cdf01657-110d-4155-99a7-f986b2ff13a0:int"


def answered(body: Any, status: int = 200, **headers: str) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    return Answer(Response(status, "", tuple(headers.items()), text.encode()), None, cast(Exchange, {}))


def failed(error: OutboundError) -> Answer:
    return Answer(None, error, cast(Exchange, {}))


def refused(*codes: str, message: str = "why") -> Answer:
    errors = [{"code": code, "message": message} for code in codes]
    return answered({"requestId": "e42b#14272d07d78", "success": False, "errors": errors})


def taken(**record: Any) -> Answer:
    return answered({"requestId": "e42b#14272d07d78", "success": True, "result": [record]})


def read(answer: Answer, now: datetime = WINTER) -> Any:
    return answers.about_a_record(answer, RECEIPT, [TOKEN], now)


@pytest.mark.parametrize(
    ("code", "outcome", "pause"),
    [
        ("600", Outcome.UNAUTHORIZED, None),
        ("601", Outcome.UNAUTHORIZED, None),
        ("602", Outcome.UNAUTHORIZED, None),
        ("603", Outcome.UNAUTHORIZED, None),
        ("604", Outcome.UNAVAILABLE, None),
        ("605", Outcome.MISCONFIGURED, None),
        ("606", Outcome.RATE_LIMITED, 20),
        ("607", Outcome.RATE_LIMITED, 1800),
        ("608", Outcome.UNAVAILABLE, None),
        ("609", Outcome.MISCONFIGURED, None),
        ("610", Outcome.MISCONFIGURED, None),
        ("611", Outcome.UNAVAILABLE, None),
        ("612", Outcome.MISCONFIGURED, None),
        ("613", Outcome.MISCONFIGURED, None),
        ("614", Outcome.UNAVAILABLE, None),
        ("615", Outcome.RATE_LIMITED, 5),
        ("616", Outcome.MISCONFIGURED, None),
        ("701", Outcome.MISCONFIGURED, None),
        ("703", Outcome.MISCONFIGURED, None),
        ("713", Outcome.UNAVAILABLE, None),
        ("719", Outcome.UNAVAILABLE, None),
        ("502", Outcome.UNAVAILABLE, None),
        ("1003", Outcome.MISCONFIGURED, None),
        ("1004", Outcome.REJECTED, None),
        ("1007", Outcome.REJECTED, None),
        ("1013", Outcome.MISCONFIGURED, None),
        ("1025", Outcome.MISCONFIGURED, None),
        ("9999", Outcome.MISCONFIGURED, None),
    ],
)
def test_success_that_is_false_is_understood_by_its_code(
    code: str, outcome: Outcome, pause: float | None
) -> None:
    result = read(refused(code, message="In Marketo's words."))

    assert (result.outcome, result.retry_after) == (outcome, pause)
    assert result.reason.endswith(f"Marketo says: In Marketo's words ({code}).")
    assert result.receipt is None


@pytest.mark.parametrize(
    "code", ["1001", "1002", "1003", "1004", "1005", "1006", "1007", "1008", "1009", "1010", "1021", "1099"]
)
def test_a_record_that_was_skipped_is_rejected_with_its_reasons(code: str) -> None:
    reasons = [{"code": code, "message": "In Marketo's words"}]
    result = read(taken(status="skipped", reasons=reasons))

    assert result.outcome is Outcome.REJECTED
    assert f"In Marketo's words ({code})" in result.reason
    assert result.receipt is None


@pytest.mark.parametrize("status", ["created", "updated", "added"])
def test_a_record_that_was_taken_is_delivered_with_its_receipt(status: str) -> None:
    result = read(taken(id=50, status=status))

    assert (result.outcome, result.receipt) == (Outcome.DELIVERED, RECEIPT)


def test_who_is_past_a_status_already_was_delivered() -> None:
    message = "Lead skipped because it is already in or past this status"
    result = read(taken(seq=0, status="skipped", reasons=[{"code": "1037", "message": message}]))

    assert (result.outcome, result.receipt) == (Outcome.DELIVERED, RECEIPT)
    assert message in result.reason


def test_a_campaign_that_was_requested_says_no_more_than_that() -> None:
    assert answers.about_all(taken(id=3712), RECEIPT, [], WINTER).outcome is Outcome.DELIVERED
    assert answers.about_all(refused("1003"), RECEIPT, [], WINTER).outcome is Outcome.MISCONFIGURED


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (401, Outcome.UNAUTHORIZED),
        (403, Outcome.UNAUTHORIZED),
        (404, Outcome.MISCONFIGURED),
        (302, Outcome.MISCONFIGURED),
        (413, Outcome.REJECTED),
        (414, Outcome.REJECTED),
        (429, Outcome.RATE_LIMITED),
        (500, Outcome.UNAVAILABLE),
        (502, Outcome.UNAVAILABLE),
        (503, Outcome.UNAVAILABLE),
    ],
)
def test_a_status_alone_is_understood(status: int, outcome: Outcome) -> None:
    result = read(answered("<html>", status))

    assert result.outcome is outcome
    assert result.reason


@pytest.mark.parametrize(
    "body", ["", "<html>", "[]", {"success": True}, {"success": True, "result": []}, {"result": [{"id": 1}]}]
)
def test_what_cannot_be_read_may_have_arrived(body: Any) -> None:
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
    assert read(failed(error)).outcome is outcome


@pytest.mark.parametrize(
    ("answer", "refuses"),
    [
        (refused("601"), True),
        (refused("602"), True),
        (refused("600"), True),
        (refused("610", "602"), True),
        (answered("", 401), True),
        (refused("603"), False),
        (refused("607"), False),
        (taken(id=1, status="created"), False),
        (failed(NoAnswer("no")), False),
    ],
)
def test_another_token_is_asked_for_only_where_it_may_help(answer: Answer, refuses: bool) -> None:
    assert answers.refuses(answer) is refuses


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        (WINTER, 1800),
        (datetime(2026, 1, 15, 6, 0, tzinfo=UTC), 24 * 3600),
        (SUMMER, 1800),
        # In summer midnight in Chicago comes an hour before midnight CST: the latter is still to come.
        (datetime(2026, 7, 15, 5, 0, tzinfo=UTC), 3600),
        (datetime(2026, 7, 15, 6, 0, tzinfo=UTC), 23 * 3600),
    ],
)
def test_the_daily_quota_is_waited_for_until_the_next_midnight(now: datetime, seconds: float) -> None:
    assert read(refused("607"), now).retry_after == seconds


def test_a_reason_shows_no_token() -> None:
    assert TOKEN not in read(refused("601", message=f"{TOKEN} is not valid")).reason


def test_errors_beside_success_are_none() -> None:
    asset = answered(
        {"success": True, "errors": [], "warnings": ["No assets found for the search criteria."]}
    )

    assert answers.failure(asset, [], WINTER) is None
    assert answers.records(asset) == []
