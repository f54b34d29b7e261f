"""Marketo by its client's credentials: its fields and lists are read from it, and a lead arrives there."""

from playwright.sync_api import Page, expect

from destinations.connectors.marketo.stand_in import BRIGHT, MARKETO
from flows.models import Flow
from tests.browser.conftest import look
from tests.browser.test_flows import address_of
from tests.browser.test_main_job import go_on, submit
from tests.browser.walk import LEAD, attach_and_deploy, choose, flow, go_on_to, kept, try_and_activate
from tests.processes import wait_until

__all__ = ["flow"]


def test_a_lead_becomes_a_person_on_a_list(page: Page, product: str, flow: Flow) -> None:
    choose(page, product, "Marketo")
    connect(page)
    page.get_by_role("group", name="Create or update lead").get_by_role("checkbox").check()
    page.get_by_role("group", name="Add to list").get_by_role("checkbox").check()
    page.get_by_label("Static list", exact=True).select_option("Spring leads")
    go_on_to(page, "Map fields")
    map_fields(page)
    try_and_activate(page)
    assert MARKETO.oauth.client_secret not in page.content()
    attach_and_deploy(page, "Create or update lead", "Add to list")

    submit(address_of(product, flow), **LEAD)

    # The first was the wizard's test.
    wait_until(lambda: len(kept("marketo", "listMembers")) == 2, "the lead is on the list")
    person = kept("marketo", "leads")[-1]
    assert person.fields.items() >= {"email": LEAD["email"], "firstName": "Grace"}.items()
    member = kept("marketo", "listMembers")[-1].fields
    assert (member["leadId"], member["list"]) == (int(person.record_id), "Spring leads")


def connect(page: Page) -> None:
    page.get_by_label("Munchkin ID").fill(BRIGHT.id)
    page.get_by_role("textbox", name="Client ID").fill(MARKETO.oauth.client_id)
    secret = page.get_by_role("textbox", name="Client secret")
    secret.fill("wrong")
    go_on(page)
    expect(page.get_by_text("Bad client credentials").first).to_be_visible()
    look(page)
    secret.fill(MARKETO.oauth.client_secret)
    go_on_to(page, "Configure")


def map_fields(page: Page) -> None:
    """By suggestion: who is put on the list is the person that was created."""
    page.get_by_role("button", name="Accept the").first.click()
    expect(page.get_by_text("Nothing mapped")).to_have_count(1)
    page.get_by_role("button", name="Accept {{receipts.sync_lead.id}} for Person ID").click()
    expect(page.get_by_text("Nothing mapped")).to_have_count(0)
    expect(page.get_by_label("Template").last).to_have_value("{{receipts.sync_lead.id}}")
    expect(page.get_by_text("takes a whole number")).to_have_count(0)
    go_on_to(page, "Test")
