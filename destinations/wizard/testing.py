"""Trying a draft out: how far it is, what a sample lead would become, and a real request that proves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from destinations import configured
from destinations.configured import current, platform_of
from destinations.mapping import compile_mapping
from destinations.models import ConnectionTest, Destination, DestinationRevision
from destinations.outcome import Accepted
from destinations.platforms.port import DestinationValues, Order
from destinations.wizard import completeness
from destinations.wizard.completeness import Progress
from destinations.wizard.errors import NotComplete
from leadconduit.accounts.models import User
from leadconduit.lib import outbound
from leadconduit.lib.ids import new_id

SAMPLE_ID = "0" * 24


@dataclass(frozen=True, slots=True)
class Standing:
    """A destination as it stands, read once for all that a page asks of it. `values` hold the credentials."""

    destination: Destination
    revision: DestinationRevision
    values: DestinationValues = field(repr=False)
    progress: Progress


def standing(destination: Destination, revision: DestinationRevision | None = None) -> Standing:
    """The draft, or what is live where there is no draft, and how far it is."""
    revision = revision or current(destination)
    document = revision.document
    credentials = configured.credentials_of(configured.connection_of(destination, document))
    values = configured.values_of(destination, document, credentials)
    found = completeness.progress(
        platform_of(destination).setup,
        values,
        action_ids=[action["id"] for action in revision.actions],
        mappings=[configured.rows_of(action) for action in revision.actions],
        tables=configured.tables_of(document),
        untested=_untested(destination, revision),
    )
    return Standing(destination, revision, values, found)


def progress(destination: Destination, revision: DestinationRevision | None = None) -> Progress:
    """How far the draft is, or what is live where there is no draft."""
    return standing(destination, revision).progress


def _untested(destination: Destination, revision: DestinationRevision) -> str:
    """Why no test speaks for the revision as it stands; "" when one does."""
    tests = ConnectionTest.objects.filter(destination=destination)
    since = list(tests.filter(revision=revision, started_at__gte=revision.changed_at).order_by("-pk")[:50])
    if any(test.succeeded for test in since):
        return ""
    if since:
        return "The latest test failed: see why, and send another."
    if tests.exists():
        return "Something changed since the latest test: send another."
    return "Send a test that succeeds."


# --- Test


def preview(standing: Standing, *, action: str, payload: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The request that a payload would become; nothing is sent. None before there is somewhere to send it."""
    found = standing.progress
    if not (found.step("auth").complete and found.step("configure").complete):
        return None
    return platform_of(standing.destination).sender.preview(_order(standing, action, payload))


def test(
    *, destination: Destination, action: str, sample: Mapping[str, Any], by: User | None, now: datetime
) -> ConnectionTest:
    """Send a real request for a sample lead, as the draft stands, and keep what came of it.

    It takes as long as the receiver takes; must not be called inside a transaction. Raises NotComplete.
    """
    found = standing(destination)
    if missing := found.progress.missing:
        raise NotComplete(f"Nothing was sent, since something is still missing. {missing[0]}")
    drafted = found.revision.action(action)
    if drafted is None:
        raise NotComplete("Nothing was sent: this action is no longer there. Choose another.")
    payload = compile_mapping(configured.rows_of(drafted)).apply(variables(destination, sample))
    order = _order(found, action, payload)
    came = outbound.run(platform_of(destination).sender.send(order))
    return ConnectionTest.objects.create(
        destination=destination,
        revision=found.revision,
        action=drafted["id"],
        action_name=drafted["name"],
        by=by,
        started_at=now,
        outcome=came.outcome,
        reason=came.outcome.sentence if isinstance(came, Accepted) else came.sentence,
        exchange=came.exchange,
    )


def variables(destination: Destination, sample: Mapping[str, Any]) -> dict[str, Any]:
    """What templates may name, for a lead that no flow took in: the flow and the source are samples too."""
    account = destination.account
    return {
        "lead": sample,
        "submission": {"timestamp": "2026-01-31T12:00:00+00:00", "ip": "192.0.2.1"},
        "flow": {"id": SAMPLE_ID, "name": "Sample flow"},
        "source": {"id": SAMPLE_ID, "name": "Sample source"},
        "account": {"id": account.pk, "name": account.name},
    }


def _order(standing: Standing, action: str, payload: Mapping[str, Any]) -> Order:
    drafted = standing.revision.action(action)
    if drafted is None:
        raise NotComplete("This action is no longer there.")
    return Order(
        key=new_id(),
        destination=standing.values,
        action=configured.action_values(drafted),
        payload=payload,
        test=True,
    )
