"""Fields and types over the API."""

from typing import Any

import pytest

from leadconduit.accounts.models import Account, AuditEvent, CustomField
from leadconduit.leads import rules
from leadconduit.leads.standard_fields import STANDARD_FIELDS
from leadconduit.leads.types import TYPES
from tests.cast import ApiClient
from tests.factories import FlowFactory

pytestmark = pytest.mark.django_db
ROOF: dict[str, Any] = {"id": "roof_age", "name": "Roof age", "type": "number"}


def test_all_fields_are_listed_the_accounts_own_last(api: ApiClient, django_assert_num_queries: Any) -> None:
    api.post("/fields", ROOF)

    # The key, the account's own fields.
    with django_assert_num_queries(2):
        fields = api.get("/fields").json()

    assert [field["id"] for field in fields] == [*STANDARD_FIELDS, "roof_age_acm"]
    assert {field["standard"] for field in fields[:-1]} == {True}
    assert fields[0] == api.get(f"/fields/{fields[0]['id']}").json()
    assert fields[-1] == api.get("/fields/roof_age_acm").json()


def test_a_field_of_the_accounts_own_is_answered_with_exactly_its_properties(api: ApiClient) -> None:
    answer = api.post("/fields", {**ROOF, "description": "In years"})

    assert (answer.status_code, answer.headers["Location"]) == (201, "/fields/roof_age_acm")
    field = answer.json()
    assert field.pop("created_at").endswith("Z")
    assert field == {
        "id": "roof_age_acm",
        "name": "Roof age",
        "type": "number",
        "description": "In years",
        "standard": False,
        "aggregate": False,
        "deprecated": False,
    }


@pytest.mark.parametrize(
    ("id", "expected"),
    [("roof", "roof_acm"), ("roof_acm", "roof_acm"), ("home.roof", "home.roof_acm")],
)
def test_an_id_gets_the_accounts_suffix_once(api: ApiClient, id: str, expected: str) -> None:
    assert api.post("/fields", {**ROOF, "id": id}).json()["id"] == expected


@pytest.mark.parametrize("body", [ROOF, {**ROOF, "id": "roof_age_acm"}, {**ROOF, "id": "email"}])
def test_an_id_that_is_taken_is_409(api: ApiClient, body: dict[str, Any]) -> None:
    api.post("/fields", ROOF)

    answer = api.post("/fields", body)

    assert answer.status_code == 409
    assert CustomField.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 101}),
        ("type", {"type": "array"}),
        ("type", {"type": None}),
        ("id", {"id": "Roof Age"}),
        ("id", {"id": "roof__age"}),
        ("id", {"id": 7}),
        ("id", {"id": None}),
        ("description", {"description": "x" * 501}),
        ("aggregate", {"aggregate": True}),
        ("colour", {"colour": "red"}),
    ],
)
def test_a_mistake_is_named(api: ApiClient, path: str, parts: dict[str, Any]) -> None:
    answer = api.post("/fields", {**ROOF, **parts})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [path])
    assert f"`{path}`" in answer.json()["error"]


def test_a_body_that_is_no_object_is_no_field(api: ApiClient) -> None:
    assert api.post("/fields", [ROOF]).json() == {"error": "A field is a JSON object."}


def test_put_writes_name_and_description_and_nothing_else(api: ApiClient) -> None:
    created = api.post("/fields", ROOF).json()

    answer = api.put("/fields/roof_age_acm", {**created, "name": "Age of the roof", "description": "Years"})

    assert answer.status_code == 200
    assert answer.json() == {**created, "name": "Age of the roof", "description": "Years"}
    assert answer.json() == api.get("/fields/roof_age_acm").json()
    for parts in ({"id": "roof_acm"}, {"type": "string"}):
        refused = api.put("/fields/roof_age_acm", {**created, **parts})
        assert refused.status_code == 409


def test_delete_answers_202_and_the_field_as_it_was(api: ApiClient, acme: Account) -> None:
    created = api.post("/fields", ROOF).json()
    flow = FlowFactory.create(account=acme, name="Sales", fields=["roof_age_acm"])

    answer = api.delete("/fields/roof_age_acm")

    assert answer.status_code == 202
    assert answer.json() == created | {
        "errors": {flow.pk: "Sales lists the field roof_age_acm, which was deleted."}
    }
    assert api.get("/fields/roof_age_acm").status_code == 404
    assert AuditEvent.objects.filter(action="field.deleted").count() == 1


def test_a_flow_goes_on_taking_a_deleted_field_as_it_was(api: ApiClient, acme: Account) -> None:
    api.post("/fields", ROOF)
    flow = FlowFactory.create(account=acme, fields=["roof_age_acm"], deployed=True)
    before = api.get(f"/flows/{flow.pk}")
    api.delete("/fields/roof_age_acm")

    assert api.put(f"/flows/{flow.pk}", before.json()).headers["ETag"] == before.headers["ETag"]
    assert api.put(f"/flows/{flow.pk}", before.json() | {"name": "Renamed"}).status_code == 200

    (field,) = api.get(f"/flows/{flow.pk}/fields").json()
    assert field == {"id": "roof_age_acm", "name": "roof_age_acm", "type": "number", "standard": False}


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_standard_field_cannot_be_changed(api: ApiClient, method: str) -> None:
    answer = api.send(method, "/fields/email", {"id": "email", "name": "Mail", "type": "string"})

    assert answer.status_code == 403
    assert api.get("/fields/email").json()["name"] == "Email"


@pytest.mark.parametrize("id", ["nope", "%00", "a.b.c"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_field_is_not_found(api: ApiClient, method: str, id: str) -> None:
    assert api.send(method, f"/fields/{id}", ROOF).status_code == 404


def test_a_stranger_sees_none_of_the_accounts_own(stranger: ApiClient, api: ApiClient) -> None:
    api.post("/fields", ROOF)

    assert len(stranger.get("/fields").json()) == len(STANDARD_FIELDS)
    for method in ("GET", "PUT", "DELETE"):
        assert stranger.send(method, "/fields/roof_age_acm", ROOF).status_code == 404


def test_every_type_tells_its_components_and_its_operators(api: ApiClient) -> None:
    types = {type["name"]: type for type in api.get("/types").json()}

    assert tuple(types) == TYPES
    assert types["dob"]["maskable"]
    assert not types["email"]["maskable"]
    assert {component["name"] for component in types["gender"]["components"]} == {
        "normal", "raw", "valid", "abbr",
    }  # fmt: skip
    assert {name: tuple(type["operators"]) for name, type in types.items()} == {
        name: tuple(rules.operators_for(name)) for name in TYPES
    }
