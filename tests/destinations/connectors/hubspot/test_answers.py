"""Each documented answer: developers.hubspot.com, "Error handling" and "Usage guidelines"."""

import json
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from destinations.connectors.hubspot import answers
from destinations.outcome import Outcome, Result
from leadconduit.lib.outbound import Answer, NoAnswer, NotAllowed, NotSent, OutboundError, Response
from leadconduit.lib.outbound.exchanges import Exchange
from tests.destinations.connectors.hubspot.orders import MISSING, Scripted, error, taken

NOW = datetime(2026, 1, 15, 5, 30, tzinfo=UTC)
TOKEN = "pat-na1-s3cret-token"


def answered(status: int, content: Any, headers: dict[str, str] | None = None) -> Answer:
    text = content if isinstance(content, str) else json.dumps(content)
    return Answer(
        Response(status, "", tuple((headers or {}).items()), text.encode()), None, cast(Exchange, {})
    )


def read(answer: Scripted, *chosen: str) -> Result:
    return answers.failure(answered(*answer), [TOKEN], NOW, chosen=chosen)


def limited(policy: str, **headers: str) -> Scripted:
    content = {
        "status": "error",
        "message": f"You have reached your {policy.lower()} limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": "c033cdaa-2c40-4a64-ae48-b4cec88dad24",
        "policyName": policy,
    }
    return 429, content, {name.replace("_", "-"): value for name, value in headers.items()}


def invalid(code: str, name: str, message: str) -> Scripted:
    """As clients of the API report it: the properties stand in the message, newer answers have `errors` too."""
    listed = json.dumps([{"isValid": False, "message": message, "error": code, "name": name}])
    errors = [{"message": message, "code": code, "context": {"propertyName": [name]}}]
    return error(400, "VALIDATION_ERROR", f"Property values were not valid: {listed}", errors=errors)


@pytest.mark.parametrize(
    ("answer", "outcome", "pause"),
    [
        (error(401, "INVALID_AUTHENTICATION"), Outcome.UNAUTHORIZED, None),
        (error(401, "EXPIRED_AUTHENTICATION"), Outcome.UNAUTHORIZED, None),
        (error(403, "MISSING_SCOPES"), Outcome.UNAUTHORIZED, None),
        (error(403, "BANNED"), Outcome.UNAUTHORIZED, None),
        ((403, "", {}), Outcome.UNAUTHORIZED, None),
        (error(400, "VALIDATION_ERROR"), Outcome.REJECTED, None),
        (error(404, "OBJECT_NOT_FOUND"), Outcome.REJECTED, None),
        ((404, "<html>", {}), Outcome.MISCONFIGURED, None),
        ((302, "", {}), Outcome.MISCONFIGURED, None),
        ((405, "", {}), Outcome.MISCONFIGURED, None),
        ((414, "", {}), Outcome.REJECTED, None),
        (taken("101"), Outcome.REJECTED, None),
        (error(423, "LOCKED"), Outcome.UNAVAILABLE, 2),
        ((477, "", {"Retry-After": "3600"}), Outcome.UNAVAILABLE, 3600),
        (error(500, "INTERNAL_ERROR"), Outcome.UNAVAILABLE, 5),
        ((502, "<html>", {}), Outcome.UNAVAILABLE, 5),
        ((503, "", {"Retry-After": "30"}), Outcome.UNAVAILABLE, 30),
        ((504, "", {}), Outcome.UNAVAILABLE, 5),
        ((521, "", {}), Outcome.UNAVAILABLE, 5),
        (limited("TEN_SECONDLY_ROLLING"), Outcome.RATE_LIMITED, 10),
        (limited("SECONDLY"), Outcome.RATE_LIMITED, 1),
        (limited("DAILY"), Outcome.RATE_LIMITED, 3 * 3600),
        (limited("TEN_SECONDLY_ROLLING", Retry_After="4"), Outcome.RATE_LIMITED, 4),
        ((429, "", {}), Outcome.RATE_LIMITED, 10),
        ((418, "", {}), Outcome.REJECTED, None),
    ],
)
def test_each_error_is_understood(answer: Scripted, outcome: Outcome, pause: float | None) -> None:
    result = read(answer)

    assert (result.outcome, result.retry_after) == (outcome, pause)
    assert result.reason.endswith(".")


