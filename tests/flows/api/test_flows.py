"""Flows over the API."""

from typing import Any

import pytest

from flows.models import Flow, FlowRevision
from leadconduit.accounts.models import Account, ApiKey
from tests.cast import ApiClient
from tests.factories import (
    DestinationFactory,
    EntityFactory,
    FlowFactory,
    filter_step,
    flow_body,
    source_of,
    use_of,
)

pytestmark = pytest.mark.django_db
UNKNOWN = {"error": "This account has no flow with this id."}


@pytest.fixture
def full(acme: Account) -> Flow:
    """A flow with everything that there is."""
    seller = EntityFactory.create(account=acme, name="Leads Inc", time_zone="America/Chicago")
    crm = DestinationFactory.create(account=acme, name="CRM", actions=["Contacts", "Deals"])
    rule_set = {"op": "and", "rules": [{"lhv": "lead.email", "op": "is not blank"}]}
    return FlowFactory.create(
        account=acme,
        name="Sales Leads",
        fields=["email", "state"],
        sources=[source_of(seller)],
        steps=[filter_step(description="Only CA", notes="Since May", id="abc123")],
        destinations=[use_of(crm, "deals", enabled=False, rule_set=rule_set, independent=True)],
    )


def body_of(api: ApiClient, flow: Flow) -> dict[str, Any]:
    body: dict[str, Any] = api.get(f"/flows/{flow.pk}").json()
    return body


def short_ids_aside(value: Any) -> Any:
    if isinstance(value, list):
        return [short_ids_aside(item) for item in value]
    if isinstance(value, dict):
        return {
            key: short_ids_aside(item) for key, item in value.items() if not (key == "id" and len(item) == 6)
        }
    return value


def test_an_account_without_flows_gets_an_empty_list(api: ApiClient) -> None:
    assert api.get("/flows").json() == []


def test_a_flow_is_answered_whole(api: ApiClient, full: Flow, acme: Account) -> None:
    answer = body_of(api, full)

    icon = answer["destinations"][0].pop("integration_icon_url")
    assert "/icons/" in icon
    seller, deals = acme.entities.get(), acme.destinations.get().actions.get(action_id="deals")
    assert answer.pop("created_at") == answer.pop("updated_at")
    assert short_ids_aside(answer) == {
        "id": full.pk,
        "name": "Sales Leads",
        "enabled": True,
        "fields": ["email", "state"],
        "sources": [
            {
                "integration": {"module_id": "leadconduit-default.inbound", "mappings": []},
                "entity": {"id": seller.pk, "name": "Leads Inc", "time_zone": "America/Chicago"},
                "enabled": True,
                "authentication_required": False,
            }
        ],
        "steps": [
            {
                "type": "filter",
                "description": "Only CA",
                "notes": "Since May",
                "reason": "Not in our area",
                "outcome": "failure",
                "rule_set": {"op": "or", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "CA"}]},
                "enabled": True,
            }
        ],
        "destinations": [
            {
                "name": "CRM",
                "integration_name": "Custom Webhook",
                "instance_id": deals.destination.instance_id,
                "actions": [
                    {
                        "name": "Deals",
                        "action_id": "deals",
                        "webhook_url": deals.webhook_url,
                        "enabled": False,
                        "rule_set": {"op": "and", "rules": [{"lhv": "lead.email", "op": "is not blank"}]},
                        "independent": True,
                    }
                ],
            }
        ],
    }
    assert answer["steps"][0]["id"] == "abc123"


def test_a_list_holds_the_same_objects(api: ApiClient, full: Flow) -> None:
    assert api.get("/flows").json() == [body_of(api, full)]


def test_the_number_of_queries_does_not_grow(
    api: ApiClient, acme: Account, django_assert_num_queries: Any
) -> None:
    api.get("/flows")

    for count in (1, 5):
        for _ in range(count):
            FlowFactory.create(
                account=acme,
                uses=[DestinationFactory.create(account=acme)],
                sources=[source_of(EntityFactory.create(account=acme))],
            )
        # The key, the flows with their revisions, entities, destinations, actions.
        with django_assert_num_queries(5):
            assert api.get("/flows").status_code == 200


def test_create_answers_201_and_the_flow(api: ApiClient) -> None:
    answer = api.post("/flows", flow_body(id="5fd4371e940df5a34a3888b2"))

    assert answer.status_code == 201
    assert answer.headers["Location"] == "/flows/5fd4371e940df5a34a3888b2"
    assert answer.json() == api.get("/flows/5fd4371e940df5a34a3888b2").json()


def test_a_taken_id_is_a_conflict(api: ApiClient, full: Flow) -> None:
    answer = api.post("/flows", flow_body(id=full.pk))

    assert (answer.status_code, answer.json()) == (409, {"error": f"The id {full.pk} is taken."})


def test_an_invalid_flow_says_what_is_wrong_and_where(api: ApiClient) -> None:
    rule = {"lhv": "lead.state", "op": "is equal to", "rhv": "CA"}
    steps = [filter_step(rule, {**rule, "op": "is like"})]

    answer = api.post("/flows", flow_body(steps=steps, caps=[{}]))

    assert answer.status_code == 400
    assert answer.json() == {
        "error": "The flow is not valid at `caps`: `caps` is not supported yet. (1 more in `errors`.)",
        "errors": {
            "caps": "`caps` is not supported yet.",
            "steps.0.rule_set.rules.1.op": answer.json()["errors"]["steps.0.rule_set.rules.1.op"],
        },
    }
    assert "`is like`" in answer.json()["errors"]["steps.0.rule_set.rules.1.op"]


