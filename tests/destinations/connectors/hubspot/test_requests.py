"""The requests of each action, over HTTP, as HubSpot's descriptions have them; sources: hubspot/requests.py."""

import json
from dataclasses import replace
from typing import Any

import pytest

from destinations.connectors.calls import Fixed
from destinations.connectors.hubspot import client
from destinations.outcome import Outcome, Receipt
from tests.destinations.connectors.hubspot.orders import (
    ADA,
    EXPIRED,
    MISSING,
    TOKEN,
    Renewing,
    asked,
    order,
    record,
    sent,
    taken,
)
from tests.destinations.connectors.receiver import Receiver

CONTACTS = "/crm/v3/objects/contacts"
BY_EMAIL = f"{CONTACTS}/ada@lead.example?idProperty=email"
LOOKED_UP = ("GET", f"{BY_EMAIL}&properties=email", None)
LINK = "https://app.hubspot.com/contacts/12345678/record"
ROOF = {"dealname": "Roof", "amount": 12000.5}


def deal(contact: str = "101", **properties: str) -> dict[str, Any]:
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}]
    given = {"pipeline": "default", "dealstage": "qualified", "dealname": "Roof", "amount": "12000.5"}
    return {"properties": given | properties, "associations": [{"to": {"id": contact}, "types": types}]}


def test_a_contact_is_created(portal: Receiver) -> None:
    result = sent(portal, order("create_contact", ADA, owner="77"), record("101", 201))

    assert asked(portal) == [("POST", CONTACTS, {"properties": {"hubspot_owner_id": "77", **ADA}})]
    assert portal.latest.headers["authorization"] == f"Bearer {TOKEN}"
    assert portal.latest.headers["content-type"] == "application/json"
    assert result.outcome is Outcome.DELIVERED
    assert result.receipt == Receipt("101", f"{LINK}/0-1/101")
    assert TOKEN not in json.dumps(result.exchange)


@pytest.mark.parametrize(
    ("hub_id", "identified", "linked"),
    [("", "", None), ("12345678", "", "12345678"), ("", "7", "7"), ("mistyped", "7", "7")],
)
def test_a_record_is_linked_to_in_the_portal_that_is_known(
    portal: Receiver, hub_id: str, identified: str, linked: str | None
) -> None:
    wanted = order("create_contact")
    wanted = replace(wanted, destination=replace(wanted.destination, organisation_id=identified))

    result = sent(portal, wanted, record("101", 201), source=Fixed({"token": TOKEN, "hub_id": hub_id}))

    assert result.receipt
    assert result.receipt.url == (linked and f"https://app.hubspot.com/contacts/{linked}/record/0-1/101")


def test_values_are_sent_as_texts(portal: Receiver) -> None:
    payload = {"a": True, "b": 7, "c": ["x", "y"], "d": " 12 ", "e": None, "hubspot_owner_id": "9"}

    sent(portal, order("create_contact", payload, owner="77"), record("101", 201))

    ((_, _, body),) = asked(portal)
    assert body["properties"] == {
        "hubspot_owner_id": "9",
        "a": "true",
        "b": "7",
        "c": "x;y",
        "d": "12",
        "e": "",
    }


def test_a_contact_who_is_there_is_refused(portal: Receiver) -> None:
    result = sent(portal, order("create_contact"), taken("101"))

    assert (result.outcome, result.receipt) == (Outcome.REJECTED, None)
    assert "already, 101" in result.reason


def test_a_conflict_after_doubt_means_that_the_first_try_arrived(portal: Receiver) -> None:
    result = sent(portal, order("create_contact", uncertain=True), taken("101"))

    assert result.outcome is Outcome.DELIVERED
    assert result.receipt == Receipt("101", f"{LINK}/0-1/101")


def test_a_contact_is_updated_by_its_record(portal: Receiver) -> None:
    result = sent(portal, order("update_contact", {"ContactId": "101", **ADA}), record("101"))

    assert asked(portal) == [("PATCH", f"{CONTACTS}/101", {"properties": ADA})]
    assert result.receipt == Receipt("101", f"{LINK}/0-1/101")


