"""A flow in the browser: made, changed part by part, deployed, deleted."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from flows import editing
from flows.models import Flow
from leadconduit.accounts.models import Account, CustomField, User
from tests.factories import EntityFactory, FlowFactory, filter_step, source_of
from tests.pages import fields_of


@pytest.fixture
def visitor(adam: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(adam)


@pytest.fixture
def flow(acme: Account) -> Flow:
    return FlowFactory.create(account=acme, name="Solar")


def saved(flow: Flow) -> dict[str, Any]:
    document = Flow.objects.select_related("saved").get(pk=flow.pk).saved.document  # type: ignore[union-attr]
    return dict(document)


def post(visitor: Client, flow: Flow, part: str, **fields: Any) -> Any:
    return visitor.post(f"/app/flows/{flow.pk}/{part}", fields)


def test_an_account_without_flows_is_told_what_to_do(visitor: Client) -> None:
    assert "No flows yet" in visitor.get("/app/flows/").content.decode()


def test_the_list_is_searched_by_name_and_answers_htmx_with_the_list_alone(
    visitor: Client, flow: Flow
) -> None:
    FlowFactory.create(account=flow.account, name="Roofing")

    page = visitor.get("/app/flows/", {"q": "sol"}, headers={"HX-Request": "true"}).content.decode()

    assert "Solar" in page
    assert "Roofing" not in page
    assert "<html" not in page


def test_a_flow_begins_with_a_name_and_the_usual_fields(visitor: Client) -> None:
    visitor.post("/app/flows/new/", {"name": "Solar"})

    flow = Flow.objects.get()
    assert (flow.name, flow.status) == ("Solar", "undeployed")
    assert "email" in saved(flow)["fields"]


def test_a_flow_without_a_name_is_not_made(visitor: Client) -> None:
    answer = visitor.post("/app/flows/new/", {"name": ""})

    assert answer.status_code == 422
    assert not Flow.objects.exists()


def test_settings_are_saved(visitor: Client, flow: Flow) -> None:
    post(visitor, flow, "", name="Solar 2")

    assert (saved(flow)["name"], saved(flow)["enabled"]) == ("Solar 2", False)


def test_fields_are_added_and_removed(visitor: Client, flow: Flow) -> None:
    post(visitor, flow, "fields/", add="state, company.name state")
    post(visitor, flow, "fields/", remove="email")

    assert saved(flow)["fields"] == ["state", "company.name"]


def test_what_is_no_field_id_is_refused_at_its_place(visitor: Client, flow: Flow) -> None:
    answer = post(visitor, flow, "fields/", add="not/a/field")

    assert answer.status_code == 422
    assert "no field id" in answer.content.decode()


@pytest.mark.parametrize(
    ("id", "says"),
    [
        ("zip", "There is no field `zip`; did you mean `postal_code`?"),
        ("emial", "There is no field `emial`; did you mean `email`?"),
        ("roof_aeg", "There is no field `roof_aeg`; did you mean `roof_age_acm`?"),
        ("company.nmae", "There is no field `company.nmae`; did you mean `company.name`?"),
        ("e_mail_adress", "There is no field `e_mail_adress`"),
        ("xyzzy", "There is no field `xyzzy`, neither a standard one nor one of your own."),
    ],
)
def test_a_field_that_nobody_knows_is_doubted_first(
    visitor: Client, flow: Flow, acme: Account, id: str, says: str
) -> None:
    own = CustomField.make(account=acme, name="Roof age", type="number", by=None)

    answer = post(visitor, flow, "fields/", add=f"state {id}")

    assert answer.status_code == 422
    assert html.escape(says.replace("roof_age_acm", own.field_id)) in answer.content.decode()
    assert saved(flow)["fields"] == ["email"]


def test_a_field_that_nobody_knows_is_added_all_the_same_by_a_second_press(
    visitor: Client, flow: Flow
) -> None:
    page = post(visitor, flow, "fields/", add="zip xyzzy").content.decode()
    pressed = re.search(r'name="anyway" value="([^"]*)">Add them all the same', page)
    assert pressed

    post(visitor, flow, "fields/", add="zip xyzzy plugh", anyway=pressed[1])
    assert saved(flow)["fields"] == ["email"]

    post(visitor, flow, "fields/", add="zip xyzzy", anyway=pressed[1])
    assert saved(flow)["fields"] == ["email", "zip", "xyzzy"]


def test_a_new_source_is_named_and_gets_an_address(visitor: Client, flow: Flow) -> None:
    post(visitor, flow, "sources/", name="Facebook lead ads")

    entity_id = saved(flow)["sources"][0]["entity"]["id"]
    page = visitor.get(f"/app/flows/{flow.pk}/sources/").content.decode()
    assert "Facebook lead ads" in page
    assert f"/flows/{flow.pk}/sources/{entity_id}/submit" in page


def test_a_source_is_turned_off_and_removed(visitor: Client, acme: Account) -> None:
    entity = EntityFactory.create(account=acme)
    flow = FlowFactory.create(account=acme, sources=[source_of(entity)])

    # Whoever presses twice, or in two windows, does not turn it on again.
    for _ in range(2):
        post(visitor, flow, "sources/", off=entity.pk)
        assert saved(flow)["sources"][0]["enabled"] is False
    post(visitor, flow, "sources/", on=entity.pk)
    assert saved(flow)["sources"][0]["enabled"] is True

    post(visitor, flow, "sources/", remove=entity.pk)
    assert saved(flow)["sources"] == []


RULE = {"rules": ["rule"], "rules-op": "and"}
STEP = {
    "description": "Texans",
    "outcome": "failure",
    "reason": "Not there",
    "enabled": "on",
} | RULE


def test_a_filter_is_added_with_its_rules(visitor: Client, flow: Flow) -> None:
    rule = {"rules-0-lhv": "lead.state", "rules-0-op": "is equal to", "rules-0-rhv": "TX"}

    answer = post(visitor, flow, "steps/new/", **STEP, **rule)

    step = saved(flow)["steps"][0]
    assert answer.status_code == 302
    assert (step["description"], step["reason"], step["enabled"]) == ("Texans", "Not there", True)
    assert (
        step["rule_set"]["rules"][0].items()
        >= {"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}.items()
    )


def test_a_rule_without_a_value_is_refused_at_its_place(visitor: Client, flow: Flow) -> None:
    rule = {"rules-0-lhv": "lead.state", "rules-0-op": "is equal to", "rules-0-rhv": ""}

    answer = post(visitor, flow, "steps/new/", **STEP, **rule)

    assert answer.status_code == 422
    assert "Say what to compare with" in answer.content.decode()
    assert saved(flow)["steps"] == []


def test_a_row_for_a_rule_is_added_and_keeps_what_was_typed(visitor: Client, flow: Flow) -> None:
    rule = {
        "rules-0-lhv": "lead.city",
        "rules-0-op": "is blank",
        "rules-0-rhv": "",
        "rules-press": "add-rule",
    }

    page = post(visitor, flow, "steps/new/", **STEP, **rule).content.decode()

    assert 'name="rules-0-lhv" value="lead.city"' in page
    assert 'name="rules-1-lhv"' in page
    assert 'value="Texans"' in page


def test_a_filter_is_changed_and_keeps_its_id(visitor: Client, acme: Account) -> None:
    flow = FlowFactory.create(account=acme, steps=[filter_step(description="Old")])
    id = saved(flow)["steps"][0]["id"]
    rule = {"rules-0-lhv": "lead.state", "rules-0-op": "is not blank", "rules-0-rhv": ""}

    post(visitor, flow, f"steps/{id}/", **STEP, **rule)

    step = saved(flow)["steps"][0]
    assert (step["id"], step["description"]) == (id, "Texans")


def test_steps_are_moved_and_removed(visitor: Client, acme: Account) -> None:
    flow = FlowFactory.create(
        account=acme, steps=[filter_step(description="First"), filter_step(description="Second")]
    )
    first, second = (step["id"] for step in saved(flow)["steps"])

    post(visitor, flow, "steps/", up=second)
    assert [step["description"] for step in saved(flow)["steps"]] == ["Second", "First"]

    post(visitor, flow, "steps/", remove=first)
    assert [step["description"] for step in saved(flow)["steps"]] == ["Second"]

    again = visitor.post(f"/app/flows/{flow.pk}/steps/", {"remove": first}, follow=True)
    assert "has no such step any more" in again.content.decode()
    assert [step["description"] for step in saved(flow)["steps"]] == ["Second"]


def test_saving_is_not_deploying(visitor: Client, flow: Flow) -> None:
    post(visitor, flow, "deploy/")
    post(visitor, flow, "fields/", add="state")

    page = visitor.get(f"/app/flows/{flow.pk}/").content.decode()
    assert "Changes not deployed" in page
    flow.refresh_from_db()
    assert flow.status == "changed"


def test_a_flow_is_deleted_after_a_question(visitor: Client, flow: Flow) -> None:
    assert "Delete the flow" in visitor.get(f"/app/flows/{flow.pk}/delete/").content.decode()

    post(visitor, flow, "delete/")

    assert visitor.get(f"/app/flows/{flow.pk}/").status_code == 404


def test_a_viewer_sees_and_changes_nothing(vera: User, flow: Flow, as_user: Callable[[User], Client]) -> None:
    visitor = as_user(vera)

    assert visitor.get(f"/app/flows/{flow.pk}/").status_code == 200
    assert post(visitor, flow, "", name="Mine").status_code == 403
    assert post(visitor, flow, "deploy/").status_code == 403


def test_a_stranger_finds_nothing(sam: User, flow: Flow, as_user: Callable[[User], Client]) -> None:
    visitor = as_user(sam)

    assert visitor.get(f"/app/flows/{flow.pk}/").status_code == 404
    assert post(visitor, flow, "deploy/").status_code == 404


def test_a_step_that_is_saved_untouched_stays_as_it_was(visitor: Client, acme: Account) -> None:
    rule = {"lhv": "lead.state", "op": "is equal to", "rhv": ["TX", "CA"]}
    age = {"lhv": "lead.age", "op": "is less than", "rhv": 18}
    own = rule | {"rule_set": {"op": "or", "rules": [age]}}
    inner = {"op": "or", "rules": [rule, {"op": "and", "rules": [age, own]}]}
    flow = FlowFactory.create(account=acme, steps=[filter_step(rule, inner, description="South")])
    before = saved(flow)["steps"]
    address = f"/app/flows/{flow.pk}/steps/{before[0]['id']}/"

    answer = visitor.post(address, fields_of(visitor.get(address).content.decode()))

    assert answer.status_code == 302
    assert saved(flow)["steps"] == before


def test_two_people_who_change_different_parts_keep_both_changes(
    visitor: Client, flow: Flow, adam: User
) -> None:
    seen_before = Flow.objects.select_related("saved").get(pk=flow.pk)
    post(visitor, flow, "fields/", add="state")

    editing.change(flow=seen_before, parts=lambda _: {"name": "Renamed"}, author=adam, now=timezone.now())

    assert (saved(flow)["name"], saved(flow)["fields"]) == ("Renamed", ["email", "state"])


@pytest.mark.parametrize("path", ["flows/%00/", "leads/%00/", "flows/?q=%00", "deliveries/?instance_id=%00"])
def test_a_nul_in_an_address_is_a_bad_request(visitor: Client, path: str) -> None:
    assert visitor.get(f"/app/{path}").status_code == 400
