"""What Salesforce answers: a record, what a query found, or errors that become an outcome.

Errors are a JSON array of `{"message", "errorCode", "fields"}`: REST API Developer Guide, "Status Codes and Error
Responses"; the codes: SOAP API Developer Guide, "StatusCode" and "ExceptionCode". A duplicate rule that blocks adds
`duplicateResult` ("Duplicate Rule Header"). SOAP answers a fault with HTTP 500, and says of each lead whether it was
converted ("LeadConvertResult").
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from xml.etree import ElementTree

from destinations.connectors.answers import json_of, presentable, retry_after, without_response
from destinations.outcome import Outcome, Result
from leadconduit.lib.outbound import Answer, Response

DAY_SPENT = 900.0
"""Seconds until the next try when a day's requests are spent: the 24 hours roll, so some come back all the time."""
TOO_MANY_AT_ONCE = 30.0

_PARTNER = "{urn:partner.soap.sforce.com}"


class Error(NamedTuple):
    """One of an answer's errors; `existing` are the ids of records that a duplicate rule found."""

    code: str
    message: str
    fields: tuple[str, ...] = ()
    existing: tuple[str, ...] = ()


class Conversion(NamedTuple):
    """What became of a lead that was to be converted."""

    account_id: str
    contact_id: str
    opportunity_id: str
    error: Error | None


_MEANINGS: Mapping[str, tuple[Outcome, str]] = {
    # The credentials
    "INVALID_SESSION_ID": (
        Outcome.UNAUTHORIZED,
        "Salesforce no longer takes this connection: connect again.",
    ),
    "INVALID_AUTH_HEADER": (Outcome.UNAUTHORIZED, "Salesforce does not take this connection: connect again."),
    # Later
    "REQUEST_LIMIT_EXCEEDED": (
        Outcome.RATE_LIMITED,
        "The organisation has spent its API requests of the last 24 hours, or has too many under way.",
    ),
    "SERVER_UNAVAILABLE": (Outcome.UNAVAILABLE, "Salesforce is busy at the moment."),
    "UNABLE_TO_LOCK_ROW": (Outcome.UNAVAILABLE, "Somebody else is changing the same record in Salesforce."),
    "QUERY_TIMEOUT": (Outcome.UNAVAILABLE, "Salesforce took too long to find the record."),
    "UNKNOWN_EXCEPTION": (Outcome.UNAVAILABLE, "Salesforce had an error of its own."),
    "STORAGE_LIMIT_EXCEEDED": (Outcome.UNAVAILABLE, "The organisation has no storage left for records."),
    # Only a change of the destination, or of rights in Salesforce, can help
    "INVALID_FIELD": (Outcome.MISCONFIGURED, "Salesforce does not know a field that is mapped, or hides it."),
    "INVALID_FIELD_FOR_INSERT_UPDATE": (
        Outcome.MISCONFIGURED,
        "The connected user may not write a field that is mapped.",
    ),
    "INVALID_TYPE": (Outcome.MISCONFIGURED, "The connected user has no access to this kind of record."),
    "INSUFFICIENT_ACCESS": (Outcome.MISCONFIGURED, "The connected user may not do this in Salesforce."),
    "INSUFFICIENT_ACCESS_OR_READONLY": (
        Outcome.MISCONFIGURED,
        "The connected user may not change this record in Salesforce.",
    ),
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": (
        Outcome.MISCONFIGURED,
        "The connected user may not use a record that this one refers to.",
    ),
    "API_DISABLED_FOR_ORG": (Outcome.MISCONFIGURED, "The organisation's edition of Salesforce has no API."),
    "API_CURRENTLY_DISABLED": (Outcome.MISCONFIGURED, "The connected user may not use Salesforce's API."),
    "FORBIDDEN": (Outcome.MISCONFIGURED, "The connected user may not do this in Salesforce."),
    "FUNCTIONALITY_NOT_ENABLED": (
        Outcome.MISCONFIGURED,
        "The organisation has not enabled this in Salesforce.",
    ),
    "MALFORMED_QUERY": (Outcome.MISCONFIGURED, "Salesforce cannot look for the record like this."),
    "NOT_FOUND": (Outcome.MISCONFIGURED, "Salesforce has no such kind of record, field or record."),
    "METHOD_NOT_ALLOWED": (Outcome.MISCONFIGURED, "Salesforce does not take this request."),
    "INVALID_STATUS": (
        Outcome.MISCONFIGURED,
        "The chosen converted status is not one of the organisation's.",
    ),
    # The lead
    "REQUIRED_FIELD_MISSING": (Outcome.REJECTED, "Salesforce misses a field that it requires."),
    "INVALID_EMAIL_ADDRESS": (Outcome.REJECTED, "Salesforce does not take the e-mail address."),
    "STRING_TOO_LONG": (Outcome.REJECTED, "A value is longer than its field in Salesforce."),
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": (
        Outcome.REJECTED,
        "A validation rule of the organisation refused the record.",
    ),
    "FIELD_INTEGRITY_EXCEPTION": (Outcome.REJECTED, "A value does not go with the rest of the record."),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": (
        Outcome.REJECTED,
        "A value is none of those that its picklist takes.",
    ),
    "INVALID_CROSS_REFERENCE_KEY": (Outcome.REJECTED, "A record that this one refers to is not there."),
    "MALFORMED_ID": (Outcome.REJECTED, "A value is no id of a record in Salesforce."),
    "JSON_PARSER_ERROR": (Outcome.REJECTED, "A value is not of the type that its field takes."),
    "DUPLICATE_VALUE": (Outcome.REJECTED, "Salesforce has a record with the same value in a unique field."),
    "DUPLICATES_DETECTED": (Outcome.REJECTED, "A duplicate rule found the same person in Salesforce."),
    "CANNOT_UPDATE_CONVERTED_LEAD": (Outcome.REJECTED, "The lead was converted before, and is closed."),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": (
        Outcome.REJECTED,
        "An automation of the organisation refused the record.",
    ),
    "ENTITY_IS_DELETED": (Outcome.REJECTED, "The record was deleted in Salesforce."),
}


