"""The actions against the stand-in, at Salesforce's own addresses."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from destinations.connectors.calls import Calls
from destinations.connectors.registry import REGISTRY
from destinations.connectors.salesforce import client
from destinations.connectors.salesforce.stand_in import BRIGHT, SALESFORCE
from destinations.outcome import Result
from destinations.platforms.builtin import builtin
from destinations.sandbox import keeping
from destinations.sandbox.keeping import KeptRecords
from leadconduit.lib import outbound
from tests.destinations.connectors.salesforce.conftest import HOST, token
from tests.destinations.connectors.salesforce.orders import order

pytestmark = pytest.mark.django_db(transaction=True)

NewCalls = Callable[[], Calls]
ADA = {"LastName": "Lovelace", "Company": "Analytical", "Email": "ada@example.com"}


@pytest.fixture
def deliver(calls: NewCalls) -> Callable[..., Result]:
    def delivered(action: str, payload: dict[str, Any], **options: Any) -> Result:
        result = outbound.run(client.send(order(action, payload, **options), calls()))
        assert isinstance(result, Result)
        return result

    return delivered


Deliver = Callable[..., Result]


def record_of(result: Result) -> str:
    assert result.outcome == "delivered", result.sentence
    assert result.receipt is not None
    return result.receipt.id


def campaign(org: KeptRecords) -> str:
    return org.find("Campaign", Name="Solar savings 2026")[0].id


def test_one_lead_makes_one_lead_one_member_and_one_opportunity(org: KeptRecords, deliver: Deliver) -> None:
    lead = record_of(deliver("create_lead", ADA))
    record_of(deliver("add_to_campaign", {"LeadId": lead}, campaign=campaign(org)))
    options = {"converted_status": "Closed - Converted"}
    payload = {"LeadId": lead, "Name": "Roof & solar", "Amount": 1200}
    opportunity = record_of(deliver("create_opportunity", payload, **options))
    again = record_of(deliver("create_opportunity", payload, **options))

    (only,) = org.find("Lead", Email=ADA["Email"])
    assert (only.id, only.fields["IsConverted"]) == (lead, True)
    assert [member.fields["LeadId"] for member in org.find("CampaignMember")] == [lead]
    (made,) = org.find("Opportunity")
    assert (made.id, again) == (opportunity, opportunity)
    assert (made.fields["Name"], made.fields["Amount"]) == ("Roof & solar", 1200)


def test_a_retry_by_a_key_makes_no_second_lead(org: KeptRecords, deliver: Deliver) -> None:
    first = record_of(deliver("create_lead", ADA, key_field="LeadConduit_Id__c"))
    second = record_of(deliver("create_lead", ADA, key_field="LeadConduit_Id__c"))

    assert first == second
    assert len(org.find("Lead", Email=ADA["Email"])) == 1


def test_a_duplicate_is_refused_unless_it_may_be_saved(org: KeptRecords, deliver: Deliver) -> None:
    lead = record_of(deliver("create_lead", ADA))

    refused = deliver("create_lead", ADA)

    assert refused.outcome == "rejected"
    assert lead in refused.reason
    assert record_of(deliver("create_lead", ADA, duplicates="allow")) != lead


@pytest.mark.parametrize(
    ("payload", "options"),
    [
        ({"Email": "mina.okafor@harbour.example", "Department": "Sales"}, {}),
        (
            {"LeadConduit_Id__c": "existing-1", "Department": "Sales"},
            {"find_by": "external_id", "external_id_field": "LeadConduit_Id__c"},
        ),
    ],
)
def test_a_contact_is_found_and_changed(
    org: KeptRecords, deliver: Deliver, payload: dict[str, Any], options: dict[str, Any]
) -> None:
    contact = record_of(deliver("update_contact", payload, **options))

    found = org.get("Contact", contact)
    assert found is not None
    assert found.fields["Department"] == "Sales"


@pytest.mark.parametrize(
    "options", [{}, {"find_by": "external_id", "external_id_field": "LeadConduit_Id__c"}]
)
def test_a_missing_contact_is_created_only_when_that_is_wanted(
    org: KeptRecords, deliver: Deliver, options: dict[str, Any]
) -> None:
    payload = {"LastName": "Lovelace", "Email": "ada@example.com", "LeadConduit_Id__c": "new"}

    assert deliver("update_contact", payload, **options).outcome == "rejected"
    assert org.find("Contact", Email="ada@example.com") == []

    record_of(deliver("update_contact", payload, create_missing=True, **options))
    assert len(org.find("Contact", Email="ada@example.com")) == 1


def test_a_second_membership_is_no_failure(org: KeptRecords, deliver: Deliver) -> None:
    record_of(deliver("create_lead", ADA))
    payload = {"Email": "ADA@example.com"}

    outcomes = [deliver("add_to_campaign", payload, campaign=campaign(org)).outcome for _ in range(2)]

    assert outcomes == ["delivered", "delivered"]
    assert len(org.find("CampaignMember")) == 1


def test_a_contact_gets_an_opportunity_without_a_lead(org: KeptRecords, deliver: Deliver) -> None:
    payload = {"Email": "mina.okafor@harbour.example", "Name": "Heat pump"}

    opportunity = record_of(
        deliver("create_opportunity", payload, converted_status="Closed - Converted", stage="Prospecting")
    )

    (contact,) = org.find("Contact", Email=payload["Email"])
    made = org.get("Opportunity", opportunity)
    assert made is not None
    assert made.fields["AccountId"] == contact.fields["AccountId"]
    (role,) = org.find("OpportunityContactRole")
    assert (role.fields["OpportunityId"], role.fields["ContactId"]) == (opportunity, contact.id)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("server_error", "unavailable"),
        ("rate_limited", "rate_limited"),
        ("duplicate", "rejected"),
        ("missing_field", "rejected"),
    ],
)
def test_faults_come_to_what_they_are(org: KeptRecords, deliver: Deliver, fault: Any, outcome: str) -> None:
    keeping.switch(SALESFORCE, fault, "once")

    assert deliver("create_lead", ADA).outcome == outcome


def test_a_record_is_linked_to_where_the_organisation_is(org: KeptRecords, deliver: Deliver) -> None:
    result = deliver("create_lead", ADA)

    assert result.receipt is not None
    assert result.receipt.url == f"https://{BRIGHT.host}/{result.receipt.id}"


def test_a_lead_whose_answer_was_lost_is_not_created_again(org: KeptRecords, calls: NewCalls) -> None:
    wanted = order("create_lead", ADA)
    lost = replace(wanted, uncertain=True)
    first, second = (outbound.run(client.send(one, calls())) for one in (wanted, lost))

    assert first.receipt == second.receipt
    assert len(org.find("Lead", Email=ADA["Email"])) == 1


def test_while_trying_out_the_link_leads_to_the_stand_in(org: KeptRecords, settings: Settings) -> None:
    wanted = order("create_lead", ADA)
    credentials = {"access_token": token(), "instance_url": HOST}
    wanted = replace(
        wanted, destination=replace(wanted.destination, scheme="bearer", credentials=credentials)
    )

    result = outbound.run(builtin(REGISTRY).sender.send(wanted))

    assert isinstance(result, Result)
    assert result.receipt is not None
    assert result.receipt.url == f"{settings.BASE_URL}/sandbox/salesforce/{result.receipt.id}"