def test_a_contact_is_updated_by_its_email_address(portal: Receiver) -> None:
    sent(portal, order("update_contact"), record("101"))

    assert asked(portal) == [("PATCH", BY_EMAIL, {"properties": {"firstname": "Ada"}})]


def test_a_contact_who_is_not_there_cannot_be_updated(portal: Receiver) -> None:
    assert sent(portal, order("update_contact"), MISSING).outcome is Outcome.REJECTED


def test_create_or_update_creates_first(portal: Receiver) -> None:
    result = sent(portal, order("upsert_contact"), record("101", 201))

    assert asked(portal) == [("POST", CONTACTS, {"properties": ADA})]
    assert result.receipt == Receipt("101", f"{LINK}/0-1/101")


def test_create_or_update_updates_whom_the_conflict_names(portal: Receiver) -> None:
    result = sent(portal, order("upsert_contact"), taken("101"), record("101"))

    assert asked(portal)[1] == ("PATCH", f"{CONTACTS}/101", {"properties": {"firstname": "Ada"}})
    assert result.outcome is Outcome.DELIVERED
    assert result.receipt == Receipt("101", f"{LINK}/0-1/101")


def test_create_or_update_has_nothing_to_write_but_the_address(portal: Receiver) -> None:
    result = sent(portal, order("upsert_contact", {"email": "ada@lead.example"}), taken("101"))

    assert (result.outcome, result.receipt) == (Outcome.DELIVERED, Receipt("101", f"{LINK}/0-1/101"))


def test_create_or_update_by_a_property_of_ones_own(portal: Receiver) -> None:
    payload = {**ADA, "lead_key": "L-1"}
    batch: Any = (200, {"status": "COMPLETE", "results": [{"id": "101", "new": True, "properties": {}}]}, {})

    result = sent(portal, order("upsert_contact", payload, find_by="lead_key"), batch)

    one = {"idProperty": "lead_key", "id": "L-1", "properties": ADA}
    assert asked(portal) == [("POST", f"{CONTACTS}/batch/upsert", {"inputs": [one]})]
    assert result.receipt == Receipt("101", f"{LINK}/0-1/101")


def test_an_error_inside_a_batch_is_one_of_the_lead(portal: Receiver) -> None:
    """207 Multi-Status, `BatchResponseSimplePublicUpsertObjectWithErrors`."""
    wrong = {"status": "error", "category": "VALIDATION_ERROR", "message": "No good.", "context": {}}
    batch: Any = (207, {"status": "COMPLETE", "results": [], "numErrors": 1, "errors": [wrong]}, {})

    result = sent(portal, order("upsert_contact", {"lead_key": "L-1"}, find_by="lead_key"), batch)

    assert result.outcome is Outcome.REJECTED
    assert "No good" in result.reason


def test_a_deal_is_the_contacts_that_an_earlier_action_returned(portal: Receiver) -> None:
    payload = {"ContactId": "101", "ContactEmail": "ada@lead.example", **ROOF}

    result = sent(
        portal, order("create_deal", payload, pipeline="default", stage="qualified"), record("5", 201)
    )

    assert asked(portal) == [("POST", "/crm/v3/objects/deals", deal())]
    assert result.receipt == Receipt("5", f"{LINK}/0-3/5")


def test_a_deal_is_the_contacts_with_the_email_address(portal: Receiver) -> None:
    payload = {"ContactEmail": "ada@lead.example", "dealstage": "won", **ROOF}

    sent(
        portal,
        order("create_deal", payload, pipeline="default", stage="qualified"),
        record("101"),
        record("5", 201),
    )

    assert asked(portal) == [LOOKED_UP, ("POST", "/crm/v3/objects/deals", deal(dealstage="won"))]


def test_without_a_contact_there_is_no_deal(portal: Receiver) -> None:
    result = sent(portal, order("create_deal", {"ContactEmail": "ada@lead.example", **ROOF}), MISSING)

    assert result.outcome is Outcome.REJECTED
    assert sent(portal, order("create_deal", ROOF)).outcome is Outcome.REJECTED


