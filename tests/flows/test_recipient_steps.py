"""What a recipient step and acceptance criteria may be, what is kept of them, and what the API shows."""

from typing import Any

import orjson
import pytest

from flows import definition, editing
from flows.definition import Document, InvalidFlow
from flows.models import Entity, Flow, FlowRevision
from flows.recipients import sealing
from flows.recipients.keys import step_key
from flows.recipients.modules import XML
from flows.recipients.properties import name_problem
from leadconduit.accounts.models import Account
from leadconduit.lib.encryption import DecryptionError
from tests.cast import ApiClient
from tests.factories import (
    NOON,
    EntityFactory,
    FlowFactory,
    filter_step,
    flow_body,
    recipient_step,
    source_of,
)

RULES = {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}]}
SECRETS = {"basic_username": "acme", "basic_password": "open sesame", "header.X-Api-Key": "k-123456"}


@pytest.fixture
def crm(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="My CRM", source=None, recipient="crm")


def read(acme: Account, step: dict[str, Any], before: Document | None = None) -> Any:
    return definition.read(flow_body(steps=[step]), account=acme, before=before)["steps"][0]


def errors(acme: Account, *steps: dict[str, Any], **parts: Any) -> dict[str, str]:
    with pytest.raises(InvalidFlow) as refusal:
        definition.read(flow_body(steps=list(steps), **parts), account=acme)
    return refusal.value.errors


# --- What is kept


def test_a_recipient_step_becomes_a_document(acme: Account, crm: Entity) -> None:
    step = read(acme, recipient_step(crm, description="Ask the CRM"))

    mappings = step["integration"]["mappings"]
    assert step == {
        "type": "recipient",
        "id": step["id"],
        "description": "Ask the CRM",
        "notes": "",
        "entity": {"id": crm.pk},
        "key": "my_crm",
        "integration": {
            "module_id": "leadconduit-custom.outbound.json",
            "mappings": [
                {"id": mappings[0]["id"], "property": "url", "value": "https://crm.example/leads"},
                {"id": mappings[1]["id"], "property": "json_property.email", "value": "{{lead.email}}"},
            ],
        },
        "rule_set": None,
        "enabled": True,
    }


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("My CRM", "my_crm"),
        ("Follow-Up Boss", "followup_boss"),
        ("A & B  Co.", "a_b_co"),
        (" Büro\t7 ", "bro_7"),
        ("snake_case", "snake_case"),
    ],
)
def test_a_steps_key_is_made_of_its_entitys_name(name: str, key: str) -> None:
    assert step_key(name) == key


def test_a_step_keeps_its_key_when_its_entity_is_renamed(acme: Account, crm: Entity) -> None:
    before = definition.read(flow_body(steps=[recipient_step(crm, id="abc123")]), account=acme)
    Entity.objects.filter(pk=crm.pk).update(name="Another name", recipient=None)

    assert read(acme, recipient_step(crm, id="abc123"), before)["key"] == "my_crm"


def test_credentials_are_sealed_for_the_account(acme: Account, sam_account: Account, crm: Entity) -> None:
    step = read(acme, recipient_step(crm, mapped=SECRETS))

    assert b"sesame" not in orjson.dumps(step)
    assert b"k-123456" not in orjson.dumps(step)
    sealed = {one["property"]: one.get("sealed") for one in step["integration"]["mappings"]}
    assert sealing.unseal(sealed["basic_password"], account_id=acme.pk) == "open sesame"
    with pytest.raises(DecryptionError):
        sealing.unseal(sealed["basic_password"], account_id=sam_account.pk)
    assert sealed["basic_username"] is None


def test_a_credential_that_is_a_number_is_sealed(acme: Account, crm: Entity) -> None:
    step = read(acme, recipient_step(crm, mapped={"header.X-Api-Key": 4815162342}))

    sealed = step["integration"]["mappings"][-1]["sealed"]
    assert sealing.unseal(sealed, account_id=acme.pk) == "4815162342"
    assert b"4815162342" not in orjson.dumps(step)


def test_a_list_is_no_credential(acme: Account, crm: Entity) -> None:
    found = errors(acme, recipient_step(crm, mapped={"header.X-Api-Key": ["k-123456"]}))

    assert found == {"steps.0.integration.mappings.2.value": "A credential is one value, not a list."}


