import ipaddress
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from flows.delivery.backoff import Policy
from flows.delivery.worker import Worker
from leadconduit.lib import outbound
from tests.flows.delivery.receiver import Receiver, WorkerProcess


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def start_worker(transactional_db: None) -> Iterator[Callable[..., WorkerProcess]]:
    """Starts worker processes, and ends them before the tables are emptied."""
    started: list[WorkerProcess] = []

    def start(**environment: Any) -> WorkerProcess:
        started.append(WorkerProcess(**environment))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()


@pytest.fixture
def working(transactional_db: None, settings: Settings) -> Iterator[None]:
    """A worker in this process, which costs less than one of its own."""
    settings.OUTBOUND_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    policy = Policy(first=timedelta(seconds=0.1), longest=timedelta(seconds=0.1), max_tries=50)
    worker = Worker(in_flight=50, policy=policy)
    living = threading.Thread(target=lambda: outbound.run(worker.run()))
    living.start()
    yield
    outbound.loop().call_soon_threadsafe(worker.stop)
    living.join()
