import json
from datetime import UTC, datetime
from typing import Any

import pytest

from destinations.connectors.webhook.answer import is_success, judge, result_of, status_problem
from destinations.outcome import Outcome, Result
from destinations.platforms.port import DestinationValues
from leadconduit.lib.outbound import Answer, NoAnswer, NotAllowed, NotSent, OutboundError, Response

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def result(
    status: int = 200,
    body: object = "",
    *,
    headers: dict[str, str] | None = None,
    secrets: tuple[str, ...] = (),
    truncated: bool = False,
    **configuration: Any,
) -> Result:
    text = body if isinstance(body, str) else json.dumps(body)
    response = Response(status, "Reason", tuple((headers or {}).items()), text.encode(), truncated)
    return judged(Answer(response, None, EXCHANGE), secrets=secrets, **configuration)


def judged(answer: Answer, *, secrets: tuple[str, ...] = (), **configuration: Any) -> Result:
    return result_of(answer, configuration, secrets=secrets, now=NOW)


EXCHANGE: Any = {"request": {}, "response": {}, "ms": 5}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "delivered"),
        (204, "delivered"),
        (301, "misconfigured"),
        (304, "misconfigured"),
        (307, "misconfigured"),
        (400, "rejected"),
        (401, "unauthorized"),
        (403, "unauthorized"),
        (404, "misconfigured"),
        (405, "misconfigured"),
        (410, "misconfigured"),
        (408, "unavailable"),
        (409, "rejected"),
        (422, "rejected"),
        (425, "unavailable"),
        (429, "rate_limited"),
        (500, "unavailable"),
        (503, "unavailable"),
        (599, "unavailable"),
    ],
)
def test_a_status_becomes_an_outcome(status: int, outcome: str) -> None:
    assert result(status).outcome is Outcome(outcome)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NotSent("example.com refused the connection."), "unreachable"),
        (NotAllowed("That address is not allowed."), "misconfigured"),
        (NoAnswer("No answer came within 10 seconds."), "unknown"),
    ],
)
def test_a_failure_on_the_way_becomes_an_outcome(error: OutboundError, outcome: str) -> None:
    judgement = judged(Answer(None, error, EXCHANGE))

    assert judgement.outcome is Outcome(outcome)
    assert judgement.reason == error.sentence


def test_the_exchange_goes_along() -> None:
    assert result(500).exchange == EXCHANGE


@pytest.mark.parametrize(
    ("written", "status", "success"),
    [
        ("2xx", 299, True),
        ("2XX", 300, False),
        ("200", 201, False),
        ("200, 409", 409, True),
        ("200-202,204", 203, False),
        ("200-202,204", 204, True),
    ],
)
def test_statuses_of_success_can_be_chosen(written: str, status: int, success: bool) -> None:
    assert is_success(status, written) is success


@pytest.mark.parametrize("written", ["", "ok", "200;201", "2x", "200,", "99", "600", "200-"])
def test_statuses_that_make_no_sense_are_refused(written: str) -> None:
    assert status_problem(written)


def test_a_chosen_status_counts_as_success_whatever_it_means_elsewhere() -> None:
    assert result(409, success_status="2xx,409").outcome is Outcome.DELIVERED


def test_a_good_status_that_was_not_chosen_is_a_refusal() -> None:
    judgement = result(202, success_status="200")

    assert judgement.outcome is Outcome.REJECTED
    assert "does not count as success" in judgement.reason


@pytest.mark.parametrize(
    ("body", "term", "path", "outcome"),
    [
        ("<ok>Success</ok>", "success", "", "delivered"),
        ("<ok>no</ok>", "success", "", "rejected"),
        ({"result": {"status": "OK"}}, "ok", "result.status", "delivered"),
        ({"result": {"status": "bad"}, "ok": 1}, "ok", "result.status", "rejected"),
        ({"items": [{"ok": True}]}, "true", "items.0.ok", "delivered"),
        ("not json", "json", "result.status", "rejected"),
        ("[" * 100_000, "x", "a", "rejected"),
    ],
)
def test_an_answer_must_contain_what_was_asked_for(body: object, term: str, path: str, outcome: str) -> None:
    assert result(200, body, search_term=term, search_path=path).outcome is Outcome(outcome)


def test_the_term_does_not_rescue_a_bad_status() -> None:
    assert result(500, "success", search_term="success").outcome is Outcome.UNAVAILABLE


def test_what_was_not_found_is_said() -> None:
    judgement = result(200, "x" * 9, search_term="success", search_path="a.b", truncated=True)

    assert judgement.reason == (
        'The receiver answered 200, but "success" was not found at a.b in the first 9 bytes of its answer.'
    )


