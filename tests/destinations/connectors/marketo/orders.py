from dataclasses import dataclass, field
from typing import Any

from destinations.connectors.calls import Credentials
from destinations.platforms.port import ActionValues, DestinationValues, Order

HOST = "https://123-ABC-456.mktorest.com"
CREDENTIALS = {
    "munchkin_id": "123-ABC-456",
    "client_id": "c1",
    "client_secret": "secret-of-the-client",
    "access_token": "cdf01657-110d-4155-99a7-f986b2ff13a0:int",
    "scope": "apis@acmeinc.com",
}
ADA = {"email": "ada@lead.example", "firstName": "Ada"}


def destination(
    action_id: str = "sync_lead", configuration: dict[str, Any] | None = None, **own: Any
) -> DestinationValues:
    """`own` is the destination's own configuration."""
    action = ActionValues(action_id=action_id, name="X", configuration=configuration or {})
    return DestinationValues(
        account_id="a",
        instance_id="i",
        integration="marketo",
        scheme="oauth2_client",
        credentials=CREDENTIALS,
        configuration=own,
        actions=(action,),
    )


def order(
    action_id: str = "sync_lead",
    payload: dict[str, Any] | None = None,
    configuration: dict[str, Any] | None = None,
    **own: Any,
) -> Order:
    set_up = destination(action_id, configuration, **own)
    return Order(
        key="65f0aa01bb02cc03dd04ee05",
        destination=set_up,
        action=set_up.actions[0],
        payload=ADA if payload is None else payload,
    )


@dataclass
class Tokens:
    """A source of credentials that has one token after another."""

    tokens: list[str]
    renewals: int = field(default=0)

    async def get(self) -> Credentials:
        return {**CREDENTIALS, "access_token": self.tokens[0]}

    async def renew(self, refused: Credentials) -> Credentials | None:
        self.renewals += 1
        if len(self.tokens) == 1:
            return None
        self.tokens.pop(0)
        return await self.get()
