"""Acceptance criteria and a source's settings in the browser, without a script."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from flows import intake
from flows.models import Entity, Flow
from leadconduit.accounts.models import Account, User
from tests.factories import EntityFactory, FlowFactory, source_of
from tests.pages import fields_of

RULES = {"op": "and", "rules": [{"lhv": "lead.email", "op": "is not blank"}]}
CRITERIA = {"rule_set": RULES, "outcome": "error", "reason": "No {{lead.email}}"}
POSTED = {
    "rules": ["rule"],
    "rules-op": "and",
    "rules-0-lhv": "lead.email",
    "rules-0-op": "is equal to",
    "rules-0-rhv": "a@x.co",
    "outcome": "error",
    "reason": "Not wanted",
}


@pytest.fixture
def visitor(adam: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(adam)


@pytest.fixture
def entity(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="Website")


def document(flow: Flow) -> dict[str, Any]:
    fresh = Flow.objects.select_related("saved").get(pk=flow.pk)
    assert fresh.saved is not None
    return dict(fresh.saved.document)


def criteria(flow: Flow) -> str:
    return f"/app/flows/{flow.pk}/criteria/"


def settings(flow: Flow, entity: Entity) -> str:
    return f"/app/flows/{flow.pk}/sources/{entity.pk}/settings/"


def test_criteria_of_a_flow_are_set_shown_and_taken_away(visitor: Client, acme: Account) -> None:
    flow = FlowFactory.create(account=acme)

    visitor.post(criteria(flow), POSTED)
    saved = document(flow)["acceptance_criteria"]
    assert (saved["outcome"], saved["reason"], saved["rule_set"]["rules"][0]["rhv"]) == (
        "error",
        "Not wanted",
        "a@x.co",
    )
    assert "A lead is accepted when" in visitor.get(f"/app/flows/{flow.pk}/steps/").content.decode()

    visitor.post(criteria(flow), {"outcome": "error", "reason": ""})
    assert document(flow)["acceptance_criteria"] is None


def test_a_reason_that_is_no_template_is_refused_at_its_place(visitor: Client, acme: Account) -> None:
    flow = FlowFactory.create(account=acme)

    answer = visitor.post(criteria(flow), POSTED | {"reason": "{{lead.email"})

    assert answer.status_code == 422
    assert 'id="id_reason_error"' in answer.content.decode()
    assert document(flow)["acceptance_criteria"] is None


def test_what_is_shown_saves_as_the_same(visitor: Client, acme: Account, entity: Entity) -> None:
    mappings = [
        {"property": "lead.email", "value": "{{lead.mail}}", "rule_set": RULES},
        {"property": "state", "value": None},
        {"property": "tags", "value": ["a", "{{lead.tag}}", None]},
        {"property": "company.size", "value": 5},
        {"property": "note", "value": ""},
    ]
    integration = {"module_id": "leadconduit-default.inbound", "mappings": mappings}
    source = source_of(
        entity,
        integration=integration,
        acceptance_criteria=CRITERIA,
        enabled=False,
        authentication_required=True,
    )
    flow = FlowFactory.create(account=acme, sources=[source], acceptance_criteria=CRITERIA)
    before = document(flow)

    for path in (settings(flow, entity), criteria(flow)):
        answer = visitor.post(path, fields_of(visitor.get(path).content.decode()))
        assert answer.status_code == 302

    assert document(flow) == before


def test_a_source_gets_a_mapping_criteria_and_a_switch(
    visitor: Client, acme: Account, entity: Entity
) -> None:
    flow = FlowFactory.create(account=acme, sources=[source_of(entity)])
    page = visitor.post(
        settings(flow, entity), POSTED | {"m-press": "add *", "enabled": "on"}
    ).content.decode()
    fields = dict(fields_of(page)) | {"m-0-name": "email", "m-0-value": "{{lead.mail}}"}
    assert fields["enabled"] == ["on"]
    assert "authentication_required" not in fields

    visitor.post(settings(flow, entity), fields)

    [source] = document(flow)["sources"]
    assert (source["enabled"], source["authentication_required"]) == (True, False)
    assert source["acceptance_criteria"]["reason"] == "Not wanted"
    [mapping] = source["integration"]["mappings"]
    assert (mapping["property"], mapping["value"]) == ("email", "{{lead.mail}}")


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [("name", "a b", "is no name"), ("value", "{{a b", "{{"), ("name", "", "required")],
)
def test_what_is_wrong_with_a_mapping_is_said_at_its_place(
    visitor: Client, acme: Account, entity: Entity, part: str, value: str, said: str
) -> None:
    flow = FlowFactory.create(account=acme, sources=[source_of(entity)])
    fields = {
        "m": "0",
        "m-0-family": "*",
        "m-0-name": "email",
        "m-0-value": "{{lead.mail}}",
        "outcome": "failure",
    }

    answer = visitor.post(settings(flow, entity), fields | {f"m-0-{part}": value})

    assert answer.status_code == 422
    assert f'id="m-0-{part}_error"' in answer.content.decode()
    assert said in answer.content.decode()


def test_rules_are_tried_on_the_newest_lead_one_of_them_or_values(visitor: Client, acme: Account) -> None:
    flow = FlowFactory.create(account=acme)

    def tried(sample: str) -> str:
        return visitor.post(
            criteria(flow), POSTED | {"rules-press": "try", "rules-sample": sample}
        ).content.decode()

    assert "There is no lead yet" in tried("")
    assert "No lead has this id" in tried("nobody@x.co")
    assert "This is no JSON" in tried("{a}")
    assert "Write an object" in tried("[1]")
    assert "It is “b@x.co”." in tried('{"email": "b@x.co"}')
    assert "It is “a@x.co”." in tried('{"lead": {"email": "A@x.co"}, "source": {"name": "Web"}}')
    assert document(flow)["acceptance_criteria"] is None


def test_rules_are_tried_on_a_lead_that_came_in(visitor: Client, acme: Account, entity: Entity) -> None:
    flow = FlowFactory.create(account=acme, sources=[source_of(entity)], deployed=True)
    found = intake.find(flow_id=flow.pk, entity_id=entity.pk)
    assert found
    lead = intake.submit(found, {"email": "ada@x.co"}, ip="127.0.0.1", now=timezone.now())

    for sample in ("", "ada@x.co", lead.pk):
        page = visitor.post(criteria(flow), POSTED | {"rules-press": "try", "rules-sample": sample})
        assert f"Lead {lead.pk}, ada@x.co" in page.content.decode()
        assert "It is “ada@x.co”." in page.content.decode()


def test_the_pages_cost_the_same_queries_however_many_sources(
    visitor: Client, acme: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    entities = [EntityFactory.create(account=acme) for _ in range(4)]
    flow = FlowFactory.create(account=acme, sources=[source_of(one) for one in entities])

    with django_assert_num_queries(5):
        visitor.get(settings(flow, entities[0]))
    with django_assert_num_queries(4):
        visitor.get(criteria(flow))
