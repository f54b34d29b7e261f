import pytest
from django.test import Client

from leadconduit.accounts.models import User
from tests.destinations.connectors.receiver import receiver

__all__ = ["receiver"]


@pytest.fixture
def page(adam: User) -> Client:
    """Adam's browser."""
    client = Client()
    client.force_login(adam)
    return client
