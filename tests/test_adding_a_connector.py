"""docs/adding-a-connector.md, followed to the letter: the connector that it makes keeps to the contract, and works."""

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from destinations import connectors
from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.declaration import Connector
from destinations.outcome import Outcome
from destinations.platforms.port import ActionValues, DestinationValues, Order
from destinations.sandbox.keeping import KeptRecords
from destinations.sandbox.stand_ins import STAND_INS, environment
from leadconduit.lib import outbound
from tests.destinations.connectors.contract import ConnectorContract

GUIDE = Path(project.BASE_DIR) / "docs" / "adding-a-connector.md"
BLOCK = re.compile(r"```python\n# destinations/connectors/acme/(\w+\.py)\n(.*?)```", re.DOTALL)
TOKEN = {"access_token": "acme-token-1"}


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The modules of the guide's connector."""
    root = tmp_path_factory.mktemp("guide")
    folder = root / "acme"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Acme CRM."""\n')
    for name, code in BLOCK.findall(GUIDE.read_text()):
        (folder / name).write_text(code)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connectors, "__path__", [*connectors.__path__, str(root)])
        names = ("declaration", "client", "live", "stand_in")
        modules = {name: importlib.import_module(f"destinations.connectors.acme.{name}") for name in names}
        patch.setitem(STAND_INS, "acme", modules["stand_in"].ACME)
        yield SimpleNamespace(**modules)
    for name in [name for name in sys.modules if name.startswith("destinations.connectors.acme")]:
        del sys.modules[name]


@pytest.fixture
def connector(acme: SimpleNamespace) -> Connector:
    made: Connector = acme.declaration.ACME
    return made


class TestAcme(ConnectorContract):
    pass


@pytest.fixture
def records(acme: SimpleNamespace, live_server: LiveServer, settings: Settings) -> KeptRecords:
    settings.BASE_URL = live_server.url
    settings.OUTBOUND_ALLOW = []
    parts = urlsplit(live_server.url)
    settings.OUTBOUND_SANDBOX = [(parts.hostname or "", parts.port or 80)]
    settings.OUTBOUND_REWRITE = json.loads(environment(live_server.url)["OUTBOUND_REWRITE"])
    return KeptRecords(acme.stand_in.ACME, acme.stand_in.BRIGHT).seeded()


def order(action: str, payload: dict[str, Any], **configuration: Any) -> Order:
    set_up = ActionValues(action_id=action, name="X", configuration=configuration)
    destination = DestinationValues(
        account_id="a", instance_id="i", integration="acme", scheme="bearer", credentials=TOKEN
    )
    return Order(key="65f0aa01bb02cc03dd04ee05", destination=destination, action=set_up, payload=payload)


def test_what_it_says_of_itself_is_read(acme: SimpleNamespace, records: KeptRecords) -> None:
    wanted = order("create_contact", {})

    identity = outbound.run(acme.live.identify(Calls(Fixed(TOKEN)), wanted.destination))
    fields = outbound.run(acme.live.discover(Calls(Fixed(TOKEN)), wanted.destination, wanted.action)).fields
    lists = outbound.run(
        acme.live.options(Calls(Fixed(TOKEN)), wanted.destination, "add_to_list.list", "Home", "")
    )

    assert (identity.user, identity.organisation_id) == ("dana@brightleaf.example", "org-1")
    assert [(field.key, field.type, field.required) for field in fields] == [
        ("Email", "email", True),
        ("FirstName", "string", False),
        ("Score", "number", False),
    ]
    assert [(choice.value, choice.label) for choice in lists.items] == [("1", "Home owners")]


def test_a_contact_is_created_and_the_next_action_uses_it(
    acme: SimpleNamespace, records: KeptRecords
) -> None:
    wanted = order("create_contact", {"Email": "ada@lead.example", "FirstName": "Ada"})
    created = outbound.run(acme.client.send(wanted, Calls(Fixed(TOKEN))))
    assert created.receipt

    added = outbound.run(
        acme.client.send(
            order("add_to_list", {"ContactId": created.receipt.id}, list="1"), Calls(Fixed(TOKEN))
        )
    )

    assert (created.outcome, added.outcome) == (Outcome.DELIVERED, Outcome.DELIVERED)
    (member,) = records.find("members")
    assert member.fields == {"list": "1", "contact": created.receipt.id}


@pytest.mark.parametrize(
    ("token", "payload", "outcome", "words"),
    [
        ("acme-token-1", {}, Outcome.REJECTED, "Email is required."),
        ("acme-token-1", {"Email": "a@b.co", "X": 1}, Outcome.REJECTED, "There is no field X."),
        ("no", {"Email": "a@b.co"}, Outcome.UNAUTHORIZED, "does not take the token"),
    ],
)
def test_what_the_stand_in_refuses_is_understood(
    acme: SimpleNamespace,
    records: KeptRecords,
    token: str,
    payload: dict[str, Any],
    outcome: Outcome,
    words: str,
) -> None:
    calls = Calls(Fixed({"access_token": token}))

    result = outbound.run(acme.client.send(order("create_contact", payload), calls))

    assert result.outcome is outcome
    assert words in result.reason
