"""The whole loop against a real receiver; in real processes where it matters how they end."""

from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from destinations.models import Lane
from flows.models import Attempt, Delivery, Due, State
from tests.flows.delivery import makers
from tests.flows.delivery.receiver import Receiver, WorkerProcess
from tests.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

StartWorker = Callable[..., WorkerProcess]


def all_are(state: State) -> Callable[[], bool]:
    return lambda: not Delivery.objects.exclude(state=state).exists()


def test_a_killed_worker_loses_nothing(receiver: Receiver, start_worker: StartWorker) -> None:
    receiver.seconds = 0.05
    to = makers.destination(url=receiver.url, max_in_flight=20, lease_seconds=2)
    deliveries = makers.deliveries(to, 200)
    first = start_worker()
    wait_until(lambda: len(receiver.received) >= 100, "half of them arrived")
    first.kill()
    assert Due.objects.exists()

    start_worker()

    wait_until(all_are(State.DELIVERED), "all are recorded as delivered")
    assert not Due.objects.exists()
    assert set(receiver.keys) == {delivery.key for delivery in deliveries}
    assert Attempt.objects.filter(counted=True).count() == 200
    # What was in flight may have come twice, with the same key; nothing else.
    assert len(receiver.received) <= 200 + 20
    assert max(Counter(receiver.keys).values()) <= 2


def test_sigterm_finishes_what_is_under_way_and_takes_nothing_more(
    receiver: Receiver, start_worker: StartWorker
) -> None:
    receiver.gate.clear()
    to = makers.destination(url=receiver.url, max_in_flight=4)
    makers.deliveries(to, 10)
    worker = start_worker()
    wait_until(lambda: len(receiver.received) == 4, "four are under way")

    worker.signal_end()
    wait_until(lambda: any(line["event"] == "worker.drains" for line in worker.log), "it drains")
    receiver.gate.set()

    assert worker.wait() == 0
    assert len(receiver.received) == 4
    assert Delivery.objects.filter(state=State.DELIVERED).count() == 4
    assert Due.objects.filter(lease_id__isnull=True).count() == 6


def test_a_receiver_that_is_down_gets_its_leads_when_it_is_up(
    receiver: Receiver, start_worker: StartWorker
) -> None:
    receiver.stop()
    (delivery,) = makers.deliveries(makers.destination(url=receiver.url), 1)
    worker = start_worker()
    wait_until(Attempt.objects.exists, "it was tried in vain")

    receiver.start()

    wait_until(all_are(State.DELIVERED), "it is delivered")
    outcomes = list(Attempt.objects.order_by("id").values_list("outcome", flat=True))
    assert set(outcomes[:-1]) == {"unreachable"}
    assert outcomes[-1] == "delivered"
    assert receiver.keys == [delivery.key]
    lines = [line for line in worker.log if line["event"] == "delivery.attempted"]
    assert [line["outcome"] for line in lines] == outcomes
    assert lines[0]["delivery_id"] == delivery.pk
    assert "lead0@example.com" not in str(worker.log)


@pytest.mark.usefixtures("working")
def test_one_wish_for_a_pause_holds_all_for_that_receiver_and_nobody_else(receiver: Receiver) -> None:
    busy, other = makers.destination(url=receiver.url, max_in_flight=1), Receiver()
    receiver.status, receiver.headers = 429, {"Retry-After": "600"}
    other.start()
    makers.deliveries(busy, 5)
    wait_until(Attempt.objects.exists, "it was asked to pause")

    makers.deliveries(makers.destination(url=other.url), 3)
    wait_until(lambda: len(other.received) == 3, "the other one has its leads")

    assert len(receiver.received) == 1
    assert Lane.objects.get(destination=busy).limited_until > timezone.now()
    assert Due.objects.filter(destination_id=busy.pk, tries=0).count() == 4
    other.stop()


@pytest.mark.usefixtures("working")
def test_a_paused_destination_gets_its_leads_when_it_goes_on(receiver: Receiver) -> None:
    paused, other = makers.destination(url=receiver.url), makers.destination(url=receiver.url)
    paused.lane.pause()
    held = makers.deliveries(paused, 3)
    makers.deliveries(other, 3)
    wait_until(lambda: len(receiver.received) == 3, "the other one has its leads")
    assert not {delivery.key for delivery in held} & set(receiver.keys)

    paused.lane.resume()

    wait_until(all_are(State.DELIVERED), "all are delivered")


@pytest.mark.usefixtures("working")
def test_actions_of_one_destination_run_one_after_another(receiver: Receiver) -> None:
    to = makers.destination(url=receiver.url, actions=3)
    chains = [makers.chain(to, makers.lead(to.account)) for _ in range(5)]

    wait_until(all_are(State.DELIVERED), "all are delivered")

    order = {key: position for position, key in enumerate(receiver.keys)}
    for chain in chains:
        places = [order[delivery.key] for delivery in chain]
        assert places == sorted(places)


@pytest.mark.usefixtures("working")
def test_what_is_applied_meanwhile_is_in_force_for_the_next_try(receiver: Receiver) -> None:
    receiver.status = 503
    to = makers.destination(url=receiver.url)
    makers.deliveries(to, 1)
    wait_until(Attempt.objects.exists, "it was tried in vain")

    revision = makers.apply(to, mapping=[{"target": "mail", "template": "{{lead.email}}", "default": ""}])
    receiver.status = 200

    wait_until(all_are(State.DELIVERED), "it is delivered")
    assert receiver.received[-1].body == {"mail": "lead0@example.com"}
    assert Attempt.objects.latest("id").revision == revision


@pytest.mark.usefixtures("working")
def test_a_worker_outlives_its_connections(receiver: Receiver) -> None:
    to = makers.destination(url=receiver.url)
    makers.deliveries(to, 1)
    wait_until(all_are(State.DELIVERED), "the first is delivered")

    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        assert cursor.rowcount >= 2
    makers.deliveries(to, 1)

    wait_until(all_are(State.DELIVERED), "the second is delivered")
    assert len(receiver.received) == 2
