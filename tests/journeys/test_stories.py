"""What the product is for, told through HTTP alone, with a worker that delivers to a receiver on this machine."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.cast import ApiClient
from tests.destinations.views.journey import text_of, walk_to_test
from tests.flows.delivery.receiver import Receiver
from tests.processes import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("working")]


def activated(page: Client, url: str) -> str:
    """A tested and activated webhook, by the wizard; its address."""
    destination = walk_to_test(page, url)
    base = f"/app/destinations/{destination.instance_id}/"
    page.post(f"{base}setup/test/", {"of": destination.revisions.get().actions[0]["id"], "sample": "{}"})
    page.post(f"{base}apply/")
    return base


def flow_by_api(api: ApiClient, name: str, **parts: Any) -> tuple[str, str]:
    """A deployed flow with one source that uses every destination of the account; its id and its submission URL."""
    entity = json_of(
        api.post("/entities", {"name": name, "source": "seller", "recipient": None, "module_ids": []})
    )
    body = {
        "name": name,
        "enabled": True,
        "fields": ["email", "state"],
        "sources": [{"integration": {"module_id": "leadconduit-default.inbound"}, "entity": entity}],
        "steps": [],
        "destinations": json_of(api.get("/destinations")),
    }
    body["sources"][0]["entity"] = {"id": entity["id"], "name": name}
    flow = json_of(api.post("/flows", body | parts))
    assert json_of(api.post(f"/flows/{flow['id']}/deploy"))["message"]
    return flow["id"], f"/flows/{flow['id']}/sources/{entity['id']}/submit"


def edit_mapping(page: Client, base: str, *, target: str) -> None:
    """Rename the only target field, as the page of the mapping has it."""
    shown = text_of(page.get(f"{base}setup/map/"))
    prefix = re.search(r'name="(rows-[0-9a-f]+)" value="0"', shown)
    assert prefix
    name = prefix[1]
    row = {f"{name}-0-target": target, f"{name}-0-template": "{{lead.email}}", f"{name}-0-default": ""}
    page.post(f"{base}setup/map/", {name: ["", "0"], "continue": "1"} | row)


def json_of(answer: Any) -> Any:
    assert answer.status_code < 300, answer.content
    return answer.json()


def submit(url: str, **values: str) -> dict[str, Any]:
    answered: dict[str, Any] = json_of(Client().post(url, values, content_type="application/json"))
    return answered


def test_an_edit_of_a_live_destination_changes_nothing_until_applied_and_then_every_flow_that_uses_it(
    page: Client, api: ApiClient, receiver: Receiver
) -> None:
    base = activated(page, receiver.url)
    flows = [flow_by_api(api, name)[1] for name in ("Solar", "Roofing")]
    receiver.received.clear()

    edit_mapping(page, base, target="mail")
    for url in flows:
        submit(url, email="before@x.co")
    wait_until(lambda: len(receiver.received) == 2, "both flows delivered")
    assert [lead.body for lead in receiver.received] == [{"email": "before@x.co"}] * 2

    page.post(f"{base}apply/untested/")
    for url in flows:
        submit(url, email="after@x.co")
    wait_until(lambda: len(receiver.received) == 4, "both flows delivered again")
    assert [lead.body for lead in receiver.received[2:]] == [{"mail": "after@x.co"}] * 2


def test_a_filter_keeps_a_lead_from_every_destination_and_its_page_says_which_step_and_why(
    page: Client, api: ApiClient, receiver: Receiver
) -> None:
    activated(page, receiver.url)
    texans = {
        "type": "filter",
        "description": "Texans",
        "outcome": "failure",
        "reason": "Not from {{lead.state}}",
        "rule_set": {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}]},
    }
    url = flow_by_api(api, "Solar", steps=[texans])[1]
    receiver.received.clear()

    stopped, passed = submit(url, email="t@x.co", state="TX"), submit(url, email="n@x.co", state="NY")

    wait_until(lambda: receiver.received, "the lead that passed is delivered")
    assert [lead.body for lead in receiver.received] == [{"email": "n@x.co"}]
    assert (stopped["outcome"], stopped["reason"]) == ("failure", "Not from TX")
    said = text_of(page.get(f"/app/leads/{stopped['lead']['id']}/"))
    assert "No destination saw this lead." in said
    assert "“Texans”" in said
    assert json_of(api.get("/deliveries", lead_id=stopped["lead"]["id"])) == []
    assert len(json_of(api.get("/deliveries", lead_id=passed["lead"]["id"]))) == 1


def test_an_outside_system_makes_an_action_deliver_by_its_webhook_url(
    page: Client, api: ApiClient, receiver: Receiver
) -> None:
    base = activated(page, receiver.url)
    action = json_of(api.get("/destinations"))[0]["actions"][0]
    receiver.received.clear()
    shown = text_of(page.post(f"{base}actions/{action['webhook_url'].rsplit('/')[-1]}/key/"))
    key = re.search(r"\b[0-9a-f]{40}\b", shown)
    assert key

    path = "/" + action["webhook_url"].split("/", 3)[3]
    answer = Client().post(
        path, {"email": "a@b.co"}, content_type="application/json", headers={"Api-Key": key[0]}
    )

    execution = json_of(answer)["executionId"]
    wait_until(lambda: receiver.received, "it is delivered")
    assert receiver.received[0].body == {"email": "a@b.co"}
    wait_until(lambda: json_of(api.get(f"/deliveries/{execution}"))["state"] == "delivered", "it is recorded")
    assert json_of(api.get(f"/deliveries/{execution}"))["lead_id"] is None
    # The key was shown for the only time.
    assert key[0] not in text_of(page.get(base))


def test_while_paused_leads_wait_and_afterwards_they_are_delivered(
    page: Client, api: ApiClient, receiver: Receiver
) -> None:
    base = activated(page, receiver.url)
    url = flow_by_api(api, "Solar")[1]
    receiver.received.clear()
    page.post(f"{base}pause/")

    lead = submit(url, email="a@b.co")["lead"]["id"]
    assert [delivery["state"] for delivery in json_of(api.get("/deliveries", lead_id=lead))] == ["waiting"]

    page.post(f"{base}resume/")
    wait_until(lambda: receiver.received, "it is delivered")
    assert receiver.received[0].body == {"email": "a@b.co"}


def test_a_receiver_that_is_out_of_order_loses_nothing(
    page: Client, api: ApiClient, receiver: Receiver
) -> None:
    activated(page, receiver.url)
    url = flow_by_api(api, "Solar")[1]
    receiver.received.clear()
    receiver.status = 503

    lead = submit(url, email="a@b.co")["lead"]["id"]
    wait_until(lambda: the_delivery(api, lead)["outcome"] == "unavailable", "it was tried")
    assert the_delivery(api, lead)["state"] == "waiting"

    receiver.status = 200
    wait_until(lambda: the_delivery(api, lead)["state"] == "delivered", "it is delivered")
    assert len({request.key for request in receiver.received}) == 1


def the_delivery(api: ApiClient, lead: str) -> dict[str, Any]:
    (delivery,) = json_of(api.get("/deliveries", lead_id=lead))
    assert isinstance(delivery, dict)
    return delivery
