"""A stored credential goes to no other host than it was entered for."""

from importlib import import_module

import pytest
from django.apps import apps

from destinations import configured, wizard
from destinations.configured import current
from destinations.connectors.calls import Fixed
from destinations.credentials import tokens
from destinations.models import Connection, Destination
from destinations.wizard import snapshot, versions
from leadconduit.accounts.models import User
from tests.destinations.connectors.receiver import Receiver
from tests.destinations.wizard.steps import (
    activated,
    authenticated,
    begun,
    change_url,
    document_of,
    entered,
    fresh,
    later,
    set_up,
)

ELSEWHERE = "https://elsewhere.example/leads"
AGAIN = "It leads to another host than these credentials were entered for: enter them again."

pytestmark = pytest.mark.django_db


def missing(destination: Destination) -> list[str]:
    return wizard.progress(fresh(destination)).missing


def apply(destination: Destination, by: User, at: float = 30) -> None:
    wizard.apply(
        destination=fresh(destination),
        by=by,
        now=later(at),
        used_by=lambda _: [],
        waiting=lambda _: 0,
        untested=True,
    )


def connection_of(destination: Destination) -> Connection:
    found = configured.connection_of(destination, document_of(destination))
    assert found is not None
    return found


def live_with(by: User, scheme: str, **values: str) -> Destination:
    destination = set_up(by)
    authenticated(destination, by, scheme, **values)
    wizard.activate(destination=destination, by=by, now=later(10), untested=True)
    return fresh(destination)


@pytest.mark.parametrize(
    "url",
    [
        ELSEWHERE,
        "http://receiver.example",
        "https://receiver.example:8443",
        "https://receiver.example.evil.example",
    ],
)
def test_another_origin_does_not_get_what_is_live(adam: User, url: str) -> None:
    crm = activated(adam)

    change_url(crm, adam, url)

    assert missing(crm) == [AGAIN, "Token: Fill this in."]
    values = snapshot.standing(crm).values
    assert "s3cret-token" not in str(values.credentials)
    assert values.connection_id == ""


@pytest.mark.parametrize(
    "url", ["https://receiver.example/other?a=b", "https://RECEIVER.example:443/", "https://receiver.example"]
)
def test_the_same_origin_does(adam: User, url: str) -> None:
    crm = activated(adam)

    change_url(crm, adam, url)

    assert missing(crm) == []


def test_nothing_is_sent_with_it(adam: User, receiver: Receiver) -> None:
    crm = activated(adam)
    change_url(crm, adam, receiver.url)
    actions = {action["id"] for action in document_of(crm)["actions"]}

    with pytest.raises(wizard.NotComplete, match="another host"):
        wizard.test(destination=fresh(crm), actions=actions, variables={}, by=adam, now=later(25))

    assert receiver.requests == []


def test_it_is_not_applied(adam: User) -> None:
    crm = activated(adam)
    change_url(crm, adam, ELSEWHERE)

    with pytest.raises(wizard.NotComplete, match="another host"):
        apply(crm, adam)


def test_back_at_its_host_nothing_is_asked(adam: User) -> None:
    crm = activated(adam)
    change_url(crm, adam, ELSEWHERE)

    change_url(crm, adam)

    assert missing(crm) == []


def test_what_is_entered_again_is_for_the_new_host(adam: User) -> None:
    crm = activated(adam)
    before = connection_of(crm)
    change_url(crm, adam, ELSEWHERE)

    authenticated(crm, adam, "bearer", token="")
    blank = missing(crm)
    authenticated(crm, adam, "bearer", token="s3cret-token")

    assert blank == ["Token: Fill this in."]
    assert missing(crm) == []
    assert connection_of(crm).pk != before.pk
    apply(crm, adam)
    assert configured.connection_of(crm, current(fresh(crm)).document) is not None


def test_the_old_credential_stays_with_what_is_live(adam: User) -> None:
    crm = activated(adam)
    before = connection_of(crm)
    change_url(crm, adam, ELSEWHERE)

    authenticated(crm, adam, "bearer", token="another")

    assert entered(Connection.objects.get(pk=before.pk)) == {"token": "s3cret-token"}


