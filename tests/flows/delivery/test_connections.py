"""Deliveries by a connection: renewed once for all, refused for a while, dead. The worker is the real one."""

import ipaddress
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from destinations.credentials import connections
from destinations.models import Connection, ConnectionToken, Lane
from destinations.models.lane import FOREVER, OPEN
from flows.models import Attempt, Delivery, Due, State
from leadconduit.accounts.models import Account, User
from tests.flows.delivery import crm as crms
from tests.flows.delivery import makers
from tests.flows.delivery.crm import Crm
from tests.flows.delivery.receiver import WorkerProcess
from tests.flows.delivery.test_worker import all_are
from tests.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

StartWorker = Callable[..., WorkerProcess]
PAST = timezone.now() - timedelta(minutes=1)


@pytest.fixture
def crm(settings: Settings) -> Iterator[Crm]:
    settings.OUTBOUND_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    with crms.serving(Crm()) as made:
        settings.OUTBOUND_REWRITE = {crms.ORIGIN: made.url}
        yield made


@pytest.fixture
def page(adam: User, client: Client) -> Client:
    client.force_login(adam)
    return client


def mails() -> int:
    return len(mail.outbox)


def pass_time() -> None:
    """What was to wait for a while has waited."""
    Connection.objects.filter(probe_at__isnull=False).update(probe_at=PAST)
    ConnectionToken.objects.update(cools_until=PAST)
    Lane.objects.filter(unauthorized_until__gt=OPEN, unauthorized_until__lt=FOREVER).update(
        unauthorized_until=PAST
    )
    Due.objects.filter(lease_id=None).update(due_at=PAST)


# --- A token that has expired


def test_fifty_deliveries_of_two_workers_over_an_expired_token_renew_it_once_and_none_is_lost(
    acme: Account, crm: Crm, working: None, start_worker: StartWorker
) -> None:
    crm.seconds = 0.3
    to = crms.destination(crms.by_consent(acme), max_in_flight=50, paused_until=FOREVER)
    makers.deliveries(to, 50)
    other = start_worker(**crm.environment)
    wait_until(lambda: any(line["event"] == "worker.started" for line in other.log), "the other one runs")

    to.lane.resume()

    wait_until(all_are(State.DELIVERED), "all are delivered")
    assert [request["grant_type"] for request in crm.tokens.requests] == ["refresh_token"]
    assert crm.emails == sorted(f"lead{number}@example.com" for number in range(50))
    assert Attempt.objects.count() == 50
    assert Connection.objects.get().status == "connected"


# --- A connection that is dead


def test_a_dead_connection_holds_its_deliveries_until_somebody_connects_again(
    acme: Account, adam: User, crm: Crm, working: None, page: Client
) -> None:
    crm.tokens.refresh_token = "spent elsewhere"
    connection = crms.by_consent(acme)
    to = crms.destination(connection)
    makers.deliveries(to, 20)

    wait_until(lambda: Lane.objects.get(destination=to).unauthorized_until == FOREVER, "the lane is closed")
    wait_until(lambda: not Due.objects.filter(lease_id__isnull=False).exists(), "what was under way is back")

    assert set(Due.objects.values_list("tries", flat=True)) == {0}
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.WAITING}
    assert [message.to for message in mail.outbox] == [[adam.email]]
    shown = page.get(f"/app/connections/{connection.pk}/").content.decode()
    assert "Needs attention" in shown
    assert "invalid_grant" in shown
    assert len(crm.tokens.requests) == 1

    connect_by_consent(page, connection, crm)

    wait_until(all_are(State.DELIVERED), "all are delivered")
    assert len(crm.contacts) == 20
    assert len(crm.tokens.requests) == 2
    assert mails() == 1


def connect_by_consent(page: Client, connection: Connection, crm: Crm) -> None:
    """As the browser comes back from the other system, whose scopes are all given."""
    page.post(f"/app/connections/{connection.pk}/consent/")
    (state,) = page.session["consents"]
    answer = page.get("/app/connections/callback/", {"state": state, "code": "code-1"})
    assert answer.status_code == 302, answer.content


