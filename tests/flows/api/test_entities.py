"""Entities over the API."""

from typing import Any

import pytest

from flows.models import Entity
from leadconduit.accounts.models import Account, AuditEvent
from tests.cast import ApiClient
from tests.factories import EntityFactory, FlowFactory, flow_body, source_of

pytestmark = pytest.mark.django_db
SMALLEST: dict[str, Any] = {"name": "Leads Inc", "source": "seller", "recipient": None, "module_ids": []}


def test_an_account_without_entities_gets_an_empty_list(api: ApiClient) -> None:
    assert api.get("/entities").json() == []


def test_create_answers_201_and_the_entity(api: ApiClient, acme: Account) -> None:
    answer = api.post("/entities", SMALLEST)

    entity = Entity.objects.get(account=acme)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/entities/{entity.pk}"
    created = answer.json()
    assert created.pop("created_at") == created.pop("updated_at")
    assert created == {
        "id": entity.pk,
        "name": "Leads Inc",
        "description": "",
        "standard": False,
        "account": None,
        "source": "seller",
        "recipient": None,
        "module_ids": [],
        "flow_ids": [],
        "field_suffix": None,
        "logo_url": None,
    }


def test_everything_that_is_written_is_read_again(api: ApiClient) -> None:
    written = {
        **SMALLEST,
        "description": "Sells leads",
        "recipient": "crm",
        "module_ids": ["a.b"],
        "field_suffix": "acme",
        "logo_url": "https://leads.example/logo.png",
        "time_zone": "America/Chicago",
        "website": "https://leads.example",
    }

    created = api.post("/entities", written).json()

    assert created.items() >= written.items()
    assert api.get(f"/entities/{created['id']}").json() == created
    assert api.get("/entities").json() == [created]


def test_flow_ids_name_the_flows_that_it_is_a_source_of(
    api: ApiClient, acme: Account, django_assert_num_queries: Any
) -> None:
    seller, other = EntityFactory.create(account=acme), EntityFactory.create(account=acme)
    flows = [FlowFactory.create(account=acme, sources=[source_of(seller)]) for _ in range(2)]
    FlowFactory.create(account=acme, sources=[source_of(other)])

    # The key (and its use), the entities, the flows' sources.
    with django_assert_num_queries(4):
        found = {entity["id"]: entity["flow_ids"] for entity in api.get("/entities").json()}

    assert sorted(found[seller.pk]) == sorted(flow.pk for flow in flows)
    assert len(found[other.pk]) == 1


def test_what_is_read_only_is_ignored(api: ApiClient) -> None:
    answer = api.post(
        "/entities", {**SMALLEST, "id": "0" * 24, "standard": True, "account": True, "flow_ids": ["7"]}
    )

    assert answer.status_code == 201
    assert (answer.json()["standard"], answer.json()["account"]) == (False, None)
    assert answer.json()["id"] != "0" * 24


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("name", {"name": ""}),
        ("source", {"source": "thief"}),
        ("recipient", {"recipient": 7}),
        ("module_ids", {"module_ids": None}),
        ("module_ids.0", {"module_ids": [7]}),
        ("field_suffix", {"field_suffix": "a-b"}),
        ("field_suffix", {"field_suffix": "ab"}),
        ("logo_url", {"logo_url": "javascript:alert(1)"}),
        ("website", {"website": "http://[::1"}),
        ("website", {"website": "https://leads.example/a b"}),
        ("flow_ids", {"flow_ids": 7}),
        ("flow_ids", {"flow_ids": [None]}),
        ("created_at", {"created_at": [{}]}),
        ("see", {"see": "5fd4371e940df5a34a3888b2"}),
        ("deprecated", {"deprecated": True}),
        ("colour", {"colour": "red"}),
    ],
)
def test_a_mistake_is_named(api: ApiClient, path: str, parts: dict[str, Any]) -> None:
    answer = api.post("/entities", {**SMALLEST, **parts})

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [path]
    assert f"`{path}`" in answer.json()["error"]


@pytest.mark.parametrize("key", list(SMALLEST))
def test_what_every_entity_has_is_required(api: ApiClient, key: str) -> None:
    answer = api.post("/entities", {name: value for name, value in SMALLEST.items() if name != key})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [key])


