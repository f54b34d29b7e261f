"""A page costs the same queries however much it lists."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.utils import timezone

from destinations.models import Connection, ConnectionTest
from flows import intake
from flows.models import Attempt, Delivery
from leadconduit.accounts.models import Account, CustomField, User
from tests.factories import DestinationFactory, EntityFactory, FlowFactory, source_of


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("destinations", 8),
        ("flows", 4),
        ("leads", 6),
        ("deliveries", 9),
        ("fields", 4),
        ("fields/?kind=own", 6),
    ],
)
def test_a_list_costs_the_same_queries_however_long_it_is(
    path: str,
    queries: int,
    acme: Account,
    adam: User,
    as_user: Callable[[User], Client],
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    for number in range(7):
        CustomField.make(account=acme, name=f"Field {number}", type="string", by=None)
        entity = EntityFactory.create(account=acme)
        destination = DestinationFactory.create(account=acme, actions=["Create", "Notify"])
        DestinationFactory.create(account=acme, draft=True)
        flow = FlowFactory.create(
            account=acme, sources=[source_of(entity)], uses=[destination], deployed=True
        )
        found = intake.find(flow_id=flow.pk, entity_id=entity.pk)
        assert found
        intake.submit(found, {"email": f"{number}@x.co"}, ip="127.0.0.1", now=timezone.now())
    visitor = as_user(adam)

    with django_assert_num_queries(queries):
        visitor.get(f"/app/{path}" if "?" in path else f"/app/{path}/")


@pytest.mark.parametrize(("step", "queries"), [("test", 9), ("answers", 9)])
def test_a_step_costs_the_same_queries_however_much_was_tested_and_delivered(
    step: str,
    queries: int,
    acme: Account,
    adam: User,
    as_user: Callable[[User], Client],
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    destination = DestinationFactory.create(account=acme, actions=["Create", "Notify"])
    assert destination.live
    exchange = {
        "request": {"method": "POST", "uri": "https://x.co", "headers": {}, "body": ""},
        "response": {
            "status": 200,
            "status_text": "OK",
            "headers": {},
            "body": '{"ok": true}',
            "timestamp": "2026-11-24T12:00:00.000Z",
        },
        "ms": 5,
    }
    for action in [*destination.actions.current()] * 4:
        outcome = {"outcome": "delivered", "exchange": exchange}
        ConnectionTest.objects.create(
            destination=destination,
            revision=destination.live,
            action=action.pk,
            action_name=action.name,
            by=adam,
            **outcome,
        )
        delivery = Delivery.objects.create(
            account=acme, destination=destination, action=action, attempt_count=1
        )
        Attempt.objects.create(delivery=delivery, number=1, **outcome)
    visitor = as_user(adam)

    with django_assert_num_queries(queries):
        visitor.get(f"/app/destinations/{destination.instance_id}/setup/{step}/")


@pytest.mark.parametrize(
    ("method", "path", "queries", "status"),
    [
        ("GET", "", 5, 200),
        ("GET", "{pk}/", 5, 200),
        ("POST", "{pk}/", 8, 200),
        ("POST", "{pk}/consent/", 8, 200),
        ("GET", "callback/?state=unknown", 3, 400),
        ("GET", "{pk}/disconnect/", 5, 200),
        ("POST", "{pk}/disconnect/", 14, 302),
    ],
)
def test_a_page_of_connections_costs_the_same_queries_however_many_there_are_and_use_it(
    method: str,
    path: str,
    queries: int,
    status: int,
    acme: Account,
    adam: User,
    as_user: Callable[[User], Client],
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    for number in range(7):
        made = Connection(account=acme, integration="hubspot", scheme="oauth2_code", name=f"Portal {number}")
        made.settings = {"client_id": "app"}
        made.seal({"client_secret": "s3cret"})
        made.save()
        for _ in range(number):
            destination = DestinationFactory.create(account=acme)
            assert destination.live
            destination.live.document["connection"] = made.pk
            destination.live.save()
    visitor = as_user(adam)

    with django_assert_num_queries(queries):
        answer = visitor.generic(
            method,
            f"/app/connections/{path.format(pk=made.pk)}",
            b"oauth2_code-client_id=app",
            "application/x-www-form-urlencoded",
        )
    assert answer.status_code == status
