"""Submitting leads: LeadConduit's answers, and what is kept."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from flows import editing, intake
from flows.models import Delivery, Due, Entity, Event, Flow, Lead
from leadconduit.accounts.models import Account, CustomField, User
from leadconduit.leads.values import plain
from tests.factories import DestinationFactory, EntityFactory, FlowFactory, filter_step, flow_body, source_of

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
        ({"body": b"{", "content_type": "application/json"}, 400, "Unable to parse JSON -- "),
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
