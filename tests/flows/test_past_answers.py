"""Answers of before: those of tests and of deliveries, newest first, by an index."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from destinations.models import ConnectionTest, Destination
from flows import past_answers
from flows.models import Attempt, Delivery
from leadconduit.accounts.models import Account
from tests.factories import DestinationFactory

NOW = timezone.now()


def exchange(status: int | None = 200) -> dict[str, Any]:
    response = {"status": status, "body": ""} if status else None
    return {"request": {}, "response": response, "ms": 1}


def tried(destination: Destination, minutes: int, status: int | None = 200) -> ConnectionTest:
    assert destination.live
    action = destination.live.actions[0]
    return ConnectionTest.objects.create(
        destination=destination,
        revision=destination.live,
        action=action["id"],
        action_name=action["name"],
        started_at=NOW - timedelta(minutes=minutes),
        outcome="delivered" if status else "unreachable",
        exchange=exchange(status),
    )


def delivered(
    destination: Destination, minutes: int, status: int | None = 200, tries: int = 1
) -> list[Attempt]:
    delivery = Delivery.objects.create(
        account=destination.account,
        destination=destination,
        action=destination.actions.get(),
        attempt_count=tries,
    )
    return [
        Attempt.objects.create(
            delivery=delivery,
            number=number,
            started_at=NOW - timedelta(minutes=minutes - number),
            outcome="rejected",
            reason="No",
            exchange=exchange(status),
        )
        for number in range(1, tries + 1)
    ]


@pytest.fixture
def destination(acme: Account) -> Destination:
    return DestinationFactory.create(account=acme)


def ids(destination: Destination, **options: int) -> list[str]:
    return [answer.id for answer in past_answers.recent(destination, **options)]


def test_tests_and_attempts_come_newest_first(destination: Destination) -> None:
    old, test, (first, second) = (
        tried(destination, 30),
        tried(destination, 1),
        delivered(destination, 20, tries=2),
    )

    assert ids(destination) == [test.pk, second.pk, first.pk, old.pk]
    assert ids(destination, limit=2) == [test.pk, second.pk]


def test_each_says_what_it_was_and_came_to(destination: Destination) -> None:
    (attempt,) = delivered(destination, 1, status=409)

    answer = past_answers.recent(destination)[0]

    assert (answer.action, answer.outcome, answer.reason) == ("Contacts", "rejected", "No")
    assert (answer.delivery, answer.exchange["response"]["status"]) == (attempt.delivery_id, 409)


def test_what_nobody_answered_is_left_out(destination: Destination) -> None:
    tried(destination, 1, status=None)
    delivered(destination, 2, status=None)
    Attempt.objects.update(exchange=None)

    assert ids(destination) == []


def test_another_destinations_answers_are_not_among_them(destination: Destination, acme: Account) -> None:
    other = DestinationFactory.create(account=acme)
    tried(other, 1)
    delivered(other, 1)

    assert ids(destination) == []


def test_any_number_of_answers_costs_the_same_queries(
    destination: Destination, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for minutes in range(1, 30):
        delivered(destination, minutes)
        tried(destination, minutes)

    with django_assert_num_queries(4):
        assert len(past_answers.recent(destination)) == 20


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("flows_delivery", "destination_id"),
        ("flows_attempt", "delivery_id"),
        ("destinations_connectiontest", "destination_id"),
    ],
)
def test_each_query_is_answered_by_an_index(destination: Destination, table: str, column: str) -> None:
    asked = f"select id from {table} where {column} in ('{destination.pk}', 'x')"
    with connection.cursor() as cursor:
        # With so few rows, reading them all is cheaper: what is asked is whether an index could answer. Not in an order,
        # since of next to nothing the key's own index, which has that, is read as well.
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {asked}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Index Cond" in plan
    assert "Seq Scan" not in plan
