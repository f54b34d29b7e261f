import json
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from leadconduit.accounts.models import Account, ApiKey, Membership, Role, User


class Command(BaseCommand):
    help = "Make an account with its owner and an API key, and print {account_id, email, api_key} as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the account's name")
        parser.add_argument("--email", required=True, help="what the owner signs in with")
        parser.add_argument("--password", required=True, help="what the owner signs in with at first")

    def handle(self, *, name: str, email: str, password: str, **options: Any) -> None:
        name, email = _checked_name(name), _checked_email(email)
        self._check_password(password, email)
        account, key = _create(name=name, email=email, password=password)
        self.stdout.write(json.dumps({"account_id": account.pk, "email": email, "api_key": key}))

    def _check_password(self, password: str, email: str) -> None:
        """Whoever runs this runs the product: a password that is easy to guess is only warned of."""
        if not password:
            raise CommandError("The password is missing.")
        try:
            validate_password(password, User(email=email))
        except ValidationError as error:
            self.stderr.write(self.style.WARNING(f"Warning: {' '.join(error.messages)}"))


def _checked_name(name: str) -> str:
    account = Account(name=name.strip())
    try:
        account.clean_fields()
    except ValidationError as error:
        raise CommandError(f"That is no name for an account. {' '.join(error.messages)}") from error
    return account.name


def _checked_email(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(f"{email!r} is not an e-mail address.") from error
    if User.objects.filter(email=email).exists():
        raise CommandError(f"There is a user {email} already.")
    return email


@transaction.atomic
def _create(*, name: str, email: str, password: str) -> tuple[Account, str]:
    account = Account.objects.create(name=name)
    owner = User.objects.create_user(email, password)
    Membership.objects.create(user=owner, account=account, role=Role.OWNER)
    _, key = ApiKey.make(account=account, name="First key", by=owner)
    return account, key
