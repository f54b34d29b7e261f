import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from destinations.connectors.declaration import Connector
from destinations.connectors.registry import REGISTRY
from destinations.platforms.port import AFTER_UNKNOWN

INTRODUCTION = """# Connectors

Generated from their declarations by `manage.py connectors --markdown > docs/connectors.md`. What is called unconfirmed
is built by the system's published documentation, and nobody has seen the real system do it.
"""


class Command(BaseCommand):
    help = "Prints the built-in connectors as one JSON array: their keys, ways to authenticate and actions."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--markdown", action="store_true", help="print docs/connectors.md instead")

    def handle(self, *args: Any, markdown: bool = False, **options: Any) -> None:
        connectors = list(REGISTRY.values())
        self.stdout.write(page(connectors) if markdown else json.dumps(list(map(described, connectors))))


def described(connector: Connector) -> dict[str, Any]:
    return {
        "key": connector.key,
        "name": connector.name,
        "auth": [scheme.key for scheme in connector.schemes],
        "actions": [{"key": action.key, "name": action.name} for action in connector.actions],
    }


def page(connectors: list[Connector]) -> str:
    """docs/connectors.md, without the last line break."""
    rows = [
        f"| [{connector.name}](#{_anchor(connector)}) | {connector.category} "
        f"| {', '.join(scheme.label for scheme in connector.schemes)} "
        f"| {', '.join(action.name for action in connector.actions)} |"
        for connector in connectors
    ]
    table = ["| connector | category | authentication | actions |", "|---|---|---|---|", *rows]
    return "\n".join([INTRODUCTION, *table, *map(_section, connectors)])


def _section(connector: Connector) -> str:
    actions = [
        f"- **{action.name}** (`{action.key}`): {action.description} When no answer comes, "
        f"{AFTER_UNKNOWN[action.after_unknown]} (`{action.after_unknown}`)."
        for action in connector.actions
    ]
    unconfirmed = ["\nUnconfirmed:\n", *(f"- {sentence}" for sentence in connector.unconfirmed)]
    return "\n".join(
        [
            f"\n## {connector.name}",
            f"\n{connector.description}\n",
            *actions,
            f"\nTested: {connector.tested}",
            *(unconfirmed if connector.unconfirmed else ()),
        ]
    )


def _anchor(connector: Connector) -> str:
    return connector.name.lower().replace(" ", "-")
