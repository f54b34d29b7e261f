"""What HubSpot's answers mean.

Errors are `{"status", "message", "correlationId", "category", "errors": [{"message", "code", "in", "context"}],
"context"}`, all of them optional: developers.hubspot.com/docs/api-reference/error-handling, which lists the statuses too
(423, 429, 477, 502 to 504, 521 to 524). Limits: "Usage guidelines", "Rate limits": a 429 names its policy. That a second
contact of an address is answered 409 with `Existing ID: ` is what clients of the API report; it is not documented.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from destinations.connectors.answers import content, presentable, retry_after, without_response
from destinations.outcome import Outcome, Result
from leadconduit.lib.outbound import Answer, Response

TEN_SECONDS = 10.0
SECOND = 1.0
LOCKED = 2.0
"""Seconds: "Locks will last for 2 seconds" (423)."""
DAY_SPENT = 3 * 3600.0
"""The daily limit ends at midnight in the portal's time zone, which an answer does not tell: it is asked for every three
hours, so that one delivery does not spend its tries before the day is over."""
BUSY = 5.0
""""Pause your requests for a few seconds, then retry" (502, 503, 504, 521)."""

_EXISTING = re.compile(r"Existing ID:\s*(\d+)")

_BY_CATEGORY: Mapping[str, tuple[Outcome, str]] = {
    "INVALID_AUTHENTICATION": (Outcome.UNAUTHORIZED, "HubSpot does not take the credentials."),
    "EXPIRED_AUTHENTICATION": (
        Outcome.UNAUTHORIZED,
        "The access token has expired, and there is no better one.",
    ),
    "MISSING_SCOPES": (
        Outcome.UNAUTHORIZED,
        "The app may not do this in HubSpot: give it the scope, and connect again.",
    ),
    "BANNED": (Outcome.UNAUTHORIZED, "HubSpot has locked this portal or app out."),
    "RATE_LIMITS": (Outcome.RATE_LIMITED, "HubSpot asks for a pause."),
    "CONFLICT": (Outcome.REJECTED, "HubSpot has such a record already."),
    "VALIDATION_ERROR": (Outcome.REJECTED, "HubSpot does not take these values."),
    "OBJECT_NOT_FOUND": (Outcome.REJECTED, "HubSpot has no such record."),
    "OBJECT_ALREADY_EXISTS": (Outcome.REJECTED, "HubSpot has such a record already."),
}

_BY_CODE: Mapping[str, str] = {
    "PROPERTY_DOESNT_EXIST": "A property that is sent does not exist in HubSpot: map the fields anew.",
    "READ_ONLY_VALUE": "A property that is sent can only be read in HubSpot: leave it out of the mapping.",
    "NONEXISTENT_PROPERTY": "A property that is sent does not exist in HubSpot: map the fields anew.",
}
"""No lead could be right: the mapping is."""


def is_success(answer: Answer) -> bool:
    return answer.response is not None and 200 <= answer.response.status < 300


def failure(answer: Answer, secrets: Iterable[str], now: datetime, *, chosen: Collection[str] = ()) -> Result:
    """What it means that the answer is none of success. `chosen` are properties that are the same for every lead."""
    if answer.response is None:
        return without_response(answer, secrets)
    return _refused(answer.response, content(answer), secrets, now, chosen)


def record(answer: Answer) -> Mapping[str, Any]:
    """The record that an answer of success is about; of a batch or a search, the first."""
    body = content(answer)
    results = body.get("results")
    if isinstance(results, list):
        return results[0] if results and isinstance(results[0], dict) else {}
    return body


def error_in_batch(answer: Answer, secrets: Iterable[str], now: datetime) -> Result | None:
    """Of 207 Multi-Status: why the one record that was sent was not taken."""
    errors = _details(content(answer))
    if not errors:
        return None
    return _refused(Response(400, "", (), b""), errors[0], secrets, now)


def existing_id(answer: Answer) -> str:
    """The contact that is in the way of a new one; "" where the answer names none."""
    if answer.response is None or answer.response.status != 409:
        return ""
    found = _EXISTING.search(answer.response.text)
    return found[1] if found else ""


def is_missing(answer: Answer) -> bool:
    """There is no such record, as HubSpot says it: any other 404 is one of an address."""
    if answer.response is None or answer.response.status != 404:
        return False
    return content(answer).get("category") == "OBJECT_NOT_FOUND"


def missing_members(answer: Answer) -> bool:
    """The contact that was to be added to a list is not there. `recordIdsMissing` in the answer's description."""
    return bool(content(answer).get("recordIdsMissing"))


def added_members(answer: Answer) -> bool:
    """The description writes `recordsIdsAdded`, newer ones `recordIdsAdded`."""
    body = content(answer)
    return bool(body.get("recordsIdsAdded") or body.get("recordIdsAdded"))


# ---


