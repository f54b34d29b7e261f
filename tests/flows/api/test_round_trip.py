"""What is read of a flow can be written back, and changes nothing, whatever the flow uses."""

from typing import Any

import pytest
from django.utils import timezone

from destinations.models import Destination
from flows.models import Entity, Flow, FlowRevision
from flows.recipients.modules import MODULES
from leadconduit.accounts.models import Account, AuditEvent, CustomField
from leadconduit.leads.rules import BINARY, UNARY
from tests.cast import ApiClient
from tests.factories import (
    DestinationFactory,
    EntityFactory,
    FlowFactory,
    filter_step,
    recipient_step,
    source_of,
    use_of,
)

pytestmark = pytest.mark.django_db

RIGHT: dict[str, Any] = {
    "is equal to": "{{lead.city}}",
    "is not equal to": 17.5,
    "is less than": 1,
    "is less than or equal to": "2030-06-30",
    "is greater than": 1.0,
    "is greater than or equal to": "18",
    "is included in": ["CA", "TX"],
    "is not included in": "CA, TX",
    "includes": False,
    "does not include": ["a", ""],
    "is between": "18-65",
    "is not between": "2030-01-01 to 2030-06-30",
    "matches pattern": "^a",
    "does not match pattern": ["/b/i", "c"],
}
INSIDE = {"op": "and", "rules": [{"lhv": "lead.email", "op": "format is valid"}]}
RULE_SET: dict[str, Any] = {
    "op": "or",
    "rules": [
        *({"lhv": "lead.age", "op": op, "rhv": RIGHT[op]} for op in BINARY),
        *({"lhv": "{{lowercase lead.state}}", "op": op} for op in UNARY),
        {"lhv": "lead.state", "op": "is blank", "rhv": "", "rule_set": INSIDE},
        {"op": "and", "rules": [INSIDE, {"op": "or", "rules": [INSIDE]}]},
    ],
}
PARTS = ("acceptance_criteria", "sources", "destinations")
CRITERIA = {"rule_set": RULE_SET, "outcome": "error", "reason": "No {{lead.email}}"}
OF_MODULE: dict[str, dict[str, Any]] = {
    "json": {
        "method": "PUT",
        "json_property.phones.0": "{{lead.phone_1}}",
        "header.Authorization": "Bearer s3cr3t",
    },
    "form": {"form_field.email": ["{{lead.email}}", None], "encode_form_field_names": "true"},
    "query": {"parameter.age": 7, "basic_username": "ada", "basic_password": "s3cr3t"},
    "xml": {"xml_path.lead@id": "{{lead.id}}", "xml_path.lead.email": None, "fallback_price": 1.5},
}


def step_of(module: str, account: Account, **parts: Any) -> dict[str, Any]:
    entity = EntityFactory.create(account=account, name=f"The {module}", recipient="buyer")
    step = recipient_step(entity, **parts)
    mapped = {"url": "https://crm.example/leads", **OF_MODULE[module]}
    step["integration"] = {
        "module_id": f"leadconduit-custom.outbound.{module}",
        "mappings": [
            {"property": name, "value": value, "rule_set": RULE_SET} for name, value in mapped.items()
        ],
    }
    return step


