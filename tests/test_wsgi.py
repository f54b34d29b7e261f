"""What the application server hands over."""

import base64
import io
import json
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.utils import timezone

from destinations.models import Action
from flows.models import Entity, Lead
from leadconduit.accounts.models import Account
from leadconduit.wsgi import application
from tests.factories import DestinationFactory, EntityFactory, FlowFactory, api_key, source_of

# The handler closes connections as it does in production, which a test's own transaction would not survive.
pytestmark = pytest.mark.django_db(transaction=True)


def submit(acme: Account, body: io.BytesIO, **headers: str) -> str:
    entity: Entity = EntityFactory.create(account=acme)
    flow = FlowFactory.create(account=acme, sources=[source_of(entity)], deployed=True)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/flows/{flow.pk}/sources/{entity.pk}/submit",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "wsgi.input": body,
        **headers,
    }
    setup_testing_defaults(environ)
    answered: list[str] = []
    list(application(environ, lambda status, headers: answered.append(status)))
    return answered[0]


def test_a_body_in_chunks_is_read(acme: Account) -> None:
    body = io.BytesIO(b"email=a%40b.co")

    assert submit(acme, body, HTTP_TRANSFER_ENCODING="chunked") == "201 Created"
    assert Lead.objects.get().email == "a@b.co"


@pytest.mark.parametrize(
    "headers", [{"HTTP_TRANSFER_ENCODING": "chunked"}, {"CONTENT_LENGTH": "10000000"}], ids=str
)
def test_a_body_that_is_too_large_is_refused_and_taken_off_the_wire(
    acme: Account, headers: dict[str, str]
) -> None:
    body = io.BytesIO(b"a" * 10_000_000)

    assert submit(acme, body, **headers).startswith("413")
    assert body.read() == b""


def test_a_body_that_broke_off_is_no_lead(acme: Account) -> None:
    assert submit(acme, io.BytesIO(b"email=a%40b.c"), CONTENT_LENGTH="500").startswith("400")
    assert not Lead.objects.exists()


def test_half_of_a_call_of_the_api_is_refused(acme: Account) -> None:
    answer = call("POST", "/entities", b'{"name": "x"', api_key(acme), CONTENT_LENGTH="500")

    assert answer == ("400 Bad Request", {"error": "The body is shorter than its Content-Length says."})


def test_half_of_a_call_of_a_hook_is_refused(acme: Account) -> None:
    action = Action.objects.get(destination=DestinationFactory.create(account=acme))
    key = action.make_key(now=timezone.now())

    answer = call("POST", f"/hooks/{action.pk}", b"{}", "", CONTENT_LENGTH="3", HTTP_API_KEY=key)

    assert answer == ("400 Bad Request", {"error": "The body is shorter than its Content-Length says."})


def call(method: str, path: str, body: bytes, key: str, **headers: str) -> tuple[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_TYPE": "application/json",
        "HTTP_AUTHORIZATION": f"Basic {base64.b64encode(f':{key}'.encode()).decode()}",
        "wsgi.input": io.BytesIO(body),
        **headers,
    }
    setup_testing_defaults(environ)
    answered: list[str] = []
    content = b"".join(application(environ, lambda status, headers: answered.append(status)))
    return answered[0], json.loads(content)
