"""Encrypting anew what older keys of the ring encrypted."""

import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from destinations.models import Connection, ConnectionToken
from destinations.platforms.port import Tokens
from flows import editing
from flows.models import FlowRevision
from flows.recipients import sealing
from leadconduit.accounts.models import Account
from leadconduit.lib.encryption import is_current
from tests.factories import NOON, EntityFactory, FlowFactory, flow_body, recipient_step

OLD_KEY, NEW_KEY = b"o" * 32, b"n" * 32

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def old_ring(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD_KEY]


def rotate() -> dict[str, int]:
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    counts: dict[str, int] = json.loads(out.getvalue())
    return counts


def connection_of(account: Account, secret: str = "s3cret") -> Connection:
    connection = Connection(account=account, integration="webhook", scheme="bearer")
    connection.seal({"token": secret})
    connection.save()
    return connection


def sealed_in(revision: FlowRevision) -> list[str]:
    mappings: list[dict[str, Any]] = revision.document["steps"][0]["integration"]["mappings"]
    return [mapping["sealed"] for mapping in mappings if "sealed" in mapping]


def test_everything_opens_without_the_old_key_afterwards(acme: Account, settings: Settings) -> None:
    connection = connection_of(acme)
    ConnectionToken.objects.keep(connection, Tokens({"access_token": "abc"}), now=datetime.now(UTC))
    ConnectionToken.objects.of(connection_of(acme, "another"))  # which was given nothing yet
    step = recipient_step(
        EntityFactory.create(account=acme, source=None, recipient="crm"),
        mapped={"basic_password": "open sesame"},
    )
    flow = FlowFactory.create(account=acme, steps=[step])
    settings.ENCRYPTION_KEYS = [NEW_KEY, OLD_KEY]

    counts = rotate()

    assert counts == {"connections": 2, "tokens": 1, "flow_revisions": 1, "unreadable": 0}
    settings.ENCRYPTION_KEYS = [NEW_KEY]
    assert Connection.objects.get(pk=connection.pk).reveal() == {"token": "s3cret"}
    assert ConnectionToken.objects.get(pk=connection.pk).reveal() == {"access_token": "abc"}
    (sealed,) = sealed_in(FlowRevision.objects.get(flow=flow))
    assert sealing.unseal(sealed, account_id=acme.pk) == "open sesame"


def test_what_the_newest_key_encrypted_stays_as_it_is(acme: Account) -> None:
    connection = connection_of(acme)

    assert rotate() == {"connections": 0, "tokens": 0, "flow_revisions": 0, "unreadable": 0}
    assert Connection.objects.get(pk=connection.pk).secrets == connection.secrets


def test_a_credential_that_nobody_changed_is_the_same_in_all_revisions(
    acme: Account, settings: Settings
) -> None:
    step = recipient_step(
        EntityFactory.create(account=acme, source=None, recipient="crm"),
        mapped={"basic_password": "open sesame"},
    )
    flow = FlowFactory.create(account=acme, steps=[step])
    assert flow.saved is not None
    step["id"] = flow.saved.document["steps"][0]["id"]
    step["integration"]["mappings"][-1]["value"] = sealing.SHOWN
    editing.save(flow=flow, body=flow_body(name="Renamed", steps=[step]), author=None, now=NOON)
    settings.ENCRYPTION_KEYS = [NEW_KEY, OLD_KEY]

    rotate()

    first, second = (sealed_in(revision) for revision in FlowRevision.objects.filter(flow=flow))
    assert first == second != []


def test_what_no_key_opens_is_counted_and_left(acme: Account, settings: Settings) -> None:
    lost = connection_of(acme)
    settings.ENCRYPTION_KEYS = [NEW_KEY]
    fine = connection_of(acme)

    with pytest.raises(CommandError, match="1 cannot be opened"):
        rotate()

    assert Connection.objects.get(pk=lost.pk).secrets == lost.secrets
    assert is_current(bytes(Connection.objects.get(pk=fine.pk).secrets))


def test_a_connection_that_is_entered_anew_meanwhile_keeps_what_was_entered(
    acme: Account, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connection_of(acme)
    settings.ENCRYPTION_KEYS = [NEW_KEY, OLD_KEY]
    reveal = Connection.reveal

    def meanwhile(row: Connection) -> dict[str, Any]:
        revealed = reveal(row)
        somebody = Connection.objects.get(pk=row.pk)
        somebody.seal({"token": "newer"})
        somebody.save()
        return revealed

    monkeypatch.setattr(Connection, "reveal", meanwhile)
    counts = rotate()
    monkeypatch.undo()

    assert counts["connections"] == 0
    assert Connection.objects.get(pk=connection.pk).reveal() == {"token": "newer"}
