"""A destination's page, and what is done from there."""

import re

import pytest
from django.test import Client

from destinations.models import Action, Destination
from flows.models import Due
from leadconduit.accounts.models import Account, AuditEvent, User
from tests.destinations.views.journey import base_of, draft, text_of
from tests.destinations.wizard.steps import activated, change_url, fresh, has_draft, live_of
from tests.factories import NOON, DestinationFactory, FlowFactory

CHANGES = ("apply", "apply/untested", "discard", "rename", "pause", "resume", "delete")


@pytest.fixture
def crm(adam: User) -> Destination:
    """A live destination with a bearer token, set up by Adam."""
    return activated(adam)


def test_it_shows_the_set_up_and_the_actions_addresses(page: Client, crm: Destination) -> None:
    shown = text_of(page.get(base_of(crm)))

    assert crm.actions.get().webhook_url in shown
    assert "https://receiver.example" in shown
    assert "Bearer token" in shown
    assert "s3cret-token" not in shown


def test_it_says_what_the_draft_changes_and_where_to_go_on(
    page: Client, crm: Destination, adam: User
) -> None:
    change_url(crm, adam)

    shown = text_of(page.get(base_of(crm)))

    assert "Changes not applied: configuration." in shown
    assert f"{base_of(crm)}setup/test/" in shown


def test_it_names_the_flows_that_use_it(page: Client, crm: Destination, acme: Account) -> None:
    FlowFactory.create(account=acme, name="Solar", uses=[crm])

    assert "Solar" in text_of(page.get(base_of(crm)))


def test_going_without_a_test_is_asked_about_first(page: Client, crm: Destination, adam: User) -> None:
    change_url(crm, adam)

    refused = page.post(f"{base_of(crm)}apply/", follow=True)
    asked = page.get(f"{base_of(crm)}apply/untested/")
    page.post(f"{base_of(crm)}apply/untested/")

    assert "Nothing was put to use. Send a test that succeeds." in text_of(refused)
    assert "Apply without a test?" in text_of(asked)
    assert live_of(crm).number == 2
    assert AuditEvent.objects.get(action="destination.applied").detail["tested"] is False


def test_an_action_in_use_cannot_be_applied_away(page: Client, adam: User, acme: Account) -> None:
    destination = activated(adam, actions=("One", "Two"))
    FlowFactory.create(account=acme, name="Solar", uses=[destination])
    revision = live_of(destination)
    two = revision.actions[1]
    page.post(
        f"{base_of(destination)}setup/configure/",
        {
            "of-url": "https://receiver.example",
            "of-method": "POST",
            "of-format": "json",
            "of-timeout": "20",
            "of-success_status": "2xx",
            "actions-count": "1",
            "action-0-id": two["id"],
            "action-0-name": "Two",
            "action-0-path": "/two",
        },
    )

    refused = page.post(f"{base_of(destination)}apply/untested/", follow=True)

    assert len(draft(destination).actions) == 1
    assert "“One” cannot be removed, since a flow delivers to it: “Solar”." in text_of(refused)


def test_changes_are_discarded_after_a_question(page: Client, crm: Destination, adam: User) -> None:
    change_url(crm, adam)

    asked = page.get(f"{base_of(crm)}discard/")
    page.post(f"{base_of(crm)}discard/")

    assert "Discard the changes?" in text_of(asked)
    assert not has_draft(crm)


def test_pausing_and_resuming(page: Client, crm: Destination) -> None:
    Due.objects.create(delivery_id="d" * 24, destination_id=crm.pk, due_at=NOON)

    page.post(f"{base_of(crm)}pause/")
    shown = re.sub(r"\s+", " ", text_of(page.get(base_of(crm))))
    page.post(f"{base_of(crm)}resume/")

    assert "1 delivery is waiting; none are lost." in shown
    assert fresh(crm).status == "live"


def test_renaming(page: Client, crm: Destination) -> None:
    page.post(f"{base_of(crm)}rename/", {"name": "Sales CRM"})

    assert fresh(crm).name == "Sales CRM"
    assert page.post(f"{base_of(crm)}rename/", {"name": " "}).status_code == 422


def test_a_name_that_another_destination_has_is_refused_at_the_field(
    page: Client, crm: Destination, acme: Account
) -> None:
    DestinationFactory.create(account=acme, name="Sales CRM")

    refused = page.post(f"{base_of(crm)}rename/", {"name": "sales crm"})

    assert refused.status_code == 422
    assert "Another destination is called that already" in text_of(refused)
    assert fresh(crm).name == crm.name


def test_a_key_is_shown_once(page: Client, crm: Destination) -> None:
    action = crm.actions.get()

    made = page.post(f"{base_of(crm)}actions/{action.pk}/key/")

    found = re.search(r'id="new-key">([0-9a-f]{40})<', text_of(made))
    assert found is not None
    assert Action.objects.get().accepts(found[1])
    assert "no-store" in made.headers["Cache-Control"]
    assert found[1] not in text_of(page.get(base_of(crm)))


def test_deleting_is_refused_with_the_flows_names(page: Client, crm: Destination, acme: Account) -> None:
    FlowFactory.create(account=acme, name="Solar", uses=[crm])

    answer = page.post(f"{base_of(crm)}delete/", follow=True)

    assert "was not deleted, since a flow delivers to it: “Solar”." in text_of(answer)
    assert fresh(crm).deleted_at is None


def test_deleting_is_refused_while_deliveries_wait(page: Client, crm: Destination) -> None:
    Due.objects.create(delivery_id="d" * 24, destination_id=crm.pk, due_at=NOON)

    assert "1 delivery is still waiting" in text_of(page.post(f"{base_of(crm)}delete/", follow=True))


def test_deleting_after_a_question(page: Client, crm: Destination) -> None:
    asked = page.get(f"{base_of(crm)}delete/")
    page.post(f"{base_of(crm)}delete/")

    assert "This cannot be undone." in text_of(asked)
    assert page.get(base_of(crm)).status_code == 404


@pytest.mark.parametrize("change", CHANGES)
def test_a_viewer_changes_nothing(vera: User, acme: Account, change: str) -> None:
    destination = DestinationFactory.create(account=acme)
    page = Client()
    page.force_login(vera)

    assert page.post(f"{base_of(destination)}{change}/").status_code == 403
    assert f"{change}/" not in text_of(page.get(base_of(destination)))


@pytest.mark.parametrize("change", ["", *(f"{change}/" for change in CHANGES)])
def test_a_stranger_finds_nothing(sam: User, acme: Account, change: str) -> None:
    destination = DestinationFactory.create(account=acme)
    page = Client()
    page.force_login(sam)

    answer = page.post if change else page.get
    assert answer(f"{base_of(destination)}{change}").status_code == 404
