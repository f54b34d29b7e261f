import pytest

from destinations.connectors.declaration import Connector
from destinations.connectors.registry import REGISTRY
from tests.destinations.connectors.contract import ConnectorContract


@pytest.mark.parametrize("connector", REGISTRY.values(), ids=list(REGISTRY))
class TestConnectors(ConnectorContract):
    pass


@pytest.mark.parametrize(("key", "connector"), REGISTRY.items(), ids=list(REGISTRY))
def test_each_stands_under_its_own_key(key: str, connector: Connector) -> None:
    assert connector.key == key
