import json
from typing import Any

from django.core.management.base import BaseCommand

from destinations.connectors.declaration import Connector
from destinations.connectors.registry import REGISTRY


class Command(BaseCommand):
    help = "Prints the built-in connectors as one JSON array: their keys, ways to authenticate and actions."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps([described(connector) for connector in REGISTRY.values()]))


def described(connector: Connector) -> dict[str, Any]:
    return {
        "key": connector.key,
        "name": connector.name,
        "auth": [scheme.key for scheme in connector.schemes],
        "actions": [{"key": action.key, "name": action.name} for action in connector.actions],
    }
