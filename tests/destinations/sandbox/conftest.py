import json

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from destinations.sandbox.stand_ins import environment
from tests.destinations.sandbox.vendor import Vendor


@pytest.fixture
def vendor(db: None, settings: Settings, client: Client) -> Vendor:
    settings.BASE_URL = "http://testserver"
    settings.OUTBOUND_REWRITE = json.loads(environment("http://testserver")["OUTBOUND_REWRITE"])
    return Vendor(client)
