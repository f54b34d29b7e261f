"""The API's own description, and LeadConduit's: both are true."""

import importlib.util
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, reverse

from destinations.models import Destination
from flows.models import Delivery, Due, Entity
from leadconduit import api_urls
from leadconduit.accounts.models import Account, ApiKey, CustomField
from leadconduit.lib.ids import new_id
from tests.api.described import Description, Properties
from tests.cast import Answer, ApiClient
from tests.destinations.connectors.receiver import Receiver, receiver
from tests.factories import (
    DestinationFactory,
    EntityFactory,
    FlowFactory,
    UserFactory,
    filter_step,
    flow_body,
    source_of,
    use_of,
)
from tests.flows.api.eventful import attempt, recipient_step, story

__all__ = ["receiver"]

pytestmark = pytest.mark.django_db
REFERENCE = Path(settings.BASE_DIR).parent / "shared" / "reference"
CITY = {"op": "and", "rules": [{"lhv": "lead.city", "op": "is not blank"}]}
RULE_SET: dict[str, Any] = {
    "op": "and",
    "rules": [
        {"lhv": "lead.email", "op": "is not blank", "rule_set": CITY},
        {"lhv": "lead.state", "op": "includes", "rhv": ["CA", "TX"]},
        {"lhv": "lead.age", "op": "is not equal to", "rhv": 17.5},
        {"lhv": "lead.is_test", "op": "is equal to", "rhv": False},
        {
            "op": "or",
            "rules": [
                {
                    "lhv": "{{lowercase lead.city}}",
                    "op": "matches pattern",
                    "rhv": "^a",
                    "rule_set": {"op": "and", "rules": [{"lhv": "lead.email", "op": "format is valid"}]},
                }
            ],
        },
    ],
}
CRITERIA = {"outcome": "failure", "reason": "Not {{lead.state}}", "rule_set": RULE_SET}
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


class Caller:
    def __init__(self, api: ApiClient) -> None:
        self._api = api

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: str = "",
        headers: dict[str, str] | None = None,
        content_type: str = "application/json",
        **parts: str,
    ) -> Call:
        answer = self._api.send(
            method, path.format(**parts) + query, body, content_type=content_type, headers=headers
        )
        return Call(method, path, answer)


def full_body(account: Account, seller: Entity, crm: Destination, url: str) -> dict[str, Any]:
    """A flow with every property that there is."""
    other = EntityFactory.create(account=account)
    mappings = [
        {"property": "state", "value": "{{lead.st}}", "rule_set": RULE_SET},
        {"property": "email", "value": ["{{lead.mail}}", None]},
        {"property": "age", "value": 7},
        {"property": "city", "value": None},
    ]
    integration = {"module_id": "leadconduit-default.inbound", "mappings": mappings}
    step = {**recipient_step(account, url), "description": "c", "notes": "d", "enabled": True}
    step["entity"]["time_zone"] = "America/Chicago"
    step["integration"]["mappings"].append(
        {"property": "json_property.age", "value": 7, "rule_set": RULE_SET}
    )
    return flow_body(
        fields=["email", "state"],
        acceptance_criteria=CRITERIA,
        sources=[
            source_of(
                seller, integration=integration, acceptance_criteria=CRITERIA, authentication_required=True
            ),
            source_of(other),
        ],
        steps=[
            filter_step(*RULE_SET["rules"], description="a", notes="b"),
            {**step, "rule_set": RULE_SET},
            filter_step(outcome="success"),
        ],
        destinations=[use_of(crm, "deals", rule_set=RULE_SET)],
    )


def calls(api: ApiClient, account: Account, url: str) -> Iterator[Call]:
    """Every operation at least once, on data that fill every property. `url` is a recipient's."""
    call = Caller(api)
    ApiKey.objects.filter(account=account).update(
        created_by=UserFactory.create(account=account, name="Ada Lovelace")
    )
    seller = EntityFactory.create(account=account, **ENTITY)
    crm = DestinationFactory.create(account=account, actions=["Contacts", "Deals"])
    FlowFactory.create(account=account, uses=[crm], deployed=True)
    body = full_body(account, seller, crm, url)

    yield call("GET", "/status")
    yield call("GET", "/destinations")
    yield call("GET", "/destinations", query="?include=flow_usages")
    yield call(
        "GET", "/destinations/{instance_id}", query="?include=flow_usages", instance_id=crm.instance_id
    )
    entity = call("POST", "/entities", ENTITY)
    yield entity
    id = _id(entity)
    yield call("GET", "/entities")
    yield call("GET", "/entities/{id}", id=seller.pk)
    yield call("PUT", "/entities/{id}", {**ENTITY, "name": "Renamed"}, id=id)
    yield call("DELETE", "/entities/{id}", id=id)
    yield from _field_calls(call, account)
    created = call("POST", "/flows", body)
    yield created
    id = _id(created)
    yield call("GET", "/flows")
    yield call("GET", "/flows/{id}", id=id)
    yield call("PUT", "/flows/{id}", {**body, "name": "Renamed", "acceptance_criteria": None}, id=id)
    yield call("PUT", "/flows/{id}", body, id=id)
    yield call("POST", "/flows/{id}/deploy", id=id)
    yield call("GET", "/flows/{id}/changelogs", id=id)
    yield call("GET", "/flows/{id}/fields", id=id)
    yield call("GET", "/flows/{id}/fields/usage", id=id)
    yield call("DELETE", "/flows/{id}", id=id)
    yield from _event_calls(call, account, url)


