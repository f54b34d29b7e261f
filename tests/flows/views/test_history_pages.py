"""The history of a flow in the browser: what each revision changed, and going back to one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from destinations.models import Destination
from flows import editing
from flows.models import Entity, Flow, FlowRevision
from leadconduit.accounts.models import Account, AuditEvent, User
from tests.factories import (
    DestinationFactory,
    EntityFactory,
    FlowFactory,
    filter_step,
    recipient_step,
    source_of,
)


@pytest.fixture
def visitor(adam: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(adam)


@pytest.fixture
def crm(acme: Account) -> Destination:
    return DestinationFactory.create(account=acme, name="CRM", actions=["Create", "Notify"])


@pytest.fixture
def checker(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="Checker", source=None, recipient="enhancement")


@pytest.fixture
def flow(acme: Account, crm: Destination, checker: Entity) -> Flow:
    """Deployed as it was first saved."""
    secret = recipient_step(checker, mapped={"basic_password": "open sesame"})
    return FlowFactory.create(
        account=acme,
        name="Solar",
        sources=[source_of(EntityFactory.create(account=acme, name="Website"))],
        steps=[filter_step(description="Californians"), secret],
        uses=[crm],
        deployed=True,
    )


def change(flow: Flow, by: User | None = None, **parts: Any) -> None:
    editing.change(flow=flow, parts=lambda _: parts, author=by, now=timezone.now())


def saved(flow: Flow) -> FlowRevision:
    revision = Flow.objects.select_related("saved").get(pk=flow.pk).saved
    assert revision is not None
    return revision


def page(visitor: Client, flow: Flow, path: str = "") -> str:
    return " ".join(visitor.get(f"/app/flows/{flow.pk}/history/{path}").content.decode().split())


def go_back(visitor: Client, flow: Flow, number: int, seen: str = "") -> list[str]:
    """What is said afterwards."""
    answer = visitor.post(
        f"/app/flows/{flow.pk}/history/{number}/restore/", {"seen": seen or saved(flow).pk}, follow=True
    )
    return [str(message) for message in answer.context["messages"]]


def test_the_list_says_who_saved_what_and_which_is_deployed(visitor: Client, flow: Flow, adam: User) -> None:
    change(flow, adam, name="Sun", steps=[])

    rows = visitor.get(f"/app/flows/{flow.pk}/history/").context["rows"]

    assert [(row["revision"].number, row["changes"], len(row["deployments"])) for row in rows] == [
        (2, "3 changes: Settings, Steps", 0),
        (1, "", 1),
    ]
    shown = page(visitor, flow)
    assert "by adam@acme.test" in shown
    assert shown.count("Deployed</span>") == 1


def test_a_revision_says_in_words_what_it_changed_and_what_going_back_would(
    visitor: Client, flow: Flow
) -> None:
    change(flow, name="Sun")

    assert 'Name</b> <small class="muted">changed' in page(visitor, flow, "2/")
    first = page(visitor, flow, "1/")
    assert "What it began with" in first
    assert "lead.state is equal to CA" in first
    assert "What going back would change" in first
    assert "Go back to this revision" in first
    assert "What going back would change" not in page(visitor, flow, "2/")
    assert "open sesame" not in first
    assert "Stored, never shown" in first


def test_going_back_saves_the_document_of_then_and_deploys_nothing(
    visitor: Client, flow: Flow, adam: User
) -> None:
    first = saved(flow)
    change(flow, name="Sun", steps=[], destinations=[])
    asked = page(visitor, flow, "1/restore/")
    assert f'name="seen" value="{saved(flow).pk}"' in asked

    assert go_back(visitor, flow, 1) == ["Revision 3 is saved: it is as revision 1 was. Deploy to use it."]

    back = saved(flow)
    assert (back.number, back.author) == (3, adam)
    assert back.document == first.document
    assert Flow.objects.get(pk=flow.pk).deployed == first
    assert AuditEvent.objects.get(action="flow.restored").detail == {"revision": 3, "restores": 1}
    assert "Back to revision 1." in page(visitor, flow)
    assert "It brought back" in page(visitor, flow, "3/")


def test_a_recipients_key_and_credentials_of_then_come_back_whatever_it_is_called_now(
    visitor: Client, flow: Flow, checker: Entity
) -> None:
    step = saved(flow).document["steps"][1]
    change(flow, steps=[])
    Entity.objects.filter(pk=checker.pk).update(name="Renamed", recipient=None)

    go_back(visitor, flow, 1)

    assert saved(flow).document["steps"][1] == step


def test_what_is_gone_is_said_and_nothing_is_saved(
    visitor: Client, flow: Flow, crm: Destination, checker: Entity
) -> None:
    change(flow, name="Sun", steps=[], destinations=[])
    checker.delete()
    crm.actions.filter(name="Notify").update(removed_at=timezone.now())
    gone = ["Step 2, “Recipient”, asks an entity that is gone.", "“CRM” has no action “Notify” any more."]

    shown = page(visitor, flow, "1/")
    assert all(sentence in shown for sentence in gone)
    assert "Go back to this revision" not in shown
    assert go_back(visitor, flow, 1) == gone

    Destination.objects.filter(pk=crm.pk).update(deleted_at=timezone.now())
    assert go_back(visitor, flow, 1) == [gone[0], "The destination “CRM” was deleted."]
    assert saved(flow).number == 2


def test_nobody_goes_back_over_a_change_that_they_have_not_seen(visitor: Client, flow: Flow) -> None:
    change(flow, name="Sun")
    seen = saved(flow).pk
    change(flow, name="Moon")

    assert "Somebody changed the flow meanwhile." in go_back(visitor, flow, 1, seen)[0]
    assert saved(flow).number == 3


def test_what_is_saved_already_is_nothing_to_go_back_to(visitor: Client, flow: Flow) -> None:
    change(flow, name="Sun")
    change(flow, name="Solar")

    assert "there is nothing to go back to" in page(visitor, flow, "1/")
    assert "there is nothing to go back to" in go_back(visitor, flow, 1)[0]
    assert saved(flow).number == 3


def test_a_viewer_reads_and_is_offered_nothing(
    flow: Flow, vera: User, as_user: Callable[[User], Client]
) -> None:
    change(flow, name="Sun")

    assert "Go back to this revision" not in page(as_user(vera), flow, "1/")


def test_history_pages_by_number_at_the_same_cost(
    visitor: Client, flow: Flow, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(21):
        change(flow, name=f"Solar {number}")

    rows = visitor.get(f"/app/flows/{flow.pk}/history/").context["rows"]
    assert [row["revision"].number for row in rows] == list(range(22, 2, -1))
    assert rows[-1]["changes"] == "1 change: Settings"
    with django_assert_num_queries(8):
        older = visitor.get(f"/app/flows/{flow.pk}/history/?before=3")
    assert [row["revision"].number for row in older.context["rows"]] == [2, 1]
    with django_assert_num_queries(8):
        visitor.get(f"/app/flows/{flow.pk}/history/")