@pytest.mark.parametrize(
    ("header", "is_secret"),
    [
        ("Authorization", True),
        ("X-Api-Key", True),
        ("apikey", True),
        ("AuthToken", True),
        ("accessToken", True),
        ("X-ClientSecret", True),
        ("clientsecret", True),
        ("X-Session-Id", True),
        ("X-Pwd", True),
        ("X-Authentication", True),
        ("Authentication", True),
        ("Bearer", True),
        ("X-Pass", True),
        ("X-Userpass", True),
        ("Api-Passcode", True),
        ("X-Otp", True),
        ("X-Pin", True),
        ("X-Access-Code", True),
        ("X-Authz", True),
        ("X-HMAC", True),
        ("X-Sig", True),
        ("OAuth", True),
        ("OAuth2", True),
        ("apikey2", True),
        ("X-API-Key2", True),
        ("JSESSIONID", True),
        ("Sid", True),
        ("X-Shared", True),
        ("X-Shared-Secret", True),
        ("X-Pass-Through", False),
        ("X-Shipping", False),
        ("Side", False),
        ("X-Signed-In", False),
        ("Author", False),
        ("X-Client-Id", False),
        ("Keywords", False),
        ("Accept", False),
    ],
)
def test_headers_that_are_called_like_a_credential_are_one(header: str, is_secret: bool) -> None:
    assert sealing.is_secret(f"header.{header}") == is_secret


@pytest.fixture
def sam_account() -> Account:
    return Account.objects.create(name="Sam's")


@pytest.mark.parametrize("gives_ids", [True, False])
def test_a_masked_credential_keeps_the_one_that_is_there(acme: Account, crm: Entity, gives_ids: bool) -> None:
    before = definition.read(flow_body(steps=[recipient_step(crm, mapped=SECRETS)]), account=acme)
    kept = before["steps"][0]
    step = sealing.shown_step(kept) | {"description": "Changed"}
    if not gives_ids:
        for mapping in step["integration"]["mappings"]:
            mapping.pop("id", None)

    changed = read(acme, step, before)

    assert [m.get("sealed") for m in changed["integration"]["mappings"]] == [
        m.get("sealed") for m in kept["integration"]["mappings"]
    ]


def test_a_masked_credential_of_a_new_step_is_refused(acme: Account, crm: Entity) -> None:
    found = errors(acme, recipient_step(crm, mapped={"basic_password": "********"}))

    assert found == {
        "steps.0.integration.mappings.2.value": (
            "`********` stands for a credential that is kept, and here is none yet."
        )
    }


def test_a_credential_of_another_account_opens_nothing(
    acme: Account, sam_account: Account, crm: Entity
) -> None:
    step = recipient_step(crm)
    stolen = sealing.seal("theirs", account_id=sam_account.pk)
    step["integration"]["mappings"].append({"property": "basic_password", "sealed": stolen})

    assert "steps.0.integration.mappings.2.sealed" in errors(acme, step)


# --- What is refused


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("retry_enabled", {"retry_enabled": True}, "`retry_enabled` is not supported yet."),
    ("outcome", {"outcome": "failure"}, "`outcome` is not a property of a recipient step."),
    (
        "entity.id",
        {"entity": {"id": "f" * 24}},
        f"This account has no entity `{'f' * 24}`.",
    ),
    (
        "integration.module_id",
        {"integration": {"module_id": "leadconduit-custom.outbound.soap", "mappings": []}},
        (
            "The module `leadconduit-custom.outbound.soap` is not supported: use one of "
            "`leadconduit-custom.outbound.json`, `leadconduit-custom.outbound.form`, "
            "`leadconduit-custom.outbound.query`, `leadconduit-custom.outbound.xml`."
        ),
    ),
    (
        "integration.mappings",
        {"integration": {"module_id": "leadconduit-custom.outbound.form"}},
        "A mapping of `url` is required.",
    ),
    (
        "rule_set.op",
        {"rule_set": {"op": "xor", "rules": RULES["rules"]}},
        "A rule set's `op` is `and` or `or`.",
    ),
]


