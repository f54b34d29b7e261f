"""Every connector, named one by one."""

from destinations.connectors.declaration import Connector
from destinations.connectors.webhook import WEBHOOK

REGISTRY: dict[str, Connector] = {connector.key: connector for connector in (WEBHOOK,)}
