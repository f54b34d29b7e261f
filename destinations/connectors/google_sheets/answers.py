"""What Google's answers mean.

Errors are `{"error": {"code", "message", "status", "details": [{"reason"}]}}` with the HTTP status of `code`: AIP-193 and
google.rpc.Code. Limits, 429 and to wait a minute: developers.google.com/workspace/sheets/api/limits. The words about
cells are known from reports, and not documented: where they are others, a person has to look at it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from destinations.connectors.answers import content, json_of, presentable, retry_after, without_response
from destinations.outcome import Outcome, Receipt, Result
from leadconduit.lib.outbound import Answer, Response

MINUTE = 60.0
"""Seconds: quotas are filled anew each minute."""

NOT_READ = "Google answered something that cannot be read, so the row may have been added."
NO_HEADER = "The header row is empty: write the names of the columns there."


class Header(NamedTuple):
    """The names of the columns, "" for one without; `where` is the row in A1 notation."""

    names: tuple[str, ...]
    where: str


def failure(answer: Answer, secrets: Iterable[str], now: datetime) -> Result | None:
    """Why the request came to nothing; None where it succeeded."""
    if answer.response is None:
        return without_response(answer, secrets)
    if not 200 <= answer.response.status < 300:
        return _refused(answer.response, secrets, now)
    return None if isinstance(json_of(answer.response), dict) else Result(Outcome.UNKNOWN, NOT_READ)


def header_of(answer: Answer) -> Header:
    """Of a successful answer. White space around a name is none of it."""
    matched = content(answer).get("valueRanges") or [{}]
    found = matched[0].get("valueRange") or {}
    rows = found.get("values") or [[]]
    return Header(tuple(str(name).strip() for name in rows[0]), str(found.get("range") or ""))


def updated_range(answer: Answer) -> str:
    """The cells that were written, as in `Leads!A6:D6`; "" where the answer does not say."""
    return str((content(answer).get("updates") or {}).get("updatedRange") or "")


def appended(answer: Answer, receipt: Receipt | None, secrets: Iterable[str], now: datetime) -> Result:
    if failed := failure(answer, secrets, now):
        return failed
    return Result(Outcome.DELIVERED, receipt=receipt) if receipt else Result(Outcome.UNKNOWN, NOT_READ)


# ---

_LIMITED = ("RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded")
_SWITCHED_OFF = ("SERVICE_DISABLED", "accessNotConfigured")


def _refused(response: Response, secrets: Iterable[str], now: datetime) -> Result:
    body = json_of(response)
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    message, reasons = str(error.get("message") or ""), _reasons(error)
    outcome, sentence = _meaning(response.status, str(error.get("status") or ""), message, reasons)
    words = f"{sentence} Google says: {message.rstrip('. ')}." if message else sentence
    pause = retry_after(response, now) if outcome.retries else None
    if outcome is Outcome.RATE_LIMITED and pause is None:
        pause = MINUTE
    return Result(outcome, presentable(words, secrets), retry_after=pause)


def _reasons(error: Mapping[str, Any]) -> set[str]:
    """`details` have them now, and `errors` before that."""
    listed = [*(error.get("details") or ()), *(error.get("errors") or ())]
    return {str(one.get("reason") or "") for one in listed if isinstance(one, dict)}


def _meaning(status: int, name: str, message: str, reasons: set[str]) -> tuple[Outcome, str]:
    if status == 401:
        return Outcome.UNAUTHORIZED, "Google does not take the access token."
    if status == 429 or name == "RESOURCE_EXHAUSTED" or reasons.intersection(_LIMITED):
        return Outcome.RATE_LIMITED, "More was asked of Google in a minute than it allows."
    if "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in reasons:
        return Outcome.UNAUTHORIZED, "The connection was not allowed to use spreadsheets: connect again."
    if reasons.intersection(_SWITCHED_OFF):
        return (
            Outcome.MISCONFIGURED,
            "The Google Sheets API is not switched on for the application's project.",
        )
    if status == 403:
        return (
            Outcome.MISCONFIGURED,
            "The connected Google account may not edit this spreadsheet: share it with them.",
        )
    if status == 404:
        return Outcome.MISCONFIGURED, "There is no such spreadsheet, or the connected account may not see it."
    if status == 408 or status >= 500:
        return Outcome.UNAVAILABLE, f"Google answered {status}."
    if status == 413 or "characters in a single cell" in message:
        return Outcome.REJECTED, "The lead is larger than a spreadsheet takes."
    if "above the limit" in message:
        return Outcome.MISCONFIGURED, "The spreadsheet is full."
    if "protected cell" in message:
        return Outcome.MISCONFIGURED, "The sheet is protected from the connected Google account."
    return Outcome.MISCONFIGURED, "Google does not take the request: look whether the sheet is still there."
