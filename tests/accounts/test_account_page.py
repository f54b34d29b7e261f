"""The page of an account, and the one switch on it."""

from leadconduit.accounts.models import Account, AuditEvent, User
from tests.accounts.conftest import SignIn

PAGE = "/app/account/"


def is_allowed(account: Account) -> bool:
    return Account.objects.get(pk=account.pk).release_allowed


def test_the_owner_turns_releasing_on_and_off(acme: Account, olive: User, as_user: SignIn) -> None:
    client = as_user(olive)
    assert "Turn on" in client.get(PAGE).content.decode()

    answer = client.post(PAGE, {"release": "allow"}, follow=True)
    assert "Admins can release withheld leads from now on." in answer.content.decode()
    assert is_allowed(acme)

    client.post(PAGE, {"release": "forbid"})
    assert not is_allowed(acme)
    assert AuditEvent.objects.filter(account=acme, actor=olive).count() == 2


def test_others_see_how_it_stands_and_who_decides(
    acme: Account, olive: User, adam: User, vera: User, as_user: SignIn
) -> None:
    for other in (adam, vera):
        page = as_user(other).get(PAGE).content.decode()
        assert "Only olive@acme.test can change this." in page
        assert "Turn on" not in page

        assert as_user(other).post(PAGE, {"release": "allow"}).status_code == 403
    assert not is_allowed(acme)


def test_an_owner_decides_for_their_own_account_alone(acme: Account, sam: User, as_user: SignIn) -> None:
    as_user(sam).post(PAGE, {"release": "allow"})

    assert not is_allowed(acme)
    assert is_allowed(sam.membership.account)
