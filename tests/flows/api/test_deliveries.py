"""GET /deliveries and GET /deliveries/{id}."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from destinations.models import Action, Destination
from flows.models import Attempt, Delivery, Due
from leadconduit.accounts.models import Account, AuditEvent
from leadconduit.lib.ids import new_id
from tests.cast import ApiClient
from tests.factories import DestinationFactory, FlowFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def crm(acme: Account) -> Destination:
    return DestinationFactory.create(account=acme, instance_id="crm-1", actions=["Contacts"])


def delivery(of: Destination, *, age: int = 0, **parts: Any) -> Delivery:
    """A delivery that was made `age` minutes ago."""
    at = NOW - timedelta(minutes=age)
    values = {"lead_id": new_id(at), "flow_id": new_id(at), **parts}
    action = Action.objects.filter(destination=of)[0]
    return Delivery.objects.create(pk=new_id(at), account=of.account, destination=of, action=action, **values)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()]


def test_a_delivery_is_answered_with_exactly_its_fields(api: ApiClient, crm: Destination) -> None:
    flow = FlowFactory.create(account=crm.account)
    row = delivery(
        crm,
        flow_id=flow.pk,
        state="delivered",
        outcome="delivered",
        reason="Created",
        attempt_count=2,
        finished_at=NOW,
        receipt={"id": "00Q1", "url": "https://crm.example/00Q1"},
    )

    (answer,) = api.get("/deliveries").json()

    created = answer.pop("created_at")
    assert created.startswith(NOW.strftime("%Y-%m-%dT%H:%M"))
    assert created.endswith("Z")
    assert answer.pop("finished_at").endswith("Z")
    assert answer == {
        "id": row.pk,
        "key": row.key,
        "state": "delivered",
        "outcome": "delivered",
        "reason": "Created",
        "lead_id": row.lead_id,
        "flow_id": flow.pk,
        "instance_id": "crm-1",
        "action_id": "contacts",
        "follows_id": None,
        "origin_id": None,
        "receipt": {"id": "00Q1", "url": "https://crm.example/00Q1"},
        "attempts": 2,
    }


def test_a_delivery_that_no_lead_caused_and_that_was_not_tried_says_so(
    api: ApiClient, crm: Destination
) -> None:
    delivery(crm, lead_id=None, flow_id=None, input={"email": "ada@example.com"})

    (answer,) = api.get("/deliveries").json()

    assert (answer["lead_id"], answer["flow_id"], answer["outcome"], answer["attempts"]) == (
        None,
        None,
        None,
        0,
    )
    assert "ada@example.com" not in str(answer)


def test_the_newest_come_first_a_page_at_a_time(api: ApiClient, crm: Destination) -> None:
    newest, middle, oldest = (delivery(crm, age=age).pk for age in (1, 2, 3))

    assert ids(api.get("/deliveries")) == [newest, middle, oldest]
    assert ids(api.get("/deliveries", limit=2)) == [newest, middle]
    assert ids(api.get("/deliveries", limit=2, before_id=middle)) == [oldest]
    assert ids(api.get("/deliveries", before_id=middle.upper())) == [oldest]


def test_deliveries_can_be_asked_for_by_lead_state_and_destination(api: ApiClient, crm: Destination) -> None:
    other = DestinationFactory.create(account=crm.account, instance_id="mail-1")
    lead = new_id(NOW - timedelta(minutes=1))
    wanted = delivery(crm, lead_id=lead, state="failed").pk
    delivery(other, state="delivered")

    assert ids(api.get("/deliveries", lead_id=lead)) == [wanted]
    assert ids(api.get("/deliveries", state="failed")) == [wanted]
    assert ids(api.get("/deliveries", instance_id="crm-1")) == [wanted]
    assert ids(api.get("/deliveries", instance_id="crm-1", state="delivered")) == []
    assert ids(api.get("/deliveries", instance_id="nobody")) == []
    assert ids(api.get("/deliveries", lead_id="0" * 24)) == []


def test_deliveries_to_a_deleted_destination_can_still_be_asked_for(api: ApiClient, crm: Destination) -> None:
    row = delivery(crm)
    crm.deleted_at = NOW
    crm.save()

    assert ids(api.get("/deliveries", instance_id="crm-1")) == [row.pk]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "lost"),
        ("state", ""),
        ("lead_id", "7"),
        ("lead_id", "z" * 24),
        ("before_id", ""),
        ("before_id", "a\0b"),
        ("limit", "0"),
        ("limit", "1001"),
        ("limit", "-1"),
        ("limit", "ten"),
        ("limit", "9" * 5000),
        ("limit", "٣"),
        ("status", "failed"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_by_name(api: ApiClient, name: str, value: str) -> None:
    answer = api.get("/deliveries", **{name: value})

    assert answer.status_code == 400
    assert f"`{name}`" in answer.json()["error"]


def test_an_instance_id_with_a_nul_is_nobodys(api: ApiClient, crm: Destination) -> None:
    delivery(crm)

    assert ids(api.get("/deliveries", instance_id="\0")) == []


def test_the_number_of_queries_does_not_grow(
    api: ApiClient, crm: Destination, django_assert_num_queries: Any
) -> None:
    api.get("/deliveries")

    for count in (1, 5):
        for _ in range(count):
            delivery(DestinationFactory.create(account=crm.account))
        # The key, the deliveries, destinations, actions.
        with django_assert_num_queries(4):
            assert api.get("/deliveries").status_code == 200


def test_one_delivery_tells_every_attempt(api: ApiClient, crm: Destination) -> None:
    row = delivery(crm, age=5)
    exchange = {"request": {"method": "POST"}, "response": None}
    for number, outcome, revision in ((1, "unreachable", crm.live), (2, "delivered", None)):
        Attempt.objects.create(
            pk=new_id(NOW + timedelta(seconds=number)),
            delivery=row,
            revision=revision,
            number=number,
            started_at=NOW,
            ms=12,
            outcome=outcome,
            reason="",
            exchange=exchange,
        )

    answer = api.get(f"/deliveries/{row.pk}").json()

    log = answer.pop("attempt_log")
    assert [answer] == api.get("/deliveries").json()
    assert [attempt["number"] for attempt in log] == [1, 2]
    assert log[0].pop("started_at").endswith("Z")
    assert log[0] == {
        "number": 1,
        "revision": 1,
        "ms": 12,
        "outcome": "unreachable",
        "reason": "",
        "exchange": exchange,
    }
    assert log[1]["revision"] is None


@pytest.mark.parametrize("id", ["0" * 24, "x", "%00"])
def test_an_unknown_delivery_is_not_found(api: ApiClient, id: str) -> None:
    answer = api.get(f"/deliveries/{id}")

    assert (answer.status_code, answer.json()) == (
        404,
        {"error": "This account has no delivery with this id."},
    )


def test_a_stranger_sees_nothing(stranger: ApiClient, crm: Destination) -> None:
    row = delivery(crm)

    assert stranger.get("/deliveries").json() == []
    assert stranger.get("/deliveries", instance_id="crm-1").json() == []
    assert stranger.get("/deliveries", lead_id=row.lead_id).json() == []
    assert stranger.get(f"/deliveries/{row.pk}").status_code == 404


# --- Replaying


def test_one_that_may_have_arrived_is_said_to_have_arrived(api: ApiClient, crm: Destination) -> None:
    row = delivery(crm, state="failed", outcome="unknown", attempt_count=1)
    Attempt.objects.create(delivery=row, number=1, outcome="unknown")

    answer = api.post(f"/deliveries/{row.pk}/arrivals")

    assert answer.status_code == 200, answer.content
    assert (answer.json()["state"], answer.json()["outcome"]) == ("delivered", "unknown")
    assert answer.json()["reason"].endswith(" said that it arrived.")
    event = AuditEvent.objects.get(action="delivery.said_to_have_arrived")
    assert event.detail["api_key"]


def test_a_failed_one_is_tried_again(api: ApiClient, crm: Destination) -> None:
    row = delivery(crm, state="failed", outcome="unavailable", lead_id=None, input={})

    answer = api.post(f"/deliveries/{row.pk}/tries")

    assert answer.status_code == 200, answer.content
    assert (answer.json()["state"], answer.json()["key"]) == ("waiting", row.key)
    assert Due.objects.get().delivery_id == row.pk


@pytest.mark.parametrize("what", ["tries", "arrivals"])
def test_what_cannot_be_replayed_says_why(api: ApiClient, crm: Destination, what: str) -> None:
    row = delivery(crm, state="rejected", outcome="rejected", lead_id=None, input={})

    answer = api.post(f"/deliveries/{row.pk}/{what}")

    assert answer.status_code == 409
    assert answer.json()["error"].startswith("This delivery is rejected: ")
