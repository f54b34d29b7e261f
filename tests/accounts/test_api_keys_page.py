import re

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leadconduit.accounts.models import Account, ApiKey, AuditEvent, User
from tests.accounts.conftest import SignIn

KEY = re.compile(r"\b[0-9a-f]{40}\b")
PAGE = "/app/api-keys/"
HTMX = {"HX-Request": "true"}


def make_key(account: Account, name: str = "Zapier") -> ApiKey:
    return ApiKey.make(account=account, name=name, by=None)[0]


def test_a_new_key_is_shown_by_the_answer_that_made_it_and_never_again(
    acme: Account, adam: User, as_user: SignIn
) -> None:
    client = as_user(adam)

    answer = client.post("/app/api-keys/new/", {"name": "Zapier"})

    [clear] = set(KEY.findall(answer.content.decode()))
    assert ApiKey.objects.of_clear(clear) == ApiKey.objects.get(account=acme, name="Zapier", created_by=adam)
    assert not KEY.search(client.get(PAGE).content.decode())
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_new_key_comes_as_a_fragment_where_htmx_asks(adam: User, as_user: SignIn) -> None:
    answer = as_user(adam).post("/app/api-keys/new/", {"name": "Zapier"}, headers=HTMX)

    page = answer.content.decode()
    assert KEY.search(page)
    assert 'id="api-keys"' in page
    assert "<html" not in page


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\0b"])
def test_a_name_that_will_not_do_comes_back_in_place(adam: User, name: str, as_user: SignIn) -> None:
    answer = as_user(adam).post("/app/api-keys/new/", {"name": name})

    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_looking_for_the_form_finds_the_page_that_has_it(adam: User, as_user: SignIn) -> None:
    assert as_user(adam).get("/app/api-keys/new/").headers["Location"] == PAGE


def test_keys_that_work_stand_before_revoked_ones_newest_first(
    acme: Account, adam: User, as_user: SignIn
) -> None:
    first, revoked, last = (make_key(acme, name) for name in ("First", "Revoked", "Last"))
    revoked.revoke(by=adam, now=timezone.now())

    answer = as_user(adam).get(PAGE)

    assert [row["key"] for row in answer.context["rows"]] == [last, first, revoked]


def test_the_page_says_what_to_do_where_there_is_no_key(adam: User, vera: User, as_user: SignIn) -> None:
    assert "Give one a name above and create it." in as_user(adam).get(PAGE).content.decode()
    assert "Only an admin can create one." in as_user(vera).get(PAGE).content.decode()


def test_a_viewer_sees_keys_and_no_way_to_change_them(acme: Account, vera: User, as_user: SignIn) -> None:
    key = make_key(acme)

    page = as_user(vera).get(PAGE).content.decode()

    assert f"…{key.ending}" in page
    assert "Revoke" not in page
    assert "Create a key" not in page


def test_keys_of_another_account_are_not_there(acme: Account, sam: User, as_user: SignIn) -> None:
    key = make_key(acme)
    client = as_user(sam)

    assert key.ending not in client.get(PAGE).content.decode()
    assert client.post(f"/app/api-keys/{key.pk}/revoke/").status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None


def test_revoking_asks_on_a_page_of_its_own(acme: Account, adam: User, as_user: SignIn) -> None:
    key = make_key(acme)

    answer = as_user(adam).get(f"/app/api-keys/{key.pk}/revoke/")

    assert "Revoke “Zapier”?" in answer.content.decode()
    key.refresh_from_db()
    assert key.revoked_at is None


def test_a_revoked_key_is_of_no_use(acme: Account, adam: User, as_user: SignIn) -> None:
    key, clear = ApiKey.make(account=acme, name="Zapier", by=adam)

    answer = as_user(adam).post(f"/app/api-keys/{key.pk}/revoke/", follow=True)

    assert ApiKey.objects.of_clear(clear) is None
    assert "is revoked" in answer.content.decode()


def test_revoking_twice_changes_nothing(acme: Account, adam: User, as_user: SignIn) -> None:
    key = make_key(acme)
    client = as_user(adam)
    client.post(f"/app/api-keys/{key.pk}/revoke/")
    key.refresh_from_db()
    revoked_at = key.revoked_at

    client.post(f"/app/api-keys/{key.pk}/revoke/")

    key.refresh_from_db()
    assert key.revoked_at == revoked_at
    assert AuditEvent.objects.filter(action="api_key.revoked").count() == 1


def test_making_and_revoking_are_recorded_without_the_key(acme: Account, adam: User) -> None:
    key, clear = ApiKey.make(account=acme, name="Zapier", by=adam)
    key.revoke(by=adam, now=timezone.now())

    events = AuditEvent.objects.filter(account=acme, object_id=key.pk).order_by("id")

    assert [(event.action, event.actor) for event in events] == [
        ("api_key.created", adam),
        ("api_key.revoked", adam),
    ]
    assert clear not in str(list(events.values()))


def test_the_number_of_queries_does_not_grow_with_the_keys(
    acme: Account, vera: User, django_assert_num_queries: DjangoAssertNumQueries, as_user: SignIn
) -> None:
    client = as_user(vera)
    for number in range(5):
        ApiKey.make(account=acme, name=f"Key {number}", by=vera)

    with django_assert_num_queries(4):
        client.get(PAGE)
