"""Going back to what was live before."""

from collections.abc import Callable
from typing import Any

import pytest

from destinations import wizard
from destinations.mapping import MappingRow
from destinations.models import Action, Connection, ConnectionTest, Destination, DestinationRevision, Lane
from destinations.wizard import ActionEntry, versions
from leadconduit.accounts.models import AuditEvent, User
from tests.destinations.wizard.steps import (
    activated,
    authenticated,
    change_url,
    document_of,
    draft_of,
    entered,
    fresh,
    has_draft,
    later,
    live_of,
    set_up,
)


def nobody(_: Action) -> list[str]:
    return []


def none(_: Action) -> int:
    return 0


def apply(destination: Destination, by: User, at: float = 30) -> None:
    wizard.apply(
        destination=fresh(destination), by=by, now=later(at), used_by=nobody, waiting=none, untested=True
    )


def map_to(destination: Destination, by: User, target: str) -> None:
    rows = [MappingRow(target, "{{lead.email}}")]
    mappings = {action["id"]: rows for action in document_of(destination)["actions"]}
    wizard.save_mapping(destination=destination, mappings=mappings, by=by, now=later(20))


def name_only(destination: Destination, by: User, *names: str) -> None:
    entries = [
        ActionEntry(action["id"], action["name"], action["configuration"])
        for action in document_of(destination)["actions"]
        if action["name"] in names
    ]
    wizard.save_actions(destination=destination, actions=entries, by=by, now=later(20))


def version(destination: Destination, number: int) -> DestinationRevision:
    return DestinationRevision.objects.get(destination=destination, number=number)


def roll_back(
    destination: Destination,
    by: User,
    to: int = 1,
    *,
    seen: str = "",
    used_by: Callable[[Action], list[str]] = nobody,
    waiting: Callable[[Action], int] = none,
) -> DestinationRevision:
    destination = fresh(destination)
    return wizard.roll_back(
        destination=destination,
        to=version(destination, to),
        by=by,
        now=later(40),
        seen_then=seen or versions.seen(destination),
        used_by=used_by,
        waiting=waiting,
    )


@pytest.fixture
def crm(adam: User) -> Destination:
    """Live with its second version, which maps to `mail` where the first mapped to `email`, and sends to another address."""
    destination = activated(adam, actions=("One", "Two"))
    change_url(destination, adam)
    map_to(destination, adam, "mail")
    apply(destination, adam)
    return fresh(destination)


def target_of(revision: DestinationRevision) -> str:
    target: str = revision.actions[0]["mapping"][0]["target"]
    return target


# --- What comes back


def test_configuration_and_mapping_come_back_as_a_new_version(crm: Destination, olive: User) -> None:
    restored = roll_back(crm, olive)

    assert live_of(crm) == restored
    assert restored.document == version(crm, 1).document
    assert (restored.number, restored.restores, restored.applied_at) == (3, 1, later(40))
    assert (restored.author, restored.applied_by) == (olive, olive)
    assert (target_of(version(crm, 2)), target_of(restored)) == ("mail", "email")
    noted = AuditEvent.objects.get(action="destination.rolled_back")
    assert (noted.actor, noted.detail) == (olive, {"revision": 3, "tested": False, "restores": 1})


def test_the_versions_before_stay_and_one_can_go_forth_again(crm: Destination, adam: User) -> None:
    roll_back(crm, adam)
    roll_back(crm, adam, to=2)

    numbers = DestinationRevision.objects.applied_to(crm).values_list("number", "restores")
    assert list(numbers) == [(4, 2), (3, 1), (2, None), (1, None)]
    assert target_of(live_of(crm)) == "mail"


def test_credentials_stay_what_they_are(crm: Destination, adam: User) -> None:
    authenticated(crm, adam, "basic", username="ada", password="n3w-password")
    apply(crm, adam, at=35)

    restored = roll_back(crm, adam)

    assert (restored.document["scheme"], version(crm, 1).document["scheme"]) == ("basic", "bearer")
    assert entered(Connection.objects.get(pk=restored.document["connection"])) == {"password": "n3w-password"}


def test_look_up_tables_come_back_with_the_mapping(crm: Destination, adam: User) -> None:
    first = version(crm, 1)
    first.document["tables"] = [{"name": "States", "rows": [["CA", "California"]]}]
    first.save()

    assert roll_back(crm, adam).document["tables"] == first.document["tables"]


def test_an_action_that_was_removed_is_there_again_at_its_old_address(crm: Destination, adam: User) -> None:
    before = crm.actions.get(name="One")
    name_only(crm, adam, "Two")
    apply(crm, adam, at=35)

    roll_back(crm, adam)

    assert [action.name for action in crm.actions.current()] == ["One", "Two"]
    assert crm.actions.get(name="One").webhook_url == before.webhook_url


def test_the_lane_leases_as_long_as_the_old_timeout_asks(crm: Destination, adam: User) -> None:
    values = {"url": "https://receiver.example/other", "timeout": 60}
    wizard.save_configuration(destination=crm, values=values, by=adam, now=later(31))
    apply(crm, adam, at=35)
    slow = Lane.objects.get(destination=crm).lease_seconds

    roll_back(crm, adam)

    assert (slow, Lane.objects.get(destination=crm).lease_seconds) == (75, 35)


