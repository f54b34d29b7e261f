"""The stand-in for HubSpot refuses what HubSpot would, in its words, and keeps what it takes."""

from typing import Any
from urllib.parse import urlencode

import pytest

from destinations.connectors.hubspot.stand_in import BRIGHT, HUBSPOT, NORTH
from tests.destinations.sandbox.vendor import CHALLENGE, VERIFIER, Vendor

API = "https://api.hubapi.com"
CONTACTS = f"{API}/crm/v3/objects/contacts"
ANA = {"email": "ana@lead.example", "firstname": "Ana", "credit_score": "640"}


@pytest.fixture
def portal(vendor: Vendor) -> Vendor:
    vendor.token = "pat-na1-stand-in-brightleaf"
    return vendor


def created(portal: Vendor, kind: str = "contacts", **properties: Any) -> str:
    answer = portal.post(f"{API}/crm/v3/objects/{kind}", {"properties": properties})
    assert answer.status_code == 201, answer.data
    return str(answer.data["id"])


def test_a_contact_is_created_read_and_changed_by_id_or_email(portal: Vendor) -> None:
    contact = created(portal, **ANA)

    by_email = portal.ask(
        "PATCH", f"{CONTACTS}/ana@lead.example?idProperty=email", {"properties": {"phone": "1"}}
    )

    assert by_email.data["id"] == contact
    assert portal.get(f"{CONTACTS}/{contact}").data["properties"]["phone"] == "1"
    assert portal.get(f"{CONTACTS}/999").data["category"] == "OBJECT_NOT_FOUND"


def test_a_second_contact_of_an_email_conflicts_and_says_with_whom(portal: Vendor) -> None:
    contact = created(portal, **ANA)

    answer = portal.post(CONTACTS, {"properties": ANA | {"email": "ANA@lead.example"}})

    assert (answer.status_code, answer.data["category"]) == (409, "CONFLICT")
    assert answer.data["message"] == f"Contact already exists. Existing ID: {contact}"


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"shoe_size": "42"}, "PROPERTY_DOESNT_EXIST"),
        ({"hs_object_id": "1"}, "READ_ONLY_VALUE"),
        ({"email": "not one"}, "INVALID_EMAIL"),
        ({"credit_score": "good"}, "INVALID_NUMBER"),
        ({"move_in_date": "soon"}, "INVALID_DATE"),
        ({"property_type": "castle"}, "INVALID_OPTION"),
    ],
)
def test_what_is_wrong_with_values_is_said_by_property(
    portal: Vendor, properties: dict[str, Any], code: str
) -> None:
    answer = portal.post(CONTACTS, {"properties": ANA | properties})

    assert (answer.status_code, answer.data["category"]) == (400, "VALIDATION_ERROR")
    (error,) = answer.data["errors"]
    assert error["code"] == code
    assert error["context"]["propertyName"] == list(properties)


def test_an_upsert_makes_first_and_changes_then(portal: Vendor) -> None:
    one = {"idProperty": "email", "id": ANA["email"], "properties": {"firstname": "Ana"}}

    first, second = (portal.post(f"{CONTACTS}/batch/upsert", {"inputs": [one]}).data for _ in range(2))

    assert [first["results"][0]["new"], second["results"][0]["new"]] == [True, False]
    assert first["results"][0]["id"] == second["results"][0]["id"]


def test_a_deal_is_associated_with_its_contact(portal: Vendor) -> None:
    contact = created(portal, **ANA)
    deal = created(portal, "deals", dealname="Roof", pipeline="default", dealstage="appointmentscheduled")
    url = f"{API}/crm/v4/objects/contact/{contact}/associations/default/deal"

    assert portal.ask("PUT", f"{url}/{deal}").status_code == 200
    assert portal.ask("PUT", f"{url}/999").status_code == 404
    assert portal.post(f"{API}/crm/v3/objects/deals", {"properties": {"dealname": "x"}}).status_code == 400


def test_lists_are_found_and_take_contacts_unless_they_are_dynamic(portal: Vendor) -> None:
    contact = created(portal, **ANA)
    asked = {"count": 1, "processingTypes": ["MANUAL"]}

    first = portal.post(f"{API}/crm/v3/lists/search", asked).data
    rest = portal.post(f"{API}/crm/v3/lists/search", asked | {"offset": first["offset"]}).data

    assert (first["hasMore"], rest["hasMore"], rest["total"]) == (True, False, 2)
    add = f"{API}/crm/v3/lists/11/memberships/add"
    assert portal.ask("PUT", add, [contact]).data["recordsIdsAdded"] == [contact]
    assert portal.ask("PUT", add, [contact, "9"]).data["recordIdsMissing"] == ["9"]
    assert portal.ask("PUT", f"{API}/crm/v3/lists/13/memberships/add", [contact]).status_code == 400


def test_what_forms_choose_from(portal: Vendor) -> None:
    properties = {p["name"]: p for p in portal.get(f"{API}/crm/v3/properties/contacts").data["results"]}

    assert properties["hs_object_id"]["modificationMetadata"]["readOnlyValue"]
    assert len(portal.get(f"{API}/crm/v3/pipelines/deals").data["results"]) == 2
    assert portal.get(f"{API}/crm/v3/owners").data["results"]
    assert portal.get(f"{API}/account-info/v3/details").data["portalId"] == int(BRIGHT.id)


def test_a_rate_limit_says_which_policy(portal: Vendor) -> None:
    portal.client.post("/sandbox/hubspot/", {"rate_limited": "once"})

    answer = portal.get(f"{API}/account-info/v3/details")

    assert (answer.status_code, answer.data["policyName"]) == (429, "TEN_SECONDLY_ROLLING")
    assert answer["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"


def test_consent_leads_to_a_token_of_half_an_hour_and_one_refresh_token(vendor: Vendor) -> None:
    client = {"client_id": HUBSPOT.oauth.client_id, "client_secret": HUBSPOT.oauth.client_secret}
    callback = "http://testserver/app/connections/callback/"
    asked = {
        "response_type": "code",
        "client_id": client["client_id"],
        "redirect_uri": callback,
        "scope": "crm.objects.contacts.read",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    sent_back = vendor.consent(f"https://app.hubspot.com/oauth/authorize?{urlencode(asked)}", NORTH.id)
    code = {"code": sent_back["code"], "redirect_uri": callback, "code_verifier": VERIFIER}

    first = vendor.form(f"{API}/oauth/v3/token", grant_type="authorization_code", **code, **client).data
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = vendor.form(f"{API}/oauth/v1/token", **refresh, **client).data

    assert (first["expires_in"], first["hub_id"]) == (1800, int(NORTH.id))
    assert second["refresh_token"] == first["refresh_token"]
    vendor.token = second["access_token"]
    assert vendor.get(f"{API}/account-info/v3/details").data["portalId"] == int(NORTH.id)


def test_without_a_token_or_with_one_that_ended(vendor: Vendor) -> None:
    assert vendor.get(CONTACTS + "/1").data["category"] == "INVALID_AUTHENTICATION"
    vendor.token = "pat-of-somebody-else"
    assert vendor.get(CONTACTS + "/1").status_code == 401
