"""What the organisation says of itself, asked of the stand-in at Salesforce's own addresses."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.salesforce import live
from destinations.connectors.salesforce.stand_in import BRIGHT
from destinations.fields import Choice
from destinations.platforms.port import ActionValues, Identity, PlatformError, TargetField, Targets
from destinations.sandbox.keeping import KeptRecords
from leadconduit.lib import outbound
from tests.destinations.connectors.receiver import Receiver
from tests.destinations.connectors.salesforce.orders import credentials_at, error, found, order, written

NewCalls = Callable[[], Calls]
DESTINATION = order("create_lead", {}).destination


def discovered(calls: NewCalls, action: str) -> dict[str, TargetField]:
    targets = outbound.run(live.discover(calls(), DESTINATION, ActionValues(action_id=action, name=action)))
    return {target.key: target for target in targets.fields}


def choices(calls: NewCalls, field: str, search: str = "", cursor: str = "") -> Any:
    return outbound.run(live.options(calls(), DESTINATION, field, search, cursor))


@pytest.mark.django_db(transaction=True)
class TestAtTheStandIn:
    def test_one_is_connected_as_somebody_to_an_organisation(self, calls: NewCalls) -> None:
        identity = outbound.run(live.identify(calls(), DESTINATION))

        assert (identity.user, identity.organisation_id) == (BRIGHT.user, BRIGHT.id)
        assert identity.organisation == BRIGHT.name

    def test_a_leads_fields_come_with_types_lengths_choices_and_custom_ones(self, calls: NewCalls) -> None:
        fields = discovered(calls, "create_lead")

        assert {key for key, field in fields.items() if field.required} == {"LastName", "Company"}
        assert (fields["LastName"].type, fields["LastName"].max_length) == ("string", 80)
        assert fields["Credit_Score__c"].type == "number"
        assert fields["Move_In_Date__c"].type == "date"
        assert fields["Property_Type__c"].type == "choice"
        assert fields["Property_Type__c"].choices[0] == Choice("House", "House")
        assert not {"Id", "IsConverted", "ConvertedContactId", "CreatedDate"} & set(fields)

    def test_nothing_is_required_to_change_a_contact(self, calls: NewCalls) -> None:
        fields = discovered(calls, "update_contact")

        assert "Preferred_Channel__c" in fields
        assert not any(field.required for field in fields.values())

    def test_a_member_is_the_lead_that_was_created_before(self, calls: NewCalls) -> None:
        fields = discovered(calls, "add_to_campaign")

        assert fields["LeadId"].suggested == "{{receipts.create_lead.id}}"
        assert "CampaignId" not in fields
        assert {"Email", "ContactId", "Status"} <= set(fields)

    def test_an_opportunity_needs_a_name(self, calls: NewCalls) -> None:
        fields = discovered(calls, "create_opportunity")

        assert [key for key, field in fields.items() if field.required] == ["Name"]
        assert {"LeadId", "LeadExternalId", "Email", "Amount"} <= set(fields)

    def test_active_campaigns_can_be_chosen_and_searched(self, calls: NewCalls) -> None:
        found = choices(calls, "add_to_campaign.campaign")

        assert [choice.label for choice in found.items] == [
            "Home expo",
            "Solar savings 2026",
            "Spring webinar",
        ]
        assert found.more == ""
        assert [c.label for c in choices(calls, "add_to_campaign.campaign", "solar").items] == [
            "Solar savings 2026"
        ]

    def test_many_campaigns_come_a_page_at_a_time(self, calls: NewCalls, org: KeptRecords) -> None:
        for number in range(60):
            org.add(
                "Campaign", {"Name": f"Run {number:02}", "IsActive": True}, f"7015e00000Run{number:02}AAA"
            )

        first = choices(calls, "add_to_campaign.campaign", "Run")
        rest = choices(calls, "add_to_campaign.campaign", "Run", first.more)

        assert (len(first.items), first.more, len(rest.items), rest.more) == (50, "50", 10, "")

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("create_opportunity.converted_status", ["Closed - Converted"]),
            ("create_opportunity.external_id_field", ["LeadConduit_Id__c"]),
            ("create_lead.key_field", ["LeadConduit_Id__c"]),
            ("update_contact.external_id_field", ["LeadConduit_Id__c"]),
        ],
    )
    def test_what_else_there_is_to_choose(self, calls: NewCalls, field: str, values: list[str]) -> None:
        assert [choice.value for choice in choices(calls, field).items] == values

    def test_stages_are_those_of_the_organisation(self, calls: NewCalls) -> None:
        assert "Prospecting" in [c.value for c in choices(calls, "create_opportunity.stage").items]


# --- Against recorded answers


def test_a_describe_of_megabytes_is_read_whole(receiver: Receiver) -> None:
    field = {
        "name": "X__c",
        "label": "X",
        "type": "string",
        "length": 9,
        "createable": True,
        "nillable": True,
    }
    many = [{**field, "name": f"X{number}__c", "inlineHelpText": "x" * 500} for number in range(600)]
    receiver.body = json.dumps({"fields": many})
    action = ActionValues(action_id="create_lead", name="")

    targets: Targets = outbound.run(
        live.discover(Calls(Fixed(credentials_at(receiver.url))), DESTINATION, action)
    )

    assert len(targets.fields) == 600


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (error("API_DISABLED_FOR_ORG", "no", status=403), "edition of Salesforce has no API"),
        (error("INVALID_SESSION_ID", "no", status=401), "connect again"),
        ((200, {"what": 1}), "cannot be read"),
        (found(), ""),
    ],
)
def test_what_cannot_be_asked_is_said(receiver: Receiver, answer: tuple[int, Any], says: str) -> None:
    receiver.script = [written(*answer)]
    asking = live.options(
        Calls(Fixed(credentials_at(receiver.url))), DESTINATION, "add_to_campaign.campaign", "", ""
    )

    if says:
        with pytest.raises(PlatformError, match=says):
            outbound.run(asking)
    else:
        assert outbound.run(asking).items == ()


WHO: dict[str, Any] = {"preferred_username": "dana@acme.example", "organization_id": "00D5e000001AbCdEAK"}


@pytest.mark.parametrize(
    ("answer", "organisation"),
    [
        (found({"Id": "00D5e000001AbCdEAK", "Name": "Acme", "IsSandbox": False}), "Acme"),
        (found({"Id": "00D5e000001AbCdEAK", "Name": "Acme", "IsSandbox": True}), "Acme (sandbox)"),
        (found(), "acme.my.salesforce.com"),
        (error("INSUFFICIENT_ACCESS", "no", status=403), "acme.my.salesforce.com"),
        (error("INVALID_TYPE", "sObject type 'Organization' is not supported."), "acme.my.salesforce.com"),
    ],
)
def test_an_organisation_is_named_or_else_known_by_its_host(
    receiver: Receiver, answer: tuple[int, Any], organisation: str
) -> None:
    receiver.script = [written(200, WHO), written(*answer)]

    identity = outbound.run(live.identify(Calls(Fixed(credentials_at(receiver.url))), DESTINATION))

    assert identity == Identity("dana@acme.example", organisation, "00D5e000001AbCdEAK")
    assert "FROM+Organization" in receiver.latest.path


def test_whoever_may_not_ask_about_the_user_is_told_the_organisation(receiver: Receiver) -> None:
    refused = written(*error("FORBIDDEN", "Missing_OAuth_Scope", status=403))
    organisation = written(*found({"Id": "00D5e000001AbCdEAK", "Name": "Acme", "IsSandbox": False}))
    receiver.script = [refused, organisation]

    identity = outbound.run(live.identify(Calls(Fixed(credentials_at(receiver.url))), DESTINATION))

    assert identity == Identity("", "Acme", "00D5e000001AbCdEAK")


def test_credentials_that_are_refused_identify_nobody(receiver: Receiver) -> None:
    receiver.script = [written(*error("INVALID_SESSION_ID", "no", status=401))] * 2

    with pytest.raises(PlatformError, match="connect again"):
        outbound.run(live.identify(Calls(Fixed(credentials_at(receiver.url))), DESTINATION))
