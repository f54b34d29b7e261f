"""One request for each lead."""

from datetime import UTC, datetime
from typing import Any

from destinations.connectors.calls import Calls, is_unauthorized
from destinations.connectors.preview import preview_of
from destinations.connectors.webhook.answer import result_of
from destinations.connectors.webhook.request import request_for, timeout_of
from destinations.outcome import Result
from destinations.platforms.port import DestinationValues, Order
from leadconduit.lib.outbound import Answer


async def send(order: Order, calls: Calls) -> Result:
    # Of receivers of all kinds nobody knows what they mean by 401, unless it follows a token that they gave themselves.
    by_oauth = order.destination.scheme.startswith("oauth2")
    refuses = is_unauthorized if by_oauth else _never
    answer = await calls.send(lambda known: request_for(order, known), refuses=refuses)
    return result_of(answer, order.destination.configuration, secrets=calls.secrets, now=datetime.now(UTC))


def _never(answer: Answer) -> bool:
    return False


def preview(order: Order) -> dict[str, Any]:
    return preview_of(request_for(order))


def longest_send(destination: DestinationValues) -> float:
    return timeout_of(destination.configuration)
