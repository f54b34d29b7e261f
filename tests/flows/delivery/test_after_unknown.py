"""Sent, and not answered: from the queue to a person's word, for an action of which only a person can tell."""

import asyncio

import pytest
from django.utils import timezone

from destinations.models import Action, Destination
from flows.delivery import backoff
from flows.delivery.attempt import ASKS, INTERRUPTED, attempt
from flows.delivery.loading import Loader
from flows.delivery.replay import say_it_arrived, try_again
from flows.models import Attempt, Delivery, Due
from tests.flows.delivery import makers
from tests.flows.delivery.loop import claim, write
from tests.flows.delivery.makers import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sheet() -> Destination:
    """Two actions as Google Sheets has them: a row that was added twice is there twice."""
    made = makers.destination(actions=2)
    revision = makers.apply(made)
    for number, action in enumerate(revision.document["actions"]):
        # The second is another row; actions that users do not name stand under one key in a real one.
        action["action_id"] = "append_row" if number == 0 else "append_row_too"
        Action.objects.filter(pk=action["id"]).update(action_id=action["action_id"])
    revision.save()
    Destination.objects.filter(pk=made.pk).update(integration="google_sheets")
    made.refresh_from_db()
    return made


@pytest.fixture
def chain(sheet: Destination) -> list[Delivery]:
    """A worker had the first, and died."""
    made = makers.chain(sheet, makers.lead(sheet.account))
    claim()
    Due.objects.update(due_at=timezone.now())
    return made


def work_once() -> None:
    claims = claim()
    prepared = Loader().prepare(claims)
    write(
        *(
            asyncio.run(attempt(one, prepared[one.delivery_id], backoff.Policy.of_settings()))
            for one in claims
        )
    )


def states(chain: list[Delivery]) -> list[str]:
    return [Delivery.objects.get(pk=delivery.pk).state for delivery in chain]


def test_what_a_dead_worker_may_have_sent_is_not_sent_again_by_itself(chain: list[Delivery]) -> None:
    work_once()

    first = Delivery.objects.get(pk=chain[0].pk)
    assert (first.state, first.outcome) == ("failed", "unknown")
    assert first.reason == f"{INTERRUPTED} {ASKS}"
    assert Attempt.objects.get().exchange is None
    assert states(chain) == ["failed", "cancelled"]
    assert not Due.objects.exists()


def test_what_follows_it_goes_on_once_somebody_says_that_it_arrived(chain: list[Delivery]) -> None:
    work_once()

    say_it_arrived(Delivery.objects.get(pk=chain[0].pk), by=None, now=NOW)

    assert states(chain) == ["delivered", "waiting"]
    assert Due.objects.get().delivery_id == chain[1].pk


def test_it_is_sent_once_somebody_tries_it_again(chain: list[Delivery]) -> None:
    work_once()

    try_again(Delivery.objects.get(pk=chain[0].pk), by=None, now=NOW)
    (again,) = claim()

    assert not again.interrupted
    order = Loader().prepare([again])[again.delivery_id].order
    assert order is not None
    assert order.uncertain
