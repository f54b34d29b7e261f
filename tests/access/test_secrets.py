"""No secret is to be found in clear: neither in the database nor in a log, a page, an answer, a mail or the admin."""

import base64
import contextlib
import ipaddress
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection as database
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from destinations.connectors.declaration import Connector
from destinations.connectors.registry import REGISTRY
from destinations.credentials import connections
from destinations.fields import FieldSpec, split_secrets
from destinations.models import Action, Connection, ConnectionToken, Destination, Lane
from destinations.models.lane import FOREVER, OPEN
from destinations.platforms.port import AuthScheme
from destinations.sandbox.stand_ins import environment
from flows import intake
from flows.models import Attempt, Delivery, Due
from leadconduit.accounts.models import Account, User
from leadconduit.lib.ids import new_id
from tests.access.canaries import Canaries
from tests.access.echo import SLOW, echoing
from tests.access.routes import PARAMETER, address, routes
from tests.access.table import IN, TABLE
from tests.factories import DestinationFactory, EntityFactory, FlowFactory, api_key, recipient_step, source_of
from tests.flows.delivery import makers
from tests.flows.delivery.conftest import working
from tests.processes import wait_until

__all__ = ["working"]

pytestmark = pytest.mark.django_db(transaction=True)

HANGS_UP = "http://127.0.0.1:9"


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture
def echo(settings: Settings) -> Iterator[str]:
    settings.OUTBOUND_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    with echoing() as url:
        rewrite = json.loads(environment(url)["OUTBOUND_REWRITE"])
        settings.OUTBOUND_REWRITE = rewrite
        yield url