def result_of(answer: Answer, *, secrets: Iterable[str], now: datetime | None = None) -> Result:
    """What an answer without success comes to. The exchange is left to the caller, who knows of all of them."""
    if answer.response is None:
        return without_response(answer, secrets)
    response = answer.response
    found = errors_of(response)
    outcome, sentence = _meaning(response, found)
    return Result(outcome, presentable(sentence, secrets), retry_after=_pause(outcome, response, found, now))


def refused(error: Error, secrets: Iterable[str]) -> Result:
    """What one error says, where it stands in an answer that is whole."""
    outcome, sentence = _MEANINGS.get(error.code, (Outcome.REJECTED, "Salesforce refused the record."))
    return Result(outcome, presentable(_with_words(sentence, error), secrets))


def is_refused(answer: Answer) -> bool:
    """Is the access token no longer good? SOAP says so in a fault."""
    response = answer.response
    if response is None:
        return False
    return response.status == 401 or any(error.code == "INVALID_SESSION_ID" for error in errors_of(response))


def errors_of(response: Response) -> tuple[Error, ...]:
    if "xml" in response.header("Content-Type"):
        fault = _fault(response.text)
        return (fault,) if fault else ()
    if response.status < 300:
        return ()
    said = json_of(response)
    entries = said if isinstance(said, list) else [said]
    return tuple(_error(entry) for entry in entries if isinstance(entry, dict))


def record_id_of(response: Response) -> str:
    """The id of the record that was made, or changed where the answer has it; "" otherwise."""
    said = json_of(response)
    return str(said.get("id") or "") if isinstance(said, dict) else ""


def records_of(response: Response) -> list[dict[str, Any]] | None:
    """What a query found; None where the answer is none."""
    said = json_of(response)
    records = said.get("records") if isinstance(said, dict) else None
    return [record for record in records if isinstance(record, dict)] if isinstance(records, list) else None


def conversion_of(response: Response) -> Conversion | None:
    document = _parsed(response.text)
    result = (
        document.find(f".//{_PARTNER}convertLeadResponse/{_PARTNER}result") if document is not None else None
    )
    if result is None:
        return None

    def text(path: str) -> str:
        return (result.findtext("/".join(f"{_PARTNER}{part}" for part in path.split("/"))) or "").strip()

    error = None
    if text("success") != "true":
        error = Error(text("errors/statusCode") or "UNKNOWN_EXCEPTION", text("errors/message"))
    return Conversion(text("accountId"), text("contactId"), text("opportunityId"), error)