@pytest.fixture
def full(acme: Account) -> Flow:
    """A flow with everything that there is, some of which was changed or is gone since."""
    seller = EntityFactory.create(account=acme, name="Leads Inc", time_zone="America/Chicago")
    plain, hidden = EntityFactory.create(account=acme), EntityFactory.create(account=acme)
    crm = DestinationFactory.create(account=acme, actions=["Contacts", "Deals", "Notes"])
    paused = DestinationFactory.create(account=acme)
    roof_age = CustomField.make(account=acme, name="Roof age", type="number", by=None)
    mappings = [
        {"property": "state", "value": "{{lead.st}}", "rule_set": RULE_SET},
        {"property": "email", "value": ["{{lead.mail}}", None]},
        {"property": "age", "value": 7},
        {"property": "city", "value": None},
    ]
    inbound = {"module_id": "leadconduit-default.inbound", "mappings": mappings}
    flow = FlowFactory.create(
        account=acme,
        enabled=False,
        fields=["email", "state", roof_age.field_id, "shoe_size"],
        acceptance_criteria=CRITERIA,
        sources=[
            source_of(
                seller, integration=inbound, acceptance_criteria=CRITERIA, authentication_required=True
            ),
            source_of(plain) | {"entity": {"id": plain.pk, "time_zone": "Europe/Berlin"}},
            source_of(hidden, enabled=False),
        ],
        steps=[
            *(filter_step(outcome=outcome, rule_set=RULE_SET) for outcome in ("success", "failure", "error")),
            filter_step(description="d", notes="n", reason="{{lead.state}}", enabled=False),
            step_of("json", acme, rule_set=RULE_SET, description="d", notes="n"),
            step_of("form", acme, enabled=False),
            step_of("query", acme),
            step_of("xml", acme),
        ],
        destinations=[
            use_of(crm)
            | {
                "actions": [
                    *use_of(crm, "deals", rule_set=RULE_SET, independent=True)["actions"],
                    *use_of(crm, "contacts", enabled=False)["actions"],
                ]
            },
            use_of(paused),
        ],
        deployed=True,
    )
    Destination.objects.filter(pk=paused.pk).update(paused_at=timezone.now())
    Entity.objects.filter(account=acme, name="The form").update(name="***", recipient=None)
    Entity.objects.filter(pk=plain.pk).update(name="Renamed", time_zone="Asia/Tokyo")
    roof_age.discard(by=None)
    return flow


def without_ids(value: Any) -> Any:
    """Without the ids inside the flow, which are ours to make."""
    if isinstance(value, list):
        return [without_ids(item) for item in value]
    if isinstance(value, dict):
        return {key: without_ids(item) for key, item in value.items() if key != "id" or len(item) != 6}
    return value


def test_the_flow_uses_every_module_and_every_operator(api: ApiClient, full: Flow) -> None:
    steps = api.get(f"/flows/{full.pk}").json()["steps"]

    assert {step["integration"]["module_id"] for step in steps if step["type"] == "recipient"} == set(MODULES)
    assert set(RIGHT) == set(BINARY)


@pytest.mark.parametrize("keep_ids", [True, False], ids=["as it is", "without its ids"])
def test_writing_what_was_read_changes_nothing(api: ApiClient, full: Flow, *, keep_ids: bool) -> None:
    path = f"/flows/{full.pk}"
    read, changelogs = api.get(path), api.get(f"{path}/changelogs")
    rows = [list(model.objects.order_by("pk").values()) for model in (Flow, FlowRevision, AuditEvent)]
    body = read.json()
    if not keep_ids:
        # Steps keep theirs: a credential, which is not shown, is known by its step.
        body = body | {part: without_ids(body[part]) for part in PARTS}

    for _ in range(2):
        written = api.put(path, body)

        assert (written.status_code, written.json()) == (200, read.json())
        assert written.headers["ETag"] == read.headers["ETag"]
    assert api.put(path, body, headers={"If-Match": read.headers["ETag"]}).status_code == 200
    assert api.get(path).content == read.content
    assert api.get(f"{path}/changelogs").headers["ETag"] == changelogs.headers["ETag"]
    assert [list(model.objects.order_by("pk").values()) for model in (Flow, FlowRevision, AuditEvent)] == rows


def test_a_copy_is_the_same_but_for_what_is_its_own(api: ApiClient, full: Flow) -> None:
    """A credential is not shown, so a copy needs it anew; a field that is gone was of the first flow alone."""
    read = api.get(f"/flows/{full.pk}").json()
    steps = [step for step in read["steps"] if step["type"] == "filter"]

    copy = api.post("/flows", {**read, "id": None, "steps": steps})

    assert copy.status_code == 201
    own = ("id", "created_at", "updated_at", "steps")
    assert {key: item for key, item in copy.json().items() if key not in own} == {
        key: item for key, item in read.items() if key not in own
    }
