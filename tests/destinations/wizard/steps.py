"""A webhook destination on its way through the wizard, by the wizard's own rules."""

from datetime import datetime, timedelta
from typing import Any

from destinations import wizard
from destinations.configured import current
from destinations.mapping import MappingRow
from destinations.models import Connection, Destination, DestinationRevision
from destinations.wizard import ActionEntry
from leadconduit.accounts.models import User
from tests.factories import NOON

EMAIL = MappingRow("email", "{{lead.email}}")


def later(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def begun(by: User, **values: Any) -> Destination:
    return wizard.begin(account=by.membership.account, integration="webhook", by=by, now=NOON, **values)


def authenticated(destination: Destination, by: User, scheme: str = "none", **values: Any) -> dict[str, str]:
    return wizard.save_auth(destination=destination, scheme=scheme, values=values, by=by, now=later(1))


def set_up(
    by: User, url: str = "https://receiver.example", actions: tuple[str, ...] = ("Contacts",)
) -> Destination:
    """A draft with all that can be filled in, and no test yet."""
    destination = begun(by)
    authenticated(destination, by, "bearer", token="s3cret-token")
    wizard.save_configuration(
        destination=destination, values={"url": url, "timeout": 20}, by=by, now=later(2)
    )
    name_actions(destination, by, *actions)
    map_email(destination, by)
    return destination


def name_actions(destination: Destination, by: User, *names: str, now: datetime = NOON) -> None:
    entries = [ActionEntry("", name, {"path": f"/{name.lower()}"}) for name in names]
    wizard.save_actions(destination=destination, actions=entries, by=by, now=now)


def map_email(destination: Destination, by: User, now: datetime = NOON) -> None:
    mappings = {action["id"]: [EMAIL] for action in document_of(destination)["actions"]}
    wizard.save_mapping(destination=destination, mappings=mappings, by=by, now=now)


def activated(by: User, **values: Any) -> Destination:
    destination = set_up(by, **values)
    wizard.activate(destination=destination, by=by, now=later(10), untested=True)
    return Destination.objects.get(pk=destination.pk)


def change_url(destination: Destination, by: User, url: str = "https://receiver.example/other") -> None:
    """Another address of the same host: at another, the credentials would have to be entered again."""
    values = {"url": url, "timeout": 20}
    wizard.save_configuration(destination=destination, values=values, by=by, now=later(20))


def document_of(destination: Destination) -> dict[str, Any]:
    document: dict[str, Any] = current(fresh(destination)).document
    return document


def has_draft(destination: Destination) -> bool:
    return DestinationRevision.objects.draft_of(destination) is not None


def draft_of(destination: Destination) -> DestinationRevision:
    draft = DestinationRevision.objects.draft_of(destination)
    assert draft is not None
    return draft


def live_of(destination: Destination) -> DestinationRevision:
    live = fresh(destination).live
    assert live is not None
    return live


def fresh(destination: Destination) -> Destination:
    return Destination.objects.get(pk=destination.pk)


def entered(connection: Connection) -> dict[str, Any]:
    """The secrets of a connection, without those that nobody gave."""
    return {key: value for key, value in connection.reveal().items() if value}
