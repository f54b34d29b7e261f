"""GET /destinations and GET /destinations/{instance_id}."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from leadconduit.accounts.models import Account
from tests.cast import ApiClient
from tests.factories import DestinationFactory, FlowFactory, use_of

pytestmark = pytest.mark.django_db


def test_an_account_without_destinations_gets_an_empty_list(api: ApiClient) -> None:
    answer = api.get("/destinations")

    assert (answer.status_code, answer.content) == (200, b"[]")


def test_a_destination_is_answered_with_exactly_the_documented_fields(api: ApiClient, acme: Account) -> None:
    crm = DestinationFactory.create(
        account=acme, name="CRM", instance_id="SW5zdGFuY2U6MQ==", actions=["Deals", "Contacts"]
    )
    deals, contacts = crm.actions.order_by("position")

    answer = api.get("/destinations")

    assert answer.headers["Content-Type"] == "application/json"
    (destination,) = answer.json()
    icon = destination.pop("integration_icon_url")
    assert icon.startswith(f"http://127.0.0.1:8000/icons/{acme.pk}/builtin/webhook.svg?expires=")
    assert destination == {
        "name": "CRM",
        "integration_name": "Custom Webhook",
        "instance_id": "SW5zdGFuY2U6MQ==",
        "actions": [
            {"name": "Deals", "action_id": "deals", "webhook_url": deals.webhook_url},
            {"name": "Contacts", "action_id": "contacts", "webhook_url": contacts.webhook_url},
        ],
    }


def test_flow_usages_are_there_only_when_they_are_asked_for(api: ApiClient, acme: Account) -> None:
    used = DestinationFactory.create(account=acme, actions=["Contacts", "Deals"])
    flow = FlowFactory.create(account=acme, name="Sales", uses=[used], deployed=True)
    DestinationFactory.create(account=acme)

    unused, destination = api.get("/destinations", include="flow_usages").json()

    assert destination["flow_usages"] == {"count": 1, "flows": [{"id": flow.pk, "name": "Sales"}]}
    assert unused["flow_usages"] == {"count": 0, "flows": []}
    assert "flow_usages" not in api.get("/destinations").json()[0]


@pytest.mark.parametrize("value", ["flows", "", "flow_usages,flows", "FLOW_USAGES", "\0"])
@pytest.mark.parametrize("path", ["/destinations", "/destinations/any"])
def test_an_unknown_include_is_refused_naming_the_allowed_value(
    api: ApiClient, path: str, value: str
) -> None:
    answer = api.get(path, include=value)

    assert answer.status_code == 400
    assert answer.json() == {"error": f"`include` takes the value `flow_usages` only, not `{value}`."}


def test_paused_destinations_are_listed_and_drafts_and_deleted_ones_are_not(
    api: ApiClient, acme: Account
) -> None:
    paused = DestinationFactory.create(account=acme, name="Paused")
    paused.paused_at = paused.created_at
    paused.save()
    DestinationFactory.create(account=acme, name="Draft", draft=True)
    deleted = DestinationFactory.create(account=acme, name="Deleted")
    deleted.deleted_at = deleted.created_at
    deleted.save()

    assert [destination["name"] for destination in api.get("/destinations").json()] == ["Paused"]


def test_the_newest_destination_comes_first(api: ApiClient, acme: Account) -> None:
    for name in ("First", "Second"):
        DestinationFactory.create(account=acme, name=name)

    assert [destination["name"] for destination in api.get("/destinations").json()] == ["Second", "First"]


def test_a_removed_action_is_not_listed(api: ApiClient, acme: Account) -> None:
    crm = DestinationFactory.create(account=acme, actions=["Contacts", "Deals"])
    crm.actions.filter(action_id="contacts").update(removed_at=crm.created_at)

    assert [action["name"] for action in api.get("/destinations").json()[0]["actions"]] == ["Deals"]


@pytest.mark.parametrize("include", [{}, {"include": "flow_usages"}])
def test_the_number_of_queries_does_not_grow(
    api: ApiClient, acme: Account, django_assert_num_queries: Any, include: dict[str, str]
) -> None:
    api.get("/destinations")  # notes the key's use, once a minute

    for count in (1, 5):
        for _ in range(count):
            FlowFactory.create(
                account=acme, uses=[DestinationFactory.create(account=acme, actions=["A", "B"])]
            )
        # The key, the destinations, their actions, and where it is asked for their usages.
        with django_assert_num_queries(3 + len(include)):
            assert api.get("/destinations", **include).status_code == 200


# --- One


def test_one_destination_is_the_same_object(api: ApiClient, acme: Account) -> None:
    crm = DestinationFactory.create(account=acme, instance_id="SW5zdGFuY2U6MQ==")
    FlowFactory.create(account=acme, uses=[crm])

    one = api.get("/destinations/SW5zdGFuY2U6MQ==", include="flow_usages")

    assert [one.json()] == api.get("/destinations", include="flow_usages").json()


def test_a_stranger_sees_nothing(stranger: ApiClient, acme: Account) -> None:
    crm = DestinationFactory.create(account=acme)

    assert stranger.get("/destinations").json() == []
    answer = stranger.get(f"/destinations/{crm.instance_id}")
    assert (answer.status_code, answer.json()) == (
        404,
        {"error": "This account has no destination with this instance_id."},
    )


@pytest.mark.parametrize("instance_id", ["nope", "%00", "a%00b", "%ED%A0%80", "x" * 5000, "%F0%9F%A6%84"])
def test_an_unknown_instance_id_is_not_found(api: ApiClient, instance_id: str) -> None:
    answer = api.get(f"/destinations/{instance_id}")

    assert answer.status_code == 404
    assert answer.json()["error"]


def test_a_draft_is_not_found(api: ApiClient, acme: Account) -> None:
    draft = DestinationFactory.create(account=acme, draft=True)

    assert api.get(f"/destinations/{draft.instance_id}").status_code == 404


# --- What is not offered


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/destinations", "/destinations/any"])
def test_a_destination_cannot_be_changed_through_the_api(api: ApiClient, path: str, method: str) -> None:
    answer = api.send(method, path, {"name": "New"})

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.json() == {"error": f'Method "{method}" not allowed.'}


def test_head_and_options_answer(api: ApiClient, acme: Account) -> None:
    DestinationFactory.create(account=acme)

    head, options = api.send("HEAD", "/destinations"), api.send("OPTIONS", "/destinations")

    assert (head.status_code, head.content) == (200, b"")
    assert (options.status_code, options.headers["Allow"]) == (200, "GET, HEAD, OPTIONS")


def test_a_destination_of_the_list_can_be_put_into_a_flow(api: ApiClient, acme: Account) -> None:
    DestinationFactory.create(account=acme, actions=["Contacts", "Deals"])
    flow = FlowFactory.create(account=acme)
    body = api.get(f"/flows/{flow.pk}").json()

    body["destinations"] = api.get("/destinations", include="flow_usages").json()
    answer = api.put(f"/flows/{flow.pk}", body)

    assert answer.status_code == 200
    assert [action["action_id"] for action in answer.json()["destinations"][0]["actions"]] == [
        "contacts",
        "deals",
    ]


# --- Its icon


def test_the_icon_opens_without_a_session(api: ApiClient, nobody: ApiClient, acme: Account) -> None:
    DestinationFactory.create(account=acme)
    url = urlsplit(api.get("/destinations").json()[0]["integration_icon_url"])

    answer = nobody.get(f"{url.path}?{url.query}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert answer.content.startswith(b"<svg")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_the_icons_url_stays_the_same_within_a_period_and_expires(nobody: ApiClient, acme: Account) -> None:
    from tests.factories import api_key

    DestinationFactory.create(account=acme)
    with time_machine.travel("2026-11-24T12:00:01Z", tick=False) as clock:
        api = ApiClient(api_key(acme))
        first = api.get("/destinations").json()[0]["integration_icon_url"]
        clock.move_to("2026-11-24T12:59:59Z")
        assert api.get("/destinations").json()[0]["integration_icon_url"] == first
        clock.move_to("2026-11-24T13:59:59Z")
        url = urlsplit(first)
        assert nobody.get(f"{url.path}?{url.query}").status_code == 200
        clock.move_to("2026-11-24T14:00:00Z")
        assert nobody.get(f"{url.path}?{url.query}").status_code == 403


def test_the_icons_url_opens_nothing_else(api: ApiClient, nobody: ApiClient, acme: Account) -> None:
    DestinationFactory.create(account=acme)
    url = urlsplit(api.get("/destinations").json()[0]["integration_icon_url"])
    query = {key: value for key, (value,) in parse_qs(url.query).items()}
    later = {**query, "expires": str(int(query["expires"]) + 3600)}

    assert nobody.get(url.path, **later).status_code == 403
    assert nobody.get(url.path).status_code == 403
    assert nobody.get(url.path, **{**query, "signature": "é"}).status_code == 403
    assert nobody.get(url.path.replace("webhook", "salesforce"), **query).status_code == 403
    assert nobody.get(url.path.replace("builtin", "prismatic"), **query).status_code == 403
    assert nobody.get(url.path.replace(acme.pk, "0" * 24), **query).status_code == 403


def test_a_use_of_one_action_leaves_the_other_out_of_the_flow(api: ApiClient, acme: Account) -> None:
    crm = DestinationFactory.create(account=acme, actions=["Contacts", "Deals"])
    flow = FlowFactory.create(account=acme, destinations=[use_of(crm, "deals")])

    (used,) = api.get(f"/flows/{flow.pk}").json()["destinations"]

    assert [action["name"] for action in used["actions"]] == ["Deals"]
    assert used["integration_name"] == "Custom Webhook"
