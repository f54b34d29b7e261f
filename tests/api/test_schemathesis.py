"""Schemathesis makes requests of our own description, such as it allows and such as it does not, and finds nothing.

A few requests of each operation in every run of the suite; `SCHEMATHESIS_EXAMPLES=500` makes as many more.
"""

import base64
import os
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi import checks

from leadconduit.accounts.models import Account, CustomField
from leadconduit.leads.rules import MAX_DEPTH, MAX_RULES, MAX_SLOW_PATTERNS, slow_patterns
from tests.api.rule_texts import STRATEGIES
from tests.destinations.connectors.receiver import Receiver, receiver
from tests.factories import EntityFactory, api_key
from tests.flows.api.eventful import attempt, story

__all__ = ["receiver"]

pytestmark = pytest.mark.django_db
load_all_checks()

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "8"))
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
ROOTS = ["deliveries", "destinations", "entities", "events", "fields", "flows", "hooks", "status", "types"]

for format, strategy in STRATEGIES.items():
    schemathesis.openapi.format(format, strategy)

# What a flow and a submission may be is more than a JSON schema says: names that must exist in the account, templates,
# rules, what depends on one another; and where LeadConduit's property says nothing it is taken as left out.
BEYOND_SCHEMAS = ("POST /flows", "PUT /flows/{id}", "POST /flows/{flow_id}/sources/{source_id}/submit")
BOTH = [checks.positive_data_acceptance, checks.negative_data_rejection]


@pytest.fixture
def app() -> Iterator[Any]:
    """The application, which in a test must keep its connection to the database."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def there(acme: Account, receiver: Receiver) -> dict[str, str]:
    """What an operation may find, by the beginning of its path."""
    told = story(acme, receiver.url)
    return {
        "flows": told.flow.pk,
        "entities": EntityFactory.create(account=acme).pk,
        "fields": CustomField.make(account=acme, name="Height", type="number", by=None).field_id,
        "events": attempt(told.deliveries[0], 1, "delivered").pk,
        "deliveries": told.deliveries[0].pk,
        "destinations": told.crm.instance_id,
    }


@pytest.mark.parametrize("root", ROOTS)
def test_nothing_is_found(app: Any, acme: Account, there: dict[str, str], root: str) -> None:
    token = base64.b64encode(f"API:{api_key(acme)}".encode()).decode()
    described = schemathesis.openapi.from_wsgi("/docs/openapi.json", app)
    found: Any = described.get_all_operations()
    operations = [operation.ok() for operation in found]
    assert {operation.path.split("/")[1] for operation in operations} == set(ROOTS)

    for operation in operations:
        if operation.path.split("/")[1] != root:
            continue
        left_out = BOTH if operation.label in BEYOND_SCHEMAS else []
        for mode in MODES:
            requests = operation.as_strategy(generation_mode=mode)

            within = _is_within_limits if mode is schemathesis.GenerationMode.POSITIVE else _is_wrong

            def ask(
                case: Any, *, left_out: list[Any] = left_out, within: Callable[[Any], bool] = within
            ) -> None:
                assume(within(case))
                case.call_and_validate(headers={"Authorization": f"Basic {token}"}, excluded_checks=left_out)

            # Making a flow takes long.
            examples = max(EXAMPLES // 4, 1) if left_out else EXAMPLES
            _each(requests, ask, there.get(root, ""), examples)


def _each(requests: st.SearchStrategy[Any], ask: Callable[[Any], None], id: str, examples: int) -> None:
    """Half of the requests that name something name what is there."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(request=requests, is_there=st.booleans())
    def each(request: Any, *, is_there: bool) -> None:
        if is_there and id and request.path_parameters:
            request.path_parameters = dict.fromkeys(request.path_parameters, id)
        ask(request)

    each()


def _is_wrong(case: Any) -> bool:
    """Whether what makes it wrong is sent at all, for an empty list or object in a query is nothing; and is wrong.

    A text of another format may well be one of ours too: any word is a `template`.
    """
    by_format = [
        mutation.keywords == ("format",) and "/rules/" in mutation.schema_pointer
        for mutation in case.meta.phase.data.mutations
    ]
    return not any(value in ([], {}) for value in (case.query or {}).values()) and not (
        by_format and all(by_format)
    )


def _is_within_limits(case: Any) -> bool:
    """Whether its rules are as few, and nested as little, as the description says in words: no schema can."""
    query, body = case.query or {}, case.body if isinstance(case.body, dict) else {}
    searched = orjson.loads(query["rules"]) if _is_json(query.get("rules")) else body.get("rules")
    if not isinstance(searched, list):
        return True
    slow = sum(count for _, count in slow_patterns({"op": "and", "rules": searched}))
    written = str(searched)
    return (
        slow <= MAX_SLOW_PATTERNS
        and written.count("'rules'") + written.count("'rule_set'") < MAX_DEPTH
        and written.count("'op'") <= MAX_RULES
    )


def _is_json(text: object) -> bool:
    try:
        orjson.loads(text if isinstance(text, str) else "")
    except orjson.JSONDecodeError:
        return False
    return True
