from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from leadconduit.accounts.models import User

PASSWORD = "correct horse battery"
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    """The real hash takes a third of a second, on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
