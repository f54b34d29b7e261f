"""The API's own description, and LeadConduit's: both are true."""

import importlib.util
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, reverse

from destinations.models import Action
from flows.models import Attempt, Delivery
from leadconduit import api_urls
from leadconduit.accounts.models import Account
from leadconduit.lib.ids import new_id
from tests.api.described import Description
from tests.cast import Answer, ApiClient
from tests.factories import (
    DestinationFactory,
    EntityFactory,
    FlowFactory,
    filter_step,
    flow_body,
    source_of,
    use_of,
)

pytestmark = pytest.mark.django_db
REFERENCE = Path(settings.BASE_DIR).parent / "shared" / "reference"
RULE_SET: dict[str, Any] = {
    "op": "and",
    "rules": [
        {"lhv": "lead.email", "op": "is not blank"},
        {"lhv": "lead.state", "op": "includes", "rhv": ["CA", "TX"]},
        {"lhv": "lead.age", "op": "is not equal to", "rhv": 17.5},
        {"lhv": "lead.is_test", "op": "is equal to", "rhv": False},
    ],
}
ENTITY = {
    "name": "Leads Inc",
    "description": "Sells leads",
    "source": "seller",
    "recipient": "buyer",
    "module_ids": ["leadconduit-default.inbound"],
    "field_suffix": "leads",
    "logo_url": "https://leads.example/logo.png",
    "time_zone": "America/Chicago",
    "website": "https://leads.example",
}


class Call(NamedTuple):
    """One call of the API: its path as a description has it, and what came back."""

    method: str
    path: str
    answer: Answer


def calls(api: ApiClient, account: Account) -> Iterator[Call]:
    """Every operation once, on data that fill every property; then refusals."""
    seller = EntityFactory.create(account=account, **ENTITY)
    crm = DestinationFactory.create(account=account, actions=["Contacts", "Deals"])
    FlowFactory.create(account=account, uses=[crm], deployed=True)
    body = flow_body(
        fields=["email", "state"],
        sources=[source_of(seller), source_of(EntityFactory.create(account=account))],
        steps=[filter_step(*RULE_SET["rules"], description="a", notes="b"), filter_step(outcome="success")],
        destinations=[use_of(crm, "deals", rule_set=RULE_SET)],
    )

    def call(method: str, path: str, body: object = None, query: str = "", **parts: str) -> Call:
        return Call(method, path, api.send(method, path.format(**parts) + query, body))

    yield call("GET", "/status")
    yield call("GET", "/destinations")
    yield call("GET", "/destinations", query="?include=flow_usages")
    yield call(
        "GET", "/destinations/{instance_id}", query="?include=flow_usages", instance_id=crm.instance_id
    )
    yield call("POST", "/entities", ENTITY)
    yield call("GET", "/entities")
    yield call("GET", "/entities/{id}", id=seller.pk)
    created = call("POST", "/flows", body)
    yield created
    id = json.loads(created.answer.content)["id"]
    yield call("GET", "/flows")
    yield call("GET", "/flows/{id}", id=id)
    yield call("PUT", "/flows/{id}", {**body, "name": "Renamed"}, id=id)
    yield call("POST", "/flows/{id}/deploy", id=id)
    yield call("DELETE", "/flows/{id}", id=id)
    delivery = _delivery(account)
    yield call("GET", "/deliveries")
    yield call("GET", "/deliveries/{id}", id=delivery.pk)


def refusals(api: ApiClient, nobody: ApiClient, account: Account) -> Iterator[Call]:
    flow = FlowFactory.create(account=account)
    for path in ("/status", "/destinations", "/flows", "/entities", "/deliveries"):
        yield Call("GET", path, nobody.get(path))
    for path in ("/flows/{id}", "/entities/{id}", "/deliveries/{id}"):
        yield Call("GET", path, api.get(path.format(id="0" * 24)))
    yield Call("GET", "/destinations/{instance_id}", api.get("/destinations/nope"))
    yield Call("GET", "/destinations", api.get("/destinations?include=x"))
    yield Call("GET", "/deliveries", api.get("/deliveries?state=x"))
    yield Call("POST", "/flows", api.post("/flows", {}))
    yield Call("POST", "/flows", api.post("/flows", flow_body(id=flow.pk)))
    yield Call("POST", "/flows", api.post("/flows", b"{}", content_type="text/plain"))
    yield Call("PUT", "/flows/{id}", api.put(f"/flows/{flow.pk}", b"x" * 2_000_000))
    yield Call("POST", "/entities", api.post("/entities", {"name": 7}))


