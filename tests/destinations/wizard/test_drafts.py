"""Beginning a destination and saving into its draft."""

import pytest

from destinations import configured, wizard
from destinations.connectors.registry import REGISTRY
from destinations.mapping import MappingRow
from destinations.models import Connection, Destination
from destinations.platforms.port import PlatformError, UnknownIntegration
from destinations.platforms.registry import PLATFORMS
from destinations.wizard import ActionEntry
from leadconduit.accounts.models import AuditEvent, User
from tests.destinations.wizard.steps import (
    EMAIL,
    activated,
    authenticated,
    begun,
    change_url,
    document_of,
    draft_of,
    entered,
    has_draft,
    later,
    live_of,
    name_actions,
)
from tests.factories import NOON


def connection_of(destination: Destination) -> Connection:
    return Connection.objects.get(pk=document_of(destination)["connection"])


# --- Begin


def test_a_destination_begins_as_an_empty_draft(adam: User) -> None:
    destination = begun(adam)

    assert (destination.name, destination.integration_name, destination.status) == (
        "Custom Webhook",
        "Custom Webhook",
        "draft",
    )
    assert destination.instance_id == destination.pk
    assert document_of(destination) == {
        "connection": None,
        "scheme": None,
        "configuration": {},
        "actions": [],
    }


def test_the_default_name_is_made_unique_in_the_account(adam: User, sam: User) -> None:
    names = [begun(adam).name, begun(adam).name, begun(sam).name]

    assert names == ["Custom Webhook", "Custom Webhook 2", "Custom Webhook"]


def test_an_unknown_integration_is_refused(adam: User) -> None:
    with pytest.raises(UnknownIntegration):
        wizard.begin(account=adam.membership.account, integration="nothing", by=adam, now=NOON)


# --- Credentials


def test_credentials_are_a_connection_that_the_draft_names(adam: User) -> None:
    destination = begun(adam)

    problems = authenticated(destination, adam, "basic", username="acme", password="s3cret")

    connection = connection_of(destination)
    assert problems == {}
    assert (connection.scheme, connection.settings, entered(connection)) == (
        "basic",
        {"username": "acme", "end_previous": False},
        {"password": "s3cret"},
    )
    assert document_of(destination)["scheme"] == "basic"
    assert "s3cret" not in str(document_of(destination))


def test_no_authentication_needs_no_connection(adam: User) -> None:
    destination = begun(adam)

    authenticated(destination, adam, "none")

    assert (document_of(destination)["scheme"], document_of(destination)["connection"]) == ("none", None)


def test_a_blank_secret_keeps_the_connection(adam: User) -> None:
    destination = begun(adam)
    authenticated(destination, adam, "basic", username="acme", password="s3cret")
    before, changed_at = connection_of(destination), draft_of(destination).changed_at

    wizard.save_auth(
        destination=destination,
        scheme="basic",
        values={"username": "acme", "password": ""},
        by=adam,
        now=later(5),
    )

    assert connection_of(destination) == before
    assert draft_of(destination).changed_at == changed_at


def test_another_user_name_carries_the_secret_over_to_a_new_connection(adam: User) -> None:
    destination = begun(adam)
    authenticated(destination, adam, "basic", username="acme", password="s3cret")
    before = connection_of(destination)

    authenticated(destination, adam, "basic", username="other", password="")

    assert connection_of(destination) != before
    assert entered(connection_of(destination)) == {"password": "s3cret"}


def test_another_scheme_takes_no_secret_over(adam: User) -> None:
    destination = begun(adam)
    authenticated(destination, adam, "api_key", placement="header", name="X-Key", key="s3cret")

    problems = authenticated(destination, adam, "bearer", token="")

    assert problems == {"token": "Fill this in."}
    assert document_of(destination)["connection"] is None


def test_a_header_without_a_value_keeps_the_one_of_its_name(adam: User) -> None:
    destination = begun(adam)
    authenticated(destination, adam, "headers", headers=[["X-One", "1"], ["X-Two", "2"]])

    authenticated(destination, adam, "headers", headers=[["X-Two", ""], ["X-Three", "3"]])

    assert entered(connection_of(destination)) == {"headers": [["X-Two", "2"], ["X-Three", "3"]]}


def test_credentials_that_nothing_names_any_more_are_erased(adam: User) -> None:
    destination = begun(adam)
    authenticated(destination, adam, "bearer", token="first")

    authenticated(destination, adam, "bearer", token="second")

    assert Connection.objects.count() == 1


