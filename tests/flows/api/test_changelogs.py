"""GET /flows/{id}/changelogs."""

from typing import Any

import pytest

from flows.models import Flow
from leadconduit.accounts.models import Account, User
from tests.cast import ApiClient
from tests.factories import DestinationFactory, FlowFactory, api_key, filter_step, flow_body, use_of
from tests.flows.api.eventful import recipient_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def hers(acme: Account, olive: User) -> ApiClient:
    olive.name = "Olive van Oyl"
    olive.save()
    return ApiClient(api_key(acme, by=olive))


@pytest.fixture
def flow(acme: Account) -> Flow:
    return FlowFactory.create(account=acme, name="Sales", steps=[filter_step(id="abc123")])


def logs(api: ApiClient, flow: Flow, **query: Any) -> list[dict[str, Any]]:
    answer = api.get(f"/flows/{flow.pk}/changelogs", **query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()
    return found


def test_the_first_save_creates_the_flow(api: ApiClient, flow: Flow) -> None:
    (log,) = logs(api, flow)

    assert log.pop("created_at").endswith("Z")
    body = api.get(f"/flows/{flow.pk}").json()
    assert log == {
        "id": flow.saved_id,
        "type": "flow",
        "action": "create",
        "changes": [],
        "delta_from_last_revision": {},
        "current_revision": {
            "number": 1,
            **{key: body[key] for key in ("name", "enabled", "fields", "sources", "steps", "destinations")},
        },
    }


def test_a_save_says_what_changed_and_who_did_it(hers: ApiClient, flow: Flow, olive: User) -> None:
    body = hers.get(f"/flows/{flow.pk}").json()
    hers.put(f"/flows/{flow.pk}", {**body, "name": "Leads", "fields": ["state", "email"]})

    update, create = logs(hers, flow)

    assert (update["action"], create["action"]) == ("update", "create")
    assert update["user"] == {
        "id": olive.pk,
        "email": "olive@acme.test",
        "first_name": "Olive",
        "last_name": "van Oyl",
    }
    assert "user" not in create
    assert update["changes"] == [
        {
            "action": "changed",
            "target": "name",
            "delta_path": "name",
            "previous": {"value": "Sales"},
            "current": {"value": "Leads"},
        },
        {
            "action": "added",
            "target": "fields",
            "delta_path": "fields.0",
            "current": {"value": "state", "index": 0},
        },
    ]
    assert update["delta_from_last_revision"] == {"name": ["Sales", "Leads"], "fields.0": [None, "state"]}


def test_a_deployment_says_which_revision_leads_meet(hers: ApiClient, flow: Flow) -> None:
    for name in ("A", "B"):
        hers.put(f"/flows/{flow.pk}", flow_body(name=name))
        hers.post(f"/flows/{flow.pk}/deploy")

    found = logs(hers, flow)

    assert [log["action"] for log in found] == ["changed", "update", "changed", "update", "create"]
    assert found[0]["changes"] == [
        {
            "action": "changed",
            "target": "deployed",
            "delta_path": "deployed",
            "previous": {"value": 2},
            "current": {"value": 3},
        }
    ]
    assert found[2]["delta_from_last_revision"] == {"deployed": [None, 2]}
    assert found[0]["user"]["email"] == "olive@acme.test"


def test_a_use_of_a_destination_is_told_as_the_api_has_it(api: ApiClient, flow: Flow, acme: Account) -> None:
    crm = DestinationFactory.create(account=acme, actions=["Contacts", "Deals"])
    body = flow_body(name="Sales", destinations=[use_of(crm, "contacts")])
    api.put(f"/flows/{flow.pk}", body)
    api.put(f"/flows/{flow.pk}", {**body, "destinations": [use_of(crm, "contacts", "deals")]})

    second, first, _ = logs(api, flow)

    assert first["changes"][-1]["current"]["value"]["instance_id"] == crm.instance_id
    (change,) = second["changes"]
    assert (change["action"], change["delta_path"]) == ("added", "destinations.0.actions.1")
    assert change["current"]["value"]["action_id"] == "deals"


def test_a_credential_is_told_to_have_changed_and_never_shown(
    api: ApiClient, flow: Flow, acme: Account
) -> None:
    step = recipient_step(acme, "https://scorer.example")
    api.put(f"/flows/{flow.pk}", flow_body(name="Sales", steps=[step]))
    body = api.get(f"/flows/{flow.pk}").json()
    password = body["steps"][0]["integration"]["mappings"][2]
    assert (password["property"], password["value"]) == ("basic_password", "********")
    api.put(f"/flows/{flow.pk}", body)
    password["value"] = "another one"
    api.put(f"/flows/{flow.pk}", body)

    third, second, _ = logs(api, flow)

    assert third["changes"] == [
        {
            "action": "changed",
            "target": "value",
            "delta_path": "steps.0.integration.mappings.2.value",
            "previous": {"value": "********"},
            "current": {"value": "********"},
        }
    ]
    told = str([third, second])
    assert "keep out" not in told
    assert "another one" not in told
    assert "sealed" not in told


def test_pages_go_on_from_an_id(api: ApiClient, flow: Flow) -> None:
    for name in "ABC":
        api.put(f"/flows/{flow.pk}", flow_body(name=name))
        api.post(f"/flows/{flow.pk}/deploy")
    everything = logs(api, flow)

    found: list[dict[str, Any]] = []
    while page := logs(api, flow, limit=2, **({"before_id": found[-1]["id"]} if found else {})):
        found += page

    assert len(everything) == 7
    assert found == everything


@pytest.mark.parametrize(
    ("name", "value"), [("limit", "0"), ("limit", "201"), ("before_id", "x"), ("x", "y")]
)
def test_a_parameter_that_makes_no_sense_is_refused(
    api: ApiClient, flow: Flow, name: str, value: str
) -> None:
    answer = api.get(f"/flows/{flow.pk}/changelogs", **{name: value})

    assert answer.status_code == 400
    assert f"`{name}`" in answer.json()["error"]


def test_the_number_of_queries_does_not_grow(
    api: ApiClient, flow: Flow, acme: Account, django_assert_num_queries: Any
) -> None:
    logs(api, flow)
    for name in "AB":
        crm = DestinationFactory.create(account=acme)
        api.put(f"/flows/{flow.pk}", flow_body(name=name, destinations=[use_of(crm)]))
        api.post(f"/flows/{flow.pk}/deploy")
        # The key, the flow, its account, revisions, destinations, actions, deployments.
        with django_assert_num_queries(7):
            logs(api, flow)


def test_a_strangers_flow_has_none(stranger: ApiClient, flow: Flow) -> None:
    assert stranger.get(f"/flows/{flow.pk}/changelogs").status_code == 404
