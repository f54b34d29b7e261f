"""Posts a message."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from destinations.connectors.answers import content
from destinations.connectors.calls import Calls
from destinations.connectors.preview import preview_of
from destinations.connectors.slack import answers, requests
from destinations.outcome import Outcome, Receipt, Result
from destinations.platforms.port import DestinationValues, Order


async def send(order: Order, calls: Calls) -> Result:
    if not requests.text_of(order):
        return Result(Outcome.REJECTED, "There is nothing to say: no mapped field has a value.")
    answer = await calls.send(lambda known: requests.post_message(order, known), refuses=answers.refuses)
    if answers.is_success(answer):
        return Result(Outcome.DELIVERED, receipt=_receipt(content(answer)), exchange=calls.exchange)
    return replace(answers.failure(answer, calls.secrets, datetime.now(UTC)), exchange=calls.exchange)


def preview(order: Order) -> dict[str, Any]:
    return preview_of(requests.post_message(order, order.destination.credentials))


def longest_send(destination: DestinationValues) -> float:
    return requests.TIMEOUT


def _receipt(said: Any) -> Receipt | None:
    """Within its channel, a message is known by its time: `ts`."""
    return Receipt(str(said["ts"])) if said.get("ts") else None