def test_a_body_that_is_no_object_is_no_entity(api: ApiClient) -> None:
    answer = api.post("/entities", [])

    assert (answer.status_code, answer.json()) == (400, {"error": "An entity is a JSON object."})


@pytest.mark.parametrize("id", ["0" * 24, "x", "%00"])
def test_an_unknown_entity_is_not_found(api: ApiClient, id: str) -> None:
    assert api.get(f"/entities/{id}").status_code == 404


def test_an_entity_of_another_account_is_not_found(stranger: ApiClient, acme: Account) -> None:
    entity = EntityFactory.create(account=acme)

    assert stranger.get(f"/entities/{entity.pk}").status_code == 404
    assert stranger.get("/entities").json() == []


def test_put_writes_an_entity_whole(api: ApiClient, acme: Account) -> None:
    entity = EntityFactory.create(account=acme, name="Leads", website="https://leads.example")

    answer = api.put(f"/entities/{entity.pk}", SMALLEST)

    assert answer.status_code == 200
    assert answer.json().items() >= SMALLEST.items()
    assert "website" not in answer.json()
    assert answer.json() == api.get(f"/entities/{entity.pk}").json()
    assert answer.json()["updated_at"] > answer.json()["created_at"]


def test_put_of_what_was_read_changes_nothing(api: ApiClient, acme: Account) -> None:
    entity = EntityFactory.create(account=acme, logo_url="https://leads.example/logo.png", time_zone="UTC")
    read = api.get(f"/entities/{entity.pk}").json()

    assert api.put(f"/entities/{entity.pk}", read).json() == read
    assert not AuditEvent.objects.filter(object_id=entity.pk).exists()


def test_an_entity_keeps_its_place_when_what_is_written_is_wrong(api: ApiClient, acme: Account) -> None:
    entity = EntityFactory.create(account=acme)
    read = api.get(f"/entities/{entity.pk}").json()

    answer = api.put(f"/entities/{entity.pk}", {"name": "x"})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["source", "recipient", "module_ids"])
    assert api.get(f"/entities/{entity.pk}").json() == read


def test_delete_answers_the_entity_as_it_was(api: ApiClient, acme: Account) -> None:
    entity = EntityFactory.create(account=acme)
    read = api.get(f"/entities/{entity.pk}").json()

    answer = api.delete(f"/entities/{entity.pk}")

    assert (answer.status_code, answer.json()) == (200, read)
    assert api.get(f"/entities/{entity.pk}").status_code == 404
    assert AuditEvent.objects.get(object_id=entity.pk).action == "entity.deleted"


def test_an_entity_that_a_flow_names_cannot_be_deleted(api: ApiClient, acme: Account) -> None:
    entity = EntityFactory.create(account=acme, name="Leads Inc")
    flow = FlowFactory.create(account=acme, name="Sales", sources=[source_of(entity)], deployed=True)

    saved_and_deployed = api.delete(f"/entities/{entity.pk}")
    api.put(f"/flows/{flow.pk}", flow_body())
    deployed = api.delete(f"/entities/{entity.pk}")
    api.post(f"/flows/{flow.pk}/deploy")
    released = api.delete(f"/entities/{entity.pk}")

    assert [answer.status_code for answer in (saved_and_deployed, deployed, released)] == [409, 409, 200]
    assert "Sales" in saved_and_deployed.json()["error"]


def test_a_strangers_entity_can_be_neither_written_nor_deleted(stranger: ApiClient, acme: Account) -> None:
    entity = EntityFactory.create(account=acme)

    assert stranger.put(f"/entities/{entity.pk}", SMALLEST).status_code == 404
    assert stranger.delete(f"/entities/{entity.pk}").status_code == 404
    assert Entity.objects.filter(pk=entity.pk).exists()


def test_other_methods_are_refused(api: ApiClient, acme: Account) -> None:
    entity = EntityFactory.create(account=acme)

    answer = api.send("PATCH", f"/entities/{entity.pk}", SMALLEST)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, PUT, DELETE, HEAD, OPTIONS")
