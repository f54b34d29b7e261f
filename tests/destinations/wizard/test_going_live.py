"""Activating and applying: the only way by which anything that leads meet is changed."""

from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings

from destinations import wizard
from destinations.models import Action, Destination, DestinationRevision, Lane
from destinations.wizard import ActionEntry
from leadconduit.accounts.models import AuditEvent, User
from tests.destinations.connectors.receiver import Receiver
from tests.destinations.wizard.steps import (
    activated,
    begun,
    change_url,
    document_of,
    fresh,
    has_draft,
    later,
    live_of,
    map_email,
    set_up,
)


def nobody(_: Action) -> list[str]:
    return []


def solar(_: Action) -> list[str]:
    return ["Solar"]


def none(_: Action) -> int:
    return 0


def add_action(destination: Destination, by: User, name: str) -> None:
    entries = [
        ActionEntry(action["id"], action["name"], action["configuration"])
        for action in document_of(destination)["actions"]
    ]
    entries.append(ActionEntry("", name, {"path": "/new"}))
    wizard.save_actions(destination=destination, actions=entries, by=by, now=later(20))
    map_email(destination, by, now=later(21))


def keep_only(destination: Destination, by: User, name: str) -> None:
    entries = [
        ActionEntry(action["id"], action["name"], action["configuration"])
        for action in document_of(destination)["actions"]
        if action["name"] == name
    ]
    wizard.save_actions(destination=destination, actions=entries, by=by, now=later(20))


# --- Activate


def test_activating_makes_the_draft_live_with_its_actions_and_a_lane(adam: User, receiver: Receiver) -> None:
    destination = set_up(adam, url=receiver.url, actions=("One", "Two"))
    drafted = document_of(destination)["actions"]
    wizard.test(
        destination=destination,
        actions=[drafted[0]["id"]],
        variables={"lead": {"email": "a@b.test"}},
        by=adam,
        now=later(5),
    )

    revision = wizard.activate(destination=destination, by=adam, now=later(6))

    destination = fresh(destination)
    rows = list(destination.actions.current())
    assert (destination.status, destination.live, destination.activated_by) == ("live", revision, adam)
    assert not destination.activated_untested
    assert not revision.applied_untested
    assert [(row.pk, row.action_id, row.name) for row in rows] == [
        (action["id"], action["action_id"], action["name"]) for action in drafted
    ]
    assert rows[0].webhook_url == f"{settings.BASE_URL}/hooks/{rows[0].pk}"
    assert Lane.objects.get(destination=destination).lease_seconds == 35


def test_activating_needs_a_test(adam: User) -> None:
    destination = set_up(adam)

    with pytest.raises(wizard.NotTested):
        wizard.activate(destination=destination, by=adam, now=later(6))

    assert fresh(destination).status == "draft"


def test_going_without_a_test_is_recorded(adam: User) -> None:
    destination = set_up(adam)

    revision = wizard.activate(destination=destination, by=adam, now=later(6), untested=True)

    assert fresh(destination).activated_untested
    assert revision.applied_untested
    noted = AuditEvent.objects.get(action="destination.activated")
    assert (noted.actor, noted.detail) == (adam, {"revision": 1, "tested": False})


def test_nothing_incomplete_is_activated_tested_or_not(adam: User) -> None:
    with pytest.raises(wizard.NotComplete, match="Choose one of the ways to authenticate"):
        wizard.activate(destination=begun(adam), by=adam, now=later(6), untested=True)


# --- Apply


def test_an_edit_is_live_once_it_is_applied(adam: User) -> None:
    destination = activated(adam)
    change_url(destination, adam)

    wizard.apply(
        destination=fresh(destination), by=adam, now=later(30), used_by=nobody, waiting=none, untested=True
    )

    assert live_of(destination).number == 2
    assert live_of(destination).document["configuration"]["url"] == "https://receiver.example/other"
    assert not has_draft(destination)
    assert AuditEvent.objects.get(action="destination.applied").detail == {"revision": 2, "tested": False}


