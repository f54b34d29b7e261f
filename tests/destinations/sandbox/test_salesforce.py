"""The stand-in for Salesforce refuses what Salesforce would, in its words, and keeps what it takes."""

from typing import Any
from urllib.parse import quote

import pytest

from destinations.connectors.salesforce.requests import containing
from destinations.connectors.salesforce.stand_in import BRIGHT, NORTH, SALESFORCE
from destinations.sandbox import keeping
from tests.destinations.sandbox.vendor import Vendor

ORG = f"https://{BRIGHT.host}"
DATA = f"{ORG}/services/data/v63.0"
LEAD = {"LastName": "Reyes", "Company": "Harbour", "Email": "ana@lead.example"}


@pytest.fixture
def org(vendor: Vendor) -> Vendor:
    url = f"{ORG}/services/oauth2/token"
    client = {"client_id": SALESFORCE.oauth.client_id, "client_secret": SALESFORCE.oauth.client_secret}
    vendor.token = vendor.form(url, grant_type="client_credentials", **client).data["access_token"]
    return vendor


def queried(org: Vendor, soql: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = org.get(f"{DATA}/query?q={quote(soql)}").data["records"]
    return [{name: value for name, value in record.items() if name != "attributes"} for record in records]


def created(org: Vendor, kind: str, **fields: Any) -> str:
    answer = org.post(f"{DATA}/sobjects/{kind}", fields)
    assert answer.status_code == 201, answer.data
    return str(answer.data["id"])


def test_a_lead_is_created_and_found_by_its_email_in_any_case(org: Vendor) -> None:
    lead = created(org, "Lead", **LEAD, Home_Owner__c=True)

    found = queried(org, "SELECT Id, Status FROM Lead WHERE Email = 'ANA@lead.example' LIMIT 2")

    assert lead.startswith("00Q")
    assert len(lead) == 18
    assert found == [{"Id": lead, "Status": "Open - Not Contacted"}]


@pytest.mark.parametrize(
    ("fields", "code", "named"),
    [
        ({"Company": None}, "REQUIRED_FIELD_MISSING", ["Company"]),
        ({"Shoe_Size__c": "42"}, "INVALID_FIELD", []),
        ({"IsConverted": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["IsConverted"]),
        ({"FirstName": "x" * 41}, "STRING_TOO_LONG", ["FirstName"]),
        ({"Email": "not one"}, "INVALID_EMAIL_ADDRESS", ["Email"]),
        ({"AnnualRevenue": "a lot"}, "JSON_PARSER_ERROR", []),
        ({"Move_In_Date__c": "12/31/2026"}, "JSON_PARSER_ERROR", []),
        ({"Property_Type__c": "Castle"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Property_Type__c"]),
        ({"OwnerId": "me"}, "MALFORMED_ID", ["OwnerId"]),
    ],
)
def test_what_is_wrong_with_a_lead_is_said_in_an_array(
    org: Vendor, fields: dict[str, Any], code: str, named: list[str]
) -> None:
    answer = org.post(f"{DATA}/sobjects/Lead", LEAD | fields)

    assert answer.status_code == 400
    assert [error["errorCode"] for error in answer.data] == [code]
    assert answer.data[0].get("fields", []) == named
    assert not queried(org, "SELECT Id FROM Lead")


def test_a_second_lead_of_the_same_email_is_a_duplicate_unless_it_may_be_saved(org: Vendor) -> None:
    first = created(org, "Lead", **LEAD)

    refused = org.post(f"{DATA}/sobjects/Lead", LEAD)
    saved = org.post(f"{DATA}/sobjects/Lead", LEAD, Sforce_Duplicate_Rule_Header="allowSave=true")

    assert refused.status_code == 400
    assert refused.data[0]["errorCode"] == "DUPLICATES_DETECTED"
    matches = refused.data[0]["duplicateResult"]["matchResults"][0]["matchRecords"]
    assert matches[0]["record"]["Id"] == first
    assert saved.status_code == 201


def test_describe_tells_custom_fields_and_picklists(org: Vendor) -> None:
    fields = {f["name"]: f for f in org.get(f"{DATA}/sobjects/Lead/describe/").data["fields"]}

    assert fields["Credit_Score__c"]["custom"]
    assert [choice["value"] for choice in fields["Property_Type__c"]["picklistValues"]] == [
        "House",
        "Apartment",
        "Condo",
    ]
    required = [
        name
        for name, field in fields.items()
        if not field["nillable"] and field["createable"] and not field["defaultedOnCreate"]
    ]
    assert required == ["LastName", "Company"]


def test_a_contact_is_changed_by_its_id_and_made_or_changed_by_an_external_one(org: Vendor) -> None:
    (contact,) = queried(org, "SELECT Id FROM Contact WHERE LastName = 'Okafor'")
    url = f"{DATA}/sobjects/Contact"

    assert org.ask("PATCH", f"{url}/{contact['Id']}", {"Phone": "+1 555"}).status_code == 204
    assert org.ask("PATCH", f"{url}/003000000000000", {"Phone": "+1 555"}).status_code == 404
    changed = org.ask("PATCH", f"{url}/LeadConduit_Id__c/existing-1", {"Title": "Head"})
    made = org.ask("PATCH", f"{url}/LeadConduit_Id__c/new-1", {"LastName": "Ito"})
    only = org.ask("PATCH", f"{url}/LeadConduit_Id__c/new-2?updateOnly=true", {"LastName": "Ito"})

    assert (changed.status_code, changed.data["created"], changed.data["id"]) == (200, False, contact["Id"])
    assert (made.status_code, made.data["created"]) == (201, True)
    assert only.status_code == 404
    assert queried(org, f"SELECT Phone, Title FROM Contact WHERE Id = '{contact['Id']}'") == [
        {"Phone": "+1 555", "Title": "Head"}
    ]


def test_a_lead_is_a_member_of_a_campaign_once(org: Vendor) -> None:
    lead = created(org, "Lead", **LEAD)
    campaigns = queried(org, "SELECT Id, Name FROM Campaign WHERE IsActive = true ORDER BY Name")
    assert [campaign["Name"] for campaign in campaigns] == [
        "Home expo",
        "Solar savings 2026",
        "Spring webinar",
    ]
    member = {"CampaignId": campaigns[0]["Id"], "LeadId": lead}

    created(org, "CampaignMember", **member)
    again = org.post(f"{DATA}/sobjects/CampaignMember", member)
    nobody = org.post(f"{DATA}/sobjects/CampaignMember", {"CampaignId": campaigns[0]["Id"]})
    nowhere = org.post(f"{DATA}/sobjects/CampaignMember", member | {"CampaignId": "701000000000000"})

    assert (again.status_code, again.data[0]["errorCode"]) == (400, "DUPLICATE_VALUE")
    assert nobody.data[0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert nowhere.data[0]["errorCode"] == "INVALID_CROSS_REFERENCE_KEY"


ENVELOPE = (
    '<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns="urn:partner.soap.sforce.com"><e:Header><SessionHeader><sessionId>{session}</sessionId></SessionHeader>'
    "</e:Header><e:Body><convertLead><leadConverts><convertedStatus>{status}</convertedStatus>"
    "<doNotCreateOpportunity>false</doNotCreateOpportunity><leadId>{lead}</leadId>"
    "<opportunityName>Roof</opportunityName><overwriteLeadSource>false</overwriteLeadSource>"
    "<sendNotificationEmail>false</sendNotificationEmail></leadConverts></convertLead></e:Body></e:Envelope>"
)


def converted(org: Vendor, lead: str, status: str = "Closed - Converted", session: str = "") -> Any:
    body = ENVELOPE.format(session=session or org.token, lead=lead, status=status)
    url = f"{ORG}/services/Soap/u/63.0"
    return org.ask("POST", url, body, content_type="text/xml; charset=utf-8", SOAPAction='""')


def test_a_lead_is_converted_once_into_account_contact_and_opportunity(org: Vendor) -> None:
    lead = created(org, "Lead", **LEAD)
    wrong = converted(org, lead, "Open - Not Contacted").content.decode()
    first = converted(org, lead).content.decode()
    second = converted(org, lead).content.decode()

    assert "<statusCode>INVALID_STATUS</statusCode>" in wrong
    assert "<success>true</success>" in first
    assert "<statusCode>CANNOT_UPDATE_CONVERTED_LEAD</statusCode>" in second
    (opportunity,) = queried(org, "SELECT Id, Name FROM Opportunity")
    assert opportunity["Name"] == "Roof"
    assert opportunity["Id"] in first
    assert (
        len(
            queried(org, f"SELECT Id FROM OpportunityContactRole WHERE OpportunityId = '{opportunity['Id']}'")
        )
        == 1
    )
    assert queried(org, "SELECT Status, IsConverted FROM Lead") == [
        {"Status": "Closed - Converted", "IsConverted": True}
    ]


def test_a_soap_call_with_a_bad_session_is_a_fault(org: Vendor) -> None:
    answer = converted(org, "00Q000000000000", session="ended")

    assert answer.status_code == 500
    assert b"<faultcode>sf:INVALID_SESSION_ID</faultcode>" in answer.content


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Id FROM Leads", "INVALID_TYPE"),
        ("SELECT Shoe__c FROM Lead", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE Email = 'o'neil'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE", "MALFORMED_QUERY"),
        ("DELETE FROM Lead", "MALFORMED_QUERY"),
    ],
)
def test_a_query_that_is_none_is_refused(org: Vendor, soql: str, code: str) -> None:
    answer = org.get(f"{DATA}/query?q={quote(soql)}")

    assert (answer.status_code, answer.data[0]["errorCode"]) == (400, code)


def test_an_escaped_quote_is_part_of_the_value(org: Vendor) -> None:
    created(org, "Lead", LastName="O'Neil", Company="X")

    assert queried(org, r"SELECT LastName FROM Lead WHERE LastName = 'O\'Neil' AND Email = null") == [
        {"LastName": "O'Neil"}
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("%", ["100% Ada", "back\\slash% Ada"]),
        ("_", ["snake_case Ada"]),
        ("ada", ["100% Ada", "back\\slash% Ada", "plain Ada", "snake_case Ada"]),
        ("back\\slash%", ["back\\slash% Ada"]),
        ("o'neil", []),
    ],
)
def test_what_somebody_looks_for_is_no_pattern(org: Vendor, text: str, found: list[str]) -> None:
    for name in ("100% Ada", "snake_case Ada", "plain Ada", "back\\slash% Ada"):
        created(org, "Lead", LastName=name, Company="X")

    soql = f"SELECT LastName FROM Lead WHERE LastName LIKE {containing(text)} ORDER BY LastName"
    assert [row["LastName"] for row in queried(org, soql)] == found


def test_a_pattern_of_our_own_has_wildcards(org: Vendor) -> None:
    created(org, "Lead", LastName="Ada", Company="X")

    assert queried(org, "SELECT LastName FROM Lead WHERE LastName LIKE 'a_a%'") == [{"LastName": "Ada"}]
    assert queried(org, "SELECT LastName FROM Lead WHERE LastName LIKE 'a_'") == []


def test_organisations_have_each_their_own(org: Vendor) -> None:
    created(org, "Lead", **LEAD)

    assert not keeping.KeptRecords(SALESFORCE, NORTH).seeded().find("Lead")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("server_error", 500, "UNKNOWN_EXCEPTION"),
        ("rate_limited", 403, "REQUEST_LIMIT_EXCEEDED"),
        ("duplicate", 400, "DUPLICATES_DETECTED"),
        ("missing_field", 400, "REQUIRED_FIELD_MISSING"),
    ],
)
def test_a_fault_switched_on_for_the_next_call_takes_place_once(
    org: Vendor, fault: Any, status: int, code: str
) -> None:
    org.client.post("/sandbox/salesforce/", {fault: "once"})

    answer = org.post(f"{DATA}/sobjects/Lead", LEAD)

    assert (answer.status_code, answer.data[0]["errorCode"]) == (status, code)
    assert org.post(f"{DATA}/sobjects/Lead", LEAD).status_code == 201


def test_its_page_shows_what_leads_became_and_a_link_leads_to_one(org: Vendor) -> None:
    lead = created(org, "Lead", **LEAD)

    page = org.client.get("/sandbox/salesforce/").content.decode()
    own = org.get(f"{ORG}/lightning/r/Lead/{lead}/view").content.decode()

    assert lead in page
    assert LEAD["Email"] in page
    assert LEAD["Email"] in own


def test_the_beginning_again(org: Vendor) -> None:
    created(org, "Lead", **LEAD)

    org.client.post("/sandbox/salesforce/", {"do": "reset"})

    assert not queried(org, "SELECT Id FROM Lead")
    assert len(queried(org, "SELECT Id FROM Campaign")) == 4