def _delivery(account: Account) -> Delivery:
    action = Action.objects.filter(destination__account=account)[0]
    delivery = Delivery.objects.create(
        account=account,
        lead_id=new_id(),
        flow_id=new_id(),
        destination=action.destination,
        action=action,
        follows_id=new_id(),
        origin_id=new_id(),
        state="delivered",
        outcome="delivered",
        attempt_count=1,
        finished_at=datetime.now(UTC),
    )
    exchange = {"request": {"method": "POST"}, "response": {"status": 200}}
    Attempt.objects.create(delivery=delivery, number=1, outcome="delivered", exchange=exchange)
    return delivery


# --- Our own description


def test_the_description_is_made_without_a_warning(tmp_path: Path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "openapi.yaml"))


def test_every_address_of_the_api_stands_in_the_description(client: Client) -> None:
    described = client.get("/docs/openapi.json").json()["paths"]

    addresses = {_address(pattern) for pattern in api_urls.api}
    intake = {reverse("submit", args=["{flow_id}", "{source_id}"]), reverse("hook", args=["{action}"])}
    assert set(described) == addresses | {_readable(address) for address in intake}


def _address(pattern: URLPattern) -> str:
    return "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))


def _readable(path: str) -> str:
    return path.replace("%7B", "{").replace("%7D", "}")


def test_our_description_is_true(api: ApiClient, nobody: ApiClient, acme: Account, client: Client) -> None:
    ours = Description(client.get("/docs/openapi.json").json())

    made = [*calls(api, acme), *refusals(api, nobody, acme)]

    undescribed = [
        call for call in made if not ours.describes(call.method, call.path, call.answer.status_code)
    ]
    assert undescribed == []
    assert {call: found for call in made if (found := ours.problems(*call))} == {}
    operations = {
        (method.upper(), path)
        for path, item in ours.spec["paths"].items()
        for method, operation in item.items()
        if operation["security"]
    }
    assert {(call.method, call.path) for call in made} == operations


def test_the_page_to_try_the_api_needs_no_inline_script(client: Client) -> None:
    page = client.get("/docs/")

    assert page.status_code == 200
    assert "script-src" not in page.headers["Content-Security-Policy"]
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page.content.decode(), re.DOTALL)
    assert len(scripts) == 3
    assert all("src=" in attributes and not inside.strip() for attributes, inside in scripts)
    script = client.get("/docs/?script=")
    assert script.headers["Content-Type"].startswith("application/javascript")
    assert "/docs/openapi.json" in script.content.decode()


# --- LeadConduit's


@pytest.fixture(scope="module")
def theirs() -> Description:
    if not (REFERENCE / "leadconduit-openapi.yaml").exists():
        pytest.skip("LeadConduit's own description is not beside the repository (../shared/reference)")
    errata = importlib.util.spec_from_file_location("openapi_errata", REFERENCE / "openapi_errata.py")
    assert errata is not None
    assert errata.loader is not None
    module = importlib.util.module_from_spec(errata)
    errata.loader.exec_module(module)
    spec: dict[str, Any] = yaml.safe_load((REFERENCE / "leadconduit-openapi.yaml").read_text())
    return Description(module.correct(spec))


def test_what_leadconduit_describes_is_answered_as_it_says(
    theirs: Description, api: ApiClient, nobody: ApiClient, acme: Account
) -> None:
    made = [*calls(api, acme), *refusals(api, nobody, acme)]

    known = [call for call in made if call.path in theirs.spec["paths"]]
    described = [call for call in known if theirs.describes(call.method, call.path, call.answer.status_code)]
    assert {call: found for call in described if (found := theirs.problems(*call))} == {}
    assert len(described) >= 14
    # A success is never one that it does not know.
    assert [call for call in known if call.answer.status_code < 300 and call not in described] == []


def test_the_comparison_would_find_a_difference(theirs: Description, api: ApiClient, acme: Account) -> None:
    FlowFactory.create(account=acme)
    answer = api.get("/flows")
    answer.content = answer.content.replace(b'"fields":["email"]', b'"fields":"email","deployed":true')

    assert theirs.problems("GET", "/flows", answer) != []


def test_operation_ids_are_those_of_leadconduit(theirs: Description, client: Client) -> None:
    ours = client.get("/docs/openapi.json").json()["paths"]

    for path in ours.keys() & theirs.spec["paths"].keys():
        for method in ours[path]:
            expected = theirs.spec["paths"][path][method]["operationId"]
            assert ours[path][method]["operationId"] == expected
