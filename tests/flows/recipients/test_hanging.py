"""A recipient that hangs keeps nobody else waiting. With real processes, and without a clock: who ends before whom."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import orjson
import pytest
from django.conf import settings as product_settings
from django.test import Client

from flows.models import Flow, Lead
from leadconduit.accounts.models import Account, User
from tests.factories import EntityFactory, FlowFactory, recipient_step, source_of
from tests.flows.recipients.answering import Answering
from tests.processes import PATIENCE
from tests.product import WEB_THREADS, product, static_root

__all__ = ["product", "static_root"]

PAGES = ("leads/", "flows/", "destinations/", "deliveries/")


@pytest.fixture
def hanging(acme: Account, crm_server: Answering) -> Flow:
    return hanging_flow(acme, crm_server)


@pytest.fixture
def second_server(crm_server: Answering) -> Iterator[Answering]:
    server = Answering()
    server.start()
    yield server
    server.stop()


def hanging_flow(account: Account, server: Answering) -> Flow:
    """A flow whose recipient does not answer before it is let."""
    server.gate.clear()
    checker = EntityFactory.create(account=account, name="Checker", source=None, recipient="enhancement")
    step = recipient_step(checker, server.url, mapped={"timeout_seconds": "300"})
    return flow_of(account, steps=[step])


def flow_of(account: Account, **parts: object) -> Flow:
    source = source_of(EntityFactory.create(account=account))
    return FlowFactory.create(account=account, sources=[source], deployed=True, **parts)


def submit(product: str, flow: Flow, email: str) -> str:
    """What the source is answered."""
    assert flow.deployed
    entity = flow.deployed.document["sources"][0]["entity"]["id"]
    address = f"{product}/flows/{flow.pk}/sources/{entity}/submit"
    request = Request(address, urlencode({"email": email}).encode(), {"Accept": "application/json"})
    with urlopen(request, timeout=PATIENCE) as answer:
        return str(orjson.loads(answer.read())["outcome"])


def visit(product: str, cookie: str) -> None:
    for page in PAGES:
        request = Request(f"{product}/app/{page}", headers={"Cookie": cookie})
        with urlopen(request, timeout=PATIENCE) as answer:
            assert answer.url.endswith(page)


def test_a_recipient_that_hangs_holds_up_no_other_flow_and_no_page(
    product: str,
    acme: Account,
    adam: User,
    hanging: Flow,
    crm_server: Answering,
    as_user: Callable[[User], Client],
) -> None:
    session = as_user(adam).cookies[product_settings.SESSION_COOKIE_NAME]
    other = flow_of(acme)
    with ThreadPoolExecutor() as pool:
        waiting: list[Future[str]] = []
        try:
            for number in range(WEB_THREADS // 2):
                waiting.append(pool.submit(submit, product, hanging, f"waits{number}@x.co"))
                assert crm_server.arrived.acquire(timeout=PATIENCE)

            # As many threads wait as may: the next lead of the same flow is not asked about.
            assert submit(product, hanging, "not-asked@x.co") == "success"
            assert [submit(product, other, f"other{number}@x.co") for number in range(WEB_THREADS)] == [
                "success"
            ] * WEB_THREADS
            visit(product, session.OutputString())

            assert [submission.done() for submission in waiting] == [False] * len(waiting)
        finally:
            crm_server.gate.set()
        assert [submission.result(PATIENCE) for submission in waiting] == ["success"] * len(waiting)
    gates = dict(Lead.objects.values_list("email", "gate"))
    assert gates.pop("not-asked@x.co") == "failed"
    assert set(gates.values()) == {"open"}


def test_recipients_that_hang_leave_threads_together_as_well(
    product: str,
    acme: Account,
    adam: User,
    hanging: Flow,
    crm_server: Answering,
    second_server: Answering,
    as_user: Callable[[User], Client],
) -> None:
    session = as_user(adam).cookies[product_settings.SESSION_COOKIE_NAME]
    other, second = flow_of(acme), hanging_flow(acme, second_server)
    with ThreadPoolExecutor() as pool:
        waiting: list[Future[str]] = []
        try:
            for flow, server in ((hanging, crm_server), (second, second_server)):
                waiting.append(pool.submit(submit, product, flow, f"waits-{flow.pk}@x.co"))
                assert server.arrived.acquire(timeout=PATIENCE)

            # For each of them one more might wait, but the two threads that are left are everybody's.
            assert submit(product, hanging, "not-asked@x.co") == "success"
            assert submit(product, second, "not-asked-either@x.co") == "success"
            assert [submit(product, other, f"other{number}@x.co") for number in range(WEB_THREADS)] == [
                "success"
            ] * WEB_THREADS
            visit(product, session.OutputString())

            assert [submission.done() for submission in waiting] == [False] * len(waiting)
        finally:
            crm_server.gate.set()
            second_server.gate.set()
        assert [submission.result(PATIENCE) for submission in waiting] == ["success"] * len(waiting)
    gates = dict(Lead.objects.values_list("email", "gate"))
    assert (gates.pop("not-asked@x.co"), gates.pop("not-asked-either@x.co")) == ("failed", "failed")
    assert set(gates.values()) == {"open"}
