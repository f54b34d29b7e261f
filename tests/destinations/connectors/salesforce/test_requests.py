"""The shape of each request, against the REST API Developer Guide (v63.0) and the SOAP API Developer Guide."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from destinations.connectors.calls import NotConnected
from destinations.connectors.salesforce import client, requests
from leadconduit.lib.masking import MASK
from tests.destinations.connectors.receiver import Received, Receiver
from tests.destinations.connectors.salesforce.orders import (
    ACCOUNT,
    CAMPAIGN,
    CHANGED,
    CONTACT,
    CONVERTED,
    KEY,
    LEAD,
    MEMBER,
    OPPORTUNITY,
    TOKEN,
    created,
    error,
    found,
    order,
    sent,
)

DATA = "/services/data/v63.0"
PERSON = {"LastName": "Lovelace", "Company": "Analytical", "Email": "ada@example.com", "Score__c": 7}


def asked(org: Receiver) -> list[str]:
    return [f"{request.method} {urlsplit(request.path).path.removeprefix(DATA)}" for request in org.requests]


def soql(request: Received) -> str:
    (query,) = parse_qs(urlsplit(request.path).query)["q"]
    return query


def converting(request: Received) -> dict[str, str]:
    """The parts of LeadConvert, in their order."""
    (asks,) = ElementTree.fromstring(request.body).iter("{urn:partner.soap.sforce.com}leadConverts")
    return {part.tag.rpartition("}")[2]: part.text or "" for part in asks}


# --- Create New Lead


def test_a_lead_is_created_with_its_fields_as_json(receiver: Receiver) -> None:
    result = sent(receiver, order("create_lead", PERSON), created(LEAD))

    request = receiver.latest
    assert (request.method, request.path) == ("POST", f"{DATA}/sobjects/Lead")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["sforce-auto-assign"] == "TRUE"
    assert request.headers["sforce-duplicate-rule-header"] == "allowSave=false"
    assert json.loads(request.body) == PERSON
    assert result.outcome == "delivered"
    assert result.receipt is not None
    assert (result.receipt.id, result.receipt.url) == (LEAD, f"{receiver.url}/{LEAD}")


@pytest.mark.parametrize(
    ("options", "auto_assign", "allow_save"),
    [
        ({"assignment": "none"}, "FALSE", "false"),
        ({"assignment": "rule", "assignment_rule": "01Q5e000000AbCd"}, "01Q5e000000AbCd", "false"),
        ({"assignment": "active", "duplicates": "allow"}, "TRUE", "true"),
    ],
)
def test_rules_are_chosen_by_headers(
    receiver: Receiver, options: dict[str, Any], auto_assign: str, allow_save: str
) -> None:
    sent(receiver, order("create_lead", PERSON, **options), created(LEAD))

    assert receiver.latest.headers["sforce-auto-assign"] == auto_assign
    assert receiver.latest.headers["sforce-duplicate-rule-header"] == f"allowSave={allow_save}"


def test_a_lead_with_a_field_for_the_key_is_the_same_lead_at_every_try(receiver: Receiver) -> None:
    payload = {**PERSON, "Delivery__c": "somebody's own"}

    sent(receiver, order("create_lead", payload, key_field="Delivery__c"), created(LEAD))

    assert (receiver.latest.method, receiver.latest.path) == (
        "PATCH",
        f"{DATA}/sobjects/Lead/Delivery__c/{KEY}",
    )
    assert json.loads(receiver.latest.body) == PERSON


def test_a_list_is_written_as_a_picklist_that_takes_several(receiver: Receiver) -> None:
    sent(receiver, order("create_lead", {"Interests__c": ["Solar", "Roof"]}), created(LEAD))

    assert json.loads(receiver.latest.body) == {"Interests__c": "Solar;Roof"}


# --- Update Existing Contact


def test_a_contact_is_found_by_its_email_and_changed(receiver: Receiver) -> None:
    payload = {"Email": "o'hara\\@example.com", "Phone": "555"}

    result = sent(receiver, order("update_contact", payload), found({"Id": CONTACT}), CHANGED)

    assert asked(receiver) == ["GET /query", f"PATCH /sobjects/Contact/{CONTACT}"]
    assert soql(receiver.requests[0]) == (
        r"SELECT Id FROM Contact WHERE Email = 'o\'hara\\@example.com' LIMIT 2"
    )
    assert json.loads(receiver.latest.body) == payload
    assert result.receipt is not None
    assert result.receipt.id == CONTACT


def test_a_contact_that_is_missing_is_created_when_that_is_wanted(receiver: Receiver) -> None:
    wanted = order("update_contact", PERSON, create_missing=True, duplicates="allow")

    result = sent(receiver, wanted, found(), created(CONTACT))

    assert asked(receiver) == ["GET /query", "POST /sobjects/Contact"]
    assert receiver.latest.headers["sforce-duplicate-rule-header"] == "allowSave=true"
    assert result.receipt is not None
    assert result.receipt.id == CONTACT


@pytest.mark.parametrize(("creates", "query"), [(False, "updateOnly=true"), (True, "")])
def test_a_contact_is_written_by_its_external_id(receiver: Receiver, creates: bool, query: str) -> None:
    payload = {"Crm__c": "a/b 1", "Phone": "555"}
    options: dict[str, Any] = {
        "find_by": "external_id",
        "external_id_field": "Crm__c",
        "create_missing": creates,
    }

    sent(receiver, order("update_contact", payload, **options), (200, {"id": CONTACT, "created": False}))

    path = urlsplit(receiver.latest.path)
    assert (path.path, path.query) == (f"{DATA}/sobjects/Contact/Crm__c/a%2Fb%201", query)
    assert json.loads(receiver.latest.body) == {"Phone": "555"}


# --- Add to Campaign


def test_the_lead_of_an_earlier_action_becomes_a_member(receiver: Receiver) -> None:
    payload = {"LeadId": LEAD, "Status": "Sent", "Email": "ada@example.com"}

    sent(receiver, order("add_to_campaign", payload, campaign=CAMPAIGN), created(MEMBER))

    assert asked(receiver) == ["POST /sobjects/CampaignMember"]
    assert json.loads(receiver.latest.body) == {"CampaignId": CAMPAIGN, "LeadId": LEAD, "Status": "Sent"}


def test_without_its_record_the_open_lead_with_the_email_becomes_a_member(receiver: Receiver) -> None:
    wanted = order("add_to_campaign", {"Email": "ada@example.com"}, campaign=CAMPAIGN)

    sent(receiver, wanted, found({"Id": LEAD}), created(MEMBER))

    assert soql(receiver.requests[0]) == (
        "SELECT Id FROM Lead WHERE Email = 'ada@example.com' AND IsConverted = false"
        " ORDER BY CreatedDate DESC LIMIT 1"
    )
    assert json.loads(receiver.latest.body) == {"CampaignId": CAMPAIGN, "LeadId": LEAD}


def test_where_there_is_no_lead_the_contact_becomes_a_member(receiver: Receiver) -> None:
    wanted = order("add_to_campaign", {"Email": "ada@example.com"}, campaign=CAMPAIGN)

    sent(receiver, wanted, found(), found({"Id": CONTACT}), created(MEMBER))

    assert json.loads(receiver.latest.body) == {"CampaignId": CAMPAIGN, "ContactId": CONTACT}


# --- Create Opportunity

OPTIONS: dict[str, Any] = {"converted_status": "Closed - Converted"}
OPEN = {"Id": LEAD, "Email": "ada@example.com", "IsConverted": False, "ConvertedOpportunityId": None}


def test_the_lead_of_an_earlier_action_is_converted_over_soap(receiver: Receiver) -> None:
    payload = {"LeadId": LEAD, "Name": "Solar & roof"}

    result = sent(receiver, order("create_opportunity", payload, **OPTIONS), found(OPEN), found(), CONVERTED)

    request = receiver.latest
    assert (request.method, request.path) == ("POST", "/services/Soap/u/63.0")
    assert request.headers["content-type"] == "text/xml; charset=utf-8"
    assert request.headers["soapaction"] == '""'
    assert "authorization" not in request.headers
    session = "{http://schemas.xmlsoap.org/soap/envelope/}Header/{urn:partner.soap.sforce.com}SessionHeader"
    document = ElementTree.fromstring(request.body)
    assert document.findtext(f"{session}/{{urn:partner.soap.sforce.com}}sessionId") == TOKEN
    assert list(converting(request).items()) == [
        ("convertedStatus", "Closed - Converted"),
        ("doNotCreateOpportunity", "false"),
        ("leadId", LEAD),
        ("opportunityName", "Solar & roof"),
        ("overwriteLeadSource", "false"),
        ("sendNotificationEmail", "false"),
    ]
    assert result.receipt is not None
    assert result.receipt.id == OPPORTUNITY


def test_a_lead_whose_contact_exists_is_converted_into_it(receiver: Receiver) -> None:
    wanted = order("create_opportunity", {"LeadId": LEAD, "Name": "A"}, owner="0055e000001AbCd", **OPTIONS)

    sent(receiver, wanted, found(OPEN), found({"Id": CONTACT, "AccountId": ACCOUNT}), CONVERTED)

    asks = converting(receiver.latest)
    assert (asks["accountId"], asks["contactId"], asks["ownerId"]) == (ACCOUNT, CONTACT, "0055e000001AbCd")


def test_other_fields_are_written_to_the_opportunity_that_came_of_it(receiver: Receiver) -> None:
    payload = {"LeadId": LEAD, "Name": "A", "Amount": 900}

    sent(receiver, order("create_opportunity", payload, **OPTIONS), found(OPEN), found(), CONVERTED, CHANGED)

    assert asked(receiver)[-1] == f"PATCH /sobjects/Opportunity/{OPPORTUNITY}"
    assert json.loads(receiver.latest.body) == {"Amount": 900}


def test_a_lead_is_found_by_its_external_id(receiver: Receiver) -> None:
    wanted = order(
        "create_opportunity", {"LeadExternalId": "7", "Name": "A"}, external_id_field="Crm__c", **OPTIONS
    )

    sent(receiver, wanted, found(OPEN), found(), CONVERTED)

    assert "FROM Lead WHERE Crm__c = '7'" in soql(receiver.requests[0])


def test_a_lead_that_was_converted_before_is_not_converted_again(receiver: Receiver) -> None:
    done = {**OPEN, "IsConverted": True, "ConvertedOpportunityId": OPPORTUNITY}

    result = sent(receiver, order("create_opportunity", {"LeadId": LEAD}, **OPTIONS), found(done))

    assert result.outcome == "delivered"
    assert result.receipt is not None
    assert result.receipt.id == OPPORTUNITY


def test_a_contact_gets_an_opportunity_of_its_account_and_a_role_in_it(receiver: Receiver) -> None:
    payload = {"Email": "ada@example.com", "Name": "Solar", "CloseDate": "2026-12-31"}

    result = sent(
        receiver,
        order("create_opportunity", payload, stage="Prospecting", **OPTIONS),
        found(),
        found({"Id": CONTACT, "AccountId": ACCOUNT}),
        created(OPPORTUNITY),
        created("00K5e00000Ab1CdAAJ"),
    )

    assert asked(receiver)[2:] == ["POST /sobjects/Opportunity", "POST /sobjects/OpportunityContactRole"]
    assert json.loads(receiver.requests[2].body) == {
        "StageName": "Prospecting",
        "CloseDate": "2026-12-31",
        "AccountId": ACCOUNT,
        "Name": "Solar",
    }
    assert json.loads(receiver.latest.body) == {
        "OpportunityId": OPPORTUNITY,
        "ContactId": CONTACT,
        "IsPrimary": True,
    }
    assert result.receipt is not None
    assert result.receipt.id == OPPORTUNITY


def test_a_role_that_is_refused_makes_no_second_opportunity(receiver: Receiver) -> None:
    result = sent(
        receiver,
        order("create_opportunity", {"Email": "ada@example.com", "Name": "A"}, stage="New", **OPTIONS),
        found(),
        found({"Id": CONTACT, "AccountId": ACCOUNT}),
        created(OPPORTUNITY),
        error("SERVER_UNAVAILABLE", status=503),
    )

    assert result.outcome == "delivered"
    assert "not tied to the contact" in result.reason


# --- After a try of which no answer came


def test_a_lead_that_may_have_arrived_is_looked_for_before_it_is_created_again(receiver: Receiver) -> None:
    wanted = order("create_lead", PERSON, uncertain=True)

    there = sent(receiver, wanted, found({"Id": LEAD}))
    missing = sent(receiver, wanted, found(), created(LEAD))

    assert asked(receiver) == ["GET /query", "GET /query", "POST /sobjects/Lead"]
    assert soql(receiver.requests[0]) == (
        "SELECT Id FROM Lead WHERE Email = 'ada@example.com' AND CreatedDate >= 2024-03-12T19:06:17Z"
        " ORDER BY CreatedDate DESC LIMIT 1"
    )
    assert [result.receipt.id for result in (there, missing) if result.receipt] == [LEAD, LEAD]
    assert "earlier try" in there.reason


def test_a_key_or_a_lead_without_an_email_is_not_looked_for(receiver: Receiver) -> None:
    sent(receiver, order("create_lead", PERSON, uncertain=True, key_field="K__c"), created(LEAD))
    sent(receiver, order("create_lead", {"LastName": "A"}, uncertain=True), created(LEAD))

    assert asked(receiver) == [f"PATCH /sobjects/Lead/K__c/{KEY}", "POST /sobjects/Lead"]


@pytest.mark.parametrize("has_role", [True, False])
def test_a_contacts_opportunity_that_may_have_arrived_is_looked_for(
    receiver: Receiver, has_role: bool
) -> None:
    payload = {"Email": "ada@example.com", "Name": "Solar"}
    role = [found({"Id": MEMBER})] if has_role else [found(), created(MEMBER)]

    result = sent(
        receiver,
        order("create_opportunity", payload, uncertain=True, stage="New", **OPTIONS),
        found(),
        found({"Id": CONTACT, "AccountId": ACCOUNT}),
        found({"Id": OPPORTUNITY}),
        *role,
    )

    assert f"AccountId = '{ACCOUNT}' AND Name = 'Solar' AND CreatedDate >= " in soql(receiver.requests[2])
    assert "POST /sobjects/Opportunity" not in asked(receiver)
    assert result.receipt is not None
    assert result.receipt.id == OPPORTUNITY


# --- What all have in common


def test_what_is_kept_shows_every_request_and_no_token(receiver: Receiver) -> None:
    result = sent(
        receiver, order("create_opportunity", {"LeadId": LEAD}, **OPTIONS), found(OPEN), found(), CONVERTED
    )

    assert result.exchange is not None
    assert len(result.exchange["before"]) == 2
    assert TOKEN not in json.dumps(result.exchange)
    assert f"<urn:sessionId>{MASK}</urn:sessionId>" in result.exchange["request"]["body"]


@pytest.mark.parametrize(
    ("action", "method", "path"),
    [
        ("create_lead", "POST", "/services/data/v63.0/sobjects/Lead"),
        ("update_contact", "PATCH", "/services/data/v63.0/sobjects/Contact/FOUND-BY-EMAIL"),
        ("add_to_campaign", "POST", "/services/data/v63.0/sobjects/CampaignMember"),
        ("create_opportunity", "POST", "/services/Soap/u/63.0"),
    ],
)
def test_a_preview_shows_the_request_that_writes(action: str, method: str, path: str) -> None:
    shown = client.preview(order(action, {"Email": "ada@example.com"}))

    assert (shown["method"], shown["uri"]) == (method, f"https://instance.my.salesforce.com{path}")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "'plain'"),
        ("O'Hara", r"'O\'Hara'"),
        ("x' OR Id != '", r"'x\' OR Id != \''"),
        ("back\\", r"'back\\'"),
        ('a"b\n', r"'a\"b\n'"),
    ],
)
def test_a_text_stays_one_text_inside_a_query(text: str, written: str) -> None:
    assert requests.literal(text) == written


def test_wildcards_are_nothing_special_in_a_search() -> None:
    assert requests.containing("50%_'") == r"'%50\%\_\'%'"


@pytest.mark.parametrize("instance_url", [None, ""])
def test_without_an_organisation_nothing_is_asked_and_previews_show_a_stand_in(
    instance_url: str | None,
) -> None:
    credentials = {"access_token": "a", "instance_url": instance_url}

    with pytest.raises(NotConnected, match="where the organisation is"):
        requests.query(credentials, "SELECT Id FROM Lead")

    shown = requests.query(requests.as_previewed(credentials), "SELECT Id FROM Lead")
    assert shown.url.startswith(requests.UNKNOWN_HOST)
