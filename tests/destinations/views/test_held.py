"""Where leads wait for a connection, every page that shows a pause says so, and leads to where it is connected again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from destinations.credentials import connections
from destinations.models import Connection, Destination, Lane
from leadconduit.accounts.models import Account, User
from leadconduit.display import moment
from tests.destinations.views.journey import text_of
from tests.factories import DestinationFactory
from tests.flows.delivery import makers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connection(acme: Account) -> Connection:
    made = Connection(account=acme, integration="webhook", scheme="bearer", name="Acme")
    made.seal({"token": "s3cret"})
    made.save()
    return made


@pytest.fixture
def crm(acme: Account, connection: Connection) -> Destination:
    made = DestinationFactory.create(account=acme, name="CRM")
    assert made.live is not None
    made.live.document["connection"] = connection.pk
    made.live.save()
    return made


def pages(crm: Destination) -> list[str]:
    return [
        reverse("app:destination-list"),
        reverse("app:destination-detail", args=[crm.instance_id]),
        reverse("app:delivery-list"),
    ]


def test_after_a_disconnect_each_page_says_what_leads_wait_for(
    page: Client, crm: Destination, connection: Connection, adam: User
) -> None:
    makers.deliveries(crm, 1)
    for url in pages(crm):
        assert "for the connection" not in text_of(page.get(url)), url

    connections.disconnect(connection, by=adam)

    shown = [page.get(url) for url in pages(crm)]
    for answer in shown:
        assert "for the connection" in text_of(answer)
    for answer in shown[1:]:
        assert reverse("app:connection-detail", args=[connection.pk]) in answer.content.decode()
    assert "Next in line" not in text_of(shown[2])


def test_refused_credentials_are_said_too(page: Client, crm: Destination, connection: Connection) -> None:
    connections.refused(connection.pk, "No such key.", version=connection.version, now=timezone.now())

    assert "No such key." in text_of(page.get(pages(crm)[1]))
    assert "Waits for the connection" in text_of(page.get(pages(crm)[0]))


def test_each_page_says_until_when_a_system_asked_to_wait(page: Client, crm: Destination) -> None:
    until = timezone.now() + timedelta(hours=3)
    Lane.objects.filter(destination=crm).update(limited_until=until)
    (delivery,) = makers.deliveries(crm, 1)

    listed, detail, deliveries = (text_of(page.get(url)) for url in pages(crm))
    tried = page.post(reverse("app:delivery-try-again", args=[delivery.pk]), follow=True)

    assert "Asked to wait" in listed
    assert f"The system asked to wait until {moment(until)}" in detail
    assert f"The system asked to wait until {moment(until)}" in deliveries
    assert f"It goes out at {moment(until)}" in text_of(tried)

    Lane.objects.update(limited_until=timezone.now() - timedelta(seconds=1))
    assert not [url for url in pages(crm) if "sked to wait" in text_of(page.get(url))]


def test_disconnected_on_purpose_is_called_so(
    page: Client, crm: Destination, connection: Connection, adam: User
) -> None:
    connections.disconnect(connection, by=adam)

    shown = text_of(page.get(reverse("app:connection-list")))

    assert "Disconnected" in shown
    assert "Needs attention" not in shown
