"""GET /flows/{id}/fields and /flows/{id}/fields/usage."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from flows.models import Flow
from leadconduit.accounts.models import Account, CustomField
from tests.cast import ApiClient
from tests.factories import EntityFactory, FlowFactory, source_of
from tests.flows.api.eventful import submit

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def flow(acme: Account) -> Flow:
    CustomField.make(account=acme, name="Roof age", type="number", by=None)
    seller = EntityFactory.create(account=acme)
    fields = ["state", "roof_age_acm", "company.name", "nobodys"]
    return FlowFactory.create(account=acme, fields=fields, sources=[source_of(seller)], deployed=True)


def test_the_fields_are_answered_as_fields_in_the_flows_order(
    api: ApiClient, flow: Flow, django_assert_num_queries: Any
) -> None:
    api.get("/fields")
    # The key, the flow, its account, the account's own fields.
    with django_assert_num_queries(4):
        fields = api.get(f"/flows/{flow.pk}/fields").json()

    assert [field["id"] for field in fields] == ["state", "roof_age_acm", "company.name", "nobodys"]
    for field in fields[:3]:
        assert field == api.get(f"/fields/{field['id']}").json()
    assert fields[3] == {"id": "nobodys", "name": "nobodys", "type": "string", "standard": False}


def test_usage_counts_the_leads_that_had_a_value(api: ApiClient, flow: Flow) -> None:
    assert flow.saved is not None
    seller = flow.saved.document["sources"][0]["entity"]["id"]
    submitted: list[tuple[timedelta, dict[str, Any]]] = [
        (timedelta(), {"state": "TX", "company": {"name": "Acme"}}),
        (timedelta(hours=2), {"state": "?", "roof_age_acm": None}),
        (timedelta(days=1), {"state": "CA", "roof_age_acm": "7"}),
        (timedelta(days=8), {"state": "CA"}),
    ]
    for age, values in submitted:
        submit(flow, seller, values, now=NOON - age)

    def usage(timeframe: str | None = None) -> list[int]:
        with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
            query = {"timeframe": timeframe} if timeframe else {}
            counted = api.get(f"/flows/{flow.pk}/fields/usage", **query).json()
        assert list(counted) == ["state", "roof_age_acm", "company.name", "nobodys"]
        return list(counted.values())

    assert usage() == usage("today") == usage("this_1_days") == [2, 0, 1, 0]
    assert usage("yesterday") == usage("previous_1_days") == [1, 1, 0, 0]
    assert usage("this_7_days") == [3, 1, 1, 0]
    assert usage("previous_2_weeks") == [2, 1, 0, 0]
    assert usage("this_1_hours") == [1, 0, 1, 0]
    assert usage("previous_12_hours") == [1, 0, 0, 0]


@pytest.mark.parametrize(
    "timeframe",
    [
        "",
        "this_0_days",
        "this_91_days",
        "this_13_weeks",
        "this_100_hours",
        "this_01_days",
        "next_2_days",
        "this_٣_days",
        "\0",
    ],
)
def test_a_timeframe_that_makes_no_sense_is_refused(api: ApiClient, flow: Flow, timeframe: str) -> None:
    answer = api.get(f"/flows/{flow.pk}/fields/usage", timeframe=timeframe)

    assert answer.status_code == 400
    assert "`timeframe`" in answer.json()["error"]


def test_a_flow_without_fields_counts_none(api: ApiClient, acme: Account) -> None:
    flow = FlowFactory.create(account=acme, fields=[])

    assert api.get(f"/flows/{flow.pk}/fields").json() == []
    assert api.get(f"/flows/{flow.pk}/fields/usage").json() == {}


def test_a_strangers_flow_is_not_found(stranger: ApiClient, flow: Flow) -> None:
    assert stranger.get(f"/flows/{flow.pk}/fields").status_code == 404
    assert stranger.get(f"/flows/{flow.pk}/fields/usage").status_code == 404
