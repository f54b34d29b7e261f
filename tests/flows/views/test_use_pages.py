"""A flow's destinations in the browser: each button one change, without a script."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from destinations.models import Destination
from flows.models import Flow
from leadconduit.accounts.models import Account, User
from tests.factories import DestinationFactory, FlowFactory, use_of
from tests.pages import fields_of

TEXANS = {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}]}
NESTED = {"op": "or", "rules": [TEXANS, {"lhv": "lead.email", "op": "is not blank"}]}
RULES = {"rules": ["rule"], "rules-op": "or"}
NEW_YORK = {"rules-0-lhv": "lead.state", "rules-0-op": "is equal to", "rules-0-rhv": "NY"}


@pytest.fixture
def visitor(adam: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(adam)


@pytest.fixture
def crm(acme: Account) -> Destination:
    return DestinationFactory.create(account=acme, name="CRM", actions=["Create", "Notify"])


@pytest.fixture
def sheet(acme: Account) -> Destination:
    return DestinationFactory.create(account=acme, name="Sheet", actions=["Row"])


@pytest.fixture
def flow(acme: Account, crm: Destination, sheet: Destination) -> Flow:
    return FlowFactory.create(account=acme, name="Solar", destinations=[use_of(crm), use_of(sheet)])


def action(destination: Destination, name: str) -> str:
    return destination.actions.get(name=name).pk


def page(flow: Flow) -> str:
    return f"/app/flows/{flow.pk}/destinations/"


def condition(flow: Flow, action_id: str) -> str:
    return f"/app/flows/{flow.pk}/actions/{action_id}/condition/"


def saved(flow: Flow) -> list[dict[str, Any]]:
    fresh = Flow.objects.select_related("saved").get(pk=flow.pk)
    assert fresh.saved is not None
    used: list[dict[str, Any]] = fresh.saved.document["destinations"]
    return used


def used(flow: Flow) -> list[list[str]]:
    return [[one["action_id"] for one in use["actions"]] for use in saved(flow)]


def said(visitor: Client, path: str, **fields: Any) -> list[str]:
    answer = visitor.post(path, fields, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_checked_actions_are_used_and_taken_away_again(
    visitor: Client, acme: Account, crm: Destination, sheet: Destination
) -> None:
    flow = FlowFactory.create(account=acme)
    assert "Leads go nowhere yet" in visitor.get(page(flow)).content.decode()

    visitor.post(page(flow), {"use": [action(sheet, "Row"), action(crm, "Notify")]})
    assert used(flow) == [["notify"], ["row"]]

    visitor.post(page(flow), {"remove": action(crm, "Notify")})
    assert used(flow) == [["row"]]


def test_an_action_is_paused_in_this_flow_and_resumed(
    visitor: Client, flow: Flow, sheet: Destination
) -> None:
    row = action(sheet, "Row")

    visitor.post(page(flow), {"pause": row})
    assert saved(flow)[1]["actions"][0]["enabled"] is False
    assert "Paused in this flow" in visitor.get(page(flow)).content.decode()

    visitor.post(page(flow), {"resume": row})
    assert saved(flow)[1]["actions"][0]["enabled"] is True


def test_actions_and_destinations_are_moved(
    visitor: Client, flow: Flow, crm: Destination, sheet: Destination
) -> None:
    visitor.post(page(flow), {"down": action(crm, "Create")})
    answer = visitor.post(page(flow), {"up": sheet.pk})

    assert used(flow) == [["row"], ["notify", "create"]]
    assert answer.headers["Location"] == f"{page(flow)}#use-{sheet.pk}"


def test_a_condition_is_set_shown_in_words_changed_and_taken_away(
    visitor: Client, flow: Flow, sheet: Destination
) -> None:
    row = action(sheet, "Row")
    visitor.post(condition(flow, row), {**RULES, **NEW_YORK})

    rule_set = saved(flow)[1]["actions"][0]["rule_set"]
    assert (rule_set["op"], rule_set["rules"][0]["rhv"]) == ("or", "NY")
    assert "lead.state is equal to" in visitor.get(page(flow)).content.decode()
    assert ">NY</textarea>" in visitor.get(condition(flow, row)).content.decode()

    visitor.post(condition(flow, row), {"every": "1"})
    assert saved(flow)[1]["actions"][0]["rule_set"] is None


def test_a_rule_without_a_value_is_refused_at_its_place(
    visitor: Client, flow: Flow, sheet: Destination
) -> None:
    row = action(sheet, "Row")

    answer = visitor.post(condition(flow, row), {**RULES, **NEW_YORK, "rules-0-rhv": ""})

    assert answer.status_code == 422
    assert "Say what to compare with" in answer.content.decode()
    assert saved(flow)[1]["actions"][0]["rule_set"] is None


def test_an_action_is_made_independent_and_kept_in_order_again(
    visitor: Client, flow: Flow, crm: Destination
) -> None:
    notify = action(crm, "Notify")

    free = visitor.post(page(flow), {"free": notify}, follow=True).content.decode()

    assert [one["independent"] for one in saved(flow)[0]["actions"]] == [False, True]
    assert "Keep in order" in free
    visitor.post(page(flow), {"bind": notify})
    assert [one["independent"] for one in saved(flow)[0]["actions"]] == [False, False]


def test_an_independent_action_whose_mapping_names_receipts_is_doubted(
    visitor: Client, flow: Flow, crm: Destination
) -> None:
    notify = action(crm, "Notify")
    assert crm.live is not None
    for row in crm.live.document["actions"]:
        if row["id"] == notify:
            row["mapping"] = [{"target": "id", "template": "{{receipts.create.id}}"}]
    crm.live.save()
    assert "is blank here" not in visitor.get(page(flow)).content.decode()

    doubted = visitor.post(page(flow), {"free": notify}, follow=True).content.decode()

    assert "Field mapping: `receipts.create.id` is blank here: this action is independent" in doubted


def test_rows_for_rules_come_and_go_and_keep_what_was_typed(
    visitor: Client, flow: Flow, sheet: Destination
) -> None:
    row = action(sheet, "Row")

    answer = visitor.post(
        condition(flow, row), {**RULES, **NEW_YORK, "rules-press": "add-rule"}
    ).content.decode()

    assert 'name="rules-1-lhv"' in answer
    assert ">NY</textarea>" in answer
    assert saved(flow)[1]["actions"][0]["rule_set"] is None


def test_rules_inside_one_another_are_saved_as_they_are_shown(
    visitor: Client, acme: Account, sheet: Destination
) -> None:
    flow = FlowFactory.create(account=acme, destinations=[use_of(sheet, rule_set=NESTED)])
    row, before = action(sheet, "Row"), saved(flow)

    shown = visitor.get(condition(flow, row)).content.decode()
    assert visitor.post(condition(flow, row), fields_of(shown)).status_code == 302
    assert saved(flow) == before


def test_what_somebody_took_away_meanwhile_is_said_to_be_gone(
    visitor: Client, flow: Flow, sheet: Destination
) -> None:
    row = action(sheet, "Row")
    visitor.post(page(flow), {"remove": row})

    assert "somebody took it away meanwhile" in said(visitor, page(flow), pause=row)[-1]
    assert visitor.get(condition(flow, row)).status_code == 404


def test_choosing_nothing_changes_nothing(visitor: Client, flow: Flow) -> None:
    assert "so nothing was changed" in said(visitor, page(flow))[0]


def test_destinations_of_another_account_are_neither_shown_nor_attached(visitor: Client, flow: Flow) -> None:
    foreign = DestinationFactory.create(name="Foreign one", actions=["Theirs"])

    assert "Foreign one" not in visitor.get(page(flow)).content.decode()
    visitor.post(page(flow), {"use": action(foreign, "Theirs")})
    assert used(flow) == [["create", "notify"], ["row"]]


def test_a_viewer_sees_how_it_is_and_changes_nothing(
    vera: User, flow: Flow, crm: Destination, as_user: Callable[[User], Client]
) -> None:
    viewer = as_user(vera)

    shown = viewer.get(page(flow)).content.decode()
    assert "Create" in shown
    assert 'name="remove"' not in shown
    assert viewer.post(page(flow), {"remove": action(crm, "Create")}).status_code == 403
    assert viewer.get(condition(flow, action(crm, "Create"))).status_code == 403
    assert used(flow) == [["create", "notify"], ["row"]]


def test_pages_cost_the_same_queries_however_many_destinations_and_flows(
    visitor: Client,
    acme: Account,
    flow: Flow,
    sheet: Destination,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(2):
        with django_assert_num_queries(7):
            visitor.get(page(flow))
        with django_assert_num_queries(6):
            visitor.get(f"/app/destinations/{sheet.instance_id}/attach/")
        for destination in (DestinationFactory.create(account=acme, actions=["A", "B"]) for _ in range(3)):
            FlowFactory.create(account=acme, uses=[destination])
