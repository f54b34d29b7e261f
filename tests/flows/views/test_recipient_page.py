"""A recipient step in the browser, without a script: who is asked, what is sent, how the answer is read."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from flows.models import Entity, Flow
from leadconduit.accounts.models import Account, User
from tests.factories import EntityFactory, FlowFactory, recipient_step
from tests.pages import fields_of

FORM = "leadconduit-custom.outbound.form"


@pytest.fixture
def visitor(adam: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(adam)


@pytest.fixture
def crm(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="Acme CRM", source=None, recipient="crm")


@pytest.fixture
def flow(acme: Account) -> Flow:
    return FlowFactory.create(account=acme, name="Solar")


def saved(flow: Flow) -> list[dict[str, Any]]:
    fresh = Flow.objects.select_related("saved").get(pk=flow.pk)
    assert fresh.saved is not None
    steps: list[dict[str, Any]] = fresh.saved.document["steps"]
    return steps


def new(flow: Flow) -> str:
    return f"/app/flows/{flow.pk}/steps/new/recipient/"


def address(flow: Flow) -> str:
    return f"/app/flows/{flow.pk}/steps/{saved(flow)[0]['id']}/"


def shown(visitor: Client, path: str) -> dict[str, Any]:
    return dict(fields_of(visitor.get(path).content.decode()))


def pressed(visitor: Client, path: str, fields: dict[str, Any], what: str) -> dict[str, Any]:
    answer = visitor.post(path, fields | {"m-press": what})
    assert answer.status_code == 200
    return dict(fields_of(answer.content.decode()))


def at(fields: dict[str, Any], family: str, place: int = 0) -> str:
    """The prefix of a field or a row."""
    found = [name for name, value in fields.items() if name.endswith("-family") and value == [family]]
    return found[place].removesuffix("-family")


def test_a_recipient_is_added_with_a_new_entity(visitor: Client, flow: Flow) -> None:
    fields = pressed(visitor, new(flow), shown(visitor, new(flow)), "add json_property.*")
    row = at(fields, "json_property.*")
    fields |= {
        "name": "My CRM",
        f"{at(fields, 'url')}-value": "https://crm.example/check",
        f"{row}-name": "email",
        f"{row}-value": "{{lead.email}}",
    }

    answer = visitor.post(new(flow), fields)

    [step] = saved(flow)
    assert answer.status_code == 302
    assert (step["type"], step["key"], step["enabled"], step["rule_set"]) == (
        "recipient",
        "my_crm",
        True,
        None,
    )
    assert {one["property"]: one["value"] for one in step["integration"]["mappings"]} == {
        "url": "https://crm.example/check",
        "json_property.email": "{{lead.email}}",
    }
    assert Entity.objects.get(name="My CRM").recipient == "other"
    assert "My CRM is asked" in " ".join(visitor.get(f"/app/flows/{flow.pk}/steps/").content.decode().split())


def test_what_is_shown_saves_as_the_same(visitor: Client, acme: Account, crm: Entity) -> None:
    rules = {"op": "or", "rules": [{"lhv": "lead.email", "op": "is not blank"}]}
    step = recipient_step(
        crm,
        description="Check",
        rule_set=rules,
        mapped={
            "capture.id": "id=(\\d+)",
            "header.X-Two": ["a", "b"],
            "header.Authorization": "Bearer s3cret",
            "basic_username": "ada",
            "basic_password": "pa55",
            "timeout_seconds": 5,
            "method": "PUT",
            "reason_path": None,
            "json_property.note": "one\ntwo",
        },
    )
    step["integration"]["mappings"].append(
        {"property": "url", "value": "https://b.example", "rule_set": rules}
    )
    flow = FlowFactory.create(account=acme, steps=[step])
    before = saved(flow)

    page = visitor.get(address(flow)).content.decode()
    answer = visitor.post(address(flow), fields_of(page))

    assert answer.status_code == 302
    assert saved(flow) == before
    assert "s3cret" not in page
    assert "pa55" not in page
    assert "sealed" not in page


def test_a_credential_is_replaced_and_goes_with_its_user(visitor: Client, acme: Account, crm: Entity) -> None:
    step = recipient_step(crm, mapped={"basic_username": "ada", "basic_password": "old"})
    flow = FlowFactory.create(account=acme, steps=[step])
    before = {one["property"]: one for one in saved(flow)[0]["integration"]["mappings"]}

    fields = shown(visitor, address(flow))
    visitor.post(address(flow), fields | {f"{at(fields, 'basic_password')}-value": "new"})
    after = {one["property"]: one for one in saved(flow)[0]["integration"]["mappings"]}
    assert after["basic_password"]["sealed"] != before["basic_password"]["sealed"]

    visitor.post(address(flow), fields | {f"{at(fields, 'basic_username')}-value": ""})
    assert {one["property"] for one in saved(flow)[0]["integration"]["mappings"]} == {
        "url",
        "json_property.email",
    }


def test_at_another_address_credentials_are_asked_for_again(
    visitor: Client, acme: Account, crm: Entity
) -> None:
    mapped = {"basic_username": "ada", "basic_password": "open sesame", "json_property.token": "t-4711"}
    flow = FlowFactory.create(account=acme, steps=[recipient_step(crm, mapped=mapped)])
    before, fields = saved(flow), shown(visitor, address(flow))
    places = [at(fields, "basic_password"), at(fields, "json_property.*", 1)]
    url = f"{at(fields, 'url')}-value"

    answer = visitor.post(address(flow), fields | {url: "https://mine.example/leads"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert saved(flow) == before
    for place in places:
        assert f'id="{place}-value_error"' in page
        assert f'href="#{place}-value"' in page
    assert page.count("since the address changed") == 4  # at its place, and above
    assert "leave empty to keep it" not in page
    assert "Leave this empty" not in page

    fields = dict(fields_of(page))
    visitor.post(address(flow), fields | {url: "https://crm.example/leads"})
    assert saved(flow) == before

    visitor.post(address(flow), fields | {f"{place}-value": "new" for place in places})
    after = {one["property"]: one for one in saved(flow)[0]["integration"]["mappings"]}
    assert after["url"]["value"] == "https://mine.example/leads"
    assert {"sealed"} == {"sealed"} & after["basic_password"].keys() & after["json_property.token"].keys()


def test_credentials_in_what_is_sent_are_never_shown_again(
    visitor: Client, acme: Account, crm: Entity
) -> None:
    url = "https://crm.example/leads?api_key=u-4711&a=1"
    mapped = {"json_property.token": "t-4711", "json_property.session_token": "{{lead.token}}"}
    flow = FlowFactory.create(account=acme, steps=[recipient_step(crm, url, mapped=mapped)])
    before = saved(flow)

    page = visitor.get(address(flow)).content.decode()
    fields = dict(fields_of(page))
    answer = visitor.post(address(flow), fields)

    assert answer.status_code == 302
    assert saved(flow) == before
    assert "4711" not in page
    assert fields[f"{at(fields, 'url')}-value"] == ["https://crm.example/leads?api_key=********&a=1"]
    assert fields[f"{at(fields, 'json_property.*', 2)}-value"] == ["{{lead.token}}"]

    row = f"{at(fields, 'json_property.*', 1)}-value"
    changed = {
        row: "{{lead.other}}",
        f"{at(fields, 'url')}-value": "https://crm.example/new?api_key=********",
    }
    visitor.post(address(flow), fields | changed)
    after = {one["property"]: one for one in saved(flow)[0]["integration"]["mappings"]}
    assert after["json_property.token"]["value"] == "{{lead.other}}"
    assert after["url"]["value"] == "https://crm.example/new?api_key=********"
    assert after["url"]["sealed"] == before[0]["integration"]["mappings"][0]["sealed"]


@pytest.mark.parametrize(
    ("family", "part", "value", "said"),
    [
        ("url", "value", "", "A mapping of `url` is required."),
        ("timeout_seconds", "value", "900", "This must be a number of seconds from 1 to 360."),
        ("json_property.*", "value", "{{lead.email", "lead.email"),
        ("header.*", "name", "X Two", "header"),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_nothing_is_saved(
    visitor: Client, acme: Account, crm: Entity, family: str, part: str, value: str, said: str
) -> None:
    step = recipient_step(crm, mapped={"header.X-One": "1"})
    flow = FlowFactory.create(account=acme, steps=[step])
    before, fields = saved(flow), shown(visitor, address(flow))
    place = f"{at(fields, family)}-{part}"

    answer = visitor.post(address(flow), fields | {place: value})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{place}_error"' in page
    assert f'href="#{place}"' in page
    assert said in page
    assert saved(flow) == before


def test_a_name_that_cannot_be_a_key_makes_no_entity(visitor: Client, flow: Flow) -> None:
    fields = shown(visitor, new(flow))

    answer = visitor.post(
        new(flow), fields | {"name": "Lead", f"{at(fields, 'url')}-value": "https://a.example"}
    )

    assert answer.status_code == 422
    assert "would take the place of" in answer.content.decode()
    assert not Entity.objects.filter(name="Lead").exists()


def test_another_module_shows_its_own_fields_and_loses_nothing(
    visitor: Client, acme: Account, crm: Entity
) -> None:
    flow = FlowFactory.create(account=acme, steps=[recipient_step(crm)])
    fields = shown(visitor, address(flow)) | {"module_id": FORM}

    fields = pressed(visitor, address(flow), fields, "module")

    assert fields[f"{at(fields, '*')}-name"] == ["json_property.email"]
    assert fields[f"{at(fields, 'url')}-value"] == ["https://crm.example/leads"]
    refused = visitor.post(address(flow), fields)
    assert "is not a property of" in refused.content.decode()
    fields = pressed(visitor, address(flow), fields, f"drop {at(fields, '*').removeprefix('m-')}")
    assert visitor.post(address(flow), fields).status_code == 302
    assert saved(flow)[0]["integration"]["module_id"] == FORM


def test_another_module_and_back_puts_everything_where_it_was(
    visitor: Client, acme: Account, crm: Entity
) -> None:
    rules = {"op": "and", "rules": [{"lhv": "lead.email", "op": "is not blank"}]}
    step = recipient_step(
        crm, mapped={"method": "PUT", "json_property.a.b": "1", "json_property.token": "t-1"}
    )
    step["integration"]["mappings"] += [
        {"property": "json_property.when", "value": "2", "rule_set": rules},
        {"property": "method", "value": "PATCH", "rule_set": rules},
    ]
    flow = FlowFactory.create(account=acme, steps=[step])
    before, fields = saved(flow), shown(visitor, address(flow))

    away = pressed(visitor, address(flow), fields | {"module_id": FORM}, "module")
    back = pressed(
        visitor, address(flow), away | {"module_id": before[0]["integration"]["module_id"]}, "module"
    )

    assert [name for name, value in back.items() if name.endswith("-family") and value == ["*"]] == [
        f"{at(fields, '*')}-family"
    ], "only the method that depends on the lead"
    assert back[f"{at(back, 'method')}-value"] == ["PUT"]
    assert visitor.post(address(flow), back).status_code == 302
    assert saved(flow) == before


@pytest.mark.parametrize(
    ("family", "sentence"),
    [
        ("json_property.*", "Give the property a name."),
        ("header.*", "Give the header a name."),
        ("*", "Give the property a name."),
    ],
)
def test_a_row_without_a_name_is_asked_for_one(
    visitor: Client, acme: Account, crm: Entity, family: str, sentence: str
) -> None:
    flow = FlowFactory.create(account=acme, steps=[recipient_step(crm, mapped={"header.X-One": "1"})])
    fields = pressed(visitor, address(flow), shown(visitor, address(flow)), f"add {family}")
    row = at(fields, family, -1)

    answer = visitor.post(address(flow), fields | {f"{row}-name": "", f"{row}-value": "a"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{row}-name_error">{sentence}</p>' in page
    assert f'href="#{row}-name"' in page
    assert "is not a property of" not in page
    assert "json_property.:" not in page


@pytest.mark.parametrize(
    ("mapped", "any_answer"),
    [
        ({}, True),
        ({"outcome_search_term": " "}, True),
        ({"outcome_search_path": "status"}, True),
        ({"outcome_search_term": "accepted"}, False),
    ],
)
def test_a_step_that_searches_for_nothing_says_what_that_lets_pass(
    visitor: Client, acme: Account, crm: Entity, mapped: dict[str, str], any_answer: bool
) -> None:
    flow = FlowFactory.create(account=acme, steps=[recipient_step(crm, mapped=mapped)])
    said = "Every answer below 500 lets the lead pass"

    assert (said in visitor.get(address(flow)).content.decode()) is any_answer
    assert (said in visitor.get(f"/app/flows/{flow.pk}/steps/").content.decode()) is any_answer
    assert said not in visitor.get(new(flow)).content.decode()


def test_a_row_has_a_condition_of_its_own(visitor: Client, acme: Account, crm: Entity) -> None:
    flow = FlowFactory.create(account=acme, steps=[recipient_step(crm)])
    fields = shown(visitor, address(flow))
    row = at(fields, "json_property.*")

    page = visitor.post(address(flow), fields | {f"{row}-rules-press": "add-rule"}).content.decode()
    fields = dict(fields_of(page)) | {f"{row}-rules-0-lhv": "lead.email", f"{row}-rules-0-op": "is not blank"}
    visitor.post(address(flow), fields)

    [mapping] = [one for one in saved(flow)[0]["integration"]["mappings"] if "rule_set" in one]
    assert mapping["property"] == "json_property.email"


def test_rules_may_name_what_earlier_recipients_answered_and_no_later_ones(
    visitor: Client, acme: Account, crm: Entity
) -> None:
    rules = {"op": "and", "rules": [{"lhv": "acme_crm.score", "op": "is equal to", "rhv": "1"}]}
    other = EntityFactory.create(account=acme, name="Other", source=None, recipient="crm")
    flow = FlowFactory.create(
        account=acme,
        steps=[
            recipient_step(other, rule_set=rules),
            recipient_step(crm),
            recipient_step(other, rule_set=rules),
        ],
    )
    first, _, last = (
        visitor.get(f"/app/flows/{flow.pk}/steps/{step['id']}/").content.decode() for step in saved(flow)
    )

    assert "`acme_crm.score` is blank here: step 2, which appends it, comes later." in first
    assert "blank here" not in last


def test_the_page_costs_the_same_queries_however_many_recipients(
    visitor: Client, acme: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asked = [
        EntityFactory.create(account=acme, name=f"CRM {n}", source=None, recipient="crm") for n in range(4)
    ]
    flow = FlowFactory.create(account=acme, steps=[recipient_step(one) for one in asked])

    step = address(flow)

    with django_assert_num_queries(5):
        visitor.get(step)
    with django_assert_num_queries(5):
        visitor.get(f"/app/flows/{flow.pk}/steps/")
