"""Each request as Adobe's description has it. The bodies are those of the guide's examples, with our values.

AdobeDocs/marketo-developer.en, help/rest-api/: leads.md, list-membership.md, program-members.md, smart-campaigns.md.
"""

import json
from typing import Any

import pytest

from destinations.connectors.marketo import client, requests
from leadconduit.lib.outbound import Request
from tests.destinations.connectors.marketo.orders import ADA, CREDENTIALS, HOST, order


def body(request: Request) -> Any:
    return json.loads(request.body)


def assert_is_posted(request: Request, path: str) -> None:
    assert (request.method, request.url) == ("POST", f"{HOST}{path}")
    headers = dict(request.headers)
    assert headers["Authorization"] == f"Bearer {CREDENTIALS['access_token']}"
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ({}, {"action": "createOrUpdate", "lookupField": "email"}),
        ({"action": "createOnly"}, {"action": "createOnly", "lookupField": "email"}),
        (
            {"action": "createOrUpdate", "lookup_field": "leadConduitId", "partition": "West"},
            {"action": "createOrUpdate", "lookupField": "leadConduitId", "partitionName": "West"},
        ),
        (
            {"action": "updateOnly", "lookup_field": "id", "partition": "West"},
            {"action": "updateOnly", "lookupField": "id"},
        ),
    ],
)
def test_a_person_is_created_or_updated(configuration: dict[str, Any], expected: dict[str, Any]) -> None:
    request = requests.sync_lead(order(configuration=configuration), CREDENTIALS)

    assert_is_posted(request, "/rest/v1/leads.json")
    assert body(request) == {**expected, "input": [ADA]}


def test_a_person_is_put_on_a_list() -> None:
    request = requests.add_to_list(order("add_to_list", configuration={"list": "1001"}), 318594, CREDENTIALS)

    assert_is_posted(request, "/rest/v1/lists/1001/leads.json")
    assert body(request) == {"input": [{"id": 318594}]}


def test_a_person_becomes_a_member_of_a_program() -> None:
    set_up = {"program": "1044", "status": "Influenced"}
    request = requests.add_to_program(order("add_to_program", configuration=set_up), 1800, CREDENTIALS)

    assert_is_posted(request, "/rest/v1/programs/1044/members/status.json")
    assert body(request) == {"statusName": "Influenced", "input": [{"leadId": 1800}]}


@pytest.mark.parametrize(
    ("payload", "tokens"),
    [
        ({"id": 318592, "email": "ada@lead.example"}, None),
        (
            {"id": "318592", "message": "Updated", "my": {"other token": 7}, "{{my.third}}": "x"},
            [
                {"name": "{{my.message}}", "value": "Updated"},
                {"name": "{{my.other token}}", "value": "7"},
                {"name": "{{my.third}}", "value": "x"},
            ],
        ),
    ],
)
def test_a_campaign_is_requested_with_what_is_mapped_as_its_tokens(
    payload: dict[str, Any], tokens: list[dict[str, str]] | None
) -> None:
    asked = order("request_campaign", payload, {"campaign": "3712"})
    request = requests.request_campaign(asked, 318592, CREDENTIALS)

    assert_is_posted(request, "/rest/v1/campaigns/3712/trigger.json")
    given = {"leads": [{"id": 318592}]}
    assert body(request) == {"input": given if tokens is None else {**given, "tokens": tokens}}


def test_people_are_found_by_their_e_mail_address() -> None:
    request = requests.people_with("ada+1@lead.example", CREDENTIALS)

    assert request.method == "GET"
    assert request.url == (
        f"{HOST}/rest/v1/leads.json?filterType=email&filterValues=ada%2B1%40lead.example"
        "&fields=id%2CcreatedAt&batchSize=3"
    )


def test_what_was_chosen_stays_within_its_part_of_the_address() -> None:
    request = requests.add_to_list(order("add_to_list", configuration={"list": "../x?y"}), 1, CREDENTIALS)

    assert request.url == f"{HOST}/rest/v1/lists/..%2Fx%3Fy/leads.json"


@pytest.mark.parametrize(
    ("munchkin_id", "is_one"),
    [
        ("123-ABC-456", True),
        (" 123-abc-456 ", True),
        ("123-ABC-456.evil.example/", False),
        ("https://123-ABC-456.mktorest.com", False),
        ("ABC", False),
    ],
)
def test_a_munchkin_id_is_part_of_a_host_and_nothing_else(munchkin_id: str, is_one: bool) -> None:
    assert (requests.munchkin_problem(munchkin_id) == "") is is_one


@pytest.mark.parametrize(
    ("app_url", "link"),
    [
        (None, None),
        (
            "https://app-ab12.marketo.com/#PG1A1",
            "https://app-ab12.marketo.com/leadDatabase/loadLeadDetail?leadId=5",
        ),
    ],
)
def test_people_are_linked_to_where_marketo_is_in_the_browser(app_url: str | None, link: str | None) -> None:
    assert requests.link_to("5", {"app_url": app_url}) == link


def test_a_link_leads_to_marketo_alone() -> None:
    assert requests.app_problem("https://app-ab12.marketo.com") == ""
    assert requests.app_problem("https://marketo.com.example")


@pytest.mark.parametrize("action_id", ["sync_lead", "add_to_list", "add_to_program", "request_campaign"])
def test_a_preview_shows_the_request_without_its_token(action_id: str) -> None:
    shown = client.preview(order(action_id, {"id": "77"}))

    assert shown["method"] == "POST"
    assert shown["uri"].startswith(HOST)
    assert CREDENTIALS["access_token"] not in str(shown)