def _refused(
    response: Response,
    body: Mapping[str, Any],
    secrets: Iterable[str],
    now: datetime,
    chosen: Collection[str] = (),
) -> Result:
    status, category = response.status, str(body.get("category") or "")
    if status == 429:
        return _limited(response, body, secrets, now)
    outcome, sentence = _meaning(status, category, body)
    if outcome is Outcome.REJECTED and set(_names(body)) & set(chosen):
        outcome, sentence = Outcome.MISCONFIGURED, "HubSpot does not take what is chosen in the action."
    pause = retry_after(response, now)
    if pause is None and outcome is Outcome.UNAVAILABLE:
        pause = LOCKED if status == 423 else BUSY
    reason = presentable(_with_words(sentence, response, body), secrets)
    return Result(outcome, reason, retry_after=pause if outcome.retries else None)


def _meaning(status: int, category: str, body: Mapping[str, Any]) -> tuple[Outcome, str]:
    if status in (408, 423, 477) or status >= 500:
        return Outcome.UNAVAILABLE, _LATER.get(status, "HubSpot had an error of its own.")
    if wrong := next((_BY_CODE[code] for code in _codes(body) if code in _BY_CODE), ""):
        return Outcome.MISCONFIGURED, wrong
    if "MISSING_REQUIRED_PROPERTY" in _codes(body):
        return Outcome.REJECTED, "HubSpot misses a property that it requires."
    if category in _BY_CATEGORY:
        return _BY_CATEGORY[category]
    if status == 401:
        return _BY_CATEGORY["INVALID_AUTHENTICATION"]
    if status == 403:
        return Outcome.UNAUTHORIZED, "HubSpot does not let the app do this."
    if status == 404:
        return Outcome.MISCONFIGURED, "HubSpot knows nothing at this address."
    if 300 <= status < 400 or status == 405:
        return Outcome.MISCONFIGURED, "HubSpot does not take such a request."
    return Outcome.REJECTED, "HubSpot refused the lead."


_LATER = {
    423: "HubSpot has the records locked, since many were written at once.",
    477: "The HubSpot account is being moved to another location of data.",
    503: "HubSpot is not available at the moment.",
}


def _limited(response: Response, body: Mapping[str, Any], secrets: Iterable[str], now: datetime) -> Result:
    policy = str(body.get("policyName") or "").upper()
    sentence, pause = "HubSpot asks for a pause.", TEN_SECONDS
    if policy == "DAILY":
        sentence, pause = "The portal's calls for today are used up.", DAY_SPENT
    elif policy.startswith("TEN_SECONDLY"):
        sentence = "The app made as many calls in ten seconds as HubSpot allows."
    elif "SECOND" in policy:
        sentence, pause = "The app made as many calls in a second as HubSpot allows.", SECOND
    said = retry_after(response, now)
    reason = presentable(_with_words(sentence, response, body), secrets)
    return Result(Outcome.RATE_LIMITED, reason, retry_after=pause if said is None else said)


# --- HubSpot's own words


def _with_words(sentence: str, response: Response, body: Mapping[str, Any]) -> str:
    words = "; ".join(_words(body)) or f"status {response.status} {response.reason}".rstrip()
    named = ", ".join(_names(body))
    about = f" ({named})" if named else ""
    return f"{sentence.rstrip('.')}{about}. HubSpot says: {words.rstrip('. ')}."


def _words(body: Mapping[str, Any]) -> list[str]:
    """Of each error, else the message, without the JSON that some have behind their words."""
    of_errors = [str(error.get("message") or "").strip().rstrip(".") for error in _details(body)]
    message = str(body.get("message") or "").partition(": [{")[0].strip().rstrip(".")
    scopes = _context(body, "requiredScopes", "requiredGranularScopes", "missingScopes")
    found = [*dict.fromkeys(filter(None, of_errors or [message]))]
    return [*found, f"scopes {', '.join(scopes)}"] if scopes else found


def _names(body: Mapping[str, Any]) -> list[str]:
    """The properties that are the reason, without repetition."""
    names = [
        *_context(body, "propertyName", "properties"),
        *(str(one.get("name") or "") for one in _listed(body)),
    ]
    return [*dict.fromkeys(filter(None, names))]


def _codes(body: Mapping[str, Any]) -> list[str]:
    codes = [str(error.get("code") or "") for error in _details(body)]
    return codes + [str(one.get("error") or "") for one in _listed(body)]


def _details(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    errors = body.get("errors")
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _context(body: Mapping[str, Any], *keys: str) -> list[str]:
    """What the contexts of the error, and of each of its parts, list under these keys."""
    return [str(one) for context in _contexts(body) for key in keys for one in _list(context.get(key))]


def _contexts(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for holder in (body, *_details(body)):
        if isinstance(context := holder.get("context"), dict):
            yield context


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _listed(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """`Property values were not valid: [{"name", "error", "message"}]`: what is wrong, inside the message."""
    _, found, rest = str(body.get("message") or "").partition(": [{")
    try:
        listed = json.loads(f"[{{{rest}") if found else []
    except ValueError:
        return []
    return [one for one in listed if isinstance(one, dict)]
