from django.test import Client

from destinations.connectors.declaration import Connector
from destinations.models import Destination
from leadconduit.accounts.models import User
from tests.destinations.connectors.acme_crm import acme_crm
from tests.destinations.views.journey import HTMX, text_of
from tests.factories import DestinationFactory

__all__ = ["acme_crm"]


def test_it_shows_what_can_be_chosen(page: Client) -> None:
    assert "Custom Webhook" in text_of(page.get("/app/destinations/new/"))


def test_searching_with_htmx_answers_the_list_alone(page: Client) -> None:
    found = text_of(page.get("/app/destinations/new/", {"q": "webh"}, headers=HTMX))
    boosted = text_of(page.get("/app/destinations/new/", headers=HTMX | {"HX-Boosted": "true"}))

    assert ("Custom Webhook" in found, "<html" in found) == (True, False)
    assert "<html" in boosted


def test_choosing_begins_a_destination(page: Client) -> None:
    answer = page.post("/app/destinations/new/", {"integration": "webhook"})

    destination = Destination.objects.get()
    assert answer.headers["Location"] == f"/app/destinations/{destination.instance_id}/setup/auth/"


def test_an_integration_can_be_read_about_before_it_is_chosen(page: Client, acme_crm: Connector) -> None:
    shown = text_of(page.get("/app/destinations/new/acme/"))

    assert "Puts a contact on a list." in shown
    assert "No destination of this account uses it yet." in shown
    assert page.get("/app/destinations/new/teapot/").status_code == 404


def test_what_happens_without_an_answer_is_said_once(page: Client) -> None:
    marketo = text_of(page.get("/app/destinations/new/marketo/"))
    slack = text_of(page.get("/app/destinations/new/slack/"))

    assert marketo.count("When no answer comes to ") == 2
    assert "comes to Create or update lead or Add to list or Add to program, it is sent again" in marketo
    assert slack.count("When no answer comes, it is not sent again by itself") == 1


def test_what_is_in_use_is_marked_and_named(page: Client, adam: User) -> None:
    account = adam.membership.account
    DestinationFactory.create(account=account, name="Data warehouse")
    DestinationFactory.create(name="Of another account")

    assert "1 in use" in text_of(page.get("/app/destinations/new/"))
    assert "Data warehouse" in text_of(page.get("/app/destinations/new/webhook/"))


def test_a_category_narrows_what_is_shown(page: Client, acme_crm: Connector) -> None:
    shown = text_of(page.get("/app/destinations/new/", {"category": "CRM"}))

    assert ("Acme CRM" in shown, "Send leads to any address" in shown) == (True, False)


def test_a_search_finds_what_an_integration_does(page: Client, acme_crm: Connector) -> None:
    found = text_of(page.get("/app/destinations/new/", {"q": "add to list"}, headers=HTMX))

    assert ("Acme CRM" in found, "Custom Webhook" in found) == (True, False)


def test_what_is_not_offered_begins_nothing(page: Client) -> None:
    answer = page.post("/app/destinations/new/", {"integration": "teapot"}, follow=True)

    assert "Nothing was begun." in text_of(answer)
    assert not Destination.objects.exists()


def test_a_viewer_cannot_choose(vera: User) -> None:
    page = Client()
    page.force_login(vera)

    assert "Set up" not in text_of(page.get("/app/destinations/new/"))
    assert page.post("/app/destinations/new/", {"integration": "webhook"}).status_code == 403
