"""A destination is changed in one place, and no flow that uses it is touched."""

from typing import Any

import pytest
from django.test import Client

from destinations.models import Connection, Destination
from tests.cast import ApiClient
from tests.destinations.views.journey import text_of
from tests.flows.delivery.receiver import Receiver
from tests.journeys.test_stories import activated, edit_mapping, flow_by_api, json_of, submit
from tests.processes import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("working")]

Saved = list[dict[str, Any]]


def test_a_central_change_is_in_force_for_the_next_delivery_of_every_flow_and_touches_none(
    page: Client, api: ApiClient, receiver: Receiver
) -> None:
    base = activated(page, receiver.url)
    flows = [flow_by_api(api, name) for name in ("Solar", "Roofing")]
    before = saved(api)

    def next_of_each(email: str, *, count: int = 2) -> list[Any]:
        """A lead to every flow; what the receiver gets of them."""
        receiver.received.clear()
        for _, url in flows:
            submit(url, email=email)
        wait_until(lambda: len(receiver.received) == count, "both flows delivered")
        return receiver.received[:]

    # Another credential, for all destinations of the connection
    page.post(
        connection_page(), {"api_key-placement": "header", "api_key-name": "X-Key", "api_key-key": "new"}
    )
    assert [got.headers["x-key"] for got in next_of_each("credential@x.co")] == ["new", "new"]

    # Another mapping, once it is applied
    edit_mapping(page, base, target="mail")
    page.post(f"{base}apply/untested/")
    assert [got.body for got in next_of_each("mapping@x.co")] == [{"mail": "mapping@x.co"}] * 2

    # Another name, wherever the flows are shown
    page.post(f"{base}rename/", {"name": "Call centre"})
    assert Destination.objects.get().name == "Call centre"
    for id, _ in flows:
        assert "Call centre" in text_of(page.get(f"/app/flows/{id}/destinations/"))
        assert json_of(api.get(f"/flows/{id}"))["destinations"][0]["name"] == "Call centre"
    assert len(next_of_each("name@x.co")) == 2

    # A pause, for all of them; afterwards nothing is missing
    page.post(f"{base}pause/")
    assert next_of_each("pause@x.co", count=0) == []
    wait_until(lambda: states(api) == {"waiting": 2, "delivered": 6}, "two wait")
    page.post(f"{base}resume/")
    wait_until(lambda: states(api) == {"delivered": 8}, "both are delivered")
    assert [got.body for got in receiver.received] == [{"mail": "pause@x.co"}] * 2

    assert saved(api) == before


def connection_page() -> str:
    return f"/app/connections/{Connection.objects.get().pk}/"


def states(api: ApiClient) -> dict[str, int]:
    found = [delivery["state"] for delivery in json_of(api.get("/deliveries"))]
    return {state: found.count(state) for state in sorted(set(found), reverse=True)}


def saved(api: ApiClient) -> Saved:
    """The account's flows and how they came to be, without what is said of their destinations."""
    return [
        {
            "flow": {**flow, "destinations": [use_of(use) for use in flow["destinations"]]},
            "history": [log["id"] for log in json_of(api.get(f"/flows/{flow['id']}/changelogs"))],
        }
        for flow in json_of(api.get("/flows"))
    ]


def use_of(use: dict[str, Any]) -> Any:
    return use["instance_id"], [action["action_id"] for action in use["actions"]]
