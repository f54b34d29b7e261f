"""What each documented answer comes to: REST "Status Codes and Error Responses", SOAP "StatusCode", facts on duplicates."""

from typing import Any

import pytest

from destinations.connectors.salesforce import answers
from leadconduit.lib.masking import MASK
from leadconduit.lib.outbound import Response
from tests.destinations.connectors.receiver import Receiver
from tests.destinations.connectors.salesforce.orders import (
    CAMPAIGN,
    CONTACT,
    CONVERTED,
    LEAD,
    OPPORTUNITY,
    TOKEN,
    Renewing,
    created,
    credentials_at,
    error,
    fault,
    found,
    not_converted,
    order,
    sent,
)

CREATE = order("create_lead", {"LastName": "Lovelace"})


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, "REQUIRED_FIELD_MISSING", "rejected"),
        (400, "INVALID_EMAIL_ADDRESS", "rejected"),
        (400, "STRING_TOO_LONG", "rejected"),
        (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "rejected"),
        (400, "FIELD_INTEGRITY_EXCEPTION", "rejected"),
        (400, "DUPLICATE_VALUE", "rejected"),
        (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "rejected"),
        (400, "INVALID_CROSS_REFERENCE_KEY", "rejected"),
        (400, "MALFORMED_ID", "rejected"),
        (400, "JSON_PARSER_ERROR", "rejected"),
        (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "rejected"),
        (400, "SOMETHING_NEW", "rejected"),
        (400, "INVALID_FIELD", "misconfigured"),
        (400, "INVALID_FIELD_FOR_INSERT_UPDATE", "misconfigured"),
        (400, "INSUFFICIENT_ACCESS_OR_READONLY", "misconfigured"),
        (403, "INSUFFICIENT_ACCESS", "misconfigured"),
        (403, "API_DISABLED_FOR_ORG", "misconfigured"),
        (403, "API_CURRENTLY_DISABLED", "misconfigured"),
        (404, "NOT_FOUND", "misconfigured"),
        (405, "METHOD_NOT_ALLOWED", "misconfigured"),
        (400, "UNABLE_TO_LOCK_ROW", "unavailable"),
        (500, "UNKNOWN_EXCEPTION", "unavailable"),
        (503, "SERVER_UNAVAILABLE", "unavailable"),
        (401, "INVALID_SESSION_ID", "unauthorized"),
        (403, "REQUEST_LIMIT_EXCEEDED", "rate_limited"),
    ],
)
def test_an_error_becomes_an_outcome_and_keeps_its_words(
    receiver: Receiver, status: int, code: str, outcome: str
) -> None:
    result = sent(receiver, CREATE, error(code, "Their own words.", "LastName", status=status))

    assert result.outcome == outcome
    assert result.reason.endswith(f"“Their own words” ({code}, LastName)")


@pytest.mark.parametrize(
    ("status", "content", "outcome"),
    [
        (300, [f"/services/data/v63.0/sobjects/Lead/{LEAD}"], "rejected"),
        (302, None, "misconfigured"),
        (401, None, "unauthorized"),
        (403, None, "misconfigured"),
        (404, None, "misconfigured"),
        (420, None, "unavailable"),
        (429, None, "rate_limited"),
        (502, None, "unavailable"),
        (200, {"what": "is this"}, "unknown"),
    ],
)
def test_an_answer_without_errors_is_read_by_its_status(
    receiver: Receiver, status: int, content: Any, outcome: str
) -> None:
    result = sent(receiver, CREATE, (status, content))

    assert result.outcome == outcome
    assert result.reason.startswith("S") or result.reason.startswith("The")


def test_a_duplicate_names_the_record_that_is_there(receiver: Receiver) -> None:
    said = {
        "errorCode": "DUPLICATES_DETECTED",
        "message": "Use one of these records?",
        "duplicateResult": {"matchResults": [{"matchRecords": [{"record": {"Id": LEAD}}]}]},
    }

    result = sent(receiver, CREATE, (400, [said]))

    assert result.outcome == "rejected"
    assert LEAD in result.reason


@pytest.mark.parametrize(
    ("message", "seconds"),
    [("TotalRequests Limit exceeded.", 900), ("ConcurrentPerOrgLongTxn Limit exceeded.", 30)],
)
def test_a_spent_limit_makes_the_destination_wait(receiver: Receiver, message: str, seconds: float) -> None:
    result = sent(receiver, CREATE, error("REQUEST_LIMIT_EXCEEDED", message, status=403))

    assert result.retry_after == seconds


def test_a_refused_token_is_renewed_and_the_request_made_once_more(receiver: Receiver) -> None:
    source = Renewing(credentials_at(receiver.url))

    result = sent(receiver, CREATE, error("INVALID_SESSION_ID", status=401), created(LEAD), source=source)

    assert (result.outcome, source.renewed) == ("delivered", 1)
    assert receiver.latest.headers["authorization"] == "Bearer new.token"