# --- Credentials that nothing renews


def test_a_refused_token_holds_its_deliveries_and_comes_right_by_itself(
    acme: Account, crm: Crm, working: None, page: Client
) -> None:
    connection = crms.by_token(acme, "private-app")
    to = crms.destination(connection, max_in_flight=5)
    makers.deliveries(to, 20)
    wait_until(lambda: Connection.objects.get().refusals == 1, "it is refused")
    wait_until(lambda: not Due.objects.filter(lease_id__isnull=False).exists(), "what was under way is back")
    first = crm.refused
    assert first <= 5
    assert Lane.objects.get(destination=to).unauthorized_until == Connection.objects.get().probe_at
    assert "does not take the credentials" in page.get(f"/app/connections/{connection.pk}/").content.decode()
    # One refusal may be an accident: nobody is written to.
    assert mails() == 0

    pass_time()
    wait_until(lambda: Connection.objects.get().refusals == 2, "it is tried again, and refused again")
    wait_until(lambda: not Due.objects.filter(lease_id__isnull=False).exists(), "the one is back")
    wait_until(lambda: mails() == 1, "somebody is told")
    # One goes out to see, whatever waits.
    assert crm.refused == first + 1
    assert set(Due.objects.values_list("tries", flat=True)) == {0}

    crm.good = "private-app"
    pass_time()

    wait_until(all_are(State.DELIVERED), "all are delivered")
    found = Connection.objects.get()
    assert (found.status, found.problem, found.refusals, found.probe_at) == ("connected", "", 0, None)
    assert Lane.objects.get(destination=to).unauthorized_until == OPEN
    assert len(crm.contacts) == 20


def test_another_token_resumes_at_once_and_its_portal_is_linked_to(
    acme: Account, crm: Crm, working: None, page: Client
) -> None:
    connection = crms.by_token(acme, "private-app")
    makers.deliveries(crms.destination(connection), 3)
    wait_until(lambda: Connection.objects.get().refusals == 1, "it is refused")

    page.post(f"/app/connections/{connection.pk}/", {"bearer-token": crm.good})

    wait_until(all_are(State.DELIVERED), "all are delivered")
    assert Connection.objects.get().version == 2
    receipts = Delivery.objects.values_list("receipt__url", flat=True)
    assert all(url.startswith("https://app.hubspot.com/contacts/7/record/") for url in receipts)


def test_the_refusal_of_earlier_credentials_says_nothing_of_newer_ones(acme: Account) -> None:
    connection = crms.by_token(acme, "new")
    Connection.objects.update(version=2)

    connections.refused(connection.pk, "No.", version=1, now=timezone.now())

    assert Connection.objects.get().status == "connected"


# --- A token server that is out of order


def test_while_a_token_server_is_out_of_order_no_delivery_spends_a_try(
    acme: Account, adam: User, crm: Crm, working: None
) -> None:
    crm.tokens.status = 503
    to = crms.destination(crms.by_consent(acme), max_in_flight=5)
    makers.deliveries(to, 10)
    for failures in range(1, 6):
        wait_until(ConnectionToken.objects.filter(failures=failures).exists, "it failed")
        wait_until(lambda: not Due.objects.filter(lease_id__isnull=False).exists(), "all are back")
        assert Lane.objects.get(destination=to).unauthorized_until > timezone.now()
        if failures < 5:
            assert (Connection.objects.get().status, mails()) == ("connected", 0)
            pass_time()
    # By now somebody should know; it goes on by itself all the same.
    assert Connection.objects.get().status == "needs_attention"
    wait_until(lambda: mails() == 1, "somebody is told")
    assert set(Due.objects.values_list("tries", flat=True)) == {0}
    assert len(crm.tokens.requests) == 5

    crm.tokens.status = 200
    pass_time()

    wait_until(all_are(State.DELIVERED), "all are delivered")
    assert Connection.objects.get().status == "connected"
    assert Lane.objects.get(destination=to).unauthorized_until == OPEN
