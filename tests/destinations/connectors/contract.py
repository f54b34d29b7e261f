"""What every connector must keep to. `test_contract.py` runs it for each one in the registry."""

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.declaration import Connector
from destinations.fields import FieldSpec
from destinations.outcome import Outcome, Result
from destinations.platforms.port import ActionSpec, ActionValues, DestinationValues, Order
from destinations.sandbox.stand_ins import environment
from destinations.target_fields import TYPES
from leadconduit.lib import outbound

SCHEMES = {"none", "api_key", "basic", "bearer", "headers", "oauth2_code", "oauth2_client"}
CANARY = "canary-s3cret/é"
CANARIES = (CANARY, "Y2FuYXJ5LXMzY3JldC1vZi0yNC1ieXRlcw==", "c4nary0c4nary0c4nary-us6")
"""For secrets that must be base64, or end with a data center."""
KEPT = {"instance_url": "https://acme.my.salesforce.com"}
"""What connectors keep of a token server's answer, where they send nothing without it."""
ADDRESS = "https://example.com/leads"
# A reserved address: the guarded client refuses it, so no request leaves, whatever a connector does with it. Systems
# with addresses of their own are led there, too.
NOWHERE = "http://192.0.2.1"
FORBIDDEN = f"{NOWHERE}/leads"


class ConnectorContract:
    @pytest.fixture(autouse=True)
    def nowhere(self, settings: Settings) -> None:
        settings.OUTBOUND_ALLOW = []
        settings.OUTBOUND_REWRITE = json.loads(environment(NOWHERE)["OUTBOUND_REWRITE"])

    def test_it_says_what_it_is(self, connector: Connector) -> None:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", connector.key)
        assert connector.name
        assert connector.category
        assert connector.description.endswith(".")

    def test_its_ways_to_authenticate_are_known_ones(self, connector: Connector) -> None:
        keys = [scheme.key for scheme in connector.schemes]

        assert keys
        assert set(keys) <= SCHEMES
        assert len(keys) == len(set(keys))

    def test_it_has_actions_with_keys_of_their_own(self, connector: Connector) -> None:
        keys = [action.key for action in connector.actions]

        assert keys
        assert len(keys) == len(set(keys))
        assert sum(action.user_named for action in connector.actions) <= 1

    def test_each_action_takes_some_field_before_anything_is_filled_in(self, connector: Connector) -> None:
        destination = DestinationValues(account_id="a", instance_id="i", integration=connector.key)
        for action in connector.actions:
            targets = action.targets
            if connector.targets:
                targets = connector.targets(destination, ActionValues(action_id=action.key, name=action.name))
            assert targets.custom or targets.fields
            assert {field.type for field in targets.fields} <= set(TYPES)

    def test_no_two_fields_of_its_configuration_share_a_key(self, connector: Connector) -> None:
        keys = [field.key for page in connector.pages for field in page.fields]

        assert len(keys) == len(set(keys))

    def test_each_default_is_a_value_that_fits(self, connector: Connector) -> None:
        for field in _fields(connector):
            if field.default is not None:
                assert field.problem(field.default) == "", field.key

    def test_each_choice_offers_something(self, connector: Connector) -> None:
        assert all(
            field.choices or field.live_choices for field in _fields(connector) if field.kind == "choice"
        )

    def test_its_defaults_and_samples_make_a_valid_whole(self, connector: Connector) -> None:
        for group in (*connector.schemes, *connector.pages):
            assert group.problems(_samples(group.fields)) == {}, group.key

    def test_it_sends_through_the_guarded_client(self, connector: Connector) -> None:
        for order in _orders(connector):
            result = outbound.run(connector.client.send(order, calls_of(order)))

            assert isinstance(result, Result)
            assert result.outcome is Outcome.MISCONFIGURED
            assert "not allowed" in result.reason

    def test_neither_a_preview_nor_an_exchange_shows_a_secret(self, connector: Connector) -> None:
        for order in _orders(connector):
            exchange = outbound.run(connector.client.send(order, calls_of(order))).exchange

            shown = f"{connector.client.preview(order)} {exchange} {order!r}"
            assert not [canary for canary in CANARIES if canary in shown], order.destination.scheme

    def test_a_preview_works_before_anything_is_filled_in(self, connector: Connector) -> None:
        destination = DestinationValues(account_id="a", instance_id="i", integration=connector.key)
        action = ActionValues(action_id="x", name="X")

        preview = connector.client.preview(Order(key="k", destination=destination, action=action, payload={}))

        assert set(preview) == {"method", "uri", "headers", "body"}


def calls_of(order: Order) -> Calls:
    return Calls(Fixed(order.destination.credentials))


def _fields(connector: Connector) -> list[FieldSpec]:
    groups = [group.fields for group in (*connector.schemes, *connector.pages)]
    return [
        field for fields in (*groups, *(action.fields for action in connector.actions)) for field in fields
    ]


def _orders(connector: Connector) -> list[Order]:
    """One for each way to authenticate and each action."""
    configuration = _samples([field for page in connector.pages for field in page.fields], address=FORBIDDEN)
    return [
        Order(
            key="65f0aa01bb02cc03dd04ee05",
            destination=DestinationValues(
                account_id="a",
                instance_id="i",
                integration=connector.key,
                scheme=scheme.key,
                credentials={**_samples(scheme.fields), **_token(connector, scheme.key)},
                configuration=configuration,
            ),
            action=ActionValues(
                action_id=action.key, name=action.name, configuration=_samples(action.fields)
            ),
            payload=_payload(action),
        )
        for scheme in connector.schemes
        for action in connector.actions
    ]


def _token(connector: Connector, scheme: str) -> dict[str, str]:
    declared = connector.oauth.get(scheme)
    if declared is None:
        return {}
    return {"access_token": CANARY, **{key: KEPT[key] for key in declared.keeps if key in KEPT}}


def _payload(action: ActionSpec) -> dict[str, Any]:
    """What finds a record, too, where an action looks for one."""
    fields = [target.key for target in action.targets.fields if target.type == "email"]
    return dict.fromkeys(["email", *fields], "ada@example.com")


def _samples(fields: Iterable[FieldSpec], *, address: str = ADDRESS) -> dict[str, Any]:
    return {field.key: _sample(field, address) for field in fields if field.required or field.is_secret}


def _sample(field: FieldSpec, address: str) -> Any:
    if field.default is not None:
        return field.default
    samples = {
        "url": address,
        "secret": _canary(field) if field.kind == "secret" else CANARY,
        "secret_pairs": [["X-Canary", CANARY]],
        "pairs": [["X-Name", "value"]],
        "number": field.minimum or 1,
        "boolean": True,
        "choice": field.choices[0].value if field.choices else "x",
    }
    return samples.get(field.kind, field.placeholder or "sample")


def _canary(field: FieldSpec) -> str:
    return next((canary for canary in CANARIES if not field.check(canary)), CANARY)