def test_applying_needs_a_newer_test_too(adam: User) -> None:
    destination = activated(adam)
    change_url(destination, adam)

    with pytest.raises(wizard.NotTested):
        wizard.apply(destination=destination, by=adam, now=later(30), used_by=nobody, waiting=none)


def test_applying_keeps_when_it_was_activated_and_that_it_is_paused(adam: User) -> None:
    destination = activated(adam)
    destination.lane.pause()
    change_url(destination, adam)

    wizard.apply(destination=destination, by=adam, now=later(30), used_by=nobody, waiting=none, untested=True)

    assert fresh(destination).activated_at == later(10)
    assert Lane.objects.get(destination=destination).paused_until.year == 9999


def test_without_a_draft_there_is_nothing_to_apply(adam: User) -> None:
    with pytest.raises(wizard.NothingToApply):
        wizard.apply(destination=activated(adam), by=adam, now=later(30), used_by=nobody, waiting=none)


def test_a_draft_that_never_was_live_is_activated_not_applied(adam: User) -> None:
    with pytest.raises(wizard.NotActivated):
        wizard.apply(
            destination=set_up(adam), by=adam, now=later(30), used_by=nobody, waiting=none, untested=True
        )


def test_a_new_action_gets_its_row(adam: User) -> None:
    destination = activated(adam)
    add_action(destination, adam, "Second")

    assert [row.name for row in destination.actions.current()] == ["Contacts"]
    wizard.apply(destination=destination, by=adam, now=later(30), used_by=nobody, waiting=none, untested=True)

    assert [row.name for row in destination.actions.current()] == ["Contacts", "Second"]


def test_an_action_keeps_its_row_and_its_key_when_it_is_renamed(adam: User) -> None:
    destination = activated(adam)
    row = destination.actions.get()
    key = row.make_key(now=later(11))
    wizard.save_actions(
        destination=destination,
        actions=[ActionEntry(row.pk, "Renamed", {"path": ""})],
        by=adam,
        now=later(20),
    )

    wizard.apply(destination=destination, by=adam, now=later(30), used_by=nobody, waiting=none, untested=True)

    renamed = destination.actions.get()
    assert (renamed.pk, renamed.action_id, renamed.name) == (row.pk, row.action_id, "Renamed")
    assert renamed.accepts(key)


def test_an_action_that_no_flow_uses_is_removed_softly(adam: User) -> None:
    destination = activated(adam, actions=("One", "Two"))
    keep_only(destination, adam, "Two")

    wizard.apply(destination=destination, by=adam, now=later(30), used_by=nobody, waiting=none, untested=True)

    assert [row.name for row in destination.actions.current()] == ["Two"]
    assert destination.actions.get(name="One").removed_at == later(30)


def test_an_action_that_a_flow_uses_is_not_removed(adam: User) -> None:
    destination = activated(adam, actions=("One", "Two"))
    keep_only(destination, adam, "Two")

    with pytest.raises(wizard.InUse, match=r"“One” cannot be removed.*“Solar”"):
        wizard.apply(
            destination=destination, by=adam, now=later(30), used_by=solar, waiting=none, untested=True
        )

    assert [row.name for row in destination.actions.current()] == ["One", "Two"]
    assert live_of(destination).number == 1


def test_an_action_is_not_removed_while_deliveries_to_it_wait(adam: User) -> None:
    destination = activated(adam, actions=("One", "Two"))
    keep_only(destination, adam, "Two")

    with pytest.raises(wizard.DeliveriesWait, match=r"“One” cannot be removed: 1,200 deliveries to it are"):
        wizard.apply(
            destination=destination,
            by=adam,
            now=later(30),
            used_by=nobody,
            waiting=lambda action: 1200 if action.name == "One" else 0,
            untested=True,
        )

    assert [row.name for row in destination.actions.current()] == ["One", "Two"]


def test_what_was_applied_without_a_test_before_is_known_from_the_audit(adam: User) -> None:
    revision = wizard.activate(destination=set_up(adam), by=adam, now=later(6), untested=True)
    DestinationRevision.objects.filter(pk=revision.pk).update(applied_untested=False)

    import_module("destinations.migrations.0004_applied_untested").note_untested(apps, None)

    revision.refresh_from_db()
    assert revision.applied_untested
