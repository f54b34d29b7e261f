"""A page costs the same queries however much it lists."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.utils import timezone

from flows import intake
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
