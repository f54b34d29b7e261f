"""The rows of mappings, of a source and of a recipient, put into another order without a script."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from flows.models import Entity, Flow
from leadconduit.accounts.models import Account, User
from tests.factories import EntityFactory, FlowFactory, recipient_step, source_of
from tests.pages import fields_of

RULES = {"op": "and", "rules": [{"lhv": "lead.email", "op": "is not blank"}]}


@pytest.fixture
def visitor(adam: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(adam)


@pytest.fixture
def website(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="Website")


@pytest.fixture
def crm(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="CRM", source=None, recipient="crm")


def saved(flow: Flow) -> dict[str, Any]:
    fresh = Flow.objects.select_related("saved").get(pk=flow.pk)
    assert fresh.saved is not None
    return dict(fresh.saved.document)


def of_source(acme: Account, website: Entity, *mappings: dict[str, Any]) -> tuple[Flow, str]:
    integration = {"module_id": "leadconduit-default.inbound", "mappings": list(mappings)}
    flow = FlowFactory.create(account=acme, sources=[source_of(website, integration=integration)])
    return flow, f"/app/flows/{flow.pk}/sources/{website.pk}/settings/"


def press(visitor: Client, path: str, fields: dict[str, Any], what: str) -> tuple[dict[str, Any], str]:
    answer = visitor.post(path, fields | {"m-press": what})
    assert answer.status_code == 200
    page = answer.content.decode()
    return dict(fields_of(page)), next((tag for tag in page.split("<") if "autofocus" in tag), "")


def mapped(mappings: list[dict[str, Any]]) -> list[tuple[str, object]]:
    return [(one["property"], one.get("value")) for one in mappings]


def test_a_mapping_of_a_source_is_moved_with_its_condition_and_its_id(
    visitor: Client, acme: Account, website: Entity
) -> None:
    flow, path = of_source(
        acme,
        website,
        {"property": "email", "value": "{{lead.mail}}", "rule_set": RULES},
        {"property": "tags", "value": ["a", None]},
        {"property": "email", "value": "{{lead.e_mail}}"},
    )
    first, tags, last = saved(flow)["sources"][0]["integration"]["mappings"]
    fields = dict(fields_of(visitor.get(path).content.decode()))

    fields, focused = press(visitor, path, fields, "down 0")
    assert 'value="down 1"' in focused
    fields, focused = press(visitor, path, fields, "down 1")
    assert 'value="up 2"' in focused
    visitor.post(path, fields)

    assert saved(flow)["sources"][0]["integration"]["mappings"] == [tags, last, first]


@pytest.mark.parametrize("what", ["up 0", "down 1", "up 7", "down", "up x", f"down {'9' * 5000}"])
def test_what_cannot_be_moved_stays(visitor: Client, acme: Account, website: Entity, what: str) -> None:
    mappings = [{"property": "a", "value": "1"}, {"property": "b", "value": "2"}]
    flow, path = of_source(acme, website, *mappings)
    fields = dict(fields_of(visitor.get(path).content.decode()))

    fields, _ = press(visitor, path, fields | {"m": [*fields["m"], "9" * 5000]}, what)
    visitor.post(path, fields)

    assert mapped(saved(flow)["sources"][0]["integration"]["mappings"]) == [("a", "1"), ("b", "2")]


def test_a_row_of_a_recipient_moves_among_those_of_its_kind(
    visitor: Client, acme: Account, crm: Entity
) -> None:
    step = recipient_step(
        crm, mapped={"json_property.a": "1", "header.X-One": "1", "header.Authorization": "Bearer s3cret"}
    )
    step["integration"]["mappings"].append({"property": "json_property.b", "value": "2"})
    flow = FlowFactory.create(account=acme, steps=[step])
    before = saved(flow)["steps"][0]["integration"]["mappings"]
    names = [one["property"] for one in before]
    path = f"/app/flows/{flow.pk}/steps/{saved(flow)['steps'][0]['id']}/"
    fields = dict(fields_of(visitor.get(path).content.decode()))

    fields, _ = press(visitor, path, fields, f"up {names.index('json_property.b')}")
    fields, _ = press(visitor, path, fields, f"down {names.index('header.X-One')}")
    assert visitor.post(path, fields).status_code == 302

    after = saved(flow)["steps"][0]["integration"]["mappings"]
    assert [one["property"] for one in after if one["property"].startswith("json_property.")] == [
        "json_property.email",
        "json_property.b",
        "json_property.a",
    ]
    assert [one["property"] for one in after if one["property"].startswith("header.")] == [
        "header.Authorization",
        "header.X-One",
    ]
    assert sorted(map(str, after)) == sorted(map(str, before))


def test_a_field_that_is_filled_in_later_wins_over_no_row(
    visitor: Client, acme: Account, crm: Entity
) -> None:
    step = recipient_step(crm)
    step["integration"]["mappings"].append({"property": "method", "value": "PUT", "rule_set": RULES})
    flow = FlowFactory.create(account=acme, steps=[step])
    path = f"/app/flows/{flow.pk}/steps/{saved(flow)['steps'][0]['id']}/"
    fields = dict(fields_of(visitor.get(path).content.decode()))
    of_method = next(name for name, value in fields.items() if value == ["method"] and "family" in name)

    visitor.post(path, fields | {of_method.replace("family", "value"): "PATCH"})

    methods = [
        one for one in saved(flow)["steps"][0]["integration"]["mappings"] if one["property"] == "method"
    ]
    assert [one["value"] for one in methods] == ["PATCH", "PUT"]
