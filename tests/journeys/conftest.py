import pytest
from django.test import Client

from leadconduit.accounts.models import User
from tests.flows.delivery.conftest import receiver, start_worker, working

__all__ = ["receiver", "start_worker", "working"]


@pytest.fixture
def page(transactional_db: None, adam: User) -> Client:
    """Adam's browser, without a script."""
    client = Client()
    client.force_login(adam)
    return client
