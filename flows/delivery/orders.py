"""What a delivery sends: the plain values that were loaded become an order for a platform. No query is made here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import structlog

from destinations.configured import action_values, rows_of, tables_of, values_of
from destinations.credentials import tokens
from destinations.mapping import Mapping as FieldMapping
from destinations.mapping import compile_mapping
from destinations.models import Connection, Destination
from destinations.outcome import Outcome, Result
from destinations.platforms.port import ActionValues, DestinationValues, Order
from flows.delivery.receipts import Receipts
from leadconduit.leads.bounds import TooLong
from leadconduit.leads.template import TemplateError
from leadconduit.lib.encryption import DecryptionError
from leadconduit.lib.ids import new_id

logger = structlog.get_logger(__name__)

OUR_FAULT = "Something went wrong on our side before anything was sent (trace {})."


class NotDeliverable(Exception):
    """This delivery cannot be sent as things stand. The sentence is for the customer."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claimed delivery, ready to be tried: an order for a platform, or the result that it has without one.

    `number` is the attempt's, counted over the delivery's whole life.
    """

    number: int
    revision_id: str | None = None
    platform: str = ""
    order: Order | None = field(default=None, repr=False)
    result: Result | None = None


# --- What was loaded. The fields bear the names of the models' own.


class DeliveryRow(NamedTuple):
    id: str
    key: str
    account: str
    flow: str | None
    lead: str | None
    destination: str
    action: str
    input: dict[str, Any] | None
    attempt_count: int
    follows: str | None
    origin: str | None


class LeadRow(NamedTuple):
    id: str
    source_id: str
    values: dict[str, Any]
    submission: dict[str, Any]
    appended: dict[str, Any]


class LiveRevision:
    """An applied revision's document, with its mappings compiled, each when it is first used."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        # Read leniently: a document that is not whole fails its own deliveries, not all that are loaded with them.
        self.connection: str | None = document.get("connection")
        self._actions: dict[str, dict[str, Any]] = {
            action["id"]: action for action in document.get("actions", [])
        }
        self._mappings: dict[str, FieldMapping] = {}

    def action(self, action_id: str) -> ActionValues:
        """Raises NotDeliverable."""
        if action_id not in self._actions:
            raise NotDeliverable("The action was removed from the destination.")
        return action_values(self._actions[action_id])

    def by_action(self, receipts: Receipts) -> dict[str, object]:
        """As templates name them: by what the action is called outside, which its row's id is not."""
        return {
            self._actions[id]["action_id"]: receipt for id, receipt in receipts.items() if id in self._actions
        }

    def mapping(self, action_id: str) -> FieldMapping:
        """Raises NotDeliverable."""
        if action_id not in self._mappings:
            try:
                self._mappings[action_id] = compile_mapping(
                    rows_of(self._actions[action_id]), tables_of(self.document)
                )
            except TemplateError as error:
                raise NotDeliverable(
                    f"A template of the field mapping cannot be read: {error.sentence}"
                ) from error
            except (ValueError, LookupError) as error:
                raise NotDeliverable(f"The field mapping cannot be used: {error}") from error
        return self._mappings[action_id]

    def payload(self, action_id: str, variables: dict[str, object]) -> dict[str, object]:
        """Raises NotDeliverable."""
        try:
            return self.mapping(action_id).apply(variables)
        except TooLong as error:
            raise NotDeliverable(f"The lead is too much for the field mapping. {error.sentence}") from error


@dataclass(frozen=True, slots=True)
class Batch:
    """All that some deliveries need, by id; what is gone is not there. `names` are of accounts, flows, entities;
    `receipts` are, by a delivery's id, those of the ones before it; of the `uncertain` a try may have arrived."""

    deliveries: Mapping[str, DeliveryRow]
    leads: Mapping[str, LeadRow]
    destinations: Mapping[str, Destination]
    revisions: Mapping[str, LiveRevision]
    connections: Mapping[str, Connection]
    names: Mapping[str, str]
    receipts: Mapping[str, Receipts] = field(default_factory=dict)
    uncertain: Collection[str] = ()
    _opened: dict[str, DestinationValues] = field(default_factory=dict, repr=False)

    def prepare(self, delivery_id: str) -> Prepared:
        """Never raises: what keeps a delivery from being sent is its result."""
        delivery = self.deliveries.get(delivery_id)
        if delivery is None:
            return Prepared(number=1, result=_misconfigured("This delivery is no longer kept."))
        number = delivery.attempt_count + 1
        destination = self.destinations.get(delivery.destination)
        revision_id = destination.live_id if destination else None
        try:
            order = self._order(delivery, destination)
        except NotDeliverable as error:
            return Prepared(number, revision_id, result=_misconfigured(error.sentence))
        except Exception:
            trace_id = new_id()
            logger.exception("delivery.not_prepared", delivery_id=delivery_id, trace_id=trace_id)
            return Prepared(number, revision_id, result=_misconfigured(OUR_FAULT.format(trace_id)))
        return Prepared(number, revision_id, destination.platform if destination else "", order)

    def _order(self, delivery: DeliveryRow, destination: Destination | None) -> Order:
        if destination is None or destination.deleted_at is not None:
            raise NotDeliverable("The destination was deleted.")
        revision = self.revisions[destination.live_id or ""]
        action = revision.action(delivery.action)
        return Order(
            key=delivery.key,
            destination=self._destination_values(destination, revision),
            action=action,
            uncertain=delivery.id in self.uncertain,
            payload=revision.payload(delivery.action, self._variables(delivery, revision)),
        )

    def _variables(self, delivery: DeliveryRow, revision: LiveRevision) -> dict[str, object]:
        """What templates may name. A delivery that no lead caused has its input in the lead's place."""
        account = {"id": delivery.account, "name": self.names.get(delivery.account)}
        if delivery.lead is None:
            values, submission, source, appended = delivery.input or {}, {}, {}, {}
        elif delivery.lead in self.leads:
            lead = self.leads[delivery.lead]
            values, submission, appended = lead.values, lead.submission, lead.appended
            source = {"id": lead.source_id, "name": self.names.get(lead.source_id)}
        else:
            raise NotDeliverable("The lead is no longer kept.")
        flow = {"id": delivery.flow, "name": self.names.get(delivery.flow)} if delivery.flow else {}
        return {
            **appended,
            "lead": values,
            "submission": submission,
            "flow": flow,
            "source": source,
            "account": account,
            "receipts": revision.by_action(self.receipts.get(delivery.id, {})),
        }

    def _destination_values(self, destination: Destination, revision: LiveRevision) -> DestinationValues:
        """Made once a batch: opening the secrets is most of the work."""
        if destination.pk not in self._opened:
            values = values_of(destination, revision.document, self._credentials(revision))
            if connection := self.connections.get(revision.connection or ""):
                values = replace(
                    values,
                    connection_problem=connection.problem,
                    connection_version=connection.version,
                    organisation_id=connection.organisation_id,
                )
            self._opened[destination.pk] = values
        return self._opened[destination.pk]

    def _credentials(self, revision: LiveRevision) -> dict[str, Any]:
        if revision.connection is None:
            return {}
        connection = self.connections.get(revision.connection)
        if connection is None:
            raise NotDeliverable("The connection was deleted: authenticate again.")
        try:
            return tokens.credentials_of(connection)
        except DecryptionError as error:
            logger.exception("connection.not_readable", connection_id=connection.pk)
            raise NotDeliverable("The stored credentials cannot be read: authenticate again.") from error


def _misconfigured(sentence: str) -> Result:
    return Result(Outcome.MISCONFIGURED, sentence)