def test_a_new_credential_may_come_before_its_url(adam: User) -> None:
    crm = activated(adam)

    authenticated(crm, adam, "bearer", token="another")
    change_url(crm, adam, ELSEWHERE)

    assert missing(crm) == []


def test_without_credentials_nothing_is_asked(adam: User) -> None:
    crm = live_with(adam, "none", signing_secret="whsec_" + "QUJD" * 10)

    change_url(crm, adam, ELSEWHERE)

    assert missing(crm) == []


def test_a_password_that_is_not_asked_for_is_not_left_out_unnoticed(adam: User) -> None:
    crm = live_with(adam, "basic", username="acme", password="s3cret")

    change_url(crm, adam, ELSEWHERE)

    assert missing(crm) == [AGAIN]


def test_what_signs_is_kept(adam: User) -> None:
    signing = "whsec_" + "QUJD" * 10
    crm = live_with(adam, "bearer", token="s3cret-token", signing_secret=signing)
    change_url(crm, adam, ELSEWHERE)

    authenticated(crm, adam, "bearer", token="another")

    assert entered(connection_of(crm)) == {"token": "another", "signing_secret": signing}


def test_a_draft_of_somebody_else_is_not_led_elsewhere(adam: User, olive: User) -> None:
    crm = set_up(adam)

    change_url(crm, olive, ELSEWHERE)

    assert missing(crm) == [AGAIN, "Token: Fill this in."]


def test_who_entered_it_may_lead_a_draft_elsewhere(adam: User) -> None:
    crm = set_up(adam)

    change_url(crm, adam, ELSEWHERE)

    assert missing(crm) == []


@pytest.mark.parametrize("url_first", [True, False])
def test_another_destination_does_not_lead_it_elsewhere(adam: User, olive: User, *, url_first: bool) -> None:
    connection = connection_of(activated(adam))
    other = begun(olive)

    for step in ("url", "use") if url_first else ("use", "url"):
        if step == "url":
            change_url(other, olive, ELSEWHERE)
        else:
            wizard.use_connection(destination=other, connection=connection, by=olive, now=later(25))

    assert AGAIN in missing(other)


def test_another_destination_of_the_same_host_uses_it(adam: User, olive: User) -> None:
    connection = connection_of(activated(adam))
    other = begun(olive)
    change_url(other, olive)

    wizard.use_connection(destination=other, connection=connection, by=olive, now=later(25))

    assert AGAIN not in missing(other)
    assert wizard.progress(fresh(other)).step("auth").complete


def test_an_earlier_version_of_another_host_does_not_get_the_credential_of_now(adam: User) -> None:
    crm = activated(adam)
    change_url(crm, adam, ELSEWHERE)
    authenticated(crm, adam, "bearer", token="another")
    apply(crm, adam)
    crm = fresh(crm)

    with pytest.raises(wizard.NotComplete, match="another host"):
        wizard.roll_back(
            destination=crm,
            to=crm.revisions.get(number=1),
            by=adam,
            now=later(40),
            seen_then=versions.seen(crm),
            used_by=lambda _: [],
            waiting=lambda _: 0,
        )


def test_no_token_is_renewed_for_another_host(adam: User) -> None:
    crm = activated(adam)
    Connection.objects.update(scheme="oauth2_client")
    connection = connection_of(crm)
    connection.settings = {"token_url": "https://receiver.example/token", "client_id": "acme"}
    connection.seal({"client_secret": "s3cret"})
    connection.save()
    draft = current(crm)
    draft.document["scheme"] = "oauth2_client"
    draft.save()

    change_url(crm, adam, ELSEWHERE)

    assert AGAIN in missing(crm)
    assert isinstance(tokens.source(snapshot.standing(fresh(crm)).values), Fixed)


def test_what_was_live_before_is_bound_to_where_it_goes(adam: User) -> None:
    crm = activated(adam, url="https://Receiver.example/leads")
    bound = connection_of(crm).goes_to
    Connection.objects.update(goes_to="")
    change_url(crm, adam, ELSEWHERE)
    Connection.objects.update(goes_to="")

    import_module("destinations.migrations.0010_where_secrets_go").bind(apps, None)

    assert connection_of(crm).goes_to == bound == "https://receiver.example:443"
