"""Marketo by its client's credentials: its fields and lists are read from it, and a lead arrives there."""

import re

from playwright.sync_api import Page, expect

from destinations.connectors.marketo.stand_in import BRIGHT, MARKETO
from destinations.sandbox.keeping import KeptRecords
from tests.browser.conftest import look, make_account
from tests.browser.test_main_job import EMAIL, PASSWORD, deploy, go_on, make_flow, sign_in, submit
from tests.processes import wait_until


def test_set_up_marketo_attach_it_and_see_a_lead_on_a_list_there(page: Page, product: str) -> None:
    make_account("Acme", EMAIL, PASSWORD)
    sign_in(page, product)
    make_flow(page)
    connect(page)
    configure(page)
    map_fields(page)
    page.get_by_role("button", name="Send test").click()
    expect(page.get_by_role("heading", name="The test succeeded")).to_be_visible()
    assert MARKETO.oauth.client_secret not in page.content()
    page.get_by_role("button", name="Activate").click()
    attach(page)
    deploy(page)
    address = page.get_by_text(re.compile(r"^http://.*/submit$")).first.inner_text()

    submit(address, email="grace@lead.example", first_name="Grace")

    there = KeptRecords(MARKETO, BRIGHT)
    # The first was the wizard's test.
    wait_until(lambda: len(there.find("listMembers")) == 2, "the lead is on the list")
    (person,) = there.find("leads", email="grace@lead.example")
    assert person.fields["firstName"] == "Grace"
    member = there.find("listMembers")[1].fields
    assert (member["leadId"], member["list"]) == (int(person.id), "Spring leads")


def connect(page: Page) -> None:
    page.get_by_role("link", name="Destinations").first.click()
    page.get_by_role("link", name="Add a destination").first.click()
    page.get_by_role("button", name="Set up Marketo").click()
    page.get_by_label("Munchkin ID").fill(BRIGHT.id)
    page.get_by_role("textbox", name="Client ID").fill(MARKETO.oauth.client_id)
    secret = page.get_by_role("textbox", name="Client secret")
    secret.fill("wrong")
    go_on(page)
    expect(page.get_by_text("Bad client credentials").first).to_be_visible()
    look(page)
    secret.fill(MARKETO.oauth.client_secret)
    go_on(page)


def configure(page: Page) -> None:
    expect(page.get_by_role("heading", name="Configure")).to_be_visible()
    page.get_by_role("group", name="Create or update lead").get_by_role("checkbox").check()
    page.get_by_role("group", name="Add to list").get_by_role("checkbox").check()
    page.get_by_label("Static list", exact=True).select_option("Spring leads")
    look(page)
    go_on(page)


def map_fields(page: Page) -> None:
    """Those of the person by suggestion; who is put on the list is the person that was created."""
    expect(page.get_by_role("heading", name="Map fields")).to_be_visible()
    page.get_by_role("button", name="Accept the").first.click()
    expect(page.get_by_text("Nothing mapped")).to_have_count(1)
    page.get_by_role("button", name="Map Person ID by hand").click()
    expect(page.get_by_text("Nothing mapped")).to_have_count(0)
    page.get_by_label("Template").last.fill("{{receipts.sync_lead.id}}")
    look(page)
    go_on(page)


def attach(page: Page) -> None:
    expect(page.get_by_role("heading", name="Which flows deliver to it?")).to_be_visible()
    page.get_by_label("Create or update lead").check()
    page.get_by_label("Add to list").check()
    page.get_by_role("button", name="Attach only").click()
    page.get_by_role("link", name="Solar").click()
