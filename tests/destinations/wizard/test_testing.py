"""Previews, and real requests to a real server of another party."""

import json
from collections.abc import Sequence

import pytest

from destinations import wizard
from destinations.mapping import MappingRow
from destinations.models import ConnectionTest, Destination
from destinations.wizard import Run
from leadconduit.accounts.models import User
from leadconduit.lib.masking import MASK
from tests.destinations.connectors.receiver import Receiver
from tests.destinations.wizard.steps import begun, change_url, document_of, later, name_actions, set_up

ADA = {"email": "ada@lovelace.test"}


def action_of(destination: Destination) -> str:
    id: str = document_of(destination)["actions"][0]["id"]
    return id


def send(destination: Destination, by: User, minutes: float = 10) -> ConnectionTest:
    return send_to(destination, by, [action_of(destination)], minutes=minutes).sent[0]


def send_to(destination: Destination, by: User, actions: Sequence[str], minutes: float = 10) -> Run:
    return wizard.test(
        destination=destination,
        actions=actions,
        variables=wizard.variables(destination, ADA),
        by=by,
        now=later(minutes),
    )


def actions_of(destination: Destination) -> list[str]:
    return [action["id"] for action in document_of(destination)["actions"]]


def test_a_test_sends_the_mapped_sample_with_the_stored_credential(adam: User, receiver: Receiver) -> None:
    test = send(set_up(adam, url=receiver.url), adam)

    assert (test.outcome, test.by, test.action_name) == ("delivered", adam, "Contacts")
    assert (receiver.latest.method, receiver.latest.path) == ("POST", "/contacts")
    assert json.loads(receiver.latest.body) == ADA
    assert receiver.latest.headers["authorization"] == "Bearer s3cret-token"


def test_what_is_kept_of_a_test_shows_no_secret(adam: User, receiver: Receiver) -> None:
    receiver.body = '{"your_token": "s3cret-token"}'

    send(set_up(adam, url=receiver.url), adam)

    kept = ConnectionTest.objects.get()
    assert "s3cret-token" not in json.dumps(kept.exchange)
    assert kept.exchange is not None
    assert MASK in kept.exchange["request"]["headers"]["Authorization"]


def test_a_refusal_is_kept_with_its_reason(adam: User, receiver: Receiver) -> None:
    receiver.status = 401

    test = send(set_up(adam, url=receiver.url), adam)

    assert (test.outcome, test.succeeded) == ("unauthorized", False)
    assert test.reason == "The receiver answered 401 Unauthorized."


def test_a_receiver_that_is_not_there_is_an_outcome(adam: User, receiver: Receiver) -> None:
    test = send(set_up(adam, url="http://127.0.0.1:9"), adam)

    assert test.exchange is not None
    assert (test.outcome, test.exchange["response"]) == ("unreachable", None)


def test_nothing_is_sent_while_something_is_missing(adam: User, receiver: Receiver) -> None:
    destination = begun(adam)
    change_url(destination, adam, receiver.url)
    name_actions(destination, adam, "Contacts")

    with pytest.raises(wizard.NotComplete, match="Nothing was sent"):
        send(destination, adam)

    assert receiver.requests == []


def test_a_successful_test_completes_the_last_step(adam: User, receiver: Receiver) -> None:
    destination = set_up(adam, url=receiver.url)

    send(destination, adam)

    assert wizard.progress(destination).step("test").complete


def test_a_failed_test_does_not(adam: User, receiver: Receiver) -> None:
    receiver.status = 500
    destination = set_up(adam, url=receiver.url)

    send(destination, adam)

    assert wizard.progress(destination).step("test").missing == (
        "The latest test failed: see why, and send another.",
    )


def test_a_test_speaks_no_more_once_something_changed(adam: User, receiver: Receiver) -> None:
    destination = set_up(adam, url=receiver.url)
    send(destination, adam)

    change_url(destination, adam, f"{receiver.url}/elsewhere")

    assert wizard.progress(destination).step("test").missing == (
        "Something changed since the latest test: send another.",
    )


def test_saving_the_same_again_leaves_the_test_valid(adam: User, receiver: Receiver) -> None:
    destination = set_up(adam, url=receiver.url)
    send(destination, adam)

    change_url(destination, adam, receiver.url)

    assert wizard.progress(destination).step("test").complete


