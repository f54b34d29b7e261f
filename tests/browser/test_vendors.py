"""Salesforce by OAuth, and webhooks by password and by headers, from the marketplace to a lead that arrives there."""

from base64 import b64encode
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from destinations.models import StandInRecord
from flows.models import Flow
from leadconduit.accounts.models import Account
from tests.browser.conftest import Receiving, look, make_account
from tests.browser.test_flows import address_of
from tests.browser.test_main_job import EMAIL, PASSWORD, add_row, go_on, map_row, submit
from tests.factories import EntityFactory, FlowFactory, source_of
from tests.processes import wait_until

CERTIFICATE = "https://cert.trustedform.com/2605ec3a321e1b3a41addf0bba1213505ef57985"
LEAD = {
    "first_name": "Grace",
    "last_name": "Hopper",
    "email": "grace@example.com",
    "phone_1": "512-555-0142",
    "company.name": "Flow-Matic",
    "trustedform_cert_url": CERTIFICATE,
}


@pytest.fixture
def flow(product: str) -> Flow:
    """It takes leads in, and delivers nowhere yet."""
    make_account("Acme", EMAIL, PASSWORD)
    account = Account.objects.get()
    website = EntityFactory.create(account=account, name="Website", source=None, recipient=None)
    sources = [source_of(website)]
    return FlowFactory.create(
        account=account, name="Solar", fields=list(LEAD), sources=sources, deployed=True
    )


def test_salesforce_by_oauth_with_a_custom_field_that_was_found_live(
    page: Page, product: str, flow: Flow
) -> None:
    choose(page, product, "Salesforce")
    sign_in_to_salesforce(page)
    use_two_actions(page)
    map_by_suggestion(page)
    test_and_activate(page)
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
    see_the_record_of(page, product, lead.record_id)
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


def deliver_to_webhook(page: Page, product: str, receiving: Receiving, flow: Flow) -> Any:
    """From Configure on; the request that the submitted lead became."""
    page.get_by_label("URL").fill(f"{receiving.url}/leads")
    go_on(page)
    expect(page.get_by_role("heading", name="Map fields")).to_be_visible()
    map_row(page, 1, "email", "{{lead.email}}")
    add_row(page, 2)
    map_row(page, 2, "name", "{{lead.first_name}}")
    go_on(page)
    test_and_activate(page)
    attach_and_deploy(page, "Send lead")
    submit(address_of(product, flow), **LEAD)
    wait_until(lambda: len(receiving.received) == 2, "test and lead arrive")
    arrived = receiving.received[-1]
    assert (arrived["path"], arrived["body"]) == ("/leads", {"email": "grace@example.com", "name": "Grace"})
    return arrived


def choose(page: Page, product: str, name: str) -> None:
    """From the marketplace, by way of the page of details."""
    page.goto(f"{product}/app/destinations/new/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name=f"Set up {name}")).to_be_visible()
    look(page)
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name="What it does")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="Authenticate")).to_be_visible()


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


def test_and_activate(page: Page) -> None:
    page.get_by_role("button", name="Send test").click()
    expect(page.get_by_role("heading", name="The test succeeded")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Activate").click()


test_and_activate.__test__ = False  # type: ignore[attr-defined]


def attach_and_deploy(page: Page, *actions: str) -> None:
    for action in actions:
        page.get_by_label(action).check()
    page.get_by_role("button", name="Attach and deploy").click()
    expect(page.get_by_role("link", name="Solar")).to_be_visible()
    look(page)


def kept(key: str, kind: str) -> list[StandInRecord]:
    """What the stand-in was given, oldest first."""
    return list(StandInRecord.objects.filter(stand_in=key, kind=kind, is_seed=False).order_by("pk"))


def see_the_record_of(page: Page, product: str, record_id: str) -> None:
    """The delivery leads on to the record that it made."""
    page.goto(f"{product}/app/leads/")
    page.get_by_role("link", name="grace@example.com").click()
    record = page.get_by_role("region", name="Deliveries").get_by_role("link", name=record_id)
    while not record.is_visible():
        page.wait_for_timeout(100)
        page.reload()
    look(page)
    page.goto(record.get_attribute("href") or "")
    expect(page.get_by_text(CERTIFICATE)).to_be_visible()


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
