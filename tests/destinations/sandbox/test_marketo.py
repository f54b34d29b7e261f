"""The stand-in for Marketo answers 200 with what is wrong inside, as Marketo does, and keeps what it takes."""

from typing import Any

import pytest

from destinations.connectors.marketo.stand_in import BRIGHT, MARKETO
from destinations.sandbox import keeping
from tests.destinations.sandbox.vendor import Vendor

HOST = f"https://{BRIGHT.host}"
REST = f"{HOST}/rest/v1"
ANA = {"email": "ana@lead.example", "firstName": "Ana", "creditScore": 640}
CLIENT = f"client_id={MARKETO.oauth.client_id}&client_secret={MARKETO.oauth.client_secret}"
TOKEN = f"{HOST}/identity/oauth/token?grant_type=client_credentials"


@pytest.fixture
def instance(vendor: Vendor) -> Vendor:
    vendor.token = vendor.get(f"{TOKEN}&{CLIENT}").data["access_token"]
    return vendor


def synced(instance: Vendor, lead: dict[str, Any], action: str = "createOrUpdate", **more: Any) -> Any:
    body = {"action": action, "lookupField": "email", "input": [lead], **more}
    return instance.post(f"{REST}/leads.json", body).data["result"][0]


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200
    assert answer.data["success"] is False
    return [error["code"] for error in answer.data["errors"]]


def test_a_token_is_given_for_the_right_credentials_by_get_and_post(vendor: Vendor) -> None:
    given = vendor.get(f"{TOKEN}&{CLIENT}").data
    wrong = vendor.get(f"{TOKEN}&client_id={MARKETO.oauth.client_id}&client_secret=no")

    assert (given["token_type"], given["expires_in"], given["scope"]) == ("bearer", 3600, BRIGHT.user)
    assert vendor.ask("POST", f"{TOKEN}&{CLIENT}", "").status_code == 200
    assert wrong.status_code == 401


def test_a_token_that_is_not_good_is_told_by_a_code(instance: Vendor) -> None:
    keeping.switch(MARKETO, "expired_token", "on")
    assert codes(instance.get(f"{REST}/leads/describe.json")) == ["602"]
    instance.token = "made-up"
    assert codes(instance.get(f"{REST}/leads/describe.json")) == ["601"]


def test_a_lead_is_created_once_and_then_updated(instance: Vendor) -> None:
    first, second = synced(instance, ANA), synced(instance, ANA | {"firstName": "Anna"})

    assert (first["status"], second["status"]) == ("created", "updated")
    assert first["id"] == second["id"]
    found = instance.get(f"{REST}/leads.json?filterType=email&filterValues=ana@lead.example&fields=firstName")
    assert found.data["result"] == [{"firstName": "Anna"}]


@pytest.mark.parametrize(
    ("action", "lead", "code"),
    [
        ("createOnly", {"email": "mina.okafor@harbour.example"}, "1005"),
        ("updateOnly", {"email": "nobody@lead.example"}, "1004"),
        ("createOrUpdate", ANA | {"shoeSize": 42}, "1006"),
        ("createOrUpdate", ANA | {"creditScore": "good"}, "1001"),
        ("createOrUpdate", ANA | {"moveInDate": "soon"}, "1001"),
        ("createOrUpdate", ANA | {"createdAt": "2026-01-01"}, "1011"),
        ("createOrUpdate", {"firstName": "Ana"}, "1003"),
    ],
)
def test_a_lead_that_is_not_taken_is_skipped_with_its_reason(
    instance: Vendor, action: str, lead: dict[str, Any], code: str
) -> None:
    result = synced(instance, lead, action)

    assert result["status"] == "skipped"
    assert [reason["code"] for reason in result["reasons"]] == [code]


def test_two_leads_of_one_email_are_too_many(instance: Vendor) -> None:
    for _ in range(2):
        assert synced(instance, ANA, "createDuplicate")["status"] == "created"

    assert synced(instance, ANA)["reasons"][0]["code"] == "1007"


def test_a_lead_joins_a_list_and_a_program_and_a_campaign_is_requested(instance: Vendor) -> None:
    lead = synced(instance, ANA)["id"]

    in_list = instance.post(f"{REST}/lists/1001/leads.json", {"input": [{"id": lead}, {"id": 9}]}).data
    status = {"statusName": "Registered", "input": [{"leadId": lead}]}
    in_program = instance.post(f"{REST}/programs/2001/members/status.json", status).data
    requested = instance.post(f"{REST}/campaigns/3001/trigger.json", {"input": {"leads": [{"id": lead}]}})

    assert [one["status"] for one in in_list["result"]] == ["added", "skipped"]
    assert in_program["result"] == [{"seq": 0, "status": "created", "leadId": lead}]
    assert requested.data["success"]
    unknown = status | {"statusName": "Member"}
    assert codes(instance.post(f"{REST}/programs/2001/members/status.json", unknown)) == ["1003"]
    assert codes(instance.post(f"{REST}/lists/9/leads.json", {"input": [{"id": lead}]})) == ["1013"]
    batch = instance.post(f"{REST}/campaigns/3002/trigger.json", {"input": {"leads": [{"id": lead}]}})
    assert codes(batch) == ["1013"]


def test_lists_are_paged_by_a_token_and_assets_by_an_offset(instance: Vendor) -> None:
    first = instance.get(f"{REST}/lists.json?batchSize=2").data
    rest = instance.get(f"{REST}/lists.json?batchSize=2&nextPageToken={first['nextPageToken']}").data
    assets = f"{HOST}/rest/asset/v1/programs.json?maxReturn=200"

    assert len(first["result"] + rest["result"]) == 3
    assert "nextPageToken" not in rest
    assert len(instance.get(assets).data["result"]) == 2
    assert "result" not in instance.get(f"{assets}&offset=200").data
    assert len(instance.get(f"{REST}/campaigns.json?isTriggerable=true").data["result"]) == 1
    channel = instance.get(f"{HOST}/rest/asset/v1/channel/byName.json?name=Webinar").data["result"][0]
    assert [status["name"] for status in channel["progressionStatuses"]] == [
        "Not in Program",
        "Invited",
        "Registered",
        "Attended",
    ]


def test_a_rate_limit_is_a_code_too(instance: Vendor) -> None:
    instance.client.post("/sandbox/marketo/", {"rate_limited": "once"})

    assert codes(instance.get(f"{REST}/leads/describe.json")) == ["606"]
    assert instance.get(f"{REST}/leads/describe.json").data["success"]