@pytest.mark.parametrize(("path", "parts", "sentence"), WRONG)
def test_a_mistake_in_a_recipient_step_is_named_by_its_path(
    acme: Account, crm: Entity, path: str, parts: dict[str, Any], sentence: str
) -> None:
    assert errors(acme, recipient_step(crm, **parts))[f"steps.0.{path}"] == sentence


MAPPED: list[tuple[str, Any, str, str]] = [
    (
        "form_field.x",
        "1",
        "property",
        "`form_field.x` is not a property of `leadconduit-custom.outbound.json`.",
    ),
    ("credential_id", "1", "property", "`credential_id` is not supported yet."),
    ("header.Content-Length", "1", "property", ""),
    ("header.a b", "1", "property", ""),
    ("header.X-A", "a\nb", "value", ""),
    ("url", "ftp://crm.example", "value", "The URL must begin with http:// or https://."),
    ("url", "", "value", "This is required."),
    ("method", "GET", "value", "This must be one of `POST`, `PUT`, `DELETE`, `PATCH`."),
    ("timeout_seconds", 0, "value", "This must be a number of seconds from 1 to 360."),
    ("timeout_seconds", "soon", "value", "This must be a number of seconds from 1 to 360."),
    ("fallback_price", "much", "value", "This must be a number."),
    ("send_ascii", "perhaps", "value", "This must be true or false."),
    ("outcome_on_match", "skip", "value", "This must be one of `success`, `failure`, `error`."),
    ("outcome_on_match", "{{lead.x}}", "value", "This must be one of `success`, `failure`, `error`."),
    ("outcome_search_term", "(x", "value", ""),
    ("outcome_search_term", "(x {{lead.a}}", "value", ""),
    ("response_content_type_override", "{{lead.a}}", "value", "This takes no variables"),
    ("capture.a", "/x/m", "value", "The flag `m` of a pattern is not supported."),
    ("reason_path", "/r[position()<2]", "value", ""),
    ("basic_username", ["a"], "value", "This takes one value, not a list."),
    ("json_property.a", "{{lead.email", "value", ""),
    ("json_property.a", {"a": 1}, "value", "This must be a text."),
    ("json_property.a", [7], "value.0", "This must be a text."),
]


@pytest.mark.parametrize(("name", "value", "key", "sentence"), MAPPED)
def test_a_mistake_in_a_mapping_is_named_by_its_path(
    acme: Account, crm: Entity, name: str, value: Any, key: str, sentence: str
) -> None:
    step = recipient_step(crm)
    step["integration"]["mappings"].append({"property": name, "value": value})

    found = errors(acme, step)

    assert list(found) == [f"steps.0.integration.mappings.2.{key}"]
    assert sentence in found[f"steps.0.integration.mappings.2.{key}"]


@pytest.mark.parametrize("path", ["r.0.a", "0.a", "r.a b", "r@", "r.<x>"])
def test_a_path_that_xml_cannot_have_is_refused(acme: Account, crm: Entity, path: str) -> None:
    step = recipient_step(crm)
    step["integration"] = {
        "module_id": "leadconduit-custom.outbound.xml",
        "mappings": [
            {"property": "url", "value": "https://crm.example"},
            {"property": f"xml_path.{path}", "value": "1"},
        ],
    }

    assert list(errors(acme, step)) == ["steps.0.integration.mappings.1.property"]


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("lead.@id", "lead@id"),
        ("lead.phone.0.@type", "lead.phone.0@type"),
        ("@id", "lead@id"),
        ("lead.@", "lead@id"),
    ],
)
def test_an_attribute_with_a_dot_before_it_hears_how_it_is_written(path: str, right: str) -> None:
    assert name_problem(XML, f"xml_path.{path}") == (
        f"An attribute stands right behind its element: write `{right}`."
    )
    assert not name_problem(XML, f"xml_path.{right}")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("{{lead.url}}", "url"),
        ("{{lead.x}}", "method"),
        ("/r/ok/text()", "reason_path"),
        ("div > b", "price_path"),
    ],
)
def test_what_only_a_lead_can_tell_is_taken(acme: Account, crm: Entity, value: str, name: str) -> None:
    assert read(acme, recipient_step(crm, mapped={name: value}))


