"""What receivers returned for a lead's earlier deliveries to the same destination, which a follower's mapping may name."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from flows.models import Delivery
from leadconduit.lib.ids import children_from

Receipts = Mapping[str, Mapping[str, Any]]
"""`{"id", "url"}`, by the id of the action's row."""


class Ordered(Protocol):
    """A delivery with its place in the order."""

    @property
    def id(self) -> str: ...
    @property
    def lead(self) -> str | None: ...
    @property
    def follows(self) -> str | None: ...
    @property
    def origin(self) -> str | None: ...


class _Known(NamedTuple):
    id: str
    action: str
    follows: str | None
    origin: str | None
    receipt: Mapping[str, Any] | None


def earlier(deliveries: Collection[Ordered]) -> dict[str, Receipts]:
    """Of each delivery that comes after others, by its id: one query, and none where no delivery does.

    One that is sent again comes after those before its origin.
    """
    later = [delivery for delivery in deliveries if delivery.lead and (delivery.follows or delivery.origin)]
    if not later:
        return {}
    known = {row.id: row for row in _siblings({delivery.lead for delivery in later if delivery.lead})}
    return {delivery.id: _before(delivery, known) for delivery in later}


def _siblings(leads: set[str]) -> Iterable[_Known]:
    rows = Delivery.objects.filter(lead__in=leads, id__gte=children_from(min(leads)))
    return map(_Known._make, rows.values_list(*_Known._fields))


def _before(delivery: Ordered, known: Mapping[str, _Known]) -> Receipts:
    """Along `follows` and `origin`, each of which leads to an older delivery of the lead, and ends."""
    found: dict[str, Mapping[str, Any]] = {}
    at: Ordered | _Known | None = delivery
    while at is not None:
        leader = known.get(at.follows or "")
        if leader is not None and leader.receipt is not None:
            found.setdefault(leader.action, leader.receipt)
        at = leader or known.get(at.origin or "")
    return found
