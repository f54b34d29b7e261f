from django.test import Client

from destinations.models import Destination
from leadconduit.accounts.models import User
from tests.destinations.views.journey import HTMX, text_of


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


def test_what_is_not_offered_begins_nothing(page: Client) -> None:
    answer = page.post("/app/destinations/new/", {"integration": "teapot"}, follow=True)

    assert "Nothing was begun." in text_of(answer)
    assert not Destination.objects.exists()


def test_a_viewer_cannot_choose(vera: User) -> None:
    page = Client()
    page.force_login(vera)

    assert "Set up" not in text_of(page.get("/app/destinations/new/"))
    assert page.post("/app/destinations/new/", {"integration": "webhook"}).status_code == 403