def test_credentials_that_are_live_stay_when_the_draft_gets_others(adam: User) -> None:
    destination = activated(adam)

    authenticated(destination, adam, "bearer", token="second")

    live = Connection.objects.get(pk=live_of(destination).document["connection"])
    assert entered(live) == {"token": "s3cret-token"}
    assert entered(connection_of(destination)) == {"token": "second"}


def test_a_scheme_that_is_not_offered_is_refused(adam: User) -> None:
    assert authenticated(begun(adam), adam, "oauth2_code").keys() == {"scheme"}


# --- Configuration and actions


def test_what_was_typed_is_saved_complete_or_not(adam: User) -> None:
    destination = begun(adam)

    problems = wizard.save_configuration(
        destination=destination, values={"url": "no address", "timeout": "soon"}, by=adam, now=later(2)
    )

    assert problems.keys() == {"url", "timeout"}
    assert document_of(destination)["configuration"]["timeout"] == "soon"


def test_an_action_that_never_was_live_takes_its_key_from_its_name(adam: User) -> None:
    destination = begun(adam)
    name_actions(destination, adam, "Create Contact")
    before = document_of(destination)["actions"][0]

    entries = [ActionEntry(before["id"], "Notify sales", {"path": "/c"})]
    wizard.save_actions(destination=destination, actions=entries, by=adam, now=later(4))

    after = document_of(destination)["actions"][0]
    assert before["action_id"].startswith("create-contact-")
    assert after["action_id"].startswith("notify-sales-")
    assert after["id"] == before["id"]


def test_the_key_of_a_live_action_never_changes(adam: User) -> None:
    destination = activated(adam)
    before = document_of(destination)["actions"][0]

    entries = [ActionEntry(before["id"], "Make contact", {"path": "/c"})]
    wizard.save_actions(destination=destination, actions=entries, by=adam, now=later(20))

    after = document_of(destination)["actions"][0]
    assert (after["action_id"], after["name"]) == (before["action_id"], "Make contact")


def test_an_action_without_a_name_has_no_key_yet(adam: User) -> None:
    destination = begun(adam)
    name_actions(destination, adam, "")
    nameless = document_of(destination)["actions"][0]

    entries = [ActionEntry(nameless["id"], "Contacts", {})]
    wizard.save_actions(destination=destination, actions=entries, by=adam, now=later(4))

    assert nameless["action_id"] == ""
    assert document_of(destination)["actions"][0]["action_id"].startswith("contacts-")


def test_an_action_brings_its_mapping_along(adam: User) -> None:
    destination = begun(adam)
    name_actions(destination, adam, "One", "Two")
    _, two = document_of(destination)["actions"]
    wizard.save_mapping(destination=destination, mappings={two["id"]: [EMAIL]}, by=adam, now=later(4))

    wizard.save_actions(
        destination=destination, actions=[ActionEntry(two["id"], "Two")], by=adam, now=later(5)
    )

    kept = document_of(destination)["actions"]
    assert [action["id"] for action in kept] == [two["id"]]
    assert kept[0]["mapping"] == [{"target": "email", "template": "{{lead.email}}"}]


def test_an_id_of_somebody_else_makes_a_new_action(adam: User, sam: User) -> None:
    theirs = activated(sam).actions.get()
    destination = begun(adam)

    wizard.save_actions(
        destination=destination, actions=[ActionEntry(theirs.pk, "Mine")], by=adam, now=later(3)
    )

    assert document_of(destination)["actions"][0]["id"] != theirs.pk


def test_a_mapping_for_an_action_that_is_gone_is_left_aside(adam: User) -> None:
    destination = begun(adam)
    name_actions(destination, adam, "One")
    one = document_of(destination)["actions"][0]["id"]

    mappings = {one: [MappingRow("a", "1")], "f" * 24: [EMAIL]}
    wizard.save_mapping(destination=destination, mappings=mappings, by=adam, now=later(4))

    assert [len(action["mapping"]) for action in document_of(destination)["actions"]] == [1]


# --- The draft of a live destination


def test_saving_what_is_live_already_begins_no_draft(adam: User) -> None:
    destination = activated(adam)

    authenticated(destination, adam, "bearer", token="")

    assert not has_draft(destination)


def test_a_change_of_a_live_destination_stands_in_a_draft_alone(adam: User) -> None:
    destination = activated(adam)

    change_url(destination, adam)

    assert draft_of(destination).number == 2
    assert document_of(destination)["configuration"]["url"] == "https://receiver.example/other"
    assert live_of(destination).document["configuration"]["url"] == "https://receiver.example"


