"""Submitting leads: LeadConduit's answers, and what is kept."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from flows import editing, intake
from flows.models import Delivery, Due, Entity, Event, Flow, Lead, SubmissionKey
from leadconduit.accounts.models import Account, ApiKey, CustomField, User
from leadconduit.leads.values import plain
from tests.factories import (
    DestinationFactory,
    EntityFactory,
    FlowFactory,
    api_key,
    filter_step,
    flow_body,
    source_of,
    use_of,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def seller(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="Seller")


# As when the server is told to stop in the middle of the transaction.
SHUT_DOWN = """
create function shut_down() returns trigger language plpgsql as
$$ begin raise exception 'shutting down' using errcode = '57P01'; end $$;
create trigger shut_down before insert on flows_event for each statement execute function shut_down()
"""


def flow_of(acme: Account, seller: Entity, **parts: Any) -> Flow:
    parts = {
        "fields": ["email", "state", "company.name"],
        "sources": [source_of(seller)],
        "deployed": True,
    } | parts
    return FlowFactory.create(account=acme, **parts)


def submit(
    flow: Flow, seller: Entity, body: Any = b"email=Ada%40Example.com&state=TX", **options: Any
) -> Any:
    options = {"content_type": "application/x-www-form-urlencoded"} | options
    method = options.pop("method", "POST")
    path = f"/flows/{flow.pk}/sources/{seller.pk}/submit{options.pop('query', '')}"
    return Client(raise_request_exception=False).generic(method, path, body, **options)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "ip"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (2, "203.0.113.9", "192.0.2.1"),
    ],
)
def test_the_submitter_is_found_behind_the_proxies_that_are_trusted(
    acme: Account, seller: Entity, settings: Any, proxies: int, forwarded: str, ip: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    submit(flow_of(acme, seller), seller, REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)

    assert Lead.objects.get().submission["ip"] == ip


def test_a_lead_that_passes_is_answered_success_and_owed_to_each_action(
    acme: Account, seller: Entity
) -> None:
    flow = flow_of(acme, seller, uses=[DestinationFactory.create(account=acme, actions=["Create", "Notify"])])

    answer = submit(flow, seller)

    lead = Lead.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {"outcome": "success", "lead": {"id": lead.pk}, "price": 0},
    )
    assert (lead.email, plain(lead.values, "raw"), lead.gate) == (
        "ada@example.com",
        {"email": "Ada@Example.com", "state": "TX"},
        "open",
    )
    first, second = Delivery.objects.order_by("pk")
    assert not first.follows_id
    assert second.follows_id == first.pk
    assert list(Due.objects.values_list("delivery_id", flat=True)) == [first.pk]


def test_independent_actions_wait_for_none_and_none_waits_for_them(acme: Account, seller: Entity) -> None:
    crm = DestinationFactory.create(account=acme, actions=["Create", "Notify", "Enrol", "Close"])
    entry = use_of(crm, "create", "notify", "enrol", "close")
    for action, independent in zip(entry["actions"], (False, True, False, True), strict=True):
        action["independent"] = independent
    flow = flow_of(acme, seller, destinations=[entry])

    submit(flow, seller)

    create, notify, enrol, close = Delivery.objects.order_by("pk")
    assert [one.follows_id for one in (create, notify, enrol, close)] == [None, None, create.pk, None]
    due = set(Due.objects.values_list("delivery_id", flat=True))
    assert due == {create.pk, notify.pk, close.pk}


def test_a_stopped_lead_is_kept_and_owed_to_nobody(acme: Account, seller: Entity) -> None:
    flow = flow_of(
        acme,
        seller,
        steps=[filter_step({"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}, description="Texans")],
        uses=[DestinationFactory.create(account=acme)],
    )

    answer = submit(flow, seller)

    lead = Lead.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "outcome": "failure",
        "reason": "Not in our area",
        "lead": {"id": lead.pk},
        "price": 0,
    }
    assert lead.gate == "stopped"
    assert lead.blame is not None
    assert lead.blame["description"] == "Texans"
    assert [event.outcome for event in Event.objects.order_by("pk")] == ["stop", "failure"]
    assert not Delivery.objects.exists()


def test_json_is_taken_and_fields_that_the_flow_does_not_have_are_ignored(
    acme: Account, seller: Entity
) -> None:
    flow = flow_of(acme, seller)

    submit(
        flow,
        seller,
        b'{"email": "a@b.co", "company": {"name": "Acme", "size": 3}, "x": 1}',
        content_type="application/json",
    )

    assert plain(Lead.objects.get().values) == {"email": "a@b.co", "company": {"name": "Acme"}}


def test_values_are_read_by_their_fields_types_and_keep_what_was_submitted(
    acme: Account, seller: Entity, olive: User
) -> None:
    roof = CustomField.make(account=acme, name="Roof age", type="number", by=olive)
    flow = flow_of(acme, seller, fields=["phone_1", "postal_code", roof.field_id, "first_name", "nickname"])

    submit(
        flow,
        seller,
        f"phone_1=(512)+789-1111&postal_code=nowhere&{roof.field_id}=12+years&first_name=Ada&nickname=A1".encode(),
    )

    values = Lead.objects.get().values
    assert values["phone_1"]["normal"] == "5127891111"
    assert values["phone_1"]["raw"] == "(512) 789-1111"
    assert values["phone_1"]["area"] == "512"
    assert (values["postal_code"]["raw"], values["postal_code"]["valid"]) == ("nowhere", False)
    assert values[roof.field_id] == {"normal": 12, "raw": "12 years", "valid": True}
    assert (values["first_name"], values["nickname"]) == ("Ada", "A1")


def test_a_fields_type_counts_from_when_the_flow_is_deployed(
    acme: Account, seller: Entity, olive: User
) -> None:
    flow = flow_of(acme, seller, fields=["roof_age_acm"])
    acme.field_suffix = "acm"
    acme.save()
    field = CustomField.make(account=acme, name="Roof age", type="number", by=olive)
    assert field.field_id == "roof_age_acm"

    submit(flow, seller, b"roof_age_acm=12")
    editing.save(
        flow=flow, body=flow_body(fields=["roof_age_acm"], sources=[source_of(seller)]), author=None, now=NOON
    )
    editing.deploy(flow=flow, author=None, now=NOON)
    submit(flow, seller, b"roof_age_acm=12")

    before, after = Lead.objects.order_by("pk")
    assert before.values == {"roof_age_acm": "12"}
    assert after.values["roof_age_acm"]["normal"] == 12


def test_what_the_database_cannot_hold_is_repaired_and_marked_and_never_refused(
    acme: Account, seller: Entity
) -> None:
    flow = flow_of(acme, seller)

    answer = submit(
        flow, seller, rb'{"email": "a\u0000@b.co", "state": "\ud800"}', content_type="application/json"
    )

    lead = Lead.objects.get()
    assert answer.status_code == 201
    assert plain(lead.values) == {"email": "a\ufffd@b.co", "state": "\ufffd"}
    assert lead.invalid == ["email", "state"]
    assert not lead.values["state"]["valid"]


def test_a_field_named_format_chooses_no_answer(acme: Account, seller: Entity) -> None:
    assert submit(flow_of(acme, seller), seller, query="?format=xml").status_code == 201


def test_a_lead_can_be_submitted_by_get(acme: Account, seller: Entity) -> None:
    submit(flow_of(acme, seller), seller, b"", method="GET", query="?email=a%40b.co")

    assert Lead.objects.get().email == "a@b.co"


def test_a_redirection_is_followed_by_the_visitor(acme: Account, seller: Entity) -> None:
    answer = submit(flow_of(acme, seller), seller, query="?redir_url=https%3A%2F%2Fa.example%2Fthanks")

    assert (answer.status_code, answer.headers["Location"]) == (303, "https://a.example/thanks")
    assert Lead.objects.count() == 1


def test_a_disabled_flow_answers_error(acme: Account, seller: Entity) -> None:
    answer = submit(flow_of(acme, seller, enabled=False), seller)

    assert (answer.status_code, answer.json()["outcome"]) == (201, "error")


def test_a_disabled_source_is_told_so_and_no_lead_is_made(acme: Account, seller: Entity) -> None:
    answer = submit(flow_of(acme, seller, sources=[source_of(seller, enabled=False)]), seller)

    assert (answer.status_code, answer.json()) == (403, {"message": "Source is disabled"})
    assert not Lead.objects.exists()


def test_what_was_saved_and_not_deployed_does_not_count(acme: Account, seller: Entity) -> None:
    flow = flow_of(acme, seller)
    body = flow_body(sources=[source_of(seller)], enabled=False)
    editing.save(flow=flow, body=body, author=None, now=flow.created_at)

    assert submit(flow, seller).json()["outcome"] == "success"


def test_a_flow_that_was_never_deployed_is_not_there(acme: Account, seller: Entity) -> None:
    assert submit(flow_of(acme, seller, deployed=False), seller).status_code == 404


def test_a_deleted_flow_is_not_there(acme: Account, seller: Entity) -> None:
    flow = flow_of(acme, seller)
    editing.delete(flow=flow, now=flow.created_at)

    assert submit(flow, seller).status_code == 404


def test_an_unknown_source_is_not_there(acme: Account, seller: Entity) -> None:
    assert submit(flow_of(acme, seller), EntityFactory.create(account=acme)).status_code == 404


NOT_SUPPORTED = (
    "MIME type in Content-Type header is not supported. Use only application/x-www-form-urlencoded, "
    "application/json, application/xml, text/xml."
)


@pytest.mark.parametrize(
    ("options", "status", "body"),
    [
        ({"method": "PUT"}, 405, "The PUT method is not allowed"),
        ({"content_type": ""}, 415, "Content-Type header is required"),
        (
            {"HTTP_ACCEPT": "text/csv"},
            406,
            "Not capable of generating content according to the Accept header",
        ),
        (
            {"HTTP_ACCEPT": "text/html"},
            406,
            "Not capable of generating content according to the Accept header",
        ),
        (
            {"content_type": "text/csv"},
            406,
            NOT_SUPPORTED,
        ),
        (
            {"content_type": "text/xml; charset=klingon"},
            415,
            "The charset klingon in the Content-Type header",
        ),
        ({"body": b"{", "content_type": "application/json"}, 400, "Unable to parse JSON -- "),
        ({"body": b"&".join([b"a=b"] * 3000)}, 400, "Unable to parse body -- "),
        (
            {"body": b"<lead>", "content_type": "text/xml"},
            400,
            "Body does not contain XML or XML is unparseable -- ",
        ),
        (
            {"body": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "content_type": "application/xml"},
            400,
            "Body does not contain XML or XML is unparseable -- ",
        ),
        ({"query": "?redir_url=javascript:alert(1)"}, 400, "Invalid redir_url"),
        ({"HTTP_IDEMPOTENCY_KEY": ""}, 400, "The Idempotency-Key must be 1 to 255 printable characters"),
        (
            {"HTTP_IDEMPOTENCY_KEY": "k" * 256},
            400,
            "The Idempotency-Key must be 1 to 255 printable characters",
        ),
        ({"body": b"a" * 10_000_000}, 413, "The body is too large for a lead"),
    ],
)
def test_what_is_no_lead_is_refused_in_plain_text(
    acme: Account, seller: Entity, options: dict[str, Any], status: int, body: str
) -> None:
    answer = submit(flow_of(acme, seller), seller, **options)

    assert answer.status_code == status
    assert answer.content.decode().startswith(body)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert not Lead.objects.exists()


def test_other_methods_are_told_which_are_allowed(acme: Account, seller: Entity) -> None:
    assert submit(flow_of(acme, seller), seller, method="DELETE").headers["Allow"] == "GET, POST"


def test_when_the_commit_is_not_to_be_had_the_source_is_to_come_again(
    acme: Account, seller: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = flow_of(acme, seller)
    intake.find(flow_id=flow.pk, entity_id=seller.pk)
    with connection.cursor() as cursor:
        cursor.execute(SHUT_DOWN)

    answer = submit(flow, seller)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_taking_a_lead_in_costs_the_same_few_queries_however_many_actions_it_goes_to(
    acme: Account, seller: Entity, django_assert_num_queries: Any
) -> None:
    flow = flow_of(
        acme,
        seller,
        uses=[DestinationFactory.create(account=acme, actions=[f"Action {n}" for n in range(9)])],
    )
    intake.find(flow_id=flow.pk, entity_id=seller.pk)

    # The flow; a savepoint and its release; lead, events, deliveries, due.
    with django_assert_num_queries(7):
        submit(flow, seller)


# --- Formats


XML = b"""<?xml version="1.0"?>
<lead><email>a@b.co</email><company><name>Acme</name></company><state>TX</state><x>1</x></lead>"""


@pytest.mark.parametrize("content_type", ["application/xml", "text/xml", "TEXT/XML; charset=utf-8"])
def test_xml_is_taken(acme: Account, seller: Entity, content_type: str) -> None:
    answer = submit(flow_of(acme, seller), seller, XML, content_type=content_type)

    assert (answer.status_code, answer.json()["outcome"]) == (201, "success")
    assert plain(Lead.objects.get().values) == {"email": "a@b.co", "state": "TX", "company": {"name": "Acme"}}


@pytest.mark.parametrize("accept", ["application/xml", "text/xml"])
def test_xml_is_answered_to_whoever_asks_for_it(acme: Account, seller: Entity, accept: str) -> None:
    answer = submit(flow_of(acme, seller), seller, HTTP_ACCEPT=accept)

    assert (answer.status_code, answer.headers["Content-Type"]) == (201, f"{accept}; charset=utf-8")
    assert answer.content.decode() == (
        '<?xml version="1.0"?>\n<result>\n  <outcome>success</outcome>\n'
        f"  <lead>\n    <id>{Lead.objects.get().pk}</id>\n  </lead>\n  <price>0</price>\n</result>"
    )


def test_json_is_answered_in_leadconduits_order(acme: Account, seller: Entity) -> None:
    answer = submit(flow_of(acme, seller, enabled=False), seller, HTTP_ACCEPT="*/*")

    assert answer.content.decode() == (
        '{"outcome":"error","reason":"The flow is disabled.",'
        f'"lead":{{"id":"{Lead.objects.get().pk}"}},"price":0}}'
    )


# --- Who may submit


def basic(key: str) -> str:
    return f"Basic {base64.b64encode(f'anybody:{key}'.encode()).decode()}"


def test_a_source_that_must_show_a_key_is_let_in_with_one_of_the_account(
    acme: Account, seller: Entity
) -> None:
    flow = flow_of(acme, seller, sources=[source_of(seller, authentication_required=True)])

    answer = submit(flow, seller, HTTP_AUTHORIZATION=basic(api_key(acme)))

    assert answer.status_code == 201
    assert ApiKey.objects.get().latest_use_at


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic", "Basic !", "Basic w7w=", "Bearer x", basic(""), basic("f" * 40), basic("a\0")],
)
@pytest.mark.parametrize("enabled", [True, False])
def test_a_source_without_its_key_is_unauthorized_and_no_lead_is_made(
    acme: Account, seller: Entity, authorization: str, enabled: bool
) -> None:
    source = source_of(seller, authentication_required=True, enabled=enabled)

    answer = submit(flow_of(acme, seller, sources=[source]), seller, HTTP_AUTHORIZATION=authorization)

    assert (answer.status_code, answer.content) == (401, b"Unauthorized source")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert not Lead.objects.exists()


def test_the_key_of_another_account_or_a_revoked_one_lets_nobody_in(
    acme: Account, elsewhere: Account, seller: Entity
) -> None:
    flow = flow_of(acme, seller, sources=[source_of(seller, authentication_required=True)])
    revoked, clear = ApiKey.make(account=acme, name="Old", by=None)
    revoked.revoke(by=None, now=NOON)

    for key in (api_key(elsewhere), clear):
        assert submit(flow, seller, HTTP_AUTHORIZATION=basic(key)).status_code == 401


# --- Mappings


def with_mappings(acme: Account, seller: Entity, *mappings: dict[str, Any], **parts: Any) -> Flow:
    integration = {"module_id": "leadconduit-default.inbound", "mappings": list(mappings)}
    return flow_of(acme, seller, sources=[source_of(seller, integration=integration)], **parts)


def test_a_sources_names_become_the_flows_fields_before_values_are_typed(
    acme: Account, seller: Entity
) -> None:
    flow = with_mappings(
        acme,
        seller,
        {"property": "email", "value": "{{lead.mail}}"},
        {"property": "company.name", "value": "{{source.name}} of {{account.name}}"},
        {
            "property": "state",
            "value": "Texas",
            "rule_set": {"op": "and", "rules": [{"lhv": "lead.area", "op": "is equal to", "rhv": "south"}]},
        },
    )

    submit(flow, seller, b"mail=Ada%40Example.com&area=South")

    lead = Lead.objects.get()
    assert (lead.email, lead.values["email"]["valid"], lead.values["state"]["normal"]) == (
        "ada@example.com",
        True,
        "TX",
    )
    assert lead.values["company"]["name"] == "Seller of Acme"


def test_steps_see_what_was_mapped(acme: Account, seller: Entity) -> None:
    flow = with_mappings(acme, seller, {"property": "state", "value": "CA"}, steps=[filter_step()])

    assert submit(flow, seller).json()["outcome"] == "failure"


def test_a_mapping_that_cannot_be_applied_shuts_the_gate_and_the_lead_is_kept(
    acme: Account, seller: Entity
) -> None:
    flow = with_mappings(
        acme,
        seller,
        {"property": "comments", "value": "{{lead.email}}" * 100},
        fields=["email", "comments"],
        uses=[DestinationFactory.create(account=acme)],
    )

    answer = submit(flow, seller, b"email=" + b"x" * 11_000)

    lead = Lead.objects.get()
    assert answer.json()["outcome"] == "error"
    assert lead.gate == "failed"
    assert lead.blame is not None
    assert "mapping of comments" in lead.blame["description"]
    assert not Delivery.objects.exists()


# --- The same submission again


def test_the_same_submission_under_the_same_key_is_answered_as_the_first(
    acme: Account, seller: Entity
) -> None:
    flow = flow_of(acme, seller, uses=[DestinationFactory.create(account=acme)])

    first, again = (submit(flow, seller, HTTP_IDEMPOTENCY_KEY="order-1") for _ in range(2))

    assert (again.status_code, again.json()) == (201, first.json())
    assert Lead.objects.count() == Delivery.objects.count() == 1


def test_the_first_answer_stands_whatever_became_of_the_flow(acme: Account, seller: Entity) -> None:
    flow = flow_of(acme, seller, steps=[filter_step()])
    first = submit(flow, seller, b"state=CA", HTTP_IDEMPOTENCY_KEY="order-1")
    editing.save(flow=flow, body=flow_body(sources=[source_of(seller)]), author=None, now=NOON)
    editing.deploy(flow=flow, author=None, now=NOON)

    again = submit(flow, seller, b"state=CA", HTTP_IDEMPOTENCY_KEY="order-1", HTTP_ACCEPT="text/xml")

    assert first.json()["outcome"] == "failure"
    assert b"<outcome>failure</outcome>" in again.content


@pytest.mark.parametrize(
    "other",
    [{"body": b"email=b%40b.co"}, {"query": "?email=b%40b.co"}, {"body": b"", "method": "GET"}],
    ids=str,
)
def test_another_submission_under_the_same_key_is_refused(
    acme: Account, seller: Entity, other: dict[str, Any]
) -> None:
    flow = flow_of(acme, seller)
    submit(flow, seller, HTTP_IDEMPOTENCY_KEY="order-1")

    answer = submit(flow, seller, HTTP_IDEMPOTENCY_KEY="order-1", **other)

    assert answer.status_code == 409
    assert answer.content.startswith(b"This Idempotency-Key came with another submission before")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert Lead.objects.count() == 1


def test_another_key_another_source_or_no_key_makes_another_lead(acme: Account, seller: Entity) -> None:
    other = EntityFactory.create(account=acme)
    flow = flow_of(acme, seller, sources=[source_of(seller), source_of(other)])

    submit(flow, seller, HTTP_IDEMPOTENCY_KEY="order-1")
    submit(flow, seller, HTTP_IDEMPOTENCY_KEY="order-2")
    submit(flow, other, HTTP_IDEMPOTENCY_KEY="order-1")
    submit(flow_of(acme, seller), seller, HTTP_IDEMPOTENCY_KEY="order-1")
    submit(flow, seller)
    submit(flow, seller)

    assert Lead.objects.count() == 6


def test_a_key_counts_for_a_day(acme: Account, seller: Entity) -> None:
    flow = flow_of(acme, seller)

    for hours in (0, 23, 25):
        with time_machine.travel(NOON + timedelta(hours=hours)):
            submit(flow, seller, HTTP_IDEMPOTENCY_KEY="order-1")

    assert Lead.objects.count() == 2
    assert SubmissionKey.objects.get().lead_id == Lead.objects.latest("pk").pk


def test_a_submission_that_was_refused_leaves_its_key_free(acme: Account, seller: Entity) -> None:
    flow = flow_of(acme, seller)

    refused = submit(flow, seller, b"{", content_type="application/json", HTTP_IDEMPOTENCY_KEY="order-1")
    answer = submit(flow, seller, b"{}", content_type="application/json", HTTP_IDEMPOTENCY_KEY="order-1")

    assert (refused.status_code, answer.status_code) == (400, 201)


def test_a_repeated_submission_is_sent_on_to_the_same_page(acme: Account, seller: Entity) -> None:
    flow = flow_of(acme, seller)

    answers = [
        submit(flow, seller, query="?redir_url=https%3A%2F%2Fa.example", HTTP_IDEMPOTENCY_KEY="order-1")
        for _ in range(2)
    ]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [
        (303, "https://a.example")
    ] * 2
    assert Lead.objects.count() == 1
