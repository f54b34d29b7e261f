"""Whether withheld leads may be released is for an account's owner to say."""

import pytest

from leadconduit.accounts import release
from leadconduit.accounts.models import Account, AuditEvent, User


def test_it_is_off_until_it_is_turned_on(acme: Account, olive: User) -> None:
    acme.refresh_from_db()
    assert acme.release_allowed is False

    assert release.allow(acme, True, by=olive)

    assert Account.objects.get(pk=acme.pk).release_allowed is True


def test_each_change_is_noted_and_what_changes_nothing_is_not(acme: Account, olive: User) -> None:
    for allowed in (True, True, False, False):
        release.allow(acme, allowed, by=olive)

    notes = AuditEvent.objects.filter(object_id=acme.pk).order_by("pk")
    assert [(note.action, note.actor) for note in notes] == [
        ("account.release_allowed", olive),
        ("account.release_forbidden", olive),
    ]


@pytest.mark.usefixtures("adam")
def test_a_refusal_names_who_can_turn_it_on(acme: Account, olive: User) -> None:
    assert release.refusal(acme) == (
        "Releasing leads is off for this account. olive@acme.test can turn it on, on the page of the account."
    )


def test_an_account_without_an_owner_still_gets_a_sentence(acme: Account) -> None:
    assert "The account's owner can turn it on" in release.refusal(acme)