def test_a_token_that_is_refused_again_is_renewed_no_more(receiver: Receiver) -> None:
    source = Renewing(credentials_at(receiver.url))
    refused = error("INVALID_SESSION_ID", status=401)

    result = sent(receiver, CREATE, refused, refused, source=source)

    assert (result.outcome, source.renewed) == ("unauthorized", 1)


def test_no_reason_repeats_the_token(receiver: Receiver) -> None:
    result = sent(receiver, CREATE, error("SOMETHING_NEW", f"Who is {TOKEN}?"))

    assert TOKEN not in result.reason
    assert MASK in result.reason


# --- Finding

BY_EMAIL = order("update_contact", {"Email": "ada@example.com"})


@pytest.mark.parametrize("records", [(), ({"Id": CONTACT}, {"Id": LEAD})])
def test_none_or_several_contacts_are_a_rejection(receiver: Receiver, records: Any) -> None:
    result = sent(receiver, BY_EMAIL, found(*records))

    assert result.outcome == "rejected"
    assert "contact" in result.reason


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("The requested resource does not exist", "rejected"),
        ("Provided external ID field does not exist or is not accessible: Crm__c", "misconfigured"),
    ],
)
def test_a_missing_contact_is_told_from_a_missing_field(
    receiver: Receiver, message: str, outcome: str
) -> None:
    wanted = order("update_contact", {"Crm__c": "7"}, find_by="external_id", external_id_field="Crm__c")

    assert sent(receiver, wanted, error("NOT_FOUND", message, status=404)).outcome == outcome


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("update_contact", {"Phone": "1"}),
        ("add_to_campaign", {}),
        ("add_to_campaign", {"LeadId": "not-an-id"}),
        ("create_opportunity", {"LeadId": "../../x"}),
    ],
)
def test_with_nothing_to_find_a_record_by_nothing_is_asked(
    receiver: Receiver, action: str, payload: dict[str, Any]
) -> None:
    assert sent(receiver, order(action, payload)).outcome == "rejected"
    assert receiver.requests == []


def test_one_who_is_a_member_already_is_taken_as_delivered(receiver: Receiver) -> None:
    wanted = order("add_to_campaign", {"LeadId": LEAD}, campaign=CAMPAIGN)

    result = sent(receiver, wanted, error("DUPLICATE_VALUE", "Already a campaign member."))

    assert (result.outcome, result.receipt) == ("delivered", None)
    assert "already" in result.reason


# --- Converting

CONVERT = order("create_opportunity", {"LeadId": LEAD}, converted_status="Closed - Converted")
OPEN = found({"Id": LEAD, "Email": "", "IsConverted": False})


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (not_converted("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead"), "rejected"),
        (not_converted("DUPLICATES_DETECTED", "Use one of these records?"), "rejected"),
        (not_converted("INVALID_STATUS", "invalid convertedStatus"), "misconfigured"),
        (not_converted("INSUFFICIENT_ACCESS_OR_READONLY", "no"), "misconfigured"),
        (not_converted("UNABLE_TO_LOCK_ROW", "locked"), "unavailable"),
        (fault("INVALID_SESSION_ID", "Invalid Session ID found"), "unauthorized"),
        (fault("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), "rate_limited"),
        (fault("SERVER_UNAVAILABLE", "busy"), "unavailable"),
        (fault("INVALID_TYPE", "sObject type 'Lead' is not supported."), "misconfigured"),
        ((200, "<not-soap/>"), "unknown"),
    ],
)
def test_what_a_conversion_comes_to(receiver: Receiver, answer: tuple[int, Any], outcome: str) -> None:
    assert sent(receiver, CONVERT, OPEN, answer).outcome == outcome


def test_a_fault_for_a_token_renews_it(receiver: Receiver) -> None:
    source = Renewing(credentials_at(receiver.url))

    result = sent(receiver, CONVERT, OPEN, fault("INVALID_SESSION_ID", "no"), CONVERTED, source=source)

    assert (result.outcome, source.renewed) == ("delivered", 1)
    assert "new.token" in receiver.latest.body


def test_fields_that_an_opportunity_refuses_are_said_with_the_opportunity(receiver: Receiver) -> None:
    wanted = order("create_opportunity", {"LeadId": LEAD, "Amount": "much"}, converted_status="C")

    result = sent(receiver, wanted, OPEN, CONVERTED, error("JSON_PARSER_ERROR"))

    assert result.outcome == "rejected"
    assert f"The lead was converted to {OPPORTUNITY}" in result.reason
    assert result.receipt is not None


def test_no_entity_of_an_answer_is_opened() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'

    assert answers.conversion_of(Response(200, "OK", (), bomb.encode())) is None