def test_a_pause_outlasts_it(crm: Destination, adam: User) -> None:
    crm.lane.pause()

    roll_back(crm, adam)

    assert Lane.objects.get(destination=crm).paused_until.year == 9999


# --- Whether a test speaks for it


def with_a_test(crm: Destination, by: User, number: int) -> None:
    ConnectionTest.objects.create(
        destination=crm,
        revision=version(crm, number),
        action_name="One",
        by=by,
        started_at=later(9),
        outcome="delivered",
    )


def test_a_version_that_was_tested_counts_as_tested(crm: Destination, adam: User) -> None:
    with_a_test(crm, adam, 1)

    roll_back(crm, adam)

    assert not fresh(crm).activated_untested


def test_with_other_credentials_no_old_test_speaks_for_it(crm: Destination, adam: User) -> None:
    with_a_test(crm, adam, 1)
    authenticated(crm, adam, "bearer", token="another-token")
    apply(crm, adam, at=35)

    roll_back(crm, adam)

    assert fresh(crm).activated_untested


# --- Refused


def refused(crm: Destination) -> bool:
    """Nothing at all has changed."""
    return live_of(crm).number == 2 and not DestinationRevision.objects.filter(number=3).exists()


def test_the_same_as_what_is_live_is_nothing_to_go_back_to(crm: Destination, adam: User) -> None:
    with pytest.raises(wizard.NothingToApply, match="Version 2 is the same as what is live"):
        roll_back(crm, adam, to=2)

    assert refused(crm)


def test_an_action_that_a_flow_uses_does_not_go(crm: Destination, adam: User) -> None:
    only_later = add(crm, adam, "Three")

    with pytest.raises(wizard.InUse, match="“Three” cannot be removed, since a flow delivers to it: “Solar”"):
        roll_back(crm, adam, used_by=lambda action: ["Solar"] if action.name == "Three" else [])

    assert live_of(crm).number == only_later


def test_an_action_that_deliveries_wait_for_does_not_go(crm: Destination, adam: User) -> None:
    only_later = add(crm, adam, "Three")

    with pytest.raises(wizard.DeliveriesWait, match="“Three” cannot be removed: 1 delivery to it is still"):
        roll_back(crm, adam, waiting=lambda action: int(action.name == "Three"))

    assert live_of(crm).number == only_later
    assert [action.name for action in crm.actions.current()] == ["One", "Two", "Three"]


def add(crm: Destination, by: User, name: str) -> int:
    """Apply an action more; the number of that version."""
    entries = [
        ActionEntry(action["id"], action["name"], action["configuration"])
        for action in document_of(crm)["actions"]
    ]
    wizard.save_actions(destination=crm, actions=[*entries, ActionEntry("", name)], by=by, now=later(31))
    map_to(crm, by, "mail")
    apply(crm, by, at=35)
    return live_of(crm).number


def test_what_lacks_something_by_now_does_not_come_back(crm: Destination, adam: User) -> None:
    first = version(crm, 1)
    first.document["configuration"]["url"] = ""
    first.save()

    with pytest.raises(
        wizard.NotComplete, match=r"Version 1 cannot be live again as it is.*URL: Fill this in"
    ):
        roll_back(crm, adam)

    assert refused(crm)


def test_a_draft_is_not_gone_back_to(adam: User) -> None:
    destination = set_up(adam)

    with pytest.raises(wizard.NotActivated):
        roll_back(destination, adam)


# --- Somebody else is at work


def test_a_draft_that_was_seen_is_discarded(crm: Destination, adam: User) -> None:
    change_url(crm, adam, url="https://receiver.example/third")

    roll_back(crm, adam)

    assert not has_draft(crm)
    assert live_of(crm).number == 3
    assert AuditEvent.objects.filter(action="destination.draft_discarded").count() == 1


def begin_a_draft(crm: Destination, by: User) -> None:
    change_url(crm, by, url="https://receiver.example/third")


def apply_something(crm: Destination, by: User) -> None:
    change_url(crm, by, url="https://receiver.example/third")
    apply(crm, by, at=35)


@pytest.mark.parametrize("meanwhile", [begin_a_draft, apply_something])
def test_what_was_not_seen_is_neither_replaced_nor_discarded(
    crm: Destination, adam: User, olive: User, meanwhile: Callable[[Destination, User], Any]
) -> None:
    seen = versions.seen(crm)
    meanwhile(crm, olive)
    before = (live_of(crm), has_draft(crm))

    with pytest.raises(wizard.ChangedMeanwhile):
        roll_back(crm, adam, seen=seen)

    assert (live_of(crm), has_draft(crm)) == before


def test_a_draft_that_went_on_meanwhile_is_not_discarded(crm: Destination, adam: User) -> None:
    begin_a_draft(crm, adam)
    seen = versions.seen(crm)
    wizard.save_configuration(
        destination=crm, values={"url": "https://fourth.example", "timeout": 20}, by=adam, now=later(25)
    )

    with pytest.raises(wizard.ChangedMeanwhile):
        roll_back(crm, adam, seen=seen)

    assert draft_of(crm).document["configuration"]["url"] == "https://fourth.example"
