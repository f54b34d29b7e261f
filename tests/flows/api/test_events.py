"""GET and POST /events, GET /events/{id}."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from flows.api import event_pages
from flows.models import Attempt, Delivery, Event, Lead
from leadconduit.accounts.models import Account
from leadconduit.lib.ids import new_id, time_of
from tests.cast import ApiClient
from tests.destinations.connectors.receiver import Receiver, receiver
from tests.factories import EntityFactory, FlowFactory, filter_step, source_of
from tests.flows.api.eventful import EXCHANGE, Story, attempt, story, submit

__all__ = ["receiver"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(acme: Account, receiver: Receiver) -> Story:
    receiver.headers = {"Content-Type": "application/json"}
    receiver.body = '{"score": 7}'
    return story(acme, receiver.url)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [event["id"] for event in answer.json()]


def event(account: Account, *, age: int = 0, **parts: Any) -> Event:
    """An event of a lead that is no longer kept, `age` minutes ago."""
    at = timezone.now() - timedelta(minutes=age)
    values = {"flow_id": new_id(at), "lead_id": new_id(at), "type": "source", "outcome": "success", **parts}
    return Event.objects.create(pk=new_id(at), account=account, **values)


# --- What an event tells


@pytest.mark.parametrize("number", ["1e20", "123456789012345678901234567890", "1e308", "-1e25"])
def test_no_number_that_a_source_sends_is_too_large_to_be_told(
    api: ApiClient, acme: Account, number: str
) -> None:
    flow = FlowFactory.create(
        account=acme,
        fields=["email", "comments"],
        sources=[source_of(entity := EntityFactory.create(account=acme))],
        deployed=True,
    )
    address = f"/flows/{flow.pk}/sources/{entity.pk}/submit"
    Client().post(address, f'{{"comments": {number}}}', "application/json")

    (event,) = api.get("/events").json()

    assert float(event["vars"]["lead"]["comments"]) == float(number)


def test_a_lead_leaves_an_event_for_each_step_and_one_for_its_source(api: ApiClient, told: Story) -> None:
    events = api.get("/events", sort="asc").json()

    assert [(event["type"], event["outcome"]) for event in events] == [
        ("filter", "continue"),
        ("recipient", "success"),
        ("filter", "continue"),
        ("source", "success"),
    ]
    assert {event["reason"] for event in events} == {""}


def test_vars_are_all_that_was_known_before_nested(api: ApiClient, told: Story) -> None:
    first, recipient, third, source = api.get("/events", sort="asc").json()

    lead, flow = told.lead, told.flow
    assert first["vars"] == {
        "lead": {
            "id": lead.pk,
            "email": lead.values["email"],
            "state": {"normal": "TX", "raw": "Texas", "valid": True, "name": "Texas"},
        },
        "submission": {"ip": "203.0.113.9", "timestamp": lead.submission["timestamp"]},
        "account": {"id": flow.account_id, "name": "Acme"},
        "flow": {"id": flow.pk, "name": "Sales"},
        "source": {"id": lead.source_id, "name": "Leads Inc"},
    }
    scorer = {"name": "My Scorer", "id": recipient["vars"]["recipient"]["id"]}
    assert recipient["vars"] == {**first["vars"], "recipient": scorer, "event_id": recipient["id"]}
    appended = {"my_scorer": {"outcome": "success", "price": 0, "score": 7}}
    assert third["vars"] == source["vars"] == {**first["vars"], **appended}
    assert source["appended"] == appended


def test_a_filter_tells_its_rules_and_what_they_came_to(api: ApiClient, told: Story) -> None:
    answer = api.get("/events", sort="asc").json()[0]

    assert answer["rule_set"]["rules"][0].items() >= {"lhv": "lead.state", "rhv": "CA"}.items()
    assert len(answer["step_id"]) == 6
    assert answer["explanation"]["rules"] == [
        {"sentence": 'lead.state is equal to "CA": no, it is "TX"', "matched": False}
    ]


def test_a_recipient_tells_what_was_exchanged_without_secrets(api: ApiClient, told: Story) -> None:
    answer = api.get("/events", sort="asc").json()[1]

    assert answer["key"] == "my_scorer"
    assert answer["my_scorer"] == {"outcome": "success", "price": 0, "score": 7}
    assert answer["module_id"] == "leadconduit-custom.outbound.json"
    assert answer["rule_set"]["op"] == "and"
    assert {mapping["property"]: mapping["value"] for mapping in answer["mappings"]}["basic_password"] == (
        "********"
    )
    (transaction,) = answer["transactions"]
    assert transaction["request"]["body"] == '{"email":"ada@example.com"}'
    assert isinstance(transaction["request"]["timestamp"], int)
    assert transaction["response"]["status"] == 200
    assert "keep out" not in str(answer)


def test_the_source_is_told_last(api: ApiClient, told: Story) -> None:
    answer = api.get("/events").json()[0]

    assert (answer["type"], answer["step_count"]) == ("source", 3)
    assert answer["module_id"] == "leadconduit-default.inbound"
    assert answer["acceptance_criteria"]["reason"] == "Where is the email?"
    assert answer["flow_acceptance_criteria"]["outcome"] == "failure"


def test_times_follow_one_another_from_the_submission_on(api: ApiClient, told: Story) -> None:
    events = api.get("/events", sort="asc").json()

    begun = round(datetime.fromisoformat(told.lead.submission["timestamp"]).timestamp() * 1000)
    assert events[0]["start_timestamp"] == events[-1]["start_timestamp"] == begun
    for before, after in pairwise(events[:-1]):
        assert after["start_timestamp"] == before["end_timestamp"]
    for one in events:
        assert one["end_timestamp"] == one["start_timestamp"] + one["ms"]
        assert one["total_ms"] == one["end_timestamp"] - begun


# --- Deliveries


def test_an_attempt_to_deliver_is_a_recipients_event_and_a_further_one_a_retry(
    api: ApiClient, told: Story
) -> None:
    delivery = told.deliveries[0]
    first = attempt(delivery, 1, "unavailable", reason="It is down.")
    second = attempt(delivery, 2, "delivered")

    retry, recipient = api.get("/events", limit=2).json()

    assert (recipient["id"], recipient["type"], recipient["outcome"]) == (first.pk, "recipient", "error")
    assert recipient["reason"] == "It is down."
    assert (retry["id"], retry["type"], retry["outcome"]) == (second.pk, "retry", "success")
    assert retry["retry_status"] == "completed"
    assert recipient["delivery_id"] == delivery.pk
    assert (recipient["instance_id"], recipient["action_id"]) == (told.crm.instance_id, "contacts")
    assert recipient["vars"]["recipient"] == {"id": told.crm.instance_id, "name": "CRM"}
    assert recipient["vars"]["my_scorer"]["score"] == 7
    assert recipient["vars"]["lead"]["id"] == told.lead.pk
    (transaction,) = recipient["transactions"]
    assert transaction["request"] == {
        **EXCHANGE["request"], "version": "1.1", "timestamp": 1795521600250,
    }  # fmt: skip
    assert transaction["response"]["timestamp"] == 1795521600300


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("delivered", "success"),
        ("accepted", "success"),
        ("rejected", "failure"),
        ("unauthorized", "error"),
        ("unknown", "error"),
        ("misconfigured", "error"),
    ],
)
def test_outcomes_of_attempts_are_put_in_leadconduits_words(
    api: ApiClient, told: Story, outcome: str, expected: str
) -> None:
    made = attempt(told.deliveries[0], 1, outcome)

    assert api.get(f"/events/{made.pk}").json()["outcome"] == expected


def test_an_attempt_that_got_no_answer_has_no_transaction(api: ApiClient, told: Story) -> None:
    exchanges = [None, {**EXCHANGE, "response": None, "error": "No answer."}]
    made = [
        attempt(told.deliveries[0], number, "unknown", exchange=exchange)
        for number, exchange in enumerate(exchanges, start=1)
    ]

    for one in made:
        assert api.get(f"/events/{one.pk}").json()["transactions"] == []


def test_a_delivery_without_a_lead_tells_its_input(api: ApiClient, told: Story) -> None:
    delivery = told.deliveries[0]
    Delivery.objects.filter(pk=delivery.pk).update(lead=None, flow=None, input={"email": "ada@example.com"})
    made = attempt(delivery, 1, "delivered")

    answer = api.get(f"/events/{made.pk}").json()

    assert answer["vars"]["lead"] == {"email": "ada@example.com"}
    assert answer["vars"].keys() == {"account", "lead", "recipient", "event_id"}


# --- Which events


def test_pages_go_on_from_an_id_either_way(api: ApiClient, acme: Account) -> None:
    oldest, middle, newest = (event(acme, age=age).pk for age in (3, 2, 1))

    assert ids(api.get("/events")) == [newest, middle, oldest]
    assert ids(api.get("/events", sort="asc")) == [oldest, middle, newest]
    assert ids(api.get("/events", after_id=oldest)) == [newest, middle]
    assert ids(api.get("/events", before_id=newest.upper())) == [middle, oldest]
    assert ids(api.get("/events", after_id=oldest, before_id=newest)) == [middle]
    assert ids(api.get("/events", after_id=oldest, sort="asc", limit=1)) == [middle]


def test_start_and_end_are_inclusive(api: ApiClient, acme: Account) -> None:
    oldest, middle, newest = (event(acme, age=age).pk for age in (3, 2, 1))
    at = time_of(middle).isoformat().replace("+00:00", "Z")

    assert ids(api.get("/events", start=at)) == [newest, middle]
    assert ids(api.get("/events", end=at)) == [middle, oldest]
    assert ids(api.get("/events", start=at, end=at)) == [middle]


def test_a_time_before_or_after_all_ids_bounds_nothing_or_everything(api: ApiClient, acme: Account) -> None:
    made = [event(acme).pk]

    for past in ("0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z"):
        assert (ids(api.get("/events", start=past)), ids(api.get("/events", end=past))) == (made, [])
    for future in ("2200-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"):
        assert (ids(api.get("/events", start=future)), ids(api.get("/events", end=future))) == ([], made)


def test_events_and_attempts_are_one_list(api: ApiClient, told: Story) -> None:
    made = attempt(told.deliveries[0], 1, "delivered")
    later = event(told.flow.account, age=-5)

    assert ids(api.get("/events"))[:3] == [
        later.pk, made.pk, Event.objects.get(lead=told.lead, type="source").pk,
    ]  # fmt: skip
    assert ids(api.get("/events", before_id=made.pk, limit=1)) == ids(api.get("/events"))[2:3]
    assert ids(api.get("/events", after_id=made.pk)) == [later.pk]


def test_the_next_page_is_named(api: ApiClient, acme: Account) -> None:
    for age in range(5):
        event(acme, age=age)
    everything = ids(api.get("/events"))

    for sort, expected in (("desc", everything), ("asc", everything[::-1])):
        url, found = f"/events?limit=2&sort={sort}", []
        while url:
            answer: Any = api.get(url)
            found += ids(answer)
            link = re.fullmatch(r'<(.*)>; rel="next"', answer.headers.get("Link", ""))
            url = link[1] if link else ""
        assert found == expected


def test_post_takes_the_same_as_a_body(api: ApiClient, acme: Account) -> None:
    events = [event(acme, age=age).pk for age in (1, 2)]

    answer = api.post(
        "/events",
        {"limit": 1, "rules": [{"lhv": "type", "op": "is equal to", "rhv": "source"}], "sort": "asc"},
    )

    assert answer.status_code == 200
    assert ids(answer) == events[1:]
    assert answer.headers["Link"] == f'</events?after_id={events[1]}>; rel="next"'
    assert ids(api.post("/events")) == events
    assert api.post("/events", []).status_code == 400


# --- Parts of events


def test_include_leaves_what_is_asked_for_and_what_every_event_has(api: ApiClient, told: Story) -> None:
    answer: Any = api.get(
        "/events", limit=1, include=["vars.lead.email", "vars.flow.id", "module_id", "nope.x"]
    )

    (event,) = answer.json()
    assert event.keys() == {"id", "type", "outcome", "reason", "vars", "module_id"}
    assert event["vars"] == {"lead": {"email": told.lead.values["email"]}, "flow": {"id": told.flow.pk}}


def test_exclude_leaves_out_of_what_is_included(api: ApiClient, told: Story) -> None:
    (event,) = api.get(
        "/events", limit=1, include=["vars.lead", "ms"], exclude=["vars.lead.email", "ms"]
    ).json()

    assert set(event) == {"id", "type", "outcome", "reason", "vars"}
    assert set(event["vars"]) == {"lead"}
    assert "email" not in event["vars"]["lead"]
    assert "state" in event["vars"]["lead"]


def test_exclude_leaves_out(api: ApiClient, told: Story) -> None:
    whole = api.get("/events", limit=1).json()[0]

    (event,) = api.get("/events", limit=1, exclude=["vars.lead", "appended", "nope.x"]).json()

    assert event.keys() == whole.keys() - {"appended"}
    assert event["vars"].keys() == whole["vars"].keys() - {"lead"}


# --- Rules


def by_rules(api: ApiClient, *rules: dict[str, Any], **query: Any) -> list[str]:
    return ids(api.get("/events", rules=orjson.dumps(rules).decode(), **query))


def test_rules_are_about_an_events_variables_and_its_own_properties(
    api: ApiClient, acme: Account, told: Story, receiver: Receiver
) -> None:
    other = story(acme, receiver.url, email="grace@example.com")
    wanted = {event.pk for event in Event.objects.filter(lead=other.lead)}

    for lhv in ("lead.email", "vars.lead.email", "{{lowercase lead.email}}"):
        rule = {"lhv": lhv, "op": "is equal to", "rhv": "grace@example.com"}
        assert set(by_rules(api, rule)) == wanted
    is_source = {"lhv": "type", "op": "is equal to", "rhv": "source"}
    assert len(by_rules(api, is_source)) == 2
    assert len(by_rules(api, rule, is_source)) == 1
    assert len(by_rules(api, {"lhv": "my_scorer.score", "op": "is equal to", "rhv": 7})) == 4 + 2
    assert len(by_rules(api)) == 8


def test_rules_look_at_so_many_events_and_say_where_they_stopped(
    api: ApiClient, acme: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_pages, "MOST_LOOKED_AT", 4)
    monkeypatch.setattr(event_pages, "CHUNK", 2)
    made = [event(acme, age=age, outcome="error" if age == 5 else "success").pk for age in range(6)]
    rules = orjson.dumps([{"lhv": "outcome", "op": "is equal to", "rhv": "error"}]).decode()

    first: Any = api.get("/events", rules=rules)
    onward = re.fullmatch(r'<(.*)>; rel="next"', first.headers["Link"])
    assert onward is not None
    second: Any = api.get(onward[1])

    assert (ids(first), ids(second)) == ([], [made[5]])
    assert "Link" not in second.headers


def test_rules_stop_when_the_page_is_full(api: ApiClient, acme: Account) -> None:
    made = [event(acme, age=age).pk for age in range(3)]

    assert by_rules(api, {"lhv": "type", "op": "is not blank"}, limit=2) == made[:2]


# --- Refusals


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("after_id", "7"),
        ("before_id", ""),
        ("before_id", "a\0b"),
        ("start", "yesterday"),
        ("end", "2026-11-24T25:00:00Z"),
        ("limit", "0"),
        ("limit", "1001"),
        ("limit", "ten"),
        ("limit", "٣"),
        ("limit", "9" * 5000),
        ("sort", "newest"),
        ("rules", "[{"),
        ("rules", "{}"),
        ("rules", "7"),
        ("rules.0.op", '[{"lhv": "lead.email", "op": "smells"}]'),
        ("exclude", "reason"),
        ("colour", "red"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused_by_name(api: ApiClient, name: str, value: str) -> None:
    answer = api.get("/events", **{name.partition(".")[0]: value})

    assert answer.status_code == 400
    assert f"`{name}`" in answer.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        {"limit": "7"},
        {"limit": True},
        {"include": "x"},
        {"include": [7]},
        {"start": 7},
        {"after_id": 7},
        {"rules": "[]"},
        {"sort": []},
        {"limit": 7.5},
        {"include": ["a", "a"]},
    ],
)
def test_a_body_that_makes_no_sense_is_refused(api: ApiClient, body: dict[str, Any]) -> None:
    answer = api.post("/events", body)

    assert answer.status_code == 400
    assert answer.json()["errors"]


@pytest.mark.parametrize("id", ["0" * 24, "x", "%00"])
def test_an_unknown_event_is_not_found(api: ApiClient, id: str) -> None:
    answer = api.get(f"/events/{id}")

    assert (answer.status_code, answer.json()) == (404, {"error": "This account has no event with this id."})


def test_a_stranger_sees_nothing(stranger: ApiClient, told: Story) -> None:
    made = attempt(told.deliveries[0], 1, "delivered")

    assert stranger.get("/events").json() == []
    assert stranger.get(f"/events/{made.pk}").status_code == 404
    assert stranger.get(f"/events/{Event.objects.filter(lead=told.lead)[0].pk}").status_code == 404


# --- What it costs


def test_one_event_is_answered_as_in_the_list(api: ApiClient, told: Story) -> None:
    attempt(told.deliveries[0], 1, "delivered")

    for one in api.get("/events").json():
        assert api.get(f"/events/{one['id']}").json() == one


def test_an_event_whose_lead_is_no_longer_kept_is_still_one(api: ApiClient, told: Story) -> None:
    attempt(told.deliveries[0], 1, "delivered")
    Lead.objects.all().delete()

    for one in api.get("/events").json():
        assert one["vars"]["flow"] == {"id": told.flow.pk}
        assert "lead" not in one["vars"]


def test_the_number_of_queries_does_not_grow(
    api: ApiClient, acme: Account, told: Story, receiver: Receiver, django_assert_num_queries: Any
) -> None:
    attempt(told.deliveries[0], 1, "delivered")
    api.get("/events")

    for _ in range(2):
        # The key; events, attempts; deliveries, leads, revisions, destinations, actions; names of flows, sources and
        # accounts; steps.
        with django_assert_num_queries(12):
            assert api.get("/events").status_code == 200
        another = story(acme, receiver.url, email="grace@example.com")
        attempt(another.deliveries[0], 1, "delivered")
        attempt(another.deliveries[1], 1, "delivered")


@pytest.fixture
def filled(acme: Account) -> None:
    """20,000 events and as many attempts, of 200 accounts."""
    account = "case when n %% 200 = 0 then %(acme)s else lpad(to_hex(n %% 200), 24, '0') end"
    at = int(datetime(2026, 11, 24, tzinfo=UTC).timestamp())
    id = f"lpad(to_hex({at} + n), 8, '0') || lpad(to_hex(n), 16, '0')"
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into flows_event (id, account_id, flow_id, lead_id, type, step_id, outcome, reason, detail, ms)"
            f" select {id}, {account}, '', '', 'source', '', 'success', '', '{{}}', 0"
            " from generate_series(0, 19999) n",
            {"acme": acme.pk},
        )
        cursor.execute(
            "insert into flows_attempt (id, account_id, delivery_id, number, started_at, ms, outcome, reason, counted)"
            f" select {id}, {account}, '', 1, now(), 0, 'delivered', '', true from generate_series(0, 19999) n",
            {"acme": acme.pk},
        )
        cursor.execute("analyze flows_event, flows_attempt")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("order", ["pk", "-pk"])
@pytest.mark.parametrize("model", [Event, Attempt])
def test_a_page_reads_no_more_rows_than_it_has(
    acme: Account, model: type[Event | Attempt], order: str
) -> None:
    after = new_id(datetime(2026, 11, 24, tzinfo=UTC))
    rows = model._default_manager.filter(account=acme, pk__gt=after).order_by(order)[:50]

    (explained,) = orjson.loads(rows.explain(format="json", analyze=True))

    read = sum(node["Actual Rows"] for node in _scans(explained["Plan"]))
    assert 50 <= read <= 60
    assert all(not node.get("Rows Removed by Filter") for node in _scans(explained["Plan"]))


def _scans(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Relation Name" in node:
        yield node
    for child in node.get("Plans", []):
        yield from _scans(child)


def test_a_lead_that_a_filter_stopped_says_why(api: ApiClient, acme: Account) -> None:
    seller = EntityFactory.create(account=acme)
    rule = {"lhv": "lead.email", "op": "is not blank"}
    flow = FlowFactory.create(
        account=acme, sources=[source_of(seller)], steps=[filter_step(rule)], deployed=True
    )
    submit(flow, seller.pk, {"email": "ada@example.com"})

    source, stopped = api.get("/events").json()

    assert (stopped["outcome"], stopped["reason"]) == ("stop", "Not in our area")
    assert (source["outcome"], source["reason"]) == ("failure", "Not in our area")
