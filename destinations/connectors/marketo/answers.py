"""What Marketo's answers mean.

Most of what goes wrong comes with HTTP 200: `success` is false and `errors` say why, or one record was `skipped` and its
`reasons` say why. Codes and their meaning: AdobeDocs/marketo-developer.en, help/rest-api/error-codes.md; limits:
marketo-integration-best-practices.md; the codes of programs: program-members.md.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from destinations.connectors.answers import content, json_of, presentable, retry_after, without_response
from destinations.outcome import Outcome, Receipt, Result
from leadconduit.lib.outbound import Answer, Response


class Said(NamedTuple):
    """One of Marketo's `errors` or `reasons`."""

    code: str
    message: str


class Meaning(NamedTuple):
    outcome: Outcome
    sentence: str
    pause: float | None = None
    """Seconds."""


RENEWABLE = frozenset({"600", "601", "602"})
"""Another token may help. 600, "Access token empty", is not in the table of codes."""

_AS_A_WHOLE: Mapping[str, Meaning] = {
    "600": Meaning(Outcome.UNAUTHORIZED, "Marketo did not get an access token."),
    "601": Meaning(Outcome.UNAUTHORIZED, "Marketo does not take the access token."),
    "602": Meaning(Outcome.UNAUTHORIZED, "The access token has expired, and Marketo gave no better one."),
    "603": Meaning(
        Outcome.UNAUTHORIZED,
        "The API user may not do this: give its role the permission, or allow our addresses in Marketo.",
    ),
    "604": Meaning(Outcome.UNAVAILABLE, "Marketo took too long over this and gave up."),
    "605": Meaning(Outcome.MISCONFIGURED, "Marketo does not take this kind of request."),
    "606": Meaning(Outcome.RATE_LIMITED, "More than 100 calls in 20 seconds were made to this Marketo.", 20),
    "607": Meaning(Outcome.RATE_LIMITED, "This Marketo's calls for today are used up."),
    "608": Meaning(Outcome.UNAVAILABLE, "Marketo's API is not available at the moment."),
    "609": Meaning(Outcome.MISCONFIGURED, "Marketo could not read the request."),
    "610": Meaning(Outcome.MISCONFIGURED, "Marketo knows nothing at this address."),
    "611": Meaning(Outcome.UNAVAILABLE, "Marketo had an error of its own."),
    "612": Meaning(Outcome.MISCONFIGURED, "Marketo does not take this kind of content."),
    "613": Meaning(Outcome.MISCONFIGURED, "Marketo could not read the request."),
    "614": Meaning(Outcome.UNAVAILABLE, "Marketo cannot reach this subscription at the moment."),
    "615": Meaning(Outcome.RATE_LIMITED, "Ten calls to this Marketo were under way already.", 5),
    "616": Meaning(Outcome.MISCONFIGURED, "This Marketo subscription does not include what was asked for."),
    "703": Meaning(Outcome.MISCONFIGURED, "This Marketo subscription does not have the feature."),
    "713": Meaning(Outcome.UNAVAILABLE, "A part of Marketo is not available at the moment."),
    "719": Meaning(Outcome.UNAVAILABLE, "Marketo waited too long for something that is in use."),
    "500": Meaning(Outcome.UNAVAILABLE, "Marketo had an error of its own."),
    "502": Meaning(Outcome.UNAVAILABLE, "A part of Marketo did not answer."),
    # Codes of records stand here too where the request is about one alone, as when a campaign is requested.
    "1001": Meaning(Outcome.REJECTED, "A value does not fit its field."),
    "1003": Meaning(Outcome.MISCONFIGURED, "Marketo does not take the request with these values."),
    "1004": Meaning(Outcome.REJECTED, "Marketo has no such person."),
    "1007": Meaning(Outcome.REJECTED, "Several people in Marketo match, and none was chosen."),
    "1011": Meaning(Outcome.MISCONFIGURED, "Marketo cannot find people by this field."),
    "1013": Meaning(Outcome.MISCONFIGURED, "What the action is set up for is no longer in Marketo."),
    "1025": Meaning(Outcome.MISCONFIGURED, "The program's channel does not have this status."),
}
_OTHERWISE = Meaning(Outcome.MISCONFIGURED, "Marketo refused the request.")

_OF_A_RECORD: Mapping[str, str] = {
    "1001": "A value does not fit its field.",
    "1002": "A value that is needed is missing.",
    "1003": "Marketo does not take these values.",
    "1004": "Marketo has no such person.",
    "1005": "Marketo has this person already.",
    "1006": "A field that is sent does not exist in Marketo.",
    "1007": "Several people in Marketo match, and none was changed.",
    "1008": "The API user may not see the partition of this person.",
    "1009": "This Marketo has several partitions: choose one in the action.",
    "1010": "The person is in another partition.",
    "1011": "Marketo cannot find people by this field.",
    "1018": "The CRM that is connected to Marketo decides about this.",
    "1021": "Marketo lets no company be changed together with a person.",
}
PAST_STATUS = "1037"
"""The person is in this status of the program already, or past it: what was wanted holds."""

ALREADY_THERE = "1005"

NOT_READ = "Marketo answered something that cannot be read, so the lead may have arrived."


def refuses(answer: Answer) -> bool:
    """Whether another access token may help."""
    if answer.response is None:
        return False
    return answer.response.status == 401 or any(
        error.code in RENEWABLE for error in _errors(json_of(answer.response))
    )


