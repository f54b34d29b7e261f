"""Each action, over HTTP, to the stand-in: what arrives there."""

from typing import Any

import pytest

from destinations.connectors.calls import Calls
from destinations.connectors.hubspot import client
from destinations.connectors.hubspot.stand_in import HUBSPOT
from destinations.connectors.stand_in import FaultKey
from destinations.outcome import Outcome, Result
from destinations.platforms.port import Order
from destinations.sandbox import keeping
from destinations.sandbox.keeping import KeptRecords
from leadconduit.lib import outbound
from leadconduit.lib.ids import new_id
from tests.destinations.connectors.hubspot.orders import order


def delivered(calls: Calls, wanted: Order) -> Result:
    result = outbound.run(client.send(wanted, calls))
    assert isinstance(result, Result)
    assert result.outcome is Outcome.DELIVERED, result.reason
    assert result.receipt is not None
    return result


def receipt(result: Result) -> str:
    assert result.receipt is not None
    return result.receipt.id


def test_one_lead_becomes_a_contact_a_deal_and_a_member_of_a_list(
    calls: Calls, stand_in: KeptRecords
) -> None:
    contact = receipt(delivered(calls, order("upsert_contact")))
    again = receipt(delivered(calls, order("upsert_contact", {"email": "ADA@lead.example", "phone": "1"})))
    payload = {"ContactId": contact, "dealname": "Roof", "amount": 12000}
    deal = receipt(
        delivered(calls, order("create_deal", payload, pipeline="default", stage="appointmentscheduled"))
    )
    delivered(calls, order("add_to_list", {"ContactEmail": "ada@lead.example"}, list="11"))

    assert again == contact
    (kept,) = stand_in.find("contacts", email="ada@lead.example")
    assert (kept.fields["firstname"], kept.fields["phone"]) == ("Ada", "1")
    (made,) = stand_in.find("deals")
    assert (made.id, made.fields["_contacts"]) == (deal, [contact])
    assert [one.fields["contact"] for one in stand_in.find("memberships", list="11")] == [contact]


def test_the_same_deal_after_doubt_is_found(calls: Calls, stand_in: KeptRecords) -> None:
    payload = {"ContactId": "501", "dealname": "Roof"}
    options: dict[str, Any] = {"pipeline": "default", "stage": "appointmentscheduled"}
    first = receipt(delivered(calls, order("create_deal", payload, **options)))

    wanted = order("create_deal", payload, uncertain=True, **options)
    second = delivered(calls, Order(key=new_id(), destination=wanted.destination, action=wanted.action,
                                    payload=payload, uncertain=True))  # fmt: skip

    assert receipt(second) == first
    assert len(stand_in.find("deals")) == 1


def test_an_upsert_by_a_property_of_ones_own(calls: Calls, stand_in: KeptRecords) -> None:
    def wanted(name: str) -> Order:
        payload = {"leadconduit_id": "L-1", "firstname": name}
        return order("upsert_contact", payload, find_by="leadconduit_id")

    assert receipt(delivered(calls, wanted("Ada"))) == receipt(delivered(calls, wanted("Bea")))
    (kept,) = stand_in.find("contacts", leadconduit_id="L-1")
    assert kept.fields["firstname"] == "Bea"


@pytest.mark.parametrize(
    ("action", "payload", "configuration", "outcome", "words"),
    [
        ("create_contact", {"email": "not one"}, {}, Outcome.REJECTED, "(email)"),
        ("create_contact", {"shoe_size": "42"}, {}, Outcome.MISCONFIGURED, "(shoe_size)"),
        ("create_contact", {"email": "mina.okafor@harbour.example"}, {}, Outcome.REJECTED, "already, 501"),
        ("update_contact", {"ContactId": "999", "phone": "1"}, {}, Outcome.REJECTED, "no such contact"),
        ("add_to_list", {"ContactId": "501"}, {"list": "13"}, Outcome.MISCONFIGURED, "DYNAMIC"),
        ("add_to_list", {"ContactId": "999"}, {"list": "11"}, Outcome.REJECTED, "no such contact"),
        (
            "create_deal",
            {"ContactId": "501", "dealname": "Roof"},
            {"pipeline": "default", "stage": "gone"},
            Outcome.MISCONFIGURED,
            "(dealstage)",
        ),
    ],
)
def test_what_the_stand_in_refuses(
    calls: Calls,
    action: str,
    payload: dict[str, Any],
    configuration: dict[str, Any],
    outcome: Outcome,
    words: str,
) -> None:
    result = outbound.run(client.send(order(action, payload, **configuration), calls))

    assert isinstance(result, Result)
    assert result.outcome is outcome
    assert words in result.reason


@pytest.mark.parametrize(
    ("fault", "outcome", "pause"),
    [
        ("server_error", Outcome.UNAVAILABLE, 5),
        ("rate_limited", Outcome.RATE_LIMITED, 10),
        ("missing_field", Outcome.REJECTED, None),
        ("duplicate", Outcome.REJECTED, None),
    ],
)
def test_faults_are_understood(calls: Calls, fault: FaultKey, outcome: Outcome, pause: float | None) -> None:
    keeping.switch(HUBSPOT, fault, "once")

    result = outbound.run(client.send(order("create_contact"), calls))

    assert isinstance(result, Result)
    assert (result.outcome, result.retry_after) == (outcome, pause)