def test_a_preview_shows_the_request_with_the_secret_masked(adam: User) -> None:
    destination = set_up(adam)

    shown = wizard.preview(
        wizard.standing(destination), action=action_of(destination), payload={"contact": {"mail": "a@b.test"}}
    )

    assert shown is not None
    assert (shown["method"], shown["uri"]) == ("POST", "https://receiver.example/contacts")
    assert json.loads(shown["body"]) == {"contact": {"mail": "a@b.test"}}
    assert "s3cret-token" not in json.dumps(shown)


def test_a_preview_has_no_request_before_there_is_an_address(adam: User) -> None:
    destination = begun(adam)
    name_actions(destination, adam, "Contacts")

    standing = wizard.standing(destination)

    assert wizard.preview(standing, action=action_of(destination), payload={"a": "b"}) is None


# --- Several actions


@pytest.fixture
def both(adam: User, receiver: Receiver) -> Destination:
    return set_up(adam, url=receiver.url, actions=("Contacts", "Notes"))


def test_all_actions_are_sent_in_order_as_one_run(adam: User, receiver: Receiver, both: Destination) -> None:
    run = send_to(both, adam, actions_of(both)[::-1])

    assert [request.path for request in receiver.requests] == ["/contacts", "/notes"]
    assert [test.action_name for test in run.sent] == ["Contacts", "Notes"]
    assert len({test.run for test in run.sent}) == 1
    assert run.sent[0].run
    assert run.sent[0].started_at <= run.sent[1].started_at
    assert run.succeeded


def test_nothing_follows_what_was_not_delivered(adam: User, receiver: Receiver, both: Destination) -> None:
    receiver.status = 422

    run = send_to(both, adam, actions_of(both))

    assert (len(receiver.requests), len(run.sent)) == (1, 1)
    assert (run.not_sent, run.succeeded) == (("Notes",), False)
    assert run.why_not == "“Contacts”, which comes before, was not delivered."
    assert ConnectionTest.objects.count() == 1


def test_a_sample_that_is_too_much_for_one_is_sent_to_none(
    adam: User, receiver: Receiver, both: Destination
) -> None:
    contacts, notes = actions_of(both)
    long = [MappingRow("email", "{{lead.text}}{{lead.text}}")]
    wizard.save_mapping(destination=both, mappings={notes: long}, by=adam, now=later(3))

    with pytest.raises(wizard.NotComplete, match="too much"):
        wizard.test(
            destination=both,
            actions=[contacts, notes],
            variables={"lead": {"email": "a", "text": "x" * 900_000}},
            by=adam,
            now=later(10),
        )

    assert receiver.requests == []


def test_an_action_that_is_not_there_is_not_tested(adam: User, both: Destination) -> None:
    with pytest.raises(wizard.NotComplete, match="no longer there"):
        send_to(both, adam, ["elsewhere"])


def test_an_action_that_was_never_tried_is_named_and_in_nobodys_way(adam: User, both: Destination) -> None:
    send_to(both, adam, actions_of(both)[:1])

    standing = wizard.standing(both)

    assert standing.progress.step("test").complete
    assert standing.untried == ("Notes",)


def test_an_action_of_which_no_test_succeeded_is_in_the_way(
    adam: User, receiver: Receiver, both: Destination
) -> None:
    contacts, notes = actions_of(both)
    send_to(both, adam, [contacts])
    receiver.status = 400
    send_to(both, adam, [notes], minutes=11)

    assert wizard.progress(both).step("test").missing == (
        "No test of “Notes” succeeded: see why, and send another.",
    )


def test_a_later_refusal_takes_no_success_back(adam: User, receiver: Receiver, both: Destination) -> None:
    send_to(both, adam, actions_of(both))
    receiver.status = 409

    send_to(both, adam, actions_of(both), minutes=11)

    standing = wizard.standing(both)
    assert standing.progress.step("test").complete
    assert standing.untried == ()


def test_whose_systems_a_test_reaches_is_known_before(adam: User) -> None:
    assert wizard.hosts(wizard.standing(set_up(adam, url="https://crm.example.com/v1"))) == (
        "crm.example.com",
    )
    assert wizard.hosts(wizard.standing(begun(adam))) == ()
