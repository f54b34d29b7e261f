"""A connector for tests: two actions that it offers once, choices and fields that its system knows."""

import json
from typing import Any

import pytest

from destinations.connectors.calls import Calls
from destinations.connectors.declaration import Connector
from destinations.connectors.preview import preview_of
from destinations.connectors.registry import REGISTRY
from destinations.fields import Choice, FieldSpec
from destinations.outcome import Outcome, Receipt, Result
from destinations.platforms.port import (
    ActionSpec,
    ActionValues,
    AuthScheme,
    Choices,
    DestinationValues,
    Identity,
    Order,
    Page,
    PlatformError,
    TargetField,
    Targets,
)
from leadconduit.lib.outbound import Answer, Request

LIST = FieldSpec(
    key="list", label="List", kind="choice", live_choices=True, depends_on=("team",), required=True
)


def _request(destination: DestinationValues, path: str, credentials: Any, **more: Any) -> Request:
    return Request(
        url=f"{destination.configuration.get('url', '')}{path}",
        headers=(("Authorization", f"Bearer {credentials.get('token', '')}"),),
        **{"method": "GET", **more},
    )


def _said(answer: Answer) -> Any:
    if answer.response is None or answer.response.status != 200:
        raise PlatformError("Acme does not answer at the moment.")
    return json.loads(answer.response.text)


async def options(
    calls: Calls, destination: DestinationValues, field: str, search: str, cursor: str
) -> Choices:
    (action,) = (a for a in destination.actions if a.action_id == "add_to_list")
    path = f"/lists?team={action.configuration.get('team') or ''}&q={search}&cursor={cursor}"
    said = _said(await calls.send(lambda known: _request(destination, path, known)))
    return Choices(tuple(Choice(*pair) for pair in said["lists"]), said.get("more", ""))


async def discover(calls: Calls, destination: DestinationValues, action: ActionValues) -> Targets:
    said = _said(await calls.send(lambda known: _request(destination, "/fields", known)))
    return Targets(tuple(TargetField(**field) for field in said["fields"]))


async def identify(calls: Calls, destination: DestinationValues) -> Identity:
    said = _said(await calls.send(lambda known: _request(destination, "/me", known)))
    return Identity(said.get("user", ""), said.get("organisation", ""), said.get("organisation_id", ""))


class AcmeClient:
    async def send(self, order: Order, calls: Calls) -> Result:
        body = json.dumps(dict(order.payload)).encode()
        path = f"/{order.action.action_id}"
        answer = await calls.send(
            lambda known: _request(order.destination, path, known, method="POST", body=body)
        )
        return Result(Outcome.DELIVERED, receipt=Receipt(_said(answer)["id"]), exchange=calls.exchange)

    def preview(self, order: Order) -> dict[str, Any]:
        return preview_of(_request(order.destination, "/", order.destination.credentials))

    def longest_send(self, destination: DestinationValues) -> float:
        return 10


ACME = Connector(
    key="acme",
    name="Acme CRM",
    description="Creates contacts and puts them on lists.",
    category="CRM",
    schemes=(
        AuthScheme(
            key="bearer",
            label="Token",
            fields=(FieldSpec(key="token", label="Token", kind="secret", required=True),),
        ),
    ),
    pages=(
        Page(
            key="account",
            label="Account",
            fields=(FieldSpec(key="url", label="URL", kind="url", required=True),),
        ),
    ),
    actions=(
        ActionSpec(
            key="create_contact",
            name="Create contact",
            description="Adds a contact.",
            targets=Targets((TargetField("email", "E-mail", "email", required=True),)),
            live_targets=True,
        ),
        ActionSpec(
            key="add_to_list",
            name="Add to list",
            description="Puts a contact on a list.",
            fields=(FieldSpec(key="team", label="Team"), LIST),
            targets=Targets((TargetField("contact", "Contact", required=True),)),
        ),
    ),
    options=options,
    discover=discover,
    identify=identify,
    client=AcmeClient(),
    tested="Real requests to a server of the test suite.",
)


@pytest.fixture
def acme_crm(monkeypatch: pytest.MonkeyPatch) -> Connector:
    """Acme CRM among the connectors."""
    monkeypatch.setitem(REGISTRY, ACME.key, ACME)
    return ACME