# --- Errors


def _meaning(response: Response, found: Sequence[Error]) -> tuple[Outcome, str]:
    known = next((error for error in found if error.code in _MEANINGS), None)
    if known is not None:
        outcome, sentence = _MEANINGS[known.code]
        return outcome, _with_words(sentence, known)
    outcome, sentence = _of_status(response.status)
    return outcome, _with_words(sentence, found[0]) if found else sentence


def _of_status(status: int) -> tuple[Outcome, str]:
    if status == 300:
        return Outcome.REJECTED, "Salesforce has several records with this external id."
    if 300 <= status < 400:
        return (
            Outcome.MISCONFIGURED,
            f"Salesforce answered {status}, which leads somewhere else: connect again.",
        )
    if status == 401:
        return Outcome.UNAUTHORIZED, "Salesforce does not take this connection: connect again."
    if status == 403:
        return Outcome.MISCONFIGURED, "The connected user may not do this in Salesforce."
    if status in (404, 405, 410, 414, 415, 431):
        return Outcome.MISCONFIGURED, f"Salesforce answered {status}: it does not know this request."
    if status == 429:
        return Outcome.RATE_LIMITED, "Salesforce asks for a pause."
    if status >= 500 or status in (408, 409, 420):
        return Outcome.UNAVAILABLE, f"Salesforce answered {status}: it cannot take leads at the moment."
    if status < 300:
        # A record may have been made: what it is cannot be told.
        return Outcome.UNKNOWN, "Salesforce answered with success, and what it answered cannot be read."
    return Outcome.REJECTED, "Salesforce refused the record."


def _with_words(sentence: str, error: Error) -> str:
    fields = f", {', '.join(error.fields)}" if error.fields else ""
    existing = f" It is {', '.join(error.existing)}." if error.existing else ""
    said = error.message.strip().rstrip(".")
    return (
        f"{sentence}{existing} “{said}” ({error.code}{fields})"
        if said
        else f"{sentence}{existing} ({error.code})"
    )


def _pause(
    outcome: Outcome, response: Response, found: Sequence[Error], now: datetime | None
) -> float | None:
    if not outcome.retries:
        return None
    asked = retry_after(response, now or datetime.now(UTC))
    if asked is not None or outcome is not Outcome.RATE_LIMITED:
        return asked
    at_once = any("concurrent" in error.message.lower() for error in found)
    return TOO_MANY_AT_ONCE if at_once else DAY_SPENT


def _error(entry: Mapping[str, Any]) -> Error:
    fields = entry.get("fields")
    return Error(
        str(entry.get("errorCode") or entry.get("error") or "UNKNOWN"),
        str(entry.get("message") or entry.get("error_description") or ""),
        tuple(map(str, fields)) if isinstance(fields, list) else (),
        tuple(_existing(entry.get("duplicateResult"))),
    )


def _existing(duplicates: Any) -> list[str]:
    results = duplicates.get("matchResults") if isinstance(duplicates, dict) else None
    matches = [
        match
        for result in (results if isinstance(results, list) else ())
        if isinstance(result, dict)
        for match in (result.get("matchRecords") or ())
        if isinstance(match, dict)
    ]
    records = [match.get("record") for match in matches]
    return [str(record["Id"]) for record in records if isinstance(record, dict) and record.get("Id")][:3]


def _fault(text: str) -> Error | None:
    document = _parsed(text)
    fault = document.find(".//{*}Fault") if document is not None else None
    if fault is None:
        return None
    code = (fault.findtext("faultcode") or fault.findtext("{*}faultcode") or "").strip().rpartition(":")[2]
    words = (fault.findtext("faultstring") or fault.findtext("{*}faultstring") or "").strip()
    return Error(code or "UNKNOWN_EXCEPTION", words.removeprefix(f"{code}: "))


def _parsed(text: str) -> ElementTree.Element | None:
    if "<!" in text:  # neither a DTD nor entities, whose expansion would never end
        return None
    try:
        return ElementTree.fromstring(text)  # noqa: S314  # see above
    except ElementTree.ParseError:
        return None
