"""How far a draft is, and what a payload would become."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from destinations import configured
from destinations.configured import current, platform_of
from destinations.models import Destination, DestinationRevision
from destinations.platforms.port import DestinationValues, Order
from destinations.wizard import completeness
from destinations.wizard.completeness import Progress
from destinations.wizard.errors import NotComplete
from destinations.wizard.proof import proof_of
from leadconduit.lib.ids import new_id

SAMPLE_ID = "0" * 24


@dataclass(frozen=True, slots=True)
class Standing:
    """A destination as it stands, read once for all that a page asks of it. `values` hold the credentials.

    `untried` are the names of actions of which no test tells anything, where tests speak for the rest.
    """

    destination: Destination
    revision: DestinationRevision
    values: DestinationValues = field(repr=False)
    progress: Progress
    untried: tuple[str, ...] = ()


def standing(destination: Destination, revision: DestinationRevision | None = None) -> Standing:
    """The draft, or what is live where there is no draft, and how far it is."""
    revision = revision or current(destination)
    document = revision.document
    values = configured.standing_values(
        destination, document, discovered=configured.discovered_of(destination, document)
    )
    proof = proof_of(destination, revision)
    found = completeness.progress(
        platform_of(destination).setup,
        values,
        action_ids=[action["id"] for action in revision.actions],
        mappings=[configured.rows_of(action) for action in revision.actions],
        tables=configured.tables_of(document),
        untested=proof.missing,
    )
    return Standing(destination, revision, values, found, proof.untried)


def progress(destination: Destination, revision: DestinationRevision | None = None) -> Progress:
    """How far the draft is, or what is live where there is no draft."""
    return standing(destination, revision).progress


def preview(standing: Standing, *, action: str, payload: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The request that a payload would become; nothing is sent. None before there is somewhere to send it."""
    found = standing.progress
    if not (found.step("auth").complete and found.step("configure").complete):
        return None
    return platform_of(standing.destination).sender.preview(order_of(standing, action, payload))


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


def sample_receipts(standing: Standing) -> dict[str, dict[str, str]]:
    """What its actions may have returned, for looking at."""
    offers = platform_of(standing.destination).setup.offers(standing.values)
    ids = [action["action_id"] for action in standing.revision.actions]
    samples = {id: spec.sample_id for id in ids if (spec := completeness.spec_of(offers, id))}
    return {id: {"id": sample, "url": f"https://crm.example/{sample}"} for id, sample in samples.items()}


def order_of(standing: Standing, action: str, payload: Mapping[str, Any]) -> Order:
    """A payload for one of its actions, as it stands. Raises NotComplete."""
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