def _field_calls(call: Caller, account: Account) -> Iterator[Call]:
    field = {"id": "roof_age_acm", "name": "Roof age", "type": "number", "description": "In years"}
    yield call("POST", "/fields", field)
    yield call("GET", "/fields")
    yield call("GET", "/fields/{id}", id="email")
    yield call("GET", "/fields/{id}", id="roof_age_acm")
    yield call("PUT", "/fields/{id}", {**field, "name": "Age of the roof"}, id="roof_age_acm")
    FlowFactory.create(account=account, fields=["roof_age_acm"])
    yield call("DELETE", "/fields/{id}", id="roof_age_acm")
    yield call("GET", "/types")


def _event_calls(call: Caller, account: Account, url: str) -> Iterator[Call]:
    told = story(account, url)
    first, second = told.deliveries
    attempts = [
        attempt(first, 1, "unavailable", reason="It is down."),
        attempt(first, 2, "delivered"),
        attempt(second, 1, "rejected", exchange=None),
    ]
    story(account, "http://nowhere.invalid")
    Delivery.objects.filter(pk=first.pk).update(
        outcome="delivered",
        follows_id=new_id(),
        origin_id=new_id(),
        finished_at=datetime.now(UTC),
        receipt={"id": "00Q1", "url": "https://crm.example/00Q1"},
    )
    yield call("GET", "/events", query="?limit=1000")
    yield call("GET", "/events", query="?include=vars.lead")
    yield call("POST", "/events", {"rules": RULE_SET["rules"][:2], "exclude": ["vars"], "sort": "asc"})
    yield call("GET", "/events/{id}", id=attempts[0].pk)
    yield call("GET", "/deliveries")
    yield call("GET", "/deliveries/{id}", id=first.pk)
    attempt(second, 2, "unknown")
    for path in ("/deliveries/{id}/tries", "/deliveries/{id}/arrivals"):
        Delivery.objects.filter(pk=second.pk).update(state="failed", outcome="unknown")
        Due.objects.filter(delivery_id=second.pk).delete()
        yield call("POST", path, id=second.pk)
    for path in ("/deliveries/{id}/tries", "/deliveries/{id}/arrivals"):
        yield call("POST", path, id=second.pk)


def _id(call: Call) -> str:
    id: str = json.loads(call.answer.content)["id"]
    return id


def refusals(
    api: ApiClient, nobody: ApiClient, account: Account, described: Iterable[tuple[str, str, dict[str, Any]]]
) -> Iterator[Call]:
    """Every answer of every operation that is no success: those that come of a rule here, by the rule."""
    call, uncalled = Caller(api), Caller(nobody)
    flow, entity = FlowFactory.create(account=account), EntityFactory.create(account=account)
    FlowFactory.create(account=account, sources=[source_of(entity)])
    field = CustomField.make(account=account, name="Height", type="number", by=None)
    there = {"/flows": flow.pk, "/entities": entity.pk, "/fields": field.field_id}

    for method, path, operation in described:
        parts: dict[str, Any] = dict.fromkeys(
            re.findall(r"\{(\w+)\}", path), there.get("/" + path.split("/")[1], "0" * 24)
        )
        gone: dict[str, Any] = dict.fromkeys(parts, "0" * 24)
        yield uncalled(method, path, **parts)
        yield call(method, path, query="?colour=red", **parts)
        if "404" in operation["responses"]:
            yield call(method, path, {}, **gone)
        if "413" in operation["responses"]:
            yield call(method, path, b"x" * 2_000_000, **parts)
            yield call(method, path, b"{}", content_type="text/plain", **parts)
            yield call(method, path, {"name": 7}, **parts)
        if "304" in operation["responses"]:
            yield call(method, path, headers={"If-None-Match": "*"}, **parts)
    for path in ("/destinations", "/destinations/{instance_id}"):
        yield call("GET", path, query="?include=x", instance_id="x")
    for path in ("/deliveries", "/events", "/flows/{id}/changelogs"):
        yield call("GET", path, query="?limit=x", id=flow.pk)
    yield call("GET", "/flows/{id}/fields/usage", query="?timeframe=x", id=flow.pk)
    yield call("POST", "/flows", flow_body(id=flow.pk))
    yield call("PUT", "/flows/{id}", flow_body(), id=flow.pk, headers={"If-Match": '"x"'})
    yield call("DELETE", "/entities/{id}", id=entity.pk)
    height = {"id": "height", "name": "Height", "type": "number"}
    yield call("POST", "/fields", height)
    yield call("PUT", "/fields/{id}", height, id=field.field_id)
    yield call("PUT", "/fields/{id}", height, id="email")
    yield call("DELETE", "/fields/{id}", id="email")


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


