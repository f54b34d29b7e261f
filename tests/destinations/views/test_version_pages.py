"""The versions of a destination: their list, one of them, and going back."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client

from destinations import wizard
from destinations.mapping import MappingRow
from destinations.models import Destination, DestinationRevision
from flows.models import Attempt, Delivery, State
from leadconduit.accounts.models import Account, User
from tests.destinations.views.journey import base_of, text_of
from tests.destinations.wizard.steps import (
    activated,
    authenticated,
    change_url,
    document_of,
    fresh,
    has_draft,
    later,
    live_of,
)
from tests.factories import FlowFactory


def apply(destination: Destination, by: User, minutes: float = 30) -> None:
    wizard.apply(
        destination=fresh(destination),
        by=by,
        now=later(minutes),
        used_by=lambda _: (),
        waiting=lambda _: 0,
        untested=True,
    )


def map_to(destination: Destination, by: User, target: str) -> None:
    rows = [MappingRow(target, "{{lead.email}}")]
    mappings = {action["id"]: rows for action in document_of(destination)["actions"]}
    wizard.save_mapping(destination=destination, mappings=mappings, by=by, now=later(20))


@pytest.fixture
def crm(adam: User) -> Destination:
    """Live with its second version, which maps to `mail` where the first mapped to `email`."""
    destination = activated(adam)
    map_to(destination, adam, "mail")
    apply(destination, adam)
    return fresh(destination)


def said(page: Client, path: str) -> str:
    """What the page reads like, in one line."""
    words = re.sub(r"<[^>]+>", " ", text_of(page.get(path)))
    return re.sub(r"\s+", " ", words)


def go_back(page: Client, destination: Destination, number: int = 1) -> str:
    """Ask, and answer the question as it was put; what the page says then."""
    path = f"{base_of(destination)}versions/{number}/restore/"
    seen = re.search(r'name="seen" value="([^"]*)"', text_of(page.get(path)))
    assert seen
    return text_of(page.post(path, {"seen": seen[1]}, follow=True))


# --- Looking


def test_the_list_says_what_each_version_changed_when_and_by_whom(page: Client, crm: Destination) -> None:
    shown = said(page, f"{base_of(crm)}versions/")

    assert "Version 2 Live 2 changes: Fields of “Contacts”" in shown
    assert "Version 1 The first one." in shown
    assert "by adam@acme.test" in shown


def test_the_list_goes_on_by_key(page: Client, crm: Destination, adam: User) -> None:
    for number in range(3, 24):
        DestinationRevision.objects.create(
            destination=crm, number=number, document=live_of(crm).document, author=adam, applied_at=later(40)
        )

    first, second = said(page, f"{base_of(crm)}versions/"), said(page, f"{base_of(crm)}versions/?before=4")

    assert ("Version 23 " in first, "Version 4 " in first, "Version 3 " in first) == (True, True, False)
    assert ("Version 3 " in second, "Version 1 " in second, "Version 4 " in second) == (True, True, False)
    assert 'href="?before=4"' in text_of(page.get(f"{base_of(crm)}versions/"))


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "²"])
def test_a_key_that_is_none_begins_at_the_beginning(page: Client, crm: Destination, before: str) -> None:
    assert "Version 2" in said(page, f"{base_of(crm)}versions/?before={before}")


def test_a_destination_that_never_was_live_has_no_versions(page: Client, acme: Account) -> None:
    page.post("/app/destinations/new/", {"integration": "webhook"})

    assert "Nothing was live yet" in said(page, f"{base_of(Destination.objects.get())}versions/")


def test_a_version_says_what_it_changed_and_what_going_back_to_it_would(
    page: Client, crm: Destination
) -> None:
    second, first = (said(page, f"{base_of(crm)}versions/{number}/") for number in (2, 1))

    assert "Compared with version 1, the one before. Fields of “Contacts”" in second
    assert "mail added Source after: {{lead.email}} email removed Source before: {{lead.email}}" in second
    assert "Go back to this version" not in second
    assert "What it began with Authentication" in first
    assert "What going back would change" in first
    assert first.index("What going back would change") < first.index("What it began with")
    assert "Go back to this version" in first


def test_what_was_applied_without_a_test_says_so_wherever_it_stands(
    page: Client, crm: Destination, adam: User
) -> None:
    DestinationRevision.objects.filter(destination=crm, number=1).update(applied_untested=False)

    listed, second, first = (said(page, f"{base_of(crm)}versions/{path}") for path in ("", "2/", "1/"))

    assert listed.count("Without a test") == 1
    assert "by adam@acme.test, without a successful test." in second
    assert "without a successful test" not in first
    assert "by adam@acme.test · without a test" in said(page, base_of(crm))


@pytest.mark.parametrize("number", ["3", "0", "99999999999999999999"])
def test_a_number_that_was_never_applied_is_no_version(
    page: Client, crm: Destination, adam: User, number: str
) -> None:
    change_url(crm, adam)

    assert page.get(f"{base_of(crm)}versions/{number}/").status_code == 404


def test_no_secret_is_on_any_of_these_pages(page: Client, crm: Destination, adam: User) -> None:
    authenticated(crm, adam, "basic", username="ada", password="n3w-password")
    apply(crm, adam, 35)
    paths = ["", *(f"{number}/" for number in (1, 2, 3)), "1/restore/"]

    shown = "".join(text_of(page.get(f"{base_of(crm)}versions/{path}")) for path in paths)

    assert "Bearer token" in shown
    assert "User name and password" in shown
    assert "n3w-password" not in shown
    assert "s3cret-token" not in shown


def test_the_destinations_page_leads_to_them(page: Client, crm: Destination) -> None:
    shown = text_of(page.get(base_of(crm)))

    assert f'href="{base_of(crm)}versions/"' in shown
    assert f'href="{base_of(crm)}versions/2/"' in shown


@pytest.mark.parametrize(("path", "queries"), [("", 5), ("1/", 8), ("2/", 8)])
def test_a_page_costs_the_same_queries_however_many_versions_there_are(
    page: Client,
    crm: Destination,
    adam: User,
    path: str,
    queries: int,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    for number in range(3, 9):
        DestinationRevision.objects.create(
            destination=crm, number=number, document=live_of(crm).document, author=adam, applied_at=later(40)
        )

    with django_assert_num_queries(queries):
        page.get(f"{base_of(crm)}versions/{path}")


# --- Going back


def test_going_back_is_one_question_and_one_answer(page: Client, crm: Destination) -> None:
    shown = go_back(page, crm)

    assert "Version 3 is live: it is as version 1 was, with the credentials of today." in shown
    assert live_of(crm).restores == 1
    assert "It brought back" in shown
    assert "there is nothing to go back to" in said(page, f"{base_of(crm)}versions/1/")


def test_the_question_says_that_a_draft_is_discarded(page: Client, crm: Destination, adam: User) -> None:
    path = f"{base_of(crm)}versions/1/restore/"
    without = said(page, path)
    change_url(crm, adam)
    with_draft = said(page, path)

    go_back(page, crm)

    assert "not applied yet are discarded" not in without
    assert "The changes by adam@acme.test that were not applied yet are discarded." in with_draft
    assert not has_draft(crm)


def test_a_draft_that_the_question_did_not_know_stays(page: Client, crm: Destination, adam: User) -> None:
    path = f"{base_of(crm)}versions/1/restore/"
    seen = re.search(r'name="seen" value="([^"]*)"', text_of(page.get(path)))
    assert seen
    change_url(crm, adam)

    refused = page.post(path, {"seen": seen[1]}, follow=True)

    assert "Somebody changed this meanwhile." in text_of(refused)
    assert (live_of(crm).number, has_draft(crm)) == (2, True)


def with_another_action(crm: Destination, by: User) -> str:
    """Applied; its id."""
    entries = [
        wizard.ActionEntry(action["id"], action["name"], action["configuration"])
        for action in document_of(crm)["actions"]
    ]
    wizard.save_actions(
        destination=crm, actions=[*entries, wizard.ActionEntry("", "Deals")], by=by, now=later(31)
    )
    map_to(crm, by, "mail")
    apply(crm, by, 35)
    return crm.actions.get(name="Deals").pk


def test_an_action_that_a_flow_uses_keeps_it_from_going(
    page: Client, crm: Destination, adam: User, acme: Account
) -> None:
    with_another_action(crm, adam)
    FlowFactory.create(account=acme, name="Solar", uses=[fresh(crm)])

    assert "“Deals” cannot be removed, since a flow delivers to it: “Solar”." in go_back(page, crm)
    assert live_of(crm).number == 3


def test_an_action_that_deliveries_wait_for_keeps_it_from_going(
    page: Client, crm: Destination, adam: User
) -> None:
    deals = with_another_action(crm, adam)
    leader = Delivery.objects.create(
        account=crm.account, destination=crm, action=crm.actions.get(name="Contacts"), state=State.WAITING
    )
    Delivery.objects.create(
        account=crm.account, destination=crm, action_id=deals, state=State.WAITING, follows=leader
    )

    assert "“Deals” cannot be removed: 1 delivery to it is still waiting" in go_back(page, crm)
    assert live_of(crm).number == 3


def test_a_viewer_looks_and_does_not_go_back(vera: User, crm: Destination) -> None:
    page = Client()
    page.force_login(vera)

    assert "What going back would change" in said(page, f"{base_of(crm)}versions/1/")
    assert "Go back to this version" not in said(page, f"{base_of(crm)}versions/1/")
    assert page.post(f"{base_of(crm)}versions/1/restore/").status_code == 403


# --- From an attempt


def test_an_attempt_leads_to_the_version_that_it_was_sent_by(page: Client, crm: Destination) -> None:
    delivery = attempted(crm, live_of(crm))

    shown = text_of(page.get(f"/app/deliveries/{delivery.pk}/"))

    assert f'<a href="{base_of(crm)}versions/2/">version 2</a>' in shown


def test_an_attempt_that_no_version_was_there_for_names_none(page: Client, crm: Destination) -> None:
    shown = text_of(page.get(f"/app/deliveries/{attempted(crm, None).pk}/"))

    assert "of the destination has it" not in shown


def test_an_attempt_names_the_version_of_a_deleted_destination_without_leading_to_it(
    page: Client, crm: Destination
) -> None:
    delivery = attempted(crm, live_of(crm))
    crm.deleted_at = later(50)
    crm.save(update_fields=["deleted_at"])

    shown = text_of(page.get(f"/app/deliveries/{delivery.pk}/"))

    assert "version 2" in shown
    assert "versions/2/" not in shown


def attempted(crm: Destination, revision: DestinationRevision | None) -> Delivery:
    delivery = Delivery.objects.create(
        account=crm.account, destination=crm, action=crm.actions.get(), state=State.FAILED
    )
    Attempt.objects.create(
        delivery=delivery, revision=revision, number=1, outcome="unreachable", reason="No."
    )
    return delivery