def test_what_was_read_can_be_written_back_and_changes_nothing(api: ApiClient, full: Flow) -> None:
    before = body_of(api, full)

    answer = api.put(f"/flows/{full.pk}", before)

    assert (answer.status_code, answer.json()) == (200, before)
    assert FlowRevision.objects.filter(flow=full).count() == 1


def test_a_put_writes_the_flow_whole(api: ApiClient, full: Flow) -> None:
    answer = api.put(f"/flows/{full.pk}", flow_body(name="Renamed"))

    assert answer.json()["name"] == "Renamed"
    assert (answer.json()["steps"], answer.json()["sources"]) == ([], [])
    assert answer.json()["updated_at"] > answer.json()["created_at"]
    assert answer.json() == body_of(api, full)


def test_a_put_without_destinations_leaves_them(api: ApiClient, full: Flow) -> None:
    before = body_of(api, full)

    answer = api.put(f"/flows/{full.pk}", flow_body(name="Renamed"))

    assert answer.json()["destinations"] == before["destinations"]


def test_an_empty_list_takes_the_destinations_away(api: ApiClient, full: Flow) -> None:
    answer = api.put(f"/flows/{full.pk}", flow_body(destinations=[]))

    assert answer.json()["destinations"] == []


def test_destinations_keep_the_order_they_are_written_in(api: ApiClient, acme: Account) -> None:
    first, second = DestinationFactory.create(account=acme), DestinationFactory.create(account=acme)
    entries = [{"instance_id": second.instance_id}, {"instance_id": first.instance_id}]

    answer = api.post("/flows", flow_body(destinations=entries))

    read = [entry["instance_id"] for entry in answer.json()["destinations"]]
    assert read == [second.instance_id, first.instance_id]


def test_a_foreign_destination_is_refused_as_unknown(
    api: ApiClient, acme: Account, elsewhere: Account
) -> None:
    entries = [
        {"instance_id": DestinationFactory.create(account=account).instance_id}
        for account in (acme, elsewhere)
    ]

    answer = api.post("/flows", flow_body(destinations=entries))

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["destinations.1.instance_id"]


def test_deploy_answers_as_the_description_has_it(api: ApiClient, full: Flow) -> None:
    answer = api.post(f"/flows/{full.pk}/deploy")

    assert answer.status_code == 200
    assert answer.json() == {"message": "Your flow was deployed and the most recent changes are now live"}
    full.refresh_from_db()
    assert full.status == "deployed"


def test_delete_answers_the_flow_as_it_was(api: ApiClient, full: Flow) -> None:
    before = body_of(api, full)

    answer = api.delete(f"/flows/{full.pk}")

    assert (answer.status_code, answer.json()) == (200, before)
    assert api.get(f"/flows/{full.pk}").status_code == 404
    assert api.get("/flows").json() == []
    assert api.delete(f"/flows/{full.pk}").status_code == 404


def test_a_change_carries_who_made_the_key(api: ApiClient, acme: Account, olive: Any) -> None:
    ApiKey.objects.filter(account=acme).update(created_by=olive)

    flow = Flow.objects.get(pk=api.post("/flows", flow_body()).json()["id"])

    assert flow.saved is not None
    assert flow.saved.author == olive


@pytest.mark.parametrize("id", ["0" * 24, "x", "%00", "a" * 300, "5FD4371E940DF5A34A3888B2", "%F0%9F%A6%84"])
def test_an_unknown_flow_is_not_found(api: ApiClient, id: str) -> None:
    for answer in (
        api.get(f"/flows/{id}"),
        api.put(f"/flows/{id}", flow_body()),
        api.delete(f"/flows/{id}"),
        api.post(f"/flows/{id}/deploy"),
    ):
        assert (answer.status_code, answer.json()) == (404, UNKNOWN)


def test_a_flow_of_another_account_is_not_found(stranger: ApiClient, full: Flow) -> None:
    for answer in (
        stranger.get(f"/flows/{full.pk}"),
        stranger.put(f"/flows/{full.pk}", flow_body()),
        stranger.delete(f"/flows/{full.pk}"),
        stranger.post(f"/flows/{full.pk}/deploy"),
    ):
        assert (answer.status_code, answer.json()) == (404, UNKNOWN)
    assert stranger.get("/flows").json() == []
    full.refresh_from_db()
    assert full.deleted_at is None


def test_an_id_may_be_written_in_capitals(api: ApiClient, full: Flow) -> None:
    assert api.get(f"/flows/{full.pk.upper()}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/flows", "GET, POST, HEAD, OPTIONS"),
        ("PATCH", "/flows/x", "GET, PUT, DELETE, HEAD, OPTIONS"),
        ("GET", "/flows/x/deploy", "POST, OPTIONS"),
    ],
)
def test_what_is_not_offered_is_refused(api: ApiClient, method: str, path: str, allow: str) -> None:
    answer = api.send(method, path, {})

    assert (answer.status_code, answer.headers["Allow"]) == (405, allow)
