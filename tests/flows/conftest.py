import ipaddress
from collections.abc import Iterator
from typing import Any

import pytest

from tests.flows.recipients.answering import Answering


@pytest.fixture
def crm_server(settings: Any) -> Iterator[Answering]:
    settings.OUTBOUND_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    server = Answering()
    server.start()
    yield server
    server.stop()
