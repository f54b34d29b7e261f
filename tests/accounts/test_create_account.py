import json

import pytest
from django.core.management import CommandError, call_command

from leadconduit.accounts.models import Account, ApiKey, Role, User


def create(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    call_command("create_account", *arguments)
    printed = capsys.readouterr()
    return printed.out, printed.err


def test_it_prints_one_json_object_and_nothing_else(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = create(capsys, "Acme", "--email", "Olive@Acme.test", "--password", "correct horse battery")

    assert err == ""
    assert out.count("\n") == 1
    answer = json.loads(out)
    account = Account.objects.get(name="Acme")
    assert answer == {"account_id": account.pk, "email": "olive@acme.test", "api_key": answer["api_key"]}
    found = ApiKey.objects.of_clear(answer["api_key"])
    assert found is not None
    assert found.account == account


def test_the_user_owns_the_account_and_can_sign_in(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    create(capsys, "Acme", "--email", "olive@acme.test", "--password", "correct horse battery")

    olive = User.objects.get(email="olive@acme.test")
    assert olive.membership.role == Role.OWNER
    assert olive.check_password("correct horse battery")


def test_a_password_that_is_easy_to_guess_is_warned_of_on_stderr(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = create(capsys, "Acme", "--email", "olive@acme.test", "--password", "password")

    assert json.loads(out)["email"] == "olive@acme.test"
    assert "too common" in err


ACME = {"name": "Acme", "--email": "olive@acme.test", "--password": "correct horse battery"}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"--email": "taken@acme.test"}, "There is a user taken@acme.test already."),
        ({"--email": "Taken@ACME.test"}, "There is a user taken@acme.test already."),
        ({"--email": "not an address"}, "is not an e-mail address"),
        ({"--password": ""}, "The password is missing."),
        ({"name": " "}, "no name for an account"),
        ({"name": "x" * 201}, "no name for an account"),
    ],
)
def test_what_will_not_do_is_refused_and_leaves_nothing(
    db: None, capsys: pytest.CaptureFixture[str], changed: dict[str, str], why: str
) -> None:
    User.objects.create_user("taken@acme.test")
    given = ACME | changed

    with pytest.raises(CommandError, match=why):
        create(capsys, given["name"], "--email", given["--email"], "--password", given["--password"])

    assert capsys.readouterr().out == ""
    assert not Account.objects.exists()
