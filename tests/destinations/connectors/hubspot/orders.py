"""Orders for a portal, and answers as HubSpot's descriptions have them."""

import json
from dataclasses import dataclass
from typing import Any

from destinations.connectors.calls import Calls, Credentials, Fixed
from destinations.connectors.hubspot import client
from destinations.outcome import Result
from destinations.platforms.port import ActionValues, DestinationValues, Order
from leadconduit.lib import outbound
from tests.destinations.connectors.receiver import Receiver

KEY = "65f0aa01bb02cc03dd04ee05"
TOKEN = "pat-na1-s3cret-token"
KNOWN = {"token": TOKEN, "hub_id": "12345678"}
ADA = {"email": "ada@lead.example", "firstname": "Ada"}

Scripted = tuple[int, Any, dict[str, str]]


def order(
    action: str, payload: dict[str, Any] | None = None, *, uncertain: bool = False, **configuration: Any
) -> Order:
    set_up = ActionValues(action_id=action, name=action, configuration=configuration)
    return Order(
        key=KEY,
        destination=DestinationValues(
            account_id="a",
            instance_id="i",
            integration="hubspot",
            scheme="bearer",
            credentials=KNOWN,
            actions=(set_up,),
        ),
        action=set_up,
        payload=ADA if payload is None else payload,
        uncertain=uncertain,
    )


def sent(portal: Receiver, wanted: Order, *answers: Scripted, source: Any = None) -> Result:
    """What an order comes to when HubSpot gives these answers, one after another."""
    portal.script = [(status, json.dumps(content), headers) for status, content, headers in answers]
    result = outbound.run(client.send(wanted, Calls(source or Fixed(KNOWN))))
    assert portal.script == [], "not all was asked"
    assert isinstance(result, Result)
    return result


def asked(portal: Receiver) -> list[tuple[str, str, Any]]:
    """Method, path and body of what HubSpot was asked."""
    return [(one.method, one.path, json.loads(one.body) if one.body else None) for one in portal.requests]


@dataclass
class Renewing:
    """Credentials of OAuth that can be renewed; `renewed` counts how often that was."""

    renewed: int = 0

    async def get(self) -> Credentials:
        return {"access_token": "old", "hub_id": 12345678}

    async def renew(self, refused: Credentials) -> Credentials:
        self.renewed += 1
        return {**refused, "access_token": "new"}


def record(record_id: str, status: int = 200, **properties: str) -> Scripted:
    """`SimplePublicObject`."""
    times = {"createdAt": "2026-01-05T10:00:00Z", "updatedAt": "2026-01-05T10:00:00Z"}
    return status, {"id": record_id, "properties": properties, **times, "archived": False}, {}


def error(status: int, category: str, message: str = "In HubSpot's words.", **more: Any) -> Scripted:
    correlation = "aeb5f871-7f07-4993-9211-075dc63e7cbf"
    content = {"status": "error", "message": message, "correlationId": correlation, "category": category}
    return status, content | more, {}


def taken(contact: str) -> Scripted:
    return error(409, "CONFLICT", f"Contact already exists. Existing ID: {contact}")


MISSING = error(404, "OBJECT_NOT_FOUND", "resource not found")
EXPIRED = error(
    401, "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired 5 second(s) ago."
)