def test_a_deal_is_looked_for_where_an_earlier_try_may_have_arrived(portal: Receiver) -> None:
    wanted = order("create_deal", {"ContactId": "101", **ROOF}, uncertain=True)

    result = sent(portal, wanted, (200, {"total": 1, "results": [{"id": "5", "properties": {}}]}, {}))

    ((_, path, body),) = asked(portal)
    assert path == "/crm/v3/objects/deals/search"
    filters = {
        one["propertyName"]: (one["operator"], one["value"]) for one in body["filterGroups"][0]["filters"]
    }
    assert filters["associations.contact"] == ("EQ", "101")
    assert filters["dealname"] == ("EQ", "Roof")
    assert filters["createdate"][0] == "GTE"
    assert result.receipt == Receipt("5", f"{LINK}/0-3/5")


def test_a_deal_that_is_not_there_is_made_after_doubt(portal: Receiver) -> None:
    wanted = order("create_deal", {"ContactId": "101", **ROOF}, uncertain=True)

    result = sent(portal, wanted, (200, {"total": 0, "results": []}, {}), record("5", 201))

    assert result.receipt == Receipt("5", f"{LINK}/0-3/5")


def test_a_contact_is_added_to_a_list(portal: Receiver) -> None:
    added: Any = (200, {"recordsIdsAdded": ["101"], "recordIdsRemoved": [], "recordIdsMissing": []}, {})

    result = sent(
        portal, order("add_to_list", {"ContactEmail": "ada@lead.example"}, list="11"), record("101"), added
    )

    assert asked(portal) == [LOOKED_UP, ("PUT", "/crm/v3/lists/11/memberships/add", ["101"])]
    assert (result.outcome, result.reason) == (Outcome.DELIVERED, "")
    assert result.receipt == Receipt("101", f"{LINK}/0-1/101")


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        (
            (200, {"recordsIdsAdded": [], "recordIdsMissing": ["101"]}, {}),
            Outcome.REJECTED,
            "no such contact",
        ),
        ((200, {"recordsIdsAdded": [], "recordIdsMissing": []}, {}), Outcome.DELIVERED, "already"),
        (MISSING, Outcome.MISCONFIGURED, "resource not found"),
    ],
)
def test_what_a_list_answers(portal: Receiver, answer: Any, outcome: Outcome, words: str) -> None:
    result = sent(portal, order("add_to_list", {"ContactId": "101"}, list="11"), answer)

    assert result.outcome is outcome
    assert words in result.reason


def test_what_is_no_record_id_is_not_asked_about(portal: Receiver) -> None:
    result = sent(portal, order("add_to_list", {"ContactId": "../x"}, list="11"))

    assert result.outcome is Outcome.REJECTED


def test_a_token_that_ended_is_renewed_once(portal: Receiver) -> None:
    source = Renewing()

    result = sent(portal, order("create_contact"), EXPIRED, record("101", 201), source=source)

    assert (source.renewed, result.outcome) == (1, Outcome.DELIVERED)
    assert portal.latest.headers["authorization"] == "Bearer new"
    assert result.receipt == Receipt("101", f"{LINK}/0-1/101")


def test_a_question_without_an_answer_leaves_nothing_unknown(portal: Receiver) -> None:
    portal.script = []
    result = sent(portal, order("add_to_list", {"ContactEmail": "ada@lead.example"}, list="11"), record(""))

    assert result.outcome is Outcome.UNAVAILABLE


@pytest.mark.parametrize(
    "action", ["create_contact", "update_contact", "upsert_contact", "create_deal", "add_to_list"]
)
def test_what_was_previewed_is_what_is_sent(portal: Receiver, action: str) -> None:
    finding = {} if action in ("create_contact", "upsert_contact") else {"ContactId": "101"}
    wanted = order(action, {**finding, **ADA}, list="11", stage="s")

    preview = client.preview(wanted)
    sent(portal, wanted, record("101", 201))

    assert (preview["method"], preview["uri"]) == (
        portal.latest.method,
        f"https://api.hubapi.com{portal.latest.path}",
    )
    assert json.loads(preview["body"]) == json.loads(portal.latest.body)
    assert TOKEN not in json.dumps(preview)
