"""Reads what claimed deliveries need, with the ORM, a batch at a time.

The live revision's id is read with each batch, so an *Apply* is in force for the next delivery, and so are connections:
somebody may connect them anew, and tokens change. Revisions never change: they are kept by id.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import models

from destinations.models import Connection, Destination, DestinationRevision
from destinations.outcome import Outcome
from flows.delivery.cache import Cache
from flows.delivery.orders import Batch, DeliveryRow, LeadRow, LiveRevision, Prepared
from flows.delivery.queue import Claim
from flows.delivery.receipts import earlier
from flows.models import Attempt, Delivery, Entity, Flow, Lead
from leadconduit.accounts.models import Account
from leadconduit.lib.ids import children_from


class Loader:
    """Prepares what was claimed. For one thread."""

    def __init__(self) -> None:
        self._revisions = Cache[LiveRevision](size=2_000)
        self._names = Cache[str](size=20_000, seconds=60)

    def prepare(self, claims: Sequence[Claim]) -> dict[str, Prepared]:
        """What to do for each of `claims`, by delivery id. Raises only what the database does when it is gone."""
        batch = self._load(
            [claim.delivery_id for claim in claims],
            interrupted={claim.delivery_id for claim in claims if claim.interrupted},
        )
        return {claim.delivery_id: batch.prepare(claim.delivery_id) for claim in claims}

    def _load(self, ids: list[str], *, interrupted: set[str]) -> Batch:
        deliveries = {row.id: row for row in _deliveries(ids)}
        leads = {row.id: row for row in _leads({row.lead for row in deliveries.values() if row.lead})}
        destinations = Destination.objects.in_bulk({row.destination for row in deliveries.values()})
        revisions = self._revisions.get_all(
            {destination.live_id for destination in destinations.values() if destination.live_id},
            _load_revisions,
        )
        named = {revision.connection for revision in revisions.values() if revision.connection}
        connections = Connection.objects.select_related("token").in_bulk(named) if named else {}
        names = self._names_of(deliveries.values(), leads.values())
        receipts, uncertain = earlier(deliveries.values()), _uncertain(deliveries.values()) | interrupted
        return Batch(deliveries, leads, destinations, revisions, connections, names, receipts, uncertain)

    def _names_of(self, deliveries: Iterable[DeliveryRow], leads: Iterable[LeadRow]) -> dict[str, str]:
        rows = list(deliveries)
        return {
            **self._names.get_all({row.account for row in rows}, _names_in(Account.objects.all())),
            **self._names.get_all({row.flow for row in rows if row.flow}, _names_in(Flow.objects.all())),
            **self._names.get_all({row.source_id for row in leads}, _names_in(Entity.objects.all())),
        }


# Deliveries and leads are many, and making a model of each costs more than the query: named tuples do.


def _deliveries(ids: Iterable[str]) -> Iterable[DeliveryRow]:
    return map(DeliveryRow._make, Delivery.objects.filter(pk__in=ids).values_list(*DeliveryRow._fields))


def _uncertain(deliveries: Iterable[DeliveryRow]) -> set[str]:
    """Those of which a try may have arrived, without anybody knowing. Asked of those alone that were tried before."""
    tried = [row.id for row in deliveries if row.attempt_count]
    if not tried:
        return set()
    attempts = Attempt.objects.filter(
        delivery__in=tried, id__gte=children_from(min(tried)), outcome=Outcome.UNKNOWN
    )
    return set(attempts.values_list("delivery", flat=True))


def _leads(ids: set[str]) -> Iterable[LeadRow]:
    return map(LeadRow._make, Lead.objects.filter(pk__in=ids).values_list(*LeadRow._fields))


def _load_revisions(ids: set[str]) -> dict[str, LiveRevision]:
    revisions = DestinationRevision.objects.in_bulk(ids)
    return {revision.pk: LiveRevision(revision.document) for revision in revisions.values()}


def _names_in(queryset: models.QuerySet[Any]) -> Callable[[set[str]], dict[str, str]]:
    # What is gone is kept as nameless, so that it is not asked for again with each batch.
    return lambda ids: dict.fromkeys(ids, "") | dict(queryset.filter(pk__in=ids).values_list("pk", "name"))
