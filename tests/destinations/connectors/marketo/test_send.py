"""Leads arrive at the stand-in, over HTTP."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from destinations.connectors.calls import Calls
from destinations.connectors.marketo import client
from destinations.connectors.marketo.stand_in import MARKETO
from destinations.outcome import Outcome, Result
from destinations.sandbox import keeping
from destinations.sandbox.keeping import KeptRecords
from leadconduit.lib import outbound
from leadconduit.lib.ids import new_id
from tests.destinations.connectors.marketo.conftest import token
from tests.destinations.connectors.marketo.orders import ADA, Tokens, order

APP = "https://app-ab12.marketo.com"
MINA = {"email": "mina.okafor@harbour.example"}


def sent(calls: Calls, *arguments: Any, **own: Any) -> Result:
    return outbound.run(client.send(order(*arguments, **own), calls))


def test_a_person_is_created_and_the_receipt_leads_to_them(calls: Calls, instance: KeptRecords) -> None:
    result = sent(calls, "sync_lead", ADA, app_url=APP)

    assert result.outcome is Outcome.DELIVERED
    assert result.receipt
    found = instance.get("leads", result.receipt.id)
    assert found
    assert found.fields == ADA
    assert result.receipt.url == f"{APP}/leadDatabase/loadLeadDetail?leadId={found.id}"
    assert result.exchange
    assert result.exchange["response"]["status"] == 200


def test_the_same_lead_once_more_makes_no_second_person(calls: Calls, instance: KeptRecords) -> None:
    first, second = sent(calls), sent(calls)

    assert first.receipt == second.receipt
    assert len(instance.find("leads", email=ADA["email"])) == 1


def test_one_person_through_all_actions_by_the_receipt_of_the_first(
    calls: Calls, instance: KeptRecords
) -> None:
    receipt = sent(calls).receipt
    assert receipt
    person = {"id": receipt.id}
    in_list = sent(calls, "add_to_list", person, {"list": "1001"})
    in_program = sent(calls, "add_to_program", person, {"program": "2001", "status": "Registered"})
    requested = sent(calls, "request_campaign", {**person, "message": "Hello"}, {"campaign": "3001"})

    assert [one.outcome for one in (in_list, in_program, requested)] == [Outcome.DELIVERED] * 3
    assert [one.receipt for one in (in_list, in_program, requested)] == [receipt] * 3
    number = int(receipt.id)
    assert [one.fields["leadId"] for one in instance.find("listMembers")] == [number]
    (member,) = instance.find("programMembers", leadId=number)
    assert member.fields["status"] == "Registered"
    (request,) = instance.find("requests", leadId=number)
    assert request.fields["tokens"] == [{"name": "{{my.message}}", "value": "Hello"}]


def test_a_person_is_looked_up_by_e_mail_where_there_is_no_id(calls: Calls, instance: KeptRecords) -> None:
    result = sent(calls, "add_to_list", MINA, {"list": "1001"})

    assert result.outcome is Outcome.DELIVERED
    assert [one.fields["leadId"] for one in instance.find("listMembers")] == [501]
    assert result.exchange
    assert len(result.exchange["before"]) == 1


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({}, "Neither"),
        ({"id": "  ", "email": ""}, "Neither"),
        ({"id": "abc"}, "not a number"),
        ({"email": "nobody@lead.example"}, "Nobody"),
        ({"email": "a@lead.example,b@lead.example"}, "comma"),
        ({"id": 999}, "no such person"),
    ],
)
def test_nobody_is_put_on_a_list_who_is_not_there(
    calls: Calls, instance: KeptRecords, payload: dict[str, Any], words: str
) -> None:
    result = sent(calls, "add_to_list", payload, {"list": "1001"})

    assert result.outcome is Outcome.REJECTED
    assert words in result.reason
    assert instance.find("listMembers") == []


def test_several_people_with_one_address_are_too_many(calls: Calls, instance: KeptRecords) -> None:
    instance.add("leads", MINA)

    result = sent(calls, "add_to_list", MINA, {"list": "1001"})

    assert result.outcome is Outcome.REJECTED
    assert result.reason.startswith("Several people")


def test_a_status_does_not_go_back_and_counts_as_reached(calls: Calls, instance: KeptRecords) -> None:
    for status in ("Attended", "Registered"):
        result = sent(calls, "add_to_program", MINA, {"program": "2001", "status": status})
        assert result.outcome is Outcome.DELIVERED

    assert instance.find("programMembers")[0].fields["status"] == "Attended"


@pytest.mark.parametrize(
    ("action_id", "payload", "configuration", "outcome"),
    [
        ("sync_lead", MINA, {"action": "createOnly"}, Outcome.REJECTED),
        ("sync_lead", ADA, {"action": "updateOnly"}, Outcome.REJECTED),
        ("sync_lead", ADA | {"shoeSize": 42}, {}, Outcome.REJECTED),
        ("sync_lead", ADA | {"creditScore": "good"}, {}, Outcome.REJECTED),
        ("add_to_list", MINA, {"list": "9"}, Outcome.MISCONFIGURED),
        ("add_to_program", MINA, {"program": "2001", "status": "Made up"}, Outcome.MISCONFIGURED),
        ("request_campaign", MINA, {"campaign": "3002"}, Outcome.MISCONFIGURED),
    ],
)
def test_what_marketo_does_not_take(
    calls: Calls, action_id: str, payload: dict[str, Any], configuration: dict[str, Any], outcome: Outcome
) -> None:
    result = sent(calls, action_id, payload, configuration)

    assert result.outcome is outcome
    assert "Marketo says: " in result.reason


@pytest.mark.parametrize(
    ("uncertain", "key", "outcome"),
    [
        (True, new_id(), Outcome.DELIVERED),
        (False, new_id(), Outcome.REJECTED),
        (True, new_id(datetime.now(UTC) + timedelta(days=1)), Outcome.REJECTED),
    ],
    ids=["made by it", "no doubt", "made before"],
)
def test_who_was_created_by_an_earlier_try_whose_answer_did_not_come_is_no_repetition(
    calls: Calls, instance: KeptRecords, uncertain: bool, key: str, outcome: Outcome
) -> None:
    first = sent(calls)

    again = replace(order(configuration={"action": "createOnly"}), key=key, uncertain=uncertain)
    result = outbound.run(client.send(again, calls))

    assert result.outcome is outcome
    assert result.receipt == (first.receipt if outcome is Outcome.DELIVERED else None)


def test_a_token_that_expired_is_renewed_once_and_the_lead_arrives_once(instance: KeptRecords) -> None:
    old = token()
    keeping.switch(MARKETO, "expired_token", "on")
    tokens = Tokens([old, token()])

    result = sent(Calls(tokens))

    assert (result.outcome, tokens.renewals) == (Outcome.DELIVERED, 1)
    assert len(instance.find("leads", email=ADA["email"])) == 1


def test_a_token_that_nobody_renews_leaves_the_credentials_refused(instance: KeptRecords) -> None:
    tokens = Tokens(["made-up"])

    result = sent(Calls(tokens))

    assert (result.outcome, tokens.renewals) == (Outcome.UNAUTHORIZED, 1)
    assert "made-up" not in f"{result.reason} {result.exchange}"


@pytest.mark.parametrize(
    ("fault", "outcome", "pause"),
    [
        ("rate_limited", Outcome.RATE_LIMITED, 20),
        ("server_error", Outcome.UNAVAILABLE, None),
        ("duplicate", Outcome.REJECTED, None),
        ("missing_field", Outcome.REJECTED, None),
    ],
)
def test_a_fault_is_understood(calls: Calls, fault: Any, outcome: Outcome, pause: float | None) -> None:
    keeping.switch(MARKETO, fault, "once")

    result = sent(calls)

    assert (result.outcome, result.retry_after) == (outcome, pause)
    assert sent(calls).outcome is Outcome.DELIVERED
