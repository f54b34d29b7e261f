"""One request for each lead."""

from datetime import UTC, datetime
from typing import Any

from destinations.connectors.calls import Calls
from destinations.connectors.preview import preview_of
from destinations.connectors.webhook.answer import result_of
from destinations.connectors.webhook.request import request_for, timeout_of
from destinations.outcome import Result
from destinations.platforms.port import DestinationValues, Order


async def send(order: Order, calls: Calls) -> Result:
    request = request_for(order)
    answer = await calls.send(lambda _: request)
    return result_of(answer, order.destination.configuration, secrets=request.secrets, now=datetime.now(UTC))


def preview(order: Order) -> dict[str, Any]:
    return preview_of(request_for(order))


def longest_send(destination: DestinationValues) -> float:
    return timeout_of(destination.configuration)