@pytest.mark.parametrize(
    ("code", "name", "outcome"),
    [
        ("INVALID_EMAIL", "email", Outcome.REJECTED),
        ("INVALID_OPTION", "property_type", Outcome.REJECTED),
        ("PROPERTY_DOESNT_EXIST", "shoe_size", Outcome.MISCONFIGURED),
        ("READ_ONLY_VALUE", "hs_object_id", Outcome.MISCONFIGURED),
    ],
)
def test_what_is_wrong_with_values_names_their_properties(code: str, name: str, outcome: Outcome) -> None:
    result = read(invalid(code, name, "It is wrong."))

    assert result.outcome is outcome
    assert f"({name})" in result.reason
    assert result.reason.endswith("HubSpot says: It is wrong.")


def test_properties_are_read_from_the_message_where_there_is_nothing_else() -> None:
    listed = '[{"isValid":false,"message":"Wrong.","error":"INVALID_EMAIL","name":"email"}]'
    result = read(error(400, "VALIDATION_ERROR", f"Property values were not valid: {listed}"))

    assert (
        result.reason
        == "HubSpot does not take these values (email). HubSpot says: Property values were not valid."
    )


def test_required_properties_that_are_missing_are_named() -> None:
    words = "Error creating CONTACT. Some required properties were not set."
    part = {"message": words, "code": "MISSING_REQUIRED_PROPERTY", "context": {"properties": ["region"]}}
    result = read(error(400, "VALIDATION_ERROR", words, errors=[part]))

    assert result.outcome is Outcome.REJECTED
    assert result.reason.startswith("HubSpot misses a property that it requires (region).")


def test_what_the_action_sets_is_no_fault_of_the_lead() -> None:
    answer = invalid("INVALID_OPTION", "dealstage", "gone was not one of the allowed options")

    assert read(answer, "dealstage", "pipeline").outcome is Outcome.MISCONFIGURED
    assert read(answer).outcome is Outcome.REJECTED


def test_scopes_that_are_missing_are_named() -> None:
    """HubSpot/hubspot-api-nodejs, issue 268, has such an answer."""
    part = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredScopes": ["crm.lists.write"]},
    }
    result = read(
        error(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes.", errors=[part])
    )

    assert "scopes crm.lists.write" in result.reason


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


@pytest.mark.parametrize("content", ["", "[]", "7", {"results": []}, {"results": [7]}, {"errors": "x"}])
def test_what_cannot_be_read_names_no_record(content: Any) -> None:
    assert not answers.record(answered(200, content)).get("id")
    assert not answers.missing_members(answered(200, content))
    assert answers.error_in_batch(answered(207, content), [], NOW) is None


@pytest.mark.parametrize(
    "content",
    [
        {"message": 7, "errors": [7, {"context": 7}], "context": []},
        {"message": "x: [{", "errors": {}},
        [],
        "x",
    ],
)
def test_any_error_may_have_any_form(content: Any) -> None:
    assert read((400, content, {})).outcome is Outcome.REJECTED


def test_a_conflict_names_who_is_in_the_way() -> None:
    assert answers.existing_id(answered(*taken("101"))) == "101"
    assert answers.existing_id(answered(409, {"message": "Something else."})) == ""
    assert answers.existing_id(answered(400, {"message": "Existing ID: 101"})) == ""


def test_only_hubspot_says_that_a_record_is_missing() -> None:
    assert answers.is_missing(answered(*MISSING))
    assert not answers.is_missing(answered(404, "<html>"))


def test_a_reason_shows_no_token() -> None:
    assert TOKEN not in read(error(401, "INVALID_AUTHENTICATION", f"{TOKEN} is no good.")).reason
