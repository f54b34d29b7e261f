"""A destination as a revision has it, in the plain values that a platform takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog

from destinations import fields
from destinations.credentials import tokens
from destinations.mapping import MappingRow, Table
from destinations.models import Connection, Destination, DestinationRevision, LiveAnswer
from destinations.platforms.port import (
    ActionValues,
    DestinationValues,
    Platform,
    PlatformError,
    Targets,
    UnknownIntegration,
)
from destinations.platforms.registry import PLATFORMS
from leadconduit.lib.encryption import DecryptionError

logger = structlog.get_logger(__name__)

Document = dict[str, Any]

LEADS_ELSEWHERE = "It leads to another host than these credentials were entered for: enter them again."


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
    return _discovered([destination.pk] if _asks(destination, document) else []).get(destination.pk, {})


def required_of(destinations: Iterable[Destination]) -> dict[str, frozenset[str]]:
    """The fields that the receivers of what is live require, by the action's id. One query."""
    live = [(one, one.live.document) for one in destinations if one.live]
    discovered = _discovered([one.pk for one, document in live if _asks(one, document)])
    found = {}
    for destination, document in live:
        setup = platform_of(destination).setup
        values = values_of(destination, document, discovered=discovered.get(destination.pk))
        for action in document["actions"]:
            try:
                fields = setup.targets(values, action["action_id"]).fields
            except (PlatformError, UnknownIntegration):
                continue  # nobody knows what it takes
            found[action["id"]] = frozenset(field.key for field in fields if field.required)
    return found


def _asks(destination: Destination, document: Document) -> bool:
    """Is there an action whose fields the system itself says?"""
    offers = platform_of(destination).setup.offers(values_of(destination, document))
    return any(spec.live_targets for spec in offers)


def _discovered(ids: Sequence[str]) -> dict[str, dict[str, Targets]]:
    """By the destination's id and the `action_id`."""
    found: dict[str, dict[str, Targets]] = {}
    kept = LiveAnswer.objects.filter(destination__in=ids, about__startswith="targets:") if ids else None
    for id, about, answer in kept.values_list("destination", "about", "answer") if kept is not None else ():
        found.setdefault(id, {})[about.removeprefix("targets:")] = Targets.from_json(answer)
    return found


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


def host_of(destination: Destination, document: Document) -> str:
    """Where its configuration sends secrets, in a form that can be compared; "" where it does not say that."""
    pages = platform_of(destination).setup.pages(values_of(destination, document))
    return fields.host([spec for page in pages for spec in page.fields], document["configuration"])


def withheld(destination: Destination, document: Document, connection: Connection | None) -> frozenset[str]:
    """The connection's secrets that a document must not have, by name: it would send them to another host than theirs."""
    host = host_of(destination, document)
    if connection is None or not host or connection.goes_to in ("", host):
        return frozenset()
    schemes = platform_of(destination).setup.schemes(values_of(destination, document))
    scheme = next((known for known in schemes if known.key == connection.scheme), None)
    sent = {spec.key for spec in scheme.fields if spec.is_secret and spec.is_sent} if scheme else set()
    return frozenset(key for key, value in entered_of(connection).items() if value and key in sent)


def entered_for(
    destination: Destination, document: Document, connection: Connection | None
) -> dict[str, Any]:
    """What somebody entered, without what is withheld."""
    kept_back = withheld(destination, document, connection)
    return {key: value for key, value in entered_of(connection).items() if key not in kept_back}


def standing_values(
    destination: Destination, document: Document, *, discovered: Mapping[str, Targets] | None = None
) -> DestinationValues:
    """With the credentials that a document may have now. Where some are withheld, nothing can be got by the connection."""
    connection = connection_of(destination, document)
    if withheld(destination, document, connection):
        values = values_of(
            destination,
            document | {"connection": None},
            entered_for(destination, document, connection),
            discovered=discovered,
        )
        return replace(values, connection_problem=LEADS_ELSEWHERE)
    values = values_of(destination, document, credentials_of(connection), discovered=discovered)
    if connection is None:
        return values
    return replace(values, connection_problem=connection.problem, organisation_id=connection.organisation_id)


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
