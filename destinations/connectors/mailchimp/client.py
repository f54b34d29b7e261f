"""Puts a person into an audience, and then tags them. Both may be done again without harm."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from destinations.connectors.answers import content
from destinations.connectors.calls import Calls, Credentials
from destinations.connectors.mailchimp import answers, requests
from destinations.connectors.preview import preview_of
from destinations.outcome import Outcome, Receipt, Result
from destinations.platforms.port import DestinationValues, Order


async def send(order: Order, calls: Calls) -> Result:
    return replace(await _sent(order, calls), exchange=calls.exchange)


def preview(order: Order) -> dict[str, Any]:
    return preview_of(requests.put_member(order, order.destination.credentials))


def longest_send(destination: DestinationValues) -> float:
    return 2 * requests.TIMEOUT


async def _sent(order: Order, calls: Calls) -> Result:
    if not requests.email(order):
        return Result(Outcome.REJECTED, "The lead has no e-mail address, by which Mailchimp knows people.")
    known = await calls.source.get()
    answer = await calls.send(lambda known: requests.put_member(order, known))
    if not answers.is_success(answer):
        return answers.failure(answer, calls.secrets, datetime.now(UTC))
    member = Result(Outcome.DELIVERED, receipt=_receipt(content(answer), known))
    if not requests.tags(order):
        return member
    answer = await calls.send(lambda known: requests.tag_member(order, known))
    if answers.is_success(answer):
        return member
    failed = answers.failure(answer, calls.secrets, datetime.now(UTC))
    if failed.outcome.retries:
        return failed
    reason = f"The person is in the audience, but was not tagged. {failed.reason}"
    return replace(failed, reason=reason, receipt=member.receipt)


def _receipt(member: Any, known: Credentials) -> Receipt | None:
    """`id` is the hash by which other calls know the member; `web_id` is for the browser."""
    if not member.get("id"):
        return None
    web_id = member.get("web_id")
    return Receipt(str(member["id"]), requests.link_to(str(web_id), known) if web_id else None)
