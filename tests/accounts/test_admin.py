"""The admin, as support uses it."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from leadconduit.accounts.models import Account, ApiKey, AuditEvent, User
from tests.accounts.conftest import SignIn


@pytest.fixture
def support(db: None, as_user: SignIn) -> Client:
    return as_user(User.objects.create_superuser("support@leadconduit.test"))


def test_support_signs_in_where_everybody_does(client: Client, db: None) -> None:
    assert client.get("/admin/login/?next=/admin/").headers["Location"] == "/app/login/?next=%2Fadmin%2F"


def test_a_customer_is_refused(olive: User, as_user: SignIn) -> None:
    assert as_user(olive).get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("kind", ["account", "user", "membership", "apikey", "auditevent"])
def test_support_finds_a_customer_by_address(support: Client, acme: Account, olive: User, kind: str) -> None:
    ApiKey.make(account=acme, name="Zapier", by=olive)

    answer = support.get(f"/admin/accounts/{kind}/", {"q": "olive@acme.test"})

    assert answer.context["cl"].result_count == 1


@pytest.mark.parametrize("kind", ["account", "apikey", "auditevent"])
def test_support_finds_what_an_account_has_by_its_id(
    support: Client, acme: Account, olive: User, kind: str
) -> None:
    ApiKey.make(account=acme, name="Zapier", by=olive)

    answer = support.get(f"/admin/accounts/{kind}/", {"q": acme.pk})

    assert answer.context["cl"].result_count == 1


def test_a_key_shows_its_end_and_nothing_more(support: Client, acme: Account) -> None:
    key, _ = ApiKey.make(account=acme, name="Zapier", by=None)

    page = support.get(f"/admin/accounts/apikey/{key.pk}/change/").content.decode()

    assert key.ending in page
    assert key.digest not in page
    assert 'name="_save"' not in page


def test_what_was_recorded_cannot_be_changed(support: Client, acme: Account, olive: User) -> None:
    ApiKey.make(account=acme, name="Zapier", by=olive)
    event = AuditEvent.objects.get()

    assert support.post(f"/admin/accounts/auditevent/{event.pk}/change/", {"action": "x"}).status_code == 403
    assert support.post(f"/admin/accounts/auditevent/{event.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_user_that_support_makes_can_sign_in(support: Client, acme: Account) -> None:
    support.post(
        "/admin/accounts/user/add/",
        {
            "email": "Nora@Acme.test",
            "name": "Nora",
            "usable_password": "true",
            "password1": "correct horse battery",
            "password2": "correct horse battery",
            "membership-TOTAL_FORMS": "1",
            "membership-INITIAL_FORMS": "0",
            "membership-0-account": acme.pk,
            "membership-0-role": "viewer",
        },
    )

    nora = User.objects.get(email="nora@acme.test")
    assert nora.check_password("correct horse battery")
    assert nora.membership.account == acme


def test_staff_cannot_make_themselves_superusers(acme: Account, as_user: SignIn) -> None:
    staff = User.objects.create_user("staff@leadconduit.test", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    client = as_user(staff)
    chief = User.objects.create_superuser("chief@leadconduit.test")

    client.post(
        f"/admin/accounts/user/{staff.pk}/change/",
        {
            "email": staff.email,
            "is_active": "on",
            "is_superuser": "on",
            "membership-TOTAL_FORMS": "0",
            "membership-INITIAL_FORMS": "0",
        },
    )

    staff.refresh_from_db()
    assert not staff.is_superuser
    assert client.post(f"/admin/accounts/user/{chief.pk}/change/", {"email": "x@x.test"}).status_code == 403
    assert client.get(f"/admin/accounts/user/{chief.pk}/password/").status_code == 403
