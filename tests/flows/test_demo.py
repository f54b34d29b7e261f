"""The demo is made once, and what somebody made of it stays."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from destinations import lifecycle
from destinations.connectors.salesforce.stand_in import SALESFORCE
from destinations.models import Connection, Destination
from destinations.sandbox.stand_ins import environment
from flows import demo, editing, uses
from flows.models import Flow
from tests.factories import NOON

BASE = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def stand_ins(db: None, settings: Any) -> None:
    told = environment(BASE)
    settings.BASE_URL = BASE
    settings.OUTBOUND_REWRITE = json.loads(told["OUTBOUND_REWRITE"])
    settings.OAUTH_CLIENTS = json.loads(told["OAUTH_CLIENTS"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "demo.json"


def ensure(file: Path) -> demo.Kept:
    return demo.ensure(file=file, inspector_url=f"{BASE}/sandbox/inspector", now=timezone.now())


def delivers_to(flow: Flow) -> list[str]:
    assert flow.deployed is not None
    ids = [used["destination"] for used in flow.deployed.document["destinations"]]
    names = dict(Destination.objects.values_list("pk", "name"))
    return [names[id] for id in ids]


def test_it_delivers_to_a_webhook_and_to_salesforce(file: Path) -> None:
    kept = ensure(file)

    assert ensure(file) == kept
    assert delivers_to(Flow.objects.get()) == ["Demo CRM", "Demo Salesforce"]
    connection = Connection.objects.get()
    assert connection.organisation_id == SALESFORCE.organisations[0].id
    assert connection.status == "connected"


def test_without_the_stand_in_there_is_no_salesforce(file: Path, settings: Any) -> None:
    settings.OUTBOUND_REWRITE = {}

    assert ensure(file).salesforce == ""
    assert delivers_to(Flow.objects.get()) == ["Demo CRM"]


def test_a_demo_from_before_gets_it_too(file: Path, settings: Any) -> None:
    rewrite, settings.OUTBOUND_REWRITE = settings.OUTBOUND_REWRITE, {}
    ensure(file)
    before = json.loads(file.read_text())
    del before["salesforce"]
    file.write_text(json.dumps(before))
    settings.OUTBOUND_REWRITE = rewrite

    ensure(file)

    assert delivers_to(Flow.objects.get()) == ["Demo CRM", "Demo Salesforce"]


def test_what_somebody_left_undeployed_stays_so(file: Path, settings: Any) -> None:
    rewrite, settings.OUTBOUND_REWRITE = settings.OUTBOUND_REWRITE, {}
    ensure(file)
    editing.change(flow=Flow.objects.get(), parts=lambda _: {"name": "Mine"}, author=None, now=NOON)
    settings.OUTBOUND_REWRITE = rewrite

    ensure(file)

    flow = Flow.objects.get()
    assert flow.saved is not None
    assert len(flow.saved.document["destinations"]) == 2
    assert delivers_to(flow) == ["Demo CRM"]


def test_one_that_somebody_deleted_stays_away(file: Path) -> None:
    kept = ensure(file)
    salesforce = Destination.objects.get(instance_id=kept.salesforce)
    for action in salesforce.actions.current():
        uses.detach(flow=Flow.objects.get(), action_id=action.pk, author=None, now=NOON)
    editing.deploy(flow=Flow.objects.get(), author=None, now=NOON)
    lifecycle.delete(destination=salesforce, by=None, now=NOON, used_by=lambda: (), waiting=lambda: 0)

    ensure(file)

    assert delivers_to(Flow.objects.get()) == ["Demo CRM"]