@pytest.mark.parametrize("pattern", ["(?=a)(b)", "{{lead.x}}(b)"])
def test_patterns_that_may_be_slow_are_few(acme: Account, crm: Entity, pattern: str) -> None:
    step = recipient_step(crm, mapped={f"capture.c{number}": pattern for number in range(11)})

    assert list(errors(acme, step)) == ["steps.0.integration.mappings"]


def test_an_entity_must_be_a_recipient_with_a_name_that_makes_a_key(acme: Account) -> None:
    entities = [
        EntityFactory.create(account=acme, name="Seller"),
        EntityFactory.create(account=acme, name="Lead", recipient="crm"),
        EntityFactory.create(account=acme, name="日本", recipient="crm"),
    ]

    assert errors(acme, *(recipient_step(entity) for entity in entities)) == {
        "steps.0.entity.id": "`Seller` is no recipient: say what kind of recipient the entity is first.",
        "steps.1.entity.id": (
            "Answers of `Lead` would take the place of `lead` among the variables: rename the entity."
        ),
        "steps.2.entity.id": "`日本` has no letters or digits to name its answers by: rename the entity.",
    }


def test_acceptance_criteria_stand_on_a_flow_and_on_a_source(acme: Account) -> None:
    seller = EntityFactory.create(account=acme)
    criteria = {"rule_set": RULES, "reason": "Only {{lead.state}}"}

    document = definition.read(
        flow_body(
            acceptance_criteria={**criteria, "outcome": "error"},
            sources=[source_of(seller, acceptance_criteria=criteria)],
        ),
        account=acme,
    )

    assert document["acceptance_criteria"]["outcome"] == "error"
    assert document["sources"][0]["acceptance_criteria"]["outcome"] == "failure"


@pytest.mark.parametrize(
    ("path", "criteria"),
    [
        ("acceptance_criteria", "x"),
        ("acceptance_criteria.rule_set", {"outcome": "failure"}),
        ("acceptance_criteria.outcome", {"rule_set": RULES, "outcome": "stop"}),
        ("acceptance_criteria.reason", {"rule_set": RULES, "outcome": "failure", "reason": "{{"}),
        ("acceptance_criteria.enabled", {"rule_set": RULES, "outcome": "failure", "enabled": True}),
    ],
)
def test_a_mistake_in_acceptance_criteria_is_named_by_its_path(
    acme: Account, path: str, criteria: Any
) -> None:
    assert path in errors(acme, acceptance_criteria=criteria)


# --- Over the API


def test_what_is_read_and_written_back_changes_nothing(acme: Account, crm: Entity, api: ApiClient) -> None:
    seller = EntityFactory.create(account=acme)
    criteria = {"rule_set": RULES, "outcome": "failure", "reason": "Only {{lead.state}}"}
    flow = FlowFactory.create(
        account=acme,
        acceptance_criteria=criteria,
        sources=[source_of(seller, acceptance_criteria=criteria)],
        steps=[
            recipient_step(
                crm, mapped=SECRETS | {"json_property.list": ["{{lead.email}}", None], "fallback_price": 7}
            ),
            filter_step(),
            recipient_step(crm, rule_set=RULES, enabled=False),
        ],
    )

    answer = api.get(f"/flows/{flow.pk}").json()
    written = api.put(f"/flows/{flow.pk}", answer)

    assert written.status_code == 200, written.json()
    assert written.json() == answer
    assert FlowRevision.objects.filter(flow=flow).count() == 1
    step = answer["steps"][0]
    assert step["entity"] == {"id": crm.pk, "name": "My CRM"}
    assert {"key", "rule_set"}.isdisjoint(step)
    shown = {mapping["property"]: mapping["value"] for mapping in step["integration"]["mappings"]}
    assert (shown["basic_password"], shown["header.X-Api-Key"], shown["basic_username"]) == (
        "********",
        "********",
        "acme",
    )


def test_another_part_of_a_flow_changes_without_its_credentials(acme: Account, crm: Entity) -> None:
    flow: Flow = FlowFactory.create(account=acme, steps=[recipient_step(crm, mapped=SECRETS)])
    assert flow.saved
    steps = flow.saved.document["steps"]

    flow = editing.change(flow=flow, parts=lambda _: {"name": "Renamed"}, author=None, now=NOON)

    assert flow.saved
    assert flow.saved.document["steps"] == steps
