"""A receiver's answer becomes an outcome."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from destinations.connectors.answers import json_of, presentable, retry_after, without_response
from destinations.outcome import Outcome, Result
from destinations.platforms.port import DestinationValues
from leadconduit.leads.values import as_text, is_blank, lookup
from leadconduit.lib.outbound import Answer, Exchange, Response

_NOBODY_THERE = {
    404: "Nothing takes leads at this address: check the URL and the path.",
    405: "This address takes no such request: check the method, the URL and the path.",
    410: "This address is no longer used: ask the receiver for the new one.",
}

_STATUS = re.compile(r"([1-5])xx|([1-5]\d\d)(?:-([1-5]\d\d))?", re.IGNORECASE)


def result_of(
    answer: Answer, configuration: Mapping[str, Any], *, secrets: Iterable[str], now: datetime
) -> Result:
    if answer.response is None:
        return replace(without_response(answer, secrets), exchange=answer.exchange)
    outcome, reason = _judged(answer.response, configuration)
    return Result(
        outcome,
        presentable(reason, secrets),
        retry_after=retry_after(answer.response, now) if outcome.retries else None,
        exchange=answer.exchange,
    )


def judge(destination: DestinationValues, exchange: Mapping[str, Any]) -> Result | None:
    """Reads a stored answer once more. What was masked or cut of it reads as it is stored."""
    received = exchange.get("response")
    if received is None or "error" in exchange:
        return None
    body = received["body"]
    response = Response(
        received["status"],
        received["status_text"],
        tuple(received["headers"].items()),
        body.encode("utf-8", "replace"),
        truncated=body.endswith("…"),
    )
    at = datetime.fromisoformat(received["timestamp"])
    return result_of(
        Answer(response, None, cast(Exchange, exchange)), destination.configuration, secrets=(), now=at
    )


# --- What a response means


def _judged(response: Response, configuration: Mapping[str, Any]) -> tuple[Outcome, str]:
    status = response.status
    if is_success(status, configuration.get("success_status") or "2xx"):
        return _searched(response, configuration)
    if 300 <= status < 400:
        return Outcome.MISCONFIGURED, _redirected(response)
    reason = _reason(response, configuration) or _status_sentence(response)
    if status in _NOBODY_THERE:
        # No lead was judged: the same request to the right address may well be taken.
        return Outcome.MISCONFIGURED, f"{reason.rstrip('. ')}. {_NOBODY_THERE[status]}"
    if status in (401, 403):
        return Outcome.UNAUTHORIZED, reason
    if status == 429:
        return Outcome.RATE_LIMITED, reason
    if status in (408, 425) or status >= 500:
        return Outcome.UNAVAILABLE, reason
    return Outcome.REJECTED, reason


def _searched(response: Response, configuration: Mapping[str, Any]) -> tuple[Outcome, str]:
    """A status of success is enough, unless the answer must contain something too."""
    term, path = configuration.get("search_term") or "", configuration.get("search_path") or ""
    if not term:
        return Outcome.DELIVERED, ""
    body = as_text(_at(path, response)) if path else response.text
    if term.casefold() in body.casefold():
        return Outcome.DELIVERED, ""
    return Outcome.REJECTED, _reason(response, configuration) or _not_found(term, path, response)


def _not_found(term: str, path: str, response: Response) -> str:
    where = f" at {path}" if path else ""
    read = f" in the first {len(response.body):,} bytes of" if response.truncated else " in"
    return f'The receiver answered {response.status}, but "{term}" was not found{where}{read} its answer.'


def _redirected(response: Response) -> str:
    location = response.header("Location")
    if not location:
        return f"The receiver answered {response.status}, which is no answer to a lead."
    return f"The receiver redirects to {location}: use that address, if you trust it."


def _status_sentence(response: Response) -> str:
    answered = f"The receiver answered {response.status} {response.reason}".rstrip()
    return f"{answered}, which does not count as success here." if response.status < 300 else f"{answered}."


def _reason(response: Response, configuration: Mapping[str, Any]) -> str:
    path = configuration.get("reason_path") or ""
    found = _at(path, response) if path else None
    return "" if is_blank(found) else as_text(found)


def _at(path: str, response: Response) -> object:
    return lookup({"body": json_of(response)}, f"body.{path}")


# --- Statuses of success, as people write them


def is_success(status: int, written: str) -> bool:
    return any(low <= status <= high for low, high in _ranges(written))


def status_problem(written: str) -> str:
    return "" if _ranges(written) else "Write codes, ranges or classes, with commas: 200, 201-204, 2xx."


def _ranges(written: str) -> list[tuple[int, int]]:
    """Empty when any part of it makes no sense."""
    matches = [_STATUS.fullmatch(part.strip()) for part in written.split(",")]
    return [_range(match) for match in matches if match] if all(matches) else []


def _range(match: re.Match[str]) -> tuple[int, int]:
    if match[1]:
        return int(match[1]) * 100, int(match[1]) * 100 + 99
    return int(match[2]), int(match[3] or match[2])