def test_our_description_is_true(
    api: ApiClient, nobody: ApiClient, acme: Account, client: Client, receiver: Receiver
) -> None:
    ours = Description(client.get("/docs/openapi.json").json())
    answering(receiver)
    operations = [operation for operation in ours.operations() if operation[2]["security"]]

    made = [*calls(api, acme, receiver.url), *refusals(api, nobody, acme, operations)]

    undescribed = [
        call for call in made if not ours.describes(call.method, call.path, call.answer.status_code)
    ]
    assert undescribed == []
    assert {call: found for call in made if (found := ours.problems(*call))} == {}
    # And whatever it describes was answered once.
    assert {(call.method, call.path, str(call.answer.status_code)) for call in made} == {
        (method, path, status) for method, path, operation in operations for status in operation["responses"]
    }
    assert _never_seen(ours, made) == set()


def _never_seen(description: Description, made: list[Call]) -> set[str]:
    """The properties of successful answers that a description has, and none of the answers."""
    properties = Properties(description)
    for call in made:
        if call.answer.status_code < 300:
            properties.look_at(*call)
    return properties.declared - properties.seen


def answering(receiver: Receiver) -> None:
    receiver.headers = {"Content-Type": "application/json"}
    receiver.body = '{"score": 7, "list": [null, {"a": 1.5}]}'


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

# It is for LeadConduit's own staff.
NOT_SERVED = {("PUT", "/flows")}
# What the description has and our answers have not, and why.
NOT_HAD = [
    # Not run yet, and so refused where it is written.
    *(
        "Cap.*",
        "Price.*",
        "Pricing.*",
        "PricingServiceConfiguration.*",
        "ListCheck.*",
        "ListChecks.*",
        "PingLimit.*",
    ),
    *(
        "Feedback.*",
        "Firehose.*",
        "Flow.caps",
        "Flow.firehose*",
        "Flow.list_checks",
        "Flow.ping_*",
        "Flow.pricing*",
    ),
    *("Source.caps", "Source.feedback", "Source.credential_id", "Source.ping_limits", "Source.pricing*"),
    *("RecipientStep.caps", "RecipientStep.feedback", "RecipientStep.pricing", "RecipientStep.retry_enabled"),
    # So nothing of it happens to a lead either.
    *(
        "feedback-*-event.*",
        "*-event.caps*",
        "*-event.cost",
        "*-event.*price",
        "*-event.pricing",
        "*-event.revenue",
    ),
    *("RecipientVariables.*price", "EventProperties.*ping_limit*", "EventProperties.cap_reached"),
    "EventProperties.firehose",
    # Credentials stand in mappings, where they are sealed; a changelog shows no key.
    *("Credential.*", "*Credential.*", "*-event.credential*", "ChangelogUser.api_key"),
    # Nothing keeps a flow from being saved that is saved.
    "Flow.errors",
    # What LeadConduit's handler knows of itself. Events stay as long as their leads do.
    *(
        "EventProperties.*version",
        "EventProperties.host",
        "EventProperties.lag_ms",
        "EventProperties.overhead_ms",
    ),
    *("*-event.package_version", "EventProperties.expires_at"),
    # Requests of sources are not kept; and a status text would have to be a URI.
    *("source-event.request", "source-event.response", "HttpResponse.status_text"),
    # Retries are those of deliveries, which have no step.
    *("retry-event.key", "retry-event.m*", "retry-event.rule_set", "retry-event.step_id"),
    # An account makes its entities itself, and gives up none for another; so with fields, whose changes have no time.
    *("Entity.connected", "Entity.deprecated", "Entity.invitation_id", "Entity.pending", "Entity.see"),
    *("Entity.trustedform_certified_vendor", "Field.see", "Field.updated_at"),
]


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
    theirs: Description, api: ApiClient, nobody: ApiClient, acme: Account, client: Client, receiver: Receiver
) -> None:
    answering(receiver)
    operations = Description(client.get("/docs/openapi.json").json()).operations()
    made = [
        *calls(api, acme, receiver.url),
        *refusals(api, nobody, acme, [operation for operation in operations if operation[2]["security"]]),
    ]

    known = [call for call in made if call.path in theirs.spec["paths"]]
    described = [call for call in known if theirs.describes(call.method, call.path, call.answer.status_code)]
    assert {call: found for call in described if (found := theirs.problems(*call))} == {}
    # Whatever it describes at an address that we have was answered once, and with every property that we have.
    ours = {_address(pattern) for pattern in api_urls.api}
    assert {(call.method, call.path, str(call.answer.status_code)) for call in described} == {
        (method, path, status)
        for method, path, operation in theirs.operations()
        for status in operation["responses"]
        if path in ours and (method, path) not in NOT_SERVED
    }
    never_seen = _never_seen(theirs, described)
    assert {name for name in never_seen if not any(fnmatchcase(name, one) for one in NOT_HAD)} == set()
    assert [one for one in NOT_HAD if not any(fnmatchcase(name, one) for name in never_seen)] == []
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
