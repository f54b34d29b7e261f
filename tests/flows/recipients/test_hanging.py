"""A recipient that hangs, with a real web process: everybody else is served meanwhile."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import orjson
import pytest
from psycopg.conninfo import make_conninfo

from flows.delivery.database import connection_parameters
from flows.models import Event, Flow, Lead
from tests.factories import AccountFactory, EntityFactory, FlowFactory, recipient_step, source_of
from tests.flows.recipients.answering import Answering
from tests.processes import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parents[3]
THREADS = 4


@pytest.fixture
def web(transactional_db: None) -> Iterator[str]:
    """One web process of four threads; the address that it serves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {
        "DATABASE_URL": make_conninfo(**connection_parameters()),
        "PORT": str(port),
        "BASE_URL": url,
        "OUTBOUND_ALLOW": "127.0.0.0/8",
        "WEB_PROCESSES": "1",
        "WEB_THREADS": str(THREADS),
    }
    process = subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "web"], env=os.environ | environment, cwd=ROOT
    )
    try:
        wait_until(lambda: process.poll() is None and _serves(url), "the web process serves")
        yield url
    finally:
        process.terminate()
        process.wait()


def _serves(url: str) -> bool:
    try:
        with urlopen(f"{url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


def submit(url: str, flow: Flow) -> str:
    assert flow.saved
    source = flow.saved.document["sources"][0]["entity"]["id"]
    request = Request(f"{url}/flows/{flow.pk}/sources/{source}/submit", b'{"email": "ada@example.com"}')
    request.add_header("Content-Type", "application/json")
    with urlopen(request, timeout=PATIENCE) as answer:
        return str(orjson.loads(answer.read())["outcome"])


def test_a_recipient_that_hangs_slows_no_other_flow_and_no_page(web: str, crm_server: Answering) -> None:
    account = AccountFactory.create()
    seller = EntityFactory.create(account=account)
    crm = EntityFactory.create(account=account, name="My CRM", recipient="crm")
    asking, other = (
        FlowFactory.create(account=account, deployed=True, sources=[source_of(seller)], steps=steps)
        for steps in ([recipient_step(crm, url=crm_server.url, mapped={"timeout_seconds": 360})], [])
    )
    crm_server.gate.clear()

    with ThreadPoolExecutor(3 * THREADS) as sources:
        asked = [sources.submit(submit, web, asking) for _ in range(3 * THREADS)]
        for _ in range(THREADS // 2):
            assert crm_server.arrived.acquire(timeout=PATIENCE)
        wait_until(lambda: sum(one.done() for one in asked) == 3 * THREADS - THREADS // 2, "the others end")

        assert submit(web, other) == "success"
        assert _serves(web)

        crm_server.gate.set()
        wait(asked, PATIENCE)

    assert [one.result() for one in asked] == ["success"] * 3 * THREADS
    assert len(crm_server.asked) == THREADS // 2
    outcomes = Event.objects.filter(type="recipient").values_list("outcome", flat=True)
    assert sorted(outcomes) == ["error"] * (3 * THREADS - THREADS // 2) + ["success"] * (THREADS // 2)
    assert Lead.objects.filter(gate="failed").count() == 3 * THREADS - THREADS // 2