def failure(answer: Answer, secrets: Iterable[str], now: datetime) -> Result | None:
    """Why the request as a whole came to nothing; None where Marketo says that it succeeded."""
    if answer.response is None:
        return without_response(answer, secrets)
    body = json_of(answer.response)
    errors = _errors(body)
    if errors:
        return _refused(errors, secrets, now)
    if not 200 <= answer.response.status < 300:
        return _refused_by_status(answer.response, secrets, now)
    if not isinstance(body, dict) or body.get("success") is not True:
        return Result(Outcome.UNKNOWN, NOT_READ)
    return None


def records(answer: Answer) -> list[dict[str, Any]]:
    """What a successful answer holds; where there is nothing, assets come without `result` at all."""
    found = content(answer).get("result")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def next_page(answer: Answer) -> str:
    return str(content(answer).get("nextPageToken") or "")


def about_a_record(answer: Answer, receipt: Receipt | None, secrets: Iterable[str], now: datetime) -> Result:
    """What became of the one record that was sent, where Marketo reports on each; `receipt` where it took it."""
    if failed := failure(answer, secrets, now):
        return failed
    found = records(answer)
    if not found:
        return Result(Outcome.UNKNOWN, NOT_READ)
    if found[0].get("status") != "skipped":
        return Result(Outcome.DELIVERED, receipt=receipt)
    reasons = _said(found[0].get("reasons"))
    if any(reason.code == PAST_STATUS for reason in reasons):
        sentence = "The person is in this status already, or past it."
        return Result(
            Outcome.DELIVERED, presentable(_with_words(sentence, reasons), secrets), receipt=receipt
        )
    known = next((reason.code for reason in reasons if reason.code in _OF_A_RECORD), "")
    sentence = _OF_A_RECORD.get(known, "Marketo passed over the person.")
    return Result(Outcome.REJECTED, presentable(_with_words(sentence, reasons), secrets))


def was_there(answer: Answer) -> bool:
    """The one record was skipped because Marketo has it already."""
    found = records(answer)
    return bool(found) and any(reason.code == ALREADY_THERE for reason in _said(found[0].get("reasons")))


def made_since(answer: Answer, since: datetime) -> str:
    """The id of the only person that was found, where it was made then or later; else ""."""
    found = records(answer)
    if len(found) != 1:
        return ""
    try:
        made = datetime.fromisoformat(str(found[0].get("createdAt")))
    except ValueError:
        return ""
    return id_of(answer) if made.replace(tzinfo=made.tzinfo or UTC) >= since else ""


def about_all(answer: Answer, receipt: Receipt | None, secrets: Iterable[str], now: datetime) -> Result:
    """For an answer that says only whether the request as a whole succeeded."""
    return failure(answer, secrets, now) or Result(Outcome.DELIVERED, receipt=receipt)


def id_of(answer: Answer) -> str:
    """The id of the first record; "" without one."""
    found = records(answer)
    return str(found[0].get("id") or "") if found else ""


# ---


def _refused(errors: list[Said], secrets: Iterable[str], now: datetime) -> Result:
    decisive = next((error for error in errors if error.code in _AS_A_WHOLE), errors[0])
    meaning = _AS_A_WHOLE.get(decisive.code, _OTHERWISE)
    pause = seconds_to_reset(now) if decisive.code == "607" else meaning.pause
    return Result(
        meaning.outcome, presentable(_with_words(meaning.sentence, errors), secrets), retry_after=pause
    )


def _refused_by_status(response: Response, secrets: Iterable[str], now: datetime) -> Result:
    """413 and 414 are documented, 401 of the token server; the rest is how HTTP is understood anywhere."""
    status = response.status
    answered = f"Marketo answered {status} {response.reason}".rstrip() + "."
    if status == 413:
        return Result(Outcome.REJECTED, "The lead is larger than the 1 MB that Marketo takes.")
    if status == 414:
        return Result(Outcome.REJECTED, "The e-mail address is too long to be looked for in Marketo.")
    if status in (401, 403):
        return Result(Outcome.UNAUTHORIZED, presentable(answered, secrets))
    wait = retry_after(response, now)
    if status == 429:
        return Result(Outcome.RATE_LIMITED, presentable(answered, secrets), retry_after=wait)
    if status in (408, 425) or status >= 500:
        return Result(Outcome.UNAVAILABLE, presentable(answered, secrets), retry_after=wait)
    return Result(Outcome.MISCONFIGURED, presentable(f"{answered} Check the Munchkin ID.", secrets))


CHICAGO, CST = ZoneInfo("America/Chicago"), timezone(timedelta(hours=-6))


def seconds_to_reset(now: datetime) -> float:
    """Until the daily quota starts anew, "at 12:00AM CST": whether the clock of summer counts nobody says.

    So the nearer of both midnights is meant: where that is too early, the same answer comes, and then the other is.
    """
    return min((_next_midnight(now, zone) - now).total_seconds() for zone in (CHICAGO, CST))


def _next_midnight(now: datetime, zone: tzinfo) -> datetime:
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone).astimezone(UTC)


def _with_words(sentence: str, said: list[Said]) -> str:
    words = "; ".join(f"{one.message.rstrip('. ')} ({one.code})" for one in said)
    return f"{sentence} Marketo says: {words}." if words else sentence


def _errors(body: Any) -> list[Said]:
    return _said(body.get("errors")) if isinstance(body, dict) and body.get("success") is not True else []


def _said(listed: Any) -> list[Said]:
    if not isinstance(listed, list):
        return []
    return [
        Said(str(one.get("code") or ""), str(one.get("message") or ""))
        for one in listed
        if isinstance(one, dict)
    ]
