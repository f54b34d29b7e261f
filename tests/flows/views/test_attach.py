"""Attaching a destination to flows from the destination's side."""

import pytest
from django.test import Client

from destinations.models import Destination
from flows.models import Flow, FlowUsage, Stage
from leadconduit.accounts.models import Account, User
from tests.factories import DestinationFactory, FlowFactory


@pytest.fixture
def page(adam: User) -> Client:
    client = Client()
    client.force_login(adam)
    return client


@pytest.fixture
def crm(acme: Account) -> Destination:
    return DestinationFactory.create(account=acme, name="CRM", actions=["One", "Two"])


def attach(page: Client, crm: Destination, flow: Flow, *names: str, **more: str) -> str:
    uses = [f"{flow.pk}:{crm.actions.get(name=name).pk}" for name in names]
    answer = page.post(f"/app/destinations/{crm.instance_id}/attach/", {"use": uses, **more}, follow=True)
    return answer.content.decode()


def used(flow: Flow, stage: Stage = Stage.SAVED) -> list[str]:
    usages = FlowUsage.objects.filter(flow=flow, stage=stage).order_by("position")
    return list(usages.values_list("action__name", flat=True))


def test_the_checked_actions_are_added_to_the_saved_flow(
    page: Client, crm: Destination, acme: Account
) -> None:
    flow = FlowFactory.create(account=acme, name="Solar", deployed=True)

    said = attach(page, crm, flow, "Two")

    assert used(flow) == ["Two"]
    assert used(flow, Stage.DEPLOYED) == []
    assert "Attached to Solar. Deploy the flows to send leads there." in said


def test_the_flow_is_deployed_at_once_where_that_is_checked(
    page: Client, crm: Destination, acme: Account
) -> None:
    flow = FlowFactory.create(account=acme)

    attach(page, crm, flow, "One", deploy="1")

    assert used(flow, Stage.DEPLOYED) == ["One"]


def test_what_the_flow_has_already_is_kept(page: Client, crm: Destination, acme: Account) -> None:
    other = DestinationFactory.create(account=acme, actions=["Other"])
    flow = FlowFactory.create(account=acme, uses=[other])
    attach(page, crm, flow, "Two")

    attach(page, crm, flow, "One")

    assert used(flow) == ["Other", "Two", "One"]


def test_choosing_nothing_changes_nothing(page: Client, crm: Destination, acme: Account) -> None:
    flow = FlowFactory.create(account=acme)

    assert "No flow was chosen, so none was changed." in attach(page, crm, flow)


def test_a_flow_of_another_account_is_left_alone(page: Client, crm: Destination, elsewhere: Account) -> None:
    theirs = FlowFactory.create(account=elsewhere)

    attach(page, crm, theirs, "One")

    assert used(theirs) == []


def test_a_draft_cannot_be_attached(page: Client, acme: Account) -> None:
    draft = DestinationFactory.create(account=acme, draft=True)

    assert page.get(f"/app/destinations/{draft.instance_id}/attach/").status_code == 404


def test_without_flows_the_way_to_one_is_shown(page: Client, crm: Destination) -> None:
    shown = page.get(f"/app/destinations/{crm.instance_id}/attach/").content.decode()

    assert "No flow yet" in shown
