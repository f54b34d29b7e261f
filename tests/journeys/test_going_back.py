"""A change that turns out wrong is taken back, and the next delivery goes as before."""

import re

import pytest
from django.test import Client

from tests.cast import ApiClient
from tests.destinations.views.journey import text_of
from tests.flows.delivery.receiver import Receiver
from tests.journeys.test_stories import activated, edit_mapping, flow_by_api, json_of, submit
from tests.processes import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("working")]


def test_after_going_back_the_next_delivery_carries_the_mapping_of_before_and_each_names_its_version(
    page: Client, api: ApiClient, receiver: Receiver
) -> None:
    base = activated(page, receiver.url)
    url = flow_by_api(api, "Solar")[1]
    receiver.received.clear()
    edit_mapping(page, base, target="mail")
    page.post(f"{base}apply/untested/")
    wrong = submit(url, email="wrong@x.co")
    wait_until(lambda: len(receiver.received) == 1, "the changed mapping is delivered by")

    seen = re.search(r'name="seen" value="([^"]*)"', text_of(page.get(f"{base}versions/1/restore/")))
    assert seen
    page.post(f"{base}versions/1/restore/", {"seen": seen[1]})
    right = submit(url, email="right@x.co")
    wait_until(lambda: len(receiver.received) == 2, "the mapping of before is delivered by")

    assert [lead.body for lead in receiver.received] == [{"mail": "wrong@x.co"}, {"email": "right@x.co"}]
    for lead, version in ((wrong, 2), (right, 3)):
        delivery = delivered(api, lead["lead"]["id"])
        (attempt,) = json_of(api.get(f"/deliveries/{delivery}"))["attempt_log"]
        shown = text_of(page.get(f"/app/deliveries/{delivery}/"))
        assert attempt["revision"] == version
        assert f'<a href="{base}versions/{version}/">version {version}</a>' in shown


def delivered(api: ApiClient, lead_id: str) -> str:
    """The id of a lead's only delivery, once it is recorded."""

    def is_recorded() -> bool:
        return [row["state"] for row in json_of(api.get("/deliveries", lead_id=lead_id))] == ["delivered"]

    wait_until(is_recorded, "it is recorded")
    id: str = json_of(api.get("/deliveries", lead_id=lead_id))[0]["id"]
    return id
