"""`requires`, and where the app begins."""

import pytest
from django.test import Client

from leadconduit.accounts.models import Membership, Role, User
from tests.accounts.conftest import SignIn

ORDER = [Role.VIEWER, Role.ADMIN, Role.OWNER]


@pytest.mark.parametrize("role", ORDER)
@pytest.mark.parametrize("least", ORDER)
def test_a_role_reaches_itself_and_what_is_below(role: Role, least: Role) -> None:
    assert role.reaches(least) == (ORDER.index(role) >= ORDER.index(least))


def test_a_page_asks_who_is_there_and_remembers_itself(client: Client, db: None) -> None:
    answer = client.get("/app/api-keys/?a=1&b=2")

    assert answer.headers["Location"] == "/app/login/?next=/app/api-keys/%3Fa%3D1%26b%3D2"


def test_a_post_of_a_session_that_ended_comes_back_to_the_start(client: Client, db: None) -> None:
    assert client.post("/app/api-keys/new/").headers["Location"] == "/app/login/?next=/app/"


def test_a_fragment_sends_the_whole_page_to_sign_in_and_back_to_that_page(client: Client, db: None) -> None:
    answer = client.get(
        "/app/api-keys/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/app/flows/?page=2"},
    )

    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == "/app/login/?next=/app/flows/%3Fpage%3D2"


def test_a_page_of_another_site_is_not_come_back_to(client: Client, db: None) -> None:
    answer = client.get(
        "/app/api-keys/", headers={"HX-Request": "true", "HX-Current-URL": "https://evil.test/app/"}
    )

    assert answer.headers["HX-Redirect"] == "/app/login/?next=/app/"


def test_a_viewer_is_told_why_a_change_is_refused(vera: User, as_user: SignIn) -> None:
    answer = as_user(vera).post("/app/api-keys/new/", {"name": "Mine"})

    assert answer.status_code == 403
    assert "Your role may look but not change." in answer.content.decode()


def test_a_role_that_was_taken_away_counts_at_once(adam: User, as_user: SignIn) -> None:
    client = as_user(adam)
    Membership.objects.filter(user=adam).update(role=Role.VIEWER)

    assert client.post("/app/api-keys/new/", {"name": "Mine"}).status_code == 403


def test_somebody_without_an_account_is_told_so(db: None, as_user: SignIn) -> None:
    answer = as_user(User.objects.create_user("lone@acme.test")).get("/app/api-keys/")

    assert answer.status_code == 403
    assert "belong to no account" in answer.content.decode()


def test_pages_stay_out_of_caches(vera: User, as_user: SignIn) -> None:
    assert as_user(vera).get("/app/api-keys/").headers["Cache-Control"] == "private, no-store"


def test_the_app_begins_with_the_destinations(vera: User, as_user: SignIn) -> None:
    client = as_user(vera)

    assert client.get("/").headers["Location"] == "/app/"
    assert client.get("/app/").headers["Location"] == "/app/destinations/"


def test_support_begins_in_the_admin(db: None, as_user: SignIn) -> None:
    client = as_user(User.objects.create_superuser("support@leadconduit.test"))

    assert client.get("/app/").headers["Location"] == "/admin/"


def test_support_that_belongs_to_an_account_begins_as_everybody_does(olive: User, as_user: SignIn) -> None:
    User.objects.filter(pk=olive.pk).update(is_staff=True)

    assert as_user(olive).get("/app/").headers["Location"] == "/app/destinations/"


def test_two_spellings_of_an_address_are_one_user(db: None) -> None:
    made = User.objects.create_user(" Olive@ACME.test ")

    assert made.email == "olive@acme.test"
    assert User.objects.get_by_natural_key("OLIVE@acme.test") == made
