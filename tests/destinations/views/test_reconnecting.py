"""Connecting again, checking, and telling connections apart, at systems that answer as the real ones."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from destinations.credentials import connections
from destinations.models import Connection, Destination
from leadconduit.accounts.models import Account, User
from tests.destinations.connectors.receiver import Receiver, receiver
from tests.destinations.views.journey import text_of
from tests.factories import DestinationFactory
from tests.flows.delivery import makers

__all__ = ["receiver"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workspace(receiver: Receiver, settings: Settings) -> Receiver:
    settings.OUTBOUND_REWRITE = {"https://slack.com": receiver.url}
    receiver.body = json.dumps({"ok": False, "error": "invalid_auth"})
    return receiver


@pytest.fixture
def portal(receiver: Receiver, settings: Settings) -> Receiver:
    """HubSpot, where the second portal is another than the first."""
    settings.OUTBOUND_REWRITE = {"https://api.hubapi.com": receiver.url}
    receiver.body = json.dumps({"portalId": 2})
    return receiver


def connection(account: Account, integration: str, **values: str) -> Connection:
    made = Connection(account=account, integration=integration, scheme="bearer", name="Mine", **values)
    made.seal({"token": "xoxb-1"})
    made.save()
    return made


def using(made: Connection, name: str) -> Destination:
    destination = DestinationFactory.create(account=made.account, name=name)
    assert destination.live is not None
    destination.live.document["connection"] = made.pk
    destination.live.save()
    return destination


def page_of(made: Connection) -> str:
    return reverse("app:connection-detail", args=[made.pk])


def test_a_token_that_slack_refuses_is_refused_here(page: Client, workspace: Receiver, acme: Account) -> None:
    made = connection(acme, "slack", organisation_id="T1")

    verified = page.post(reverse("app:connection-verify", args=[made.pk]), follow=True)
    again = page.post(page_of(made), {"bearer-token": "xoxb-2"})

    assert "Slack does not take the token. Slack says: invalid_auth." in text_of(verified)
    assert again.status_code == 422
    assert "Slack says: invalid_auth." in text_of(again)
    assert "could not be checked" not in text_of(again)


def test_where_slack_is_in_trouble_its_words_stand_beside_what_could_not_be_checked(
    page: Client, workspace: Receiver, acme: Account
) -> None:
    workspace.body = json.dumps({"ok": False, "error": "internal_error"})
    made = connection(acme, "slack", organisation_id="T1")

    shown = text_of(page.post(page_of(made), {"bearer-token": "xoxb-2"}))

    assert "It could not be checked whether this is the same organisation" in shown
    assert "Slack says: internal_error." in shown


def test_a_webhook_cannot_be_asked_and_says_so_instead_of_connected(page: Client, acme: Account) -> None:
    made = connection(acme, "webhook")

    before = text_of(page.get(page_of(made)))
    after = text_of(page.post(page_of(made), {"bearer-token": "another"}, follow=True))

    assert "Verify now" not in before
    assert "whatever waited" not in before
    assert "The system does not say" not in before
    assert "Saved. The system cannot be asked" in after
    assert "on their way" not in after


def test_what_waited_is_on_its_way_when_it_is_connected_again(
    page: Client, acme: Account, adam: User
) -> None:
    made = connection(acme, "webhook")
    makers.deliveries(using(made, "CRM"), 1)
    connections.disconnect(made, by=adam)

    assert "whatever waited goes out" in text_of(page.get(page_of(made)))
    after = page.post(page_of(made), {"bearer-token": "another"}, follow=True)

    assert "Deliveries that waited for it are on their way." in text_of(after)


def test_one_that_was_never_connected_is_not_connected_again(page: Client, acme: Account) -> None:
    made = connection(acme, "webhook", status="waiting")

    shown = text_of(page.get(page_of(made)))

    assert "Connect again" not in shown
    assert "Waiting for consent" in shown


def test_connections_of_one_name_are_told_apart(page: Client, acme: Account) -> None:
    used, spare, refused = (connection(acme, "webhook") for _ in "123")
    used_by = using(used, "CRM in Austin")
    Connection.objects.filter(pk=refused.pk).update(status="needs_attention", problem="No.")
    draft = DestinationFactory.create(account=acme, draft=True)

    shown = page.get(reverse("app:setup-auth", args=[draft.instance_id]))
    listed = text_of(page.get(reverse("app:connection-list")))

    assert f"Bearer token. Used by {used_by.name}" in text_of(shown)
    assert "Bearer token. No destination uses it" in text_of(shown)
    assert refused.pk not in shown.content.decode()
    assert spare.pk in shown.content.decode()
    assert "Custom Webhook, Bearer token" in listed


def test_a_token_that_slack_refuses_does_not_pass_authenticate(page: Client, workspace: Receiver) -> None:
    url = page.post("/app/destinations/new/", {"integration": "slack"}).headers["Location"]
    typed = {"scheme": "bearer", "shown": "bearer", "bearer-token": "xoxb-no", "continue": "1"}

    answer = page.post(url, typed)

    assert "Slack does not take the token. Slack says: invalid_auth." in text_of(answer)
    assert "One thing to put right" in text_of(answer)
    assert Connection.objects.get().status == "needs_attention"


# --- Another organisation


def test_who_means_the_other_portal_need_not_type_its_token_again(
    page: Client, portal: Receiver, acme: Account
) -> None:
    made = connection(acme, "hubspot", organisation_id="1", organisation="Portal 1")

    warned = page.post(page_of(made), {"bearer-token": "pat-2"})
    page.post(page_of(made), {"bearer-token": "", "elsewhere": "2"})

    made.refresh_from_db()
    assert "These credentials lead to another organisation." in text_of(warned)
    assert "pat-2" not in warned.content.decode()
    assert "pat-2" not in f"{dict(page.session)}"
    assert portal.latest.headers["authorization"] == "Bearer pat-2"
    assert (made.organisation_id, made.reveal()["token"]) == ("2", "pat-2")


def test_the_token_that_was_there_does_not_pass_for_the_other_portals(
    page: Client, portal: Receiver, acme: Account
) -> None:
    made = connection(acme, "hubspot", organisation_id="1", organisation="Portal 1")
    portal.body = json.dumps({"portalId": 1})

    answer = page.post(page_of(made), {"bearer-token": "", "elsewhere": "2"})

    assert answer.status_code == 422
    assert "Enter those of the other one again" in text_of(answer)


def test_a_third_portal_is_not_the_one_that_was_ticked(page: Client, portal: Receiver, acme: Account) -> None:
    made = connection(acme, "hubspot", organisation_id="1", organisation="Portal 1")
    page.post(page_of(made), {"bearer-token": "pat-2"})
    portal.body = json.dumps({"portalId": 3})

    answer = page.post(page_of(made), {"bearer-token": "pat-3", "elsewhere": "2"})

    made.refresh_from_db()
    assert "Use Portal 3 from now on" in text_of(answer)
    assert made.organisation_id == "1"
