"""What receivers answered before, to tests and to deliveries: for trying rules on that say what an answer means."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from destinations.models import Action, ConnectionTest, Destination
from flows.models import Attempt, Delivery
from leadconduit.lib.ids import children_from


class PastAnswer(NamedTuple):
    """An answer that came, and what it came to then. `delivery` is None for a test."""

    id: str
    at: datetime
    action: str
    outcome: str
    reason: str
    exchange: Mapping[str, Any]
    delivery: str | None


def recent(destination: Destination, *, limit: int = 20) -> list[PastAnswer]:
    """The newest answers that a destination got, newest first; requests that nobody answered left out.

    Of deliveries, those of the newest ones: `limit` of them, each with all its attempts.
    """
    found = [*_of_tests(destination, limit), *_of_deliveries(destination, limit)]
    return sorted(found, key=lambda answer: answer.at, reverse=True)[:limit]


def _of_tests(destination: Destination, limit: int) -> Iterator[PastAnswer]:
    tests = ConnectionTest.objects.filter(destination=destination, exchange__response__status__isnull=False)
    for test in tests.order_by("-pk")[:limit]:
        yield PastAnswer(
            test.pk, test.started_at, test.action_name, test.outcome, test.reason, test.exchange or {}, None
        )


def _of_deliveries(destination: Destination, limit: int) -> Iterator[PastAnswer]:
    deliveries = Delivery.objects.filter(destination=destination.pk, attempt_count__gt=0)
    actions = dict(deliveries.order_by("-pk").values_list("pk", "action_id")[:limit])
    if not actions:
        return
    attempts = Attempt.objects.filter(
        delivery__in=actions, pk__gte=children_from(min(actions)), exchange__response__status__isnull=False
    ).order_by("-pk")[:limit]
    names = dict(Action.objects.filter(destination=destination).values_list("pk", "name"))
    for attempt in attempts:
        yield PastAnswer(
            attempt.pk,
            attempt.started_at,
            names.get(actions[attempt.delivery_id], ""),
            attempt.outcome,
            attempt.reason,
            attempt.exchange or {},
            attempt.delivery_id,
        )
