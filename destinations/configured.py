"""A destination as a revision has it, in the plain values that a platform takes."""

from collections.abc import Mapping
from typing import Any

import structlog

from destinations.credentials import tokens
from destinations.mapping import MappingRow, Table
from destinations.models import Connection, Destination, DestinationRevision, LiveAnswer
from destinations.platforms.port import ActionValues, DestinationValues, Platform, Targets
from destinations.platforms.registry import PLATFORMS
from leadconduit.lib.encryption import DecryptionError

logger = structlog.get_logger(__name__)

Document = dict[str, Any]


def platform_of(destination: Destination) -> Platform:
    return PLATFORMS[destination.platform]


def current(destination: Destination) -> DestinationRevision:
    """What the wizard shows: the draft, or what is live where there is none."""
    revision = DestinationRevision.objects.draft_of(destination) or destination.live
    assert revision is not None  # a destination begins with a draft, which only becomes live
    return revision


def values_of(
    destination: Destination,
    document: Document,
    credentials: Mapping[str, Any] | None = None,
    *,
    discovered: Mapping[str, Targets] | None = None,
) -> DestinationValues:
    return DestinationValues(
        account_id=destination.account_id,
        instance_id=destination.instance_id,
        integration=destination.integration,
        name=destination.name,
        scheme=document["scheme"] or "",
        connection_id=document["connection"] or "",
        credentials=credentials or {},
        configuration=document["configuration"],
        actions=tuple(action_values(action) for action in document["actions"]),
        discovered=discovered or {},
    )


def discovered_of(destination: Destination, document: Document) -> dict[str, Targets]:
    """What the system said last of what its actions take, by `action_id`."""
    offers = platform_of(destination).setup.offers(values_of(destination, document))
    if not any(spec.live_targets for spec in offers):
        return {}
    kept = LiveAnswer.objects.filter(destination=destination, about__startswith="targets:")
    return {
        about.removeprefix("targets:"): Targets.from_json(answer)
        for about, answer in kept.values_list("about", "answer")
    }


def action_values(action: Document) -> ActionValues:
    return ActionValues(
        action_id=action["action_id"], name=action["name"], configuration=action["configuration"]
    )


def rows_of(action: Document) -> list[MappingRow]:
    return [MappingRow.from_json(row) for row in action["mapping"]]


def tables_of(document: Document) -> list[Table]:
    """The look-up tables of all its actions."""
    return [Table.from_json(table) for table in document.get("tables", [])]


def connection_of(destination: Destination, document: Document) -> Connection | None:
    """The connection that a document names, if it names one."""
    connections = Connection.objects.filter(account=destination.account_id).select_related("token")
    return connections.filter(pk=document["connection"]).first() if document["connection"] else None


def values_of_connection(connection: Connection) -> DestinationValues:
    """A connection by itself, as of a destination that is not set up further."""
    return DestinationValues(
        account_id=connection.account_id,
        instance_id="",
        integration=connection.integration,
        scheme=connection.scheme,
        connection_id=connection.pk,
        connection_problem=connection.problem,
        credentials=credentials_of(connection),
    )


def entered_of(connection: Connection | None) -> dict[str, Any]:
    """What somebody entered: settings and secrets. Secrets that cannot be read any more count as never entered."""
    if connection is None:
        return {}
    try:
        return {**connection.settings, **connection.reveal()}
    except DecryptionError:
        logger.exception("connection.not_readable", connection_id=connection.pk)
        return dict(connection.settings)


def credentials_of(connection: Connection | None) -> dict[str, Any]:
    """What was entered, and what a token server gave for it."""
    try:
        return tokens.credentials_of(connection) if connection else {}
    except DecryptionError:
        return entered_of(connection)
