"""From the marketplace to a lead that arrives: Salesforce by OAuth, webhooks by password and by headers, and those that take
few steps."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from destinations.connectors.google_sheets.stand_in import SPREADSHEET
from destinations.connectors.mailchimp.stand_in import KEY
from destinations.connectors.slack.stand_in import TOKEN
from flows.models import Flow
from tests.browser.conftest import Receiving, look
from tests.browser.test_flows import address_of
from tests.browser.test_main_job import add_row, go_on, map_row, submit
from tests.browser.walk import (
    CERTIFICATE,
    LEAD,
    attach_and_deploy,
    choose,
    flow,
    go_on_to,
    kept,
    see_the_record,
    try_and_activate,
)
from tests.processes import wait_until

__all__ = ["flow"]


def test_salesforce_by_oauth_with_a_custom_field_that_was_found_live(
    page: Page, product: str, flow: Flow
) -> None:
    choose(page, product, "Salesforce")
    sign_in_to_salesforce(page)
    use_two_actions(page)
    map_by_suggestion(page)
    try_and_activate(page)
    attach_and_deploy(page, "Create New Lead", "Add to Campaign")

    submit(address_of(product, flow), **LEAD)
    wait_until(lambda: len(kept("salesforce", "CampaignMember")) == 2, "test and lead are members")
    lead = kept("salesforce", "Lead")[-1]
    given = {
        "LastName": "Hopper",
        "FirstName": "Grace",
        "Company": "Flow-Matic",
        "Email": "grace@example.com",
    }
    assert lead.fields.items() >= {**given, "TrustedForm_Certificate__c": CERTIFICATE}.items()
    assert lead.fields["Phone"] == "5125550142"
    assert kept("salesforce", "CampaignMember")[-1].fields["LeadId"] == lead.record_id
    see_the_record(page, product, lead.record_id, CERTIFICATE)
    see_the_connection(page, product)


def test_a_webhook_by_basic_authentication(
    page: Page, product: str, receiving: Receiving, flow: Flow
) -> None:
    choose(page, product, "Custom Webhook")
    page.get_by_role("radio", name="User name and password").check()
    page.get_by_role("textbox", name="User name").fill("leads")
    page.get_by_role("textbox", name="Password").fill("pässword")
    look(page)
    go_on(page)
    arrived = deliver_to_webhook(page, product, receiving, flow)
    assert arrived["headers"]["authorization"] == f"Basic {b64encode('leads:pässword'.encode()).decode()}"


def test_a_webhook_by_custom_headers(page: Page, product: str, receiving: Receiving, flow: Flow) -> None:
    choose(page, product, "Custom Webhook")
    page.get_by_role("radio", name="Custom headers").check()
    for number, (name, value) in enumerate({"X-Team": "solar", "X-Token": "s3cret-token"}.items()):
        if number:
            page.get_by_role("button", name="Add another").click()
        page.get_by_label(f"Name {number + 1}", exact=True).fill(name)
        page.get_by_label(f"Value {number + 1}", exact=True).fill(value)
    look(page)
    go_on(page)
    arrived = deliver_to_webhook(page, product, receiving, flow)
    assert arrived["headers"].items() >= {"x-team": "solar", "x-token": "s3cret-token"}.items()
    assert "s3cret-token" not in page.content()


def by_bot_token_into_a_channel(page: Page) -> None:
    page.get_by_role("textbox", name="Bot User OAuth Token").fill(TOKEN)
    go_on_to(page, "Configure")
    page.get_by_label("Channel", exact=True).select_option(label="#leads")
    go_on_to(page, "Map fields")
    add_row(page, 1)
    map_row(page, 1, "text", "New lead: {{lead.first_name}}")


def by_api_key_into_an_audience(page: Page) -> None:
    page.get_by_role("textbox", name="API key").fill(KEY)
    go_on_to(page, "Configure")
    page.get_by_label("Audience", exact=True).select_option("Home owners")
    go_on_to(page, "Map fields")
    page.get_by_role("button", name="Accept the").click()
    expect(page.get_by_text("need attention")).to_have_count(0)


def by_consent_into_a_sheet(page: Page) -> None:
    page.get_by_role("button", name="Connect to Google Sheets").click()
    page.get_by_role("button", name="Allow").click()
    go_on_to(page, "Configure")
    page.get_by_role("textbox", name="Spreadsheet").fill(
        f"https://docs.google.com/spreadsheets/d/{SPREADSHEET}/edit"
    )
    page.get_by_role("button", name="Load Sheet").click()
    page.get_by_label("Sheet", exact=True).select_option("Leads")
    go_on_to(page, "Map fields")
    page.get_by_role("button", name="Accept the").click()
    expect(page.get_by_text("need attention")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "set_up", "action", "kind", "arrived"),
    [
        ("Slack", by_bot_token_into_a_channel, "Post message", "messages", {"text": "New lead: Grace"}),
        (
            "Mailchimp",
            by_api_key_into_an_audience,
            "Add or update member",
            "members",
            {"email_address": LEAD["email"], "FNAME": "Grace", "status": "subscribed"},
        ),
        (
            "Google Sheets",
            by_consent_into_a_sheet,
            "Append row",
            "rows",
            {"Email": LEAD["email"], "First name": "Grace", "sheet": "Leads"},
        ),
    ],
)
def test_one_step_each_and_the_lead_is_there(
    page: Page,
    product: str,
    flow: Flow,
    name: str,
    set_up: Callable[[Page], None],
    action: str,
    kind: str,
    arrived: dict[str, str],
) -> None:
    choose(page, product, name)
    set_up(page)
    go_on_to(page, "Test")
    try_and_activate(page)
    attach_and_deploy(page, action)

    submit(address_of(product, flow), **LEAD)

    key = name.lower().replace(" ", "_")
    wait_until(lambda: len(kept(key, kind)) == 2, "test and lead arrive")
    assert kept(key, kind)[-1].fields.items() >= arrived.items()


def deliver_to_webhook(page: Page, product: str, receiving: Receiving, flow: Flow) -> Any:
    """From Configure on; the request that the submitted lead became."""
    page.get_by_label("URL").fill(f"{receiving.url}/leads")
    go_on(page)
    expect(page.get_by_role("heading", name="Map fields")).to_be_visible()
    map_row(page, 1, "email", "{{lead.email}}")
    add_row(page, 2)
    map_row(page, 2, "name", "{{lead.first_name}}")
    go_on(page)
    try_and_activate(page)
    attach_and_deploy(page, "Send lead")
    submit(address_of(product, flow), **LEAD)
    wait_until(lambda: len(receiving.received) == 2, "test and lead arrive")
    arrived = receiving.received[-1]
    assert (arrived["path"], arrived["body"]) == ("/leads", {"email": "grace@example.com", "name": "Grace"})
    return arrived


def sign_in_to_salesforce(page: Page) -> None:
    address = page.get_by_role("textbox", name="My Domain")
    page.get_by_role("radio", name="My Domain").check()
    expect(address).to_be_visible()
    page.get_by_role("radio", name="Production").check()
    expect(address).to_be_hidden()
    look(page)
    page.get_by_role("button", name="Connect to Salesforce").click()
    expect(page.get_by_role("heading", name="Allow access?")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("heading", name="Consent was not given")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Connect again").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text("Connected as dana@brightleaf.example, Brightleaf Energy")).to_be_visible()
    look(page)
    go_on(page)


def use_two_actions(page: Page) -> None:
    expect(page.get_by_role("heading", name="Configure")).to_be_visible()
    page.get_by_role("checkbox", name="Add to Campaign").check()
    page.get_by_label("Campaign", exact=True).select_option("Solar savings 2026")
    look(page)
    go_on(page)


def map_by_suggestion(page: Page) -> None:
    """The custom field is there without being asked for: describe is read when the page is."""
    expect(page.get_by_role("heading", name="Map fields")).to_be_visible()
    lead = page.get_by_role("region", name="Fields of “Create New Lead”")
    expect(lead.get_by_text("The receiver's fields, as of")).to_be_visible()
    lead.get_by_text("optional fields of the receiver").click()
    lead.get_by_label("Search optional fields").fill("trustedform")
    accept = "Accept {{lead.trustedform_cert_url}} for TrustedForm certificate"
    look(page)
    lead.get_by_role("button", name=accept).click()
    expect(lead.get_by_role("group", name="Row 1, TrustedForm_Certificate__c")).to_be_visible()
    lead.get_by_role("button", name="suggestions").click()
    expect(lead.get_by_text("need attention")).to_have_count(0)
    member = page.get_by_role("region", name="Fields of “Add to Campaign”")
    member.get_by_role("button", name="Accept {{receipts.create_lead.id}} for Lead in Salesforce").click()
    expect(member.get_by_role("group", name="Row 1, LeadId")).to_be_visible()
    look(page)
    go_on(page)


def see_the_connection(page: Page, product: str) -> None:
    page.goto(f"{product}/app/connections/")
    expect(page.get_by_role("cell", name="dana@brightleaf.example")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Salesforce, Brightleaf Energy").click()
    page.get_by_role("button", name="Verify now").click()
    expect(page.get_by_text("It is connected.")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Disconnect").click()
    expect(page.get_by_text("Deliveries to these destinations then wait")).to_be_visible()
    look(page)
