"""What answers of all systems have in common: when none came, when to come back, and what may be said of it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from destinations.outcome import Outcome, Result
from destinations.platforms.port import CredentialsRefused, PlatformError
from leadconduit.leads.values import clean
from leadconduit.lib.masking import masker_for
from leadconduit.lib.outbound import Answer, NotAllowed, NotSent, Response

LONGEST_PAUSE = 24 * 3600
"""Seconds. A receiver may ask for more, and is asked again after a day all the same."""
LONGEST_REASON = 500


def without_response(answer: Answer, secrets: Iterable[str]) -> Result:
    """What it means that no whole answer came."""
    outcome = Outcome.UNREACHABLE if isinstance(answer.error, NotSent) else Outcome.UNKNOWN
    if isinstance(answer.error, NotAllowed):
        outcome = Outcome.MISCONFIGURED
    return Result(outcome, presentable(answer.error.sentence if answer.error else "", secrets))


def of_question(failed: Result) -> Result:
    """Where a question has no answer, nothing has happened."""
    return replace(failed, outcome=Outcome.UNAVAILABLE) if failed.outcome is Outcome.UNKNOWN else failed


def unanswered(system: str, failed: Result) -> PlatformError:
    """Why there is nothing to show of what the system was asked about."""
    sentence = f"{system} did not answer." if failed.outcome is Outcome.UNKNOWN else failed.sentence
    refused = failed.outcome is Outcome.UNAUTHORIZED
    return (CredentialsRefused if refused else PlatformError)(sentence, retry_after=failed.retry_after)


def presentable(reason: str, secrets: Iterable[str]) -> str:
    """A reason may quote the receiver, who may quote anything: our own credential, or what cannot be stored."""
    cleaned, _ = clean(masker_for(tuple(secrets)).mask(reason))
    text = " ".join(str(cleaned).split())
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"


def retry_after(response: Response, now: datetime) -> float | None:
    """Seconds from now, whether the header gives seconds or a date; None without it, or when it makes no sense."""
    written = response.header("Retry-After").strip()
    if written.isdecimal():
        seconds = float(written[:10])
    else:
        try:
            at = parsedate_to_datetime(written)
        except (ValueError, OverflowError):
            return None
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_PAUSE)


def json_of(response: Response) -> Any:
    """The body as JSON; None where it is none, or was cut."""
    try:
        return json.loads(response.text)
    except (ValueError, RecursionError):
        return None


def content(answer: Answer) -> Mapping[str, Any]:
    """The body as a JSON object; empty where it is none."""
    body = json_of(answer.response) if answer.response else None
    return body if isinstance(body, dict) else {}