def test_discarding_goes_back_to_what_is_live_and_erases_the_drafts_credentials(adam: User) -> None:
    destination = activated(adam)
    authenticated(destination, adam, "bearer", token="second")

    wizard.discard_draft(destination=destination, by=adam)

    assert not has_draft(destination)
    assert [entered(connection) for connection in Connection.objects.all()] == [{"token": "s3cret-token"}]
    assert AuditEvent.objects.filter(action="destination.draft_discarded").exists()


def test_a_destination_that_never_was_live_has_nothing_to_go_back_to(adam: User) -> None:
    with pytest.raises(wizard.NotActivated):
        wizard.discard_draft(destination=begun(adam), by=adam)


def test_nothing_is_saved_into_a_deleted_destination(adam: User) -> None:
    destination = begun(adam)
    Destination.objects.filter(pk=destination.pk).update(deleted_at=later(1))

    with pytest.raises(wizard.Gone):
        change_url(destination, adam)


# --- A secret that is replaced while the one before goes on


def test_a_signing_secret_that_is_replaced_signs_on_until_that_is_ended(adam: User) -> None:
    destination = begun(adam)
    old, new = ("whsec_" + letter * 32 for letter in "ab")
    authenticated(destination, adam, "none", signing_secret=old)

    authenticated(destination, adam, "none", signing_secret=new)
    overlapping = entered(connection_of(destination))
    authenticated(destination, adam, "none", end_previous=True)

    assert overlapping == {"signing_secret": new, "previous_signing_secret": old}
    assert entered(connection_of(destination)) == {"signing_secret": new}


# --- Credentials that are refused for their form

EVIL = {"host": "evil.example/.my.salesforce.com", "client_id": "app", "client_secret": "s3cret"}


def test_credentials_of_a_wrong_form_are_shown_again_and_asked_with_nowhere(adam: User) -> None:
    destination = wizard.begin(account=adam.membership.account, integration="salesforce", by=adam, now=NOON)

    problems = authenticated(destination, adam, "oauth2_code", environment="my_domain", **EVIL)

    connection = connection_of(destination)
    assert set(problems) == {"host"}
    assert (connection.status, connection.settings["host"]) == ("incomplete", EVIL["host"])
    values, setup = configured.values_of_connection(connection), PLATFORMS["builtin"].setup
    back = {"redirect_uri": "https://ours.example/", "verifier": "v"}
    assert set(setup.consented(values, code="c", **back).problems) == {"host"}
    assert set(setup.identify(values).problems) == {"host"}
    with pytest.raises(PlatformError):
        setup.consent(values, redirect_uri="https://ours.example/", state="s")
    with pytest.raises(PlatformError):
        setup.options(values, "add_to_campaign.campaign")
    with pytest.raises(PlatformError):
        setup.discover(values, "create_lead")


def test_the_right_form_makes_them_good(adam: User) -> None:
    destination = wizard.begin(account=adam.membership.account, integration="salesforce", by=adam, now=NOON)
    authenticated(destination, adam, "oauth2_code", environment="my_domain", **EVIL)

    right = EVIL | {"host": "acme.my.salesforce.com"}
    authenticated(destination, adam, "oauth2_code", environment="my_domain", **right)

    assert connection_of(destination).status == "waiting"


# --- Where secrets go

TOKEN_SERVER = {"token_url": "https://auth.example/token", "client_id": "app", "scope": ""}


def test_a_stored_secret_does_not_go_to_another_token_server(adam: User) -> None:
    scheme = next(s for s in REGISTRY["webhook"].schemes if s.key == "oauth2_client")
    kept = {**TOKEN_SERVER, "client_secret": "s3cret", "signing_secret": "signs"}

    def left_blank(token_url: str) -> tuple[object, object]:
        typed = TOKEN_SERVER | {"token_url": token_url, "client_secret": "", "signing_secret": ""}
        merged = wizard.merged_credentials(scheme.fields, typed, kept)
        return merged["client_secret"], merged["signing_secret"]

    assert left_blank("https://auth.example:443/other") == ("s3cret", "signs")
    assert left_blank("https://evil.example/token") == (None, "signs")
    assert left_blank("http://auth.example/token") == (None, "signs")
    assert left_blank("https://auth.example:8443/token") == (None, "signs")


def test_a_stored_secret_goes_to_no_other_organisation(adam: User) -> None:
    destination = wizard.begin(account=adam.membership.account, integration="salesforce", by=adam, now=NOON)
    right = EVIL | {"host": "acme.my.salesforce.com", "environment": "my_domain"}
    authenticated(destination, adam, "oauth2_code", **right)

    moved = right | {"host": "other.my.salesforce.com", "client_secret": ""}
    problems = authenticated(destination, adam, "oauth2_code", **moved)

    assert set(problems) == {"client_secret"}
    assert entered(connection_of(destination)) == {}