def test_no_secret_is_to_be_found_in_clear_anywhere(
    acme: Account,
    adam: User,
    olive: User,
    echo: str,
    canaries: Canaries,
    things: dict[str, str],
    working: None,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level("DEBUG")
    browser, integrator = signed_in(adam), Client(headers={"Authorization": basic(acme)})
    destinations = [
        destination(acme, connector, scheme, url, canaries)
        for connector in REGISTRY.values()
        for scheme in connector.schemes
        for url in ((echo, f"{echo}{SLOW}", HANGS_UP) if connector.key == "webhook" else (echo,))
    ]
    assert len(canaries.planted) > 40

    for made in destinations:
        for action in range(made.actions.count()):
            makers.deliveries(made, 1, action=action)
    lead = lead_through_a_recipient(acme, echo, canaries)
    try_often()
    shown = [*what_is_done(browser, destinations), *pages(browser, integrator, things | lead, destinations)]
    with monkeypatch.context() as broken:
        broken.setattr(connections, "connected", breaks)
        shown += list(what_is_entered(browser, destinations, canaries))
    admin = User.objects.create_superuser("root@product.test", canaries.plant("a password"))
    shown += pages_of_admin(signed_in(admin))

    out, err = capfd.readouterr()
    places = {
        "logs": caplog.text + out + err,
        "mails": "\n".join(f"{sent.subject} {sent.body}" for sent in mail.outbox),
        **tables(),
        **{f"{number} {where}": text for number, (where, text) in enumerate(shown)},
    }

    found = {where: names for where, text in places.items() if (names := canaries.found_in(text))}
    assert found == {}
    # It was looked at where they would be.
    assert Attempt.objects.filter(exchange__isnull=False).count() > len(destinations)
    assert {"unauthorized", "rejected", "unreachable"} <= set(
        Attempt.objects.values_list("outcome", flat=True)
    )
    assert mail.outbox
    assert "a fault of ours" in caplog.text
    assert len(places) > 200


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def basic(account: Account) -> str:
    return "Basic " + base64.b64encode(f"API:{api_key(account)}".encode()).decode()


# --- Planting


def destination(
    account: Account, connector: Connector, scheme: AuthScheme, url: str, canaries: Canaries
) -> Destination:
    """One that delivers by a connection of this scheme, with every action of the connector."""
    made = DestinationFactory.create(
        account=account,
        name=f"{connector.name} by {scheme.key} {new_id()[-4:]}",
        integration=connector.key,
        integration_name=connector.name,
        actions=[action.name for action in connector.actions],
    )
    connection = connection_of(account, connector, scheme, canaries)
    assert made.live is not None
    document = made.live.document
    configuration = {
        field.key: sample(field, url) for page in connector.pages for field in page.fields if field.required
    }
    if url.endswith(SLOW):
        configuration["timeout"] = 1
    document |= {"scheme": scheme.key, "connection": connection.pk, "configuration": configuration}
    for spec, action in zip(connector.actions, document["actions"], strict=True):
        if not spec.user_named:
            action["action_id"] = spec.key
            Action.objects.filter(pk=action["id"]).update(action_id=spec.key)
        action["configuration"] = {field.key: sample(field, url) for field in spec.fields if field.required}
        action["mapping"] = [
            {"target": target, "template": "{{lead.email}}", "default": ""}
            for target in {"email", *(field.key for field in spec.targets.fields if field.type == "email")}
        ]
    made.live.save()
    return made


def connection_of(
    account: Account, connector: Connector, scheme: AuthScheme, canaries: Canaries
) -> Connection:
    what = f"{connector.key}, {scheme.key}"
    values = {
        field.key: secret(field, canaries, f"{what}: {field.key}") if field.is_secret else sample(field)
        for field in scheme.fields
        if field.required or field.is_secret
    }
    shown, sealed = split_secrets(scheme.fields, values)
    made = Connection(
        account=account,
        integration=connector.key,
        scheme=scheme.key,
        name=f"{what} {new_id()[-4:]}",
        settings=shown,
    )
    made.seal(sealed)
    made.save()
    if scheme.key in connector.oauth:
        now = timezone.now()
        token = ConnectionToken(connection=made, version=1, given_at=now, expires_at=now + timedelta(hours=1))
        tokens = {
            name: canaries.plant(f"{what}: {name}", "a/", "+b=") for name in ("access_token", "refresh_token")
        }
        kept = dict.fromkeys(connector.oauth[scheme.key].keeps, "https://acme.my.salesforce.com")
        token.seal({**kept, **tokens})
        token.save()
    return made


def secret(spec: FieldSpec, canaries: Canaries, what: str) -> Any:
    if spec.kind == "secret_pairs":
        return [
            ["X-Custom", canaries.plant(what, "a/ ", '+é"')],
            ["Cookie", f"id={canaries.plant(what)}; a=b"],
        ]
    return canaries.fitting(spec, what)


def sample(spec: FieldSpec, url: str = "https://example.com/") -> Any:
    if spec.default is not None:
        return spec.default
    samples = {
        "url": url,
        "choice": spec.choices[0].value if spec.choices else "1",
        "boolean": True,
        "number": 1,
    }
    return samples.get(spec.kind, spec.placeholder or "sample")


def lead_through_a_recipient(account: Account, echo: str, canaries: Canaries) -> dict[str, str]:
    """A flow whose recipient is called with credentials in all places, and a lead that it was called for."""
    seller = EntityFactory.create(account=account)
    recipient = recipient_step(
        EntityFactory.create(account=account, source=None, recipient="buyer"),
        url=f"{echo}/leads?api_key={canaries.plant('recipient: query')}",
        mapped={
            "basic_username": "acme",
            "basic_password": canaries.plant("recipient: password", "a:/", "é"),
            "header.X-Api-Key": canaries.plant("recipient: header", "a/", "+"),
            "json_property.auth.token": canaries.plant("recipient: body", 'a"', "\\"),
        },
    )
    flow = FlowFactory.create(account=account, sources=[source_of(seller)], steps=[recipient], deployed=True)
    assert flow.saved is not None
    found = intake.find(flow_id=flow.pk, entity_id=seller.pk)
    assert found is not None
    for _ in range(3):
        lead = intake.submit(found, {"email": "lead@acme.test"}, ip="127.0.0.1", now=timezone.now())
    step = flow.saved.document["steps"][0]["id"]
    return {"flows": flow.pk, "steps": step, "sources": seller.pk, "leads": lead.pk}


# --- Doing


def try_often(rounds: int = 4) -> None:
    """Until each delivery met several answers; what was to wait for long has waited."""
    for _ in range(rounds):
        Connection.objects.filter(probe_at__isnull=False).update(probe_at=OPEN)
        ConnectionToken.objects.update(cools_until=OPEN)
        lanes = Lane.objects.filter(unauthorized_until__lt=FOREVER)
        lanes.update(unauthorized_until=OPEN, limited_until=OPEN)
        Due.objects.filter(lease_id=None).update(due_at=OPEN)
        wait_until(nothing_is_due, "all were tried")


def nothing_is_due() -> bool:
    closed = Lane.objects.filter(opens_at__gt=timezone.now()).values("pk")
    never_tried = Due.objects.filter(due_at=OPEN).exclude(destination_id__in=closed)
    return not never_tried.exists() and not Due.objects.filter(lease_id__isnull=False).exists()


Shown = tuple[str, str]


def what_is_done(browser: Client, destinations: list[Destination]) -> Iterator[Shown]:
    """Answers to what a person does at a connection and in the wizard, the pages after it included."""
    for made in destinations:
        assert made.live is not None
        base, connection = f"/app/destinations/{made.instance_id}/", made.live.document["connection"]
        scheme = made.live.document["scheme"]
        doing = [
            (f"/app/connections/{connection}/verify/", {}),
            (f"/app/connections/{connection}/", {f"{scheme}-client_id": "other"}),
        ]
        if made in some(destinations):
            action = made.live.document["actions"][0]["id"]
            doing.append((f"{base}setup/test/", {"of": action, "sample": '{"lead": {"email": "a@b.co"}}'}))
        for url, posted in doing:
            yield f"POST {url}", text_of(browser.post(url, posted, follow=True))


def what_is_entered(browser: Client, destinations: list[Destination], canaries: Canaries) -> Iterator[Shown]:
    """Other credentials, entered while something of ours is broken."""
    for made in some(destinations):
        assert made.live is not None
        url, scheme = f"/app/connections/{made.live.document['connection']}/", made.live.document["scheme"]
        fields = ("token", "client_secret", "password", "key")
        plain = {f"{scheme}-placement": "header", f"{scheme}-name": "X-Key"}
        entered = plain | {f"{scheme}-{name}": canaries.plant(f"entered: {name}") for name in fields}
        yield f"POST {url}", text_of(browser.post(url, entered, follow=True))


def breaks(*_: Any, **__: Any) -> None:
    raise RuntimeError("a fault of ours")


def pages(
    browser: Client, integrator: Client, things: dict[str, str], destinations: list[Destination]
) -> Iterator[Shown]:
    """Every page and answer of the API, of all that was made."""
    for route, row in TABLE.items():
        if "GET" not in row or route.startswith("/sandbox/"):
            continue
        asker = integrator if row["GET"].key == IN and row["GET"].admin != IN else browser
        for known in versions_of(route, things, destinations):
            url = address(route, known)
            yield f"GET {url}", text_of(asker.get(url))


def versions_of(
    route: str, things: dict[str, str], destinations: list[Destination]
) -> Iterator[dict[str, str]]:
    """What a route names: where credentials are entered each of the destinations, else one of each connector."""
    named = {route[: found.start()].rstrip("/").rpartition("/")[2] for found in PARAMETER.finditer(route)}
    yield things
    if not named & {"connections", "destinations", "deliveries"}:
        return
    for made in destinations if "connections" in named or route.endswith("/auth/") else some(destinations):
        assert made.live is not None
        yield things | {
            "destinations": made.instance_id,
            "connections": made.live.document["connection"],
            "actions": made.live.document["actions"][0]["id"],
            "deliveries": Delivery.objects.filter(destination=made).latest("pk").pk,
        }


def some(destinations: list[Destination]) -> list[Destination]:
    """One of each kind: set up by people, asked by OAuth, asked with a token."""
    return [
        next(made for made in destinations if made.integration == key)
        for key in ("webhook", "salesforce", "hubspot")
    ]


def pages_of_admin(root: Client) -> Iterator[Shown]:
    for route in routes():
        if not route.startswith("/admin/") or "{" in route or "logout" in route:
            continue
        listing = root.get(route)
        yield route, text_of(listing)
        for pk in ids_of(route):
            yield f"{route}{pk}", text_of(root.get(f"{route}{pk}/change/", follow=True))


def ids_of(route: str) -> list[Any]:
    from django.apps import apps

    label, _, model = route.removeprefix("/admin/").strip("/").partition("/")
    with contextlib.suppress(LookupError, ValueError):
        return list(apps.get_model(label, model)._default_manager.values_list("pk", flat=True)[:2])
    return []


def tables() -> dict[str, str]:
    """The database as a dump has it: each table as text, bytes in hex."""
    with database.cursor() as cursor:
        cursor.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'public'"
        )
        names = [name for (name,) in cursor.fetchall()]
        dumped: dict[str, str] = {}
        for name in names:
            cursor.execute(f"select coalesce(string_agg(t::text, chr(10)), '') from {name} t")
            row = cursor.fetchone()
            dumped[name] = row[0] if row else ""
    return dumped


def text_of(answer: Any) -> str:
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    content: bytes = answer.getvalue() if answer.streaming else answer.content
    return f"{headers} {content.decode(errors='replace')}"