def test_the_receivers_reason_is_read_at_its_path() -> None:
    body = {"errors": [{"message": "Duplicate\n lead"}]}

    assert result(422, body, reason_path="errors.0.message").reason == "Duplicate lead"
    assert result(200, body, reason_path="errors.0.message", search_term="ok").reason == "Duplicate lead"


def test_without_a_reason_the_status_is_one() -> None:
    assert result(422, reason_path="errors.0.message").reason == "The receiver answered 422 Reason."


def test_an_address_where_nobody_takes_leads_says_what_to_check() -> None:
    assert result(404).reason == (
        "The receiver answered 404 Reason. Nothing takes leads at this address: check the URL and the path."
    )
    assert result(405, {"why": "Use PUT"}, reason_path="why").reason.startswith("Use PUT. This address ")


def test_a_redirect_names_the_address() -> None:
    reason = result(301, headers={"location": "https://new.example/"}).reason

    assert reason == "The receiver redirects to https://new.example/: use that address, if you trust it."


def test_a_reason_never_repeats_a_secret() -> None:
    judgement = result(400, {"why": "bad key s3cret-key"}, reason_path="why", secrets=("s3cret-key",))

    assert "s3cret-key" not in judgement.reason
    assert judgement.reason.startswith("bad key ")


def test_a_reason_can_be_stored_and_is_not_too_long() -> None:
    judgement = result(400, '{"why": "\\u0000\\ud800' + "x" * 9000 + '"}', reason_path="why")

    assert judgement.reason.startswith("\ufffd\ufffdxxx")
    assert len(judgement.reason) == 500


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (" 7 ", 7),
        ("Tue, 24 Nov 2026 12:01:30 GMT", 90),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0),
        ("99999999999999999999", 86_400),
        ("Fri, 24 Nov 2028 12:00:00 GMT", 86_400),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_heeded_as_seconds_or_as_a_date(
    status: int, written: str, seconds: float | None
) -> None:
    assert result(status, headers={"Retry-After": written}).retry_after == seconds


def test_nothing_is_retried_after_an_answer_that_stands() -> None:
    assert result(422, headers={"Retry-After": "5"}).retry_after is None


def test_a_date_beyond_all_calendars_is_no_pause() -> None:
    written = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"

    assert result(429, headers={"Retry-After": written}).outcome == Outcome.RATE_LIMITED


# --- Once more, by other rules


def stored(status: int = 200, body: str = "", **headers: str) -> dict[str, Any]:
    response = {
        "status": status,
        "status_text": "Reason",
        "version": "1.1",
        "headers": headers,
        "body": body,
        "timestamp": "2026-11-24T12:00:00.000Z",
    }
    return {"request": {}, "response": response, "ms": 5}


@pytest.mark.parametrize(
    ("exchange", "rules", "outcome", "reason"),
    [
        (stored(), {}, "delivered", ""),
        (
            stored(body='{"ok": false, "why": "Twice"}'),
            {"search_term": "true", "search_path": "ok"},
            "rejected",
            "",
        ),
        (stored(409, '{"why": "Twice"}'), {"reason_path": "why"}, "rejected", "Twice"),
        (stored(409), {"success_status": "2xx, 409"}, "delivered", ""),
        (stored(body="x" * 9 + "…"), {"search_term": "y"}, "rejected", "the first 12 bytes"),
        (stored(429, Retry="5"), {}, "rate_limited", ""),
    ],
)
def test_a_stored_answer_is_read_by_the_rules_of_now(
    exchange: dict[str, Any], rules: dict[str, str], outcome: str, reason: str
) -> None:
    judgement = judge(destination(**rules), exchange)

    assert judgement is not None
    assert judgement.outcome is Outcome(outcome)
    assert reason in judgement.reason


def test_a_pause_that_was_asked_for_counts_from_when_it_was_asked_for() -> None:
    exchange = stored(503, **{"Retry-After": "Tue, 24 Nov 2026 12:01:30 GMT"})

    judgement = judge(destination(), exchange)

    assert judgement is not None
    assert judgement.retry_after == 90


@pytest.mark.parametrize("lost", [{"response": None}, {"error": "The connection broke off."}])
def test_what_was_not_answered_in_full_is_not_judged(lost: dict[str, Any]) -> None:
    assert judge(destination(), stored() | lost) is None


def destination(**rules: str) -> DestinationValues:
    return DestinationValues(account_id="a", instance_id="i", integration="webhook", configuration=rules)
