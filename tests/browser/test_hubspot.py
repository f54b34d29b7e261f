"""HubSpot by a private app's token: its properties and lists are read from it, and a lead arrives there."""

import re

from playwright.sync_api import Page, expect

from destinations.connectors.hubspot.stand_in import BRIGHT, HUBSPOT
from destinations.sandbox.keeping import KeptRecords
from tests.browser.conftest import look, make_account
from tests.browser.test_main_job import EMAIL, PASSWORD, deploy, go_on, make_flow, sign_in, submit
from tests.processes import wait_until

TOKEN = next(iter(HUBSPOT.fixed_tokens))


def test_set_up_hubspot_attach_it_and_see_a_lead_on_a_list_there(page: Page, product: str) -> None:
    make_account("Acme", EMAIL, PASSWORD)
    sign_in(page, product)
    make_flow(page)
    connect(page)
    configure(page)
    map_fields(page)
    page.get_by_role("button", name="Send test").click()
    expect(page.get_by_role("heading", name="The test succeeded")).to_be_visible()
    assert TOKEN not in page.content()
    page.get_by_role("button", name="Activate").click()
    attach(page)
    deploy(page)
    address = page.get_by_text(re.compile(r"^http://.*/submit$")).first.inner_text()

    submit(address, email="grace@lead.example", first_name="Grace")

    there = KeptRecords(HUBSPOT, BRIGHT)
    # The first was the wizard's test.
    wait_until(lambda: len(there.find("memberships")) == 2, "the lead is on the list")
    (contact,) = there.find("contacts", email="grace@lead.example")
    assert contact.fields["firstname"] == "Grace"
    member = there.find("memberships")[1].fields
    assert (member["contact"], member["list_name"]) == (contact.id, "Spring campaign")


def connect(page: Page) -> None:
    page.get_by_role("link", name="Destinations").first.click()
    page.get_by_role("link", name="Add a destination").first.click()
    page.get_by_role("button", name="Set up HubSpot").click()
    page.get_by_role("radio", name="Private app token").check()
    token = page.get_by_role("textbox", name="Access token")
    token.fill("pat-na1-of-nobody")
    page.get_by_role("textbox", name="Hub ID").fill(BRIGHT.id)
    go_on(page)
    expect(page.get_by_text("HubSpot does not take the credentials").first).to_be_visible()
    look(page)
    token.fill(TOKEN)
    go_on(page)


def configure(page: Page) -> None:
    expect(page.get_by_role("heading", name="Configure")).to_be_visible()
    page.get_by_role("group", name="Create or update contact").get_by_role("checkbox").check()
    page.get_by_role("group", name="Add to list").get_by_role("checkbox").check()
    page.get_by_label("Static list", exact=True).select_option("Spring campaign")
    look(page)
    go_on(page)


def map_fields(page: Page) -> None:
    """Those of the contact by suggestion; who is put on the list is the contact that was created."""
    expect(page.get_by_role("heading", name="Map fields")).to_be_visible()
    contact = page.get_by_role("region", name="Fields of “Create or update contact”")
    contact.get_by_role("button", name="Accept the").click()
    expect(contact.get_by_role("group", name="Row 1, email")).to_be_visible()
    member = page.get_by_role("region", name="Fields of “Add to list”")
    look(page)
    member.get_by_role("button", name="Accept {{receipts.upsert_contact.id}}").click()
    look(page)
    go_on(page)


def attach(page: Page) -> None:
    expect(page.get_by_role("heading", name="Which flows deliver to it?")).to_be_visible()
    page.get_by_label("Create or update contact").check()
    page.get_by_label("Add to list").check()
    page.get_by_role("button", name="Attach only").click()
    page.get_by_role("link", name="Solar").click()
