from django.test import Client

from destinations import lifecycle
from leadconduit.accounts.models import Account, User
from tests.destinations.views.journey import HTMX, begin, text_of
from tests.destinations.wizard.steps import change_url, later
from tests.factories import DestinationFactory, FlowFactory


def test_each_destination_says_how_it_stands(page: Client, acme: Account, adam: User) -> None:
    begin(page)
    changed, paused = (
        DestinationFactory.create(account=acme, name="A"),
        DestinationFactory.create(account=acme, name="B"),
    )
    change_url(changed, adam)
    lifecycle.pause(destination=paused, by=adam, now=later(1))
    FlowFactory.create(account=acme, uses=[paused])

    shown = text_of(page.get("/app/destinations/"))

    assert ">Draft<" in shown
    assert "Changes not applied" in shown
    assert "Paused" in shown
    assert "1 flow\n" in shown


def test_it_is_searched_by_name_and_status(page: Client, acme: Account) -> None:
    DestinationFactory.create(account=acme, name="CRM")
    DestinationFactory.create(account=acme, name="Warehouse")
    begin(page)

    by_name = text_of(page.get("/app/destinations/", {"q": "ware"}))
    drafts = text_of(page.get("/app/destinations/", {"status": "draft"}))

    assert ("CRM" in by_name, "Warehouse" in by_name) == (False, True)
    assert ("CRM" in drafts, ">Draft<" in drafts) == (False, True)


def test_searching_with_htmx_answers_the_rows_alone(page: Client, acme: Account) -> None:
    DestinationFactory.create(account=acme, name="CRM")

    found = text_of(page.get("/app/destinations/", {"q": "crm"}, headers=HTMX))
    nothing = text_of(page.get("/app/destinations/", {"q": "zzz"}, headers=HTMX))

    assert "<html" not in found
    assert "CRM" in found
    assert "Nothing found" in nothing


def test_an_empty_account_is_told_what_a_destination_is(page: Client) -> None:
    assert "No destination yet" in text_of(page.get("/app/destinations/"))


def test_destinations_of_other_accounts_are_not_there(page: Client, elsewhere: Account) -> None:
    DestinationFactory.create(account=elsewhere, name="Theirs")

    assert "Theirs" not in text_of(page.get("/app/destinations/"))


def test_long_lists_have_pages(page: Client, acme: Account) -> None:
    for number in range(51):
        DestinationFactory.create(account=acme, name=f"Number {number:02}")

    first = text_of(page.get("/app/destinations/"))
    older = first.split("?before=")[1].split('"')[0]
    second = text_of(page.get("/app/destinations/", {"before": older}))

    assert "Number 00" not in first
    assert "Number 00" in second


def test_a_viewer_is_offered_no_new_one(vera: User) -> None:
    page = Client()
    page.force_login(vera)

    assert "Add a destination" not in text_of(page.get("/app/destinations/"))
