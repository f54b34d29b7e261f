"""HubSpot by a private app's token: its properties, lists and stages are read from it, and a lead arrives there."""

from playwright.sync_api import Locator, Page, expect

from destinations.connectors.hubspot.stand_in import HUBSPOT
from flows.models import Flow
from tests.browser.conftest import look
from tests.browser.test_flows import address_of
from tests.browser.test_main_job import go_on, submit
from tests.browser.walk import (
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

TOKEN = next(iter(HUBSPOT.fixed_tokens))


def test_a_lead_becomes_a_contact_on_a_list(page: Page, product: str, flow: Flow) -> None:
    choose(page, product, "HubSpot")
    connect(page)
    page.get_by_role("group", name="Create or update contact").get_by_role("checkbox").check()
    page.get_by_role("group", name="Add to list").get_by_role("checkbox").check()
    page.get_by_label("Static list", exact=True).select_option("Spring campaign")
    go_on_to(page, "Map fields")
    map_contact(page)
    follow_contact(page, "Add to list")
    go_on_to(page, "Test")
    try_and_activate(page)
    assert TOKEN not in page.content()
    attach_and_deploy(page, "Create or update contact", "Add to list")

    submit(address_of(product, flow), **LEAD)

    # The first was the wizard's test.
    wait_until(lambda: len(kept("hubspot", "memberships")) == 2, "the lead is on the list")
    contact = kept("hubspot", "contacts")[-1]
    assert contact.fields.items() >= {"email": LEAD["email"], "firstname": "Grace"}.items()
    member = kept("hubspot", "memberships")[-1].fields
    assert (member["contact"], member["list_name"]) == (contact.record_id, "Spring campaign")
    # HubSpot told its portal when it was connected.
    see_the_record(page, product, contact.record_id, LEAD["email"])


def test_the_stages_of_a_deal_are_those_of_the_chosen_pipeline(page: Page, product: str, flow: Flow) -> None:
    choose(page, product, "HubSpot")
    connect(page)
    page.get_by_role("group", name="Create or update contact").get_by_role("checkbox").check()
    page.get_by_role("group", name="Create deal").get_by_role("checkbox").check()
    pipeline, stage = (page.get_by_label(label, exact=True) for label in ("Pipeline", "Stage"))
    pipeline.select_option("Sales pipeline")
    stage.select_option("Closed won")
    pipeline.select_option("Renewals")
    expect(stage).to_have_value("")
    assert options_of(stage) == ["Choose one", "Open", "Renewed"]
    stage.select_option("Renewed")
    go_on_to(page, "Map fields")
    map_contact(page)
    deal = follow_contact(page, "Create deal")
    deal.get_by_role("button", name="Map Deal Name by hand").click()
    deal.get_by_label("Template").last.fill("Roof of {{lead.last_name}}")
    go_on_to(page, "Test")

    try_and_activate(page)

    (made,) = kept("hubspot", "deals")
    assert made.fields.items() >= {"pipeline": "renewals", "dealstage": "renewalwon"}.items()


def connect(page: Page) -> None:
    page.get_by_role("radio", name="Private app token").check()
    token = page.get_by_role("textbox", name="Access token")
    token.fill("pat-na1-of-nobody")
    go_on(page)
    expect(page.get_by_text("HubSpot does not take the credentials").first).to_be_visible()
    look(page)
    token.fill(TOKEN)
    go_on_to(page, "Configure")


def options_of(choice: Locator) -> list[str]:
    return choice.get_by_role("option").all_inner_texts()


def map_contact(page: Page) -> None:
    contact = page.get_by_role("region", name="Fields of “Create or update contact”")
    contact.get_by_role("button", name="Accept the").click()
    expect(contact.get_by_role("group", name="Row 1, email")).to_be_visible()


def follow_contact(page: Page, action: str) -> Locator:
    """The contact of this action is the one that was created."""
    mapped = page.get_by_role("region", name=f"Fields of “{action}”")
    mapped.get_by_role("button", name="Accept {{receipts.upsert_contact.id}}").click()
    expect(mapped.get_by_role("group", name="Row 1, ContactId")).to_be_visible()
    return mapped
