"""Flows in a browser: one is built, tried and deployed; a lead that a recipient's error keeps back is released; a
flow is tried and taken back."""

import ipaddress
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from flows import editing
from flows.models import Flow
from leadconduit.accounts.models import Account
from tests.browser.conftest import Receiving, look, make_account
from tests.browser.test_main_job import EMAIL, PASSWORD, sign_in, submit
from tests.factories import (
    NOON,
    DestinationFactory,
    EntityFactory,
    FlowFactory,
    filter_step,
    recipient_step,
    source_of,
)
from tests.processes import wait_until

REFUSED = {
    "outcome_search_term": "no",
    "outcome_search_path": "answer",
    "outcome_on_match": "error",
    "reason_path": "why",
}


@pytest.fixture
def account(product: str, settings: Any) -> Account:
    settings.OUTBOUND_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    make_account("Acme", EMAIL, PASSWORD)
    return Account.objects.get()


@pytest.fixture
def flow(account: Account, receiving: Receiving) -> Flow:
    """It asks a recipient that always errs, and delivers to two destinations."""
    checker = EntityFactory.create(account=account, name="Checker", source=None, recipient="enhancement")
    return FlowFactory.create(
        account=account,
        name="Solar",
        sources=[source_of(EntityFactory.create(account=account, name="Website"))],
        steps=[
            filter_step({"lhv": "lead.email", "op": "is blank"}, description="Leads without an e-mail"),
            recipient_step(checker, f"{receiving.url}/check", description="Ask the checker", mapped=REFUSED),
        ],
        uses=[
            DestinationFactory.create(account=account, name=name, url=f"{receiving.url}/{name.lower()}")
            for name in ("Sheet", "Dialer")
        ],
        deployed=True,
    )


def test_what_a_recipients_error_kept_back_is_seen_and_released(
    page: Page, product: str, receiving: Receiving, flow: Flow
) -> None:
    sign_in(page, product)
    submit(address_of(product, flow), email="ada@example.com")

    page.goto(f"{product}/app/leads/")
    look(page)
    page.get_by_role("link", name="ada@example.com").click()
    see_why_it_was_kept_back(page)
    let_leads_be_released(page)
    page.get_by_role("link", name="Leads", exact=True).first.click()
    page.get_by_role("link", name="ada@example.com").click()
    page.get_by_label("Why").fill("The checker was down")
    look(page)
    page.get_by_role("button", name="Release the lead").click()

    expect(page.get_by_text("1 lead was released. 2 deliveries are next in line.")).to_be_visible()
    see_it_delivered_to_both(page)
    wait_until(lambda: len(receiving.received) == 3, "both deliveries arrive")
    assert sorted(request["path"] for request in receiving.received) == ["/check", "/dialer", "/sheet"]
    assert all(request["body"] == {"email": "ada@example.com"} for request in receiving.received)


def address_of(product: str, flow: Flow) -> str:
    assert flow.deployed
    entity = flow.deployed.document["sources"][0]["entity"]["id"]
    return f"{product}/flows/{flow.pk}/sources/{entity}/submit"


def see_why_it_was_kept_back(page: Page) -> None:
    shut = page.get_by_text("Step 2, “Ask the checker”, went wrong: The list is not there today.")
    expect(shut).to_be_visible()
    expect(page.get_by_role("group", name="Body received")).to_contain_text("The list is not there today")
    deliveries = page.get_by_role("region", name="Deliveries")
    for destination in ("Sheet: Contacts", "Dialer: Contacts"):
        expect(deliveries.get_by_text(destination)).to_be_visible()
    expect(deliveries.get_by_text("Withheld", exact=True)).to_have_count(2)
    expect(page.get_by_role("button", name="Release the lead")).to_have_count(0)
    look(page)


def let_leads_be_released(page: Page) -> None:
    page.get_by_role("link", name="See the account").click()
    look(page)
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("On", exact=True)).to_be_visible()


def see_it_delivered_to_both(page: Page) -> None:
    delivered = page.get_by_role("region", name="Deliveries").get_by_text("Delivered", exact=True)
    while delivered.count() < 2:
        page.wait_for_timeout(100)
        page.reload()
    expect(page.get_by_text(f"Released by {EMAIL}")).to_be_visible()
    look(page)


def test_a_flow_is_tried_changed_and_taken_back(
    page: Page, product: str, receiving: Receiving, flow: Flow
) -> None:
    editing.change(flow=flow, parts=lambda _: {"name": "Sun", "steps": []}, author=None, now=NOON)
    sign_in(page, product)
    page.goto(f"{product}/app/flows/{flow.pk}/")
    parts = page.get_by_role("navigation", name="Parts of the flow")

    parts.get_by_role("link", name="History").click()
    look(page)
    page.get_by_role("link", name="Revision 1").click()
    expect(page.get_by_text("What going back would change")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Go back to this revision").click()
    look(page)
    page.get_by_role("button", name="Go back to revision 1").click()
    expect(page.get_by_text("Back to revision 1.")).to_be_visible()

    parts.get_by_role("link", name="Test").click()
    look(page)
    page.get_by_role("button", name="Run the lead").click()
    expect(page.get_by_text("Not called")).to_be_visible()
    expect(page.get_by_role("group", name="Payload").first).to_contain_text("ada@example.com")
    look(page)
    page.get_by_label("Call recipients, too").check()
    page.get_by_role("button", name="Run the lead").click()
    expect(page.get_by_text("went wrong: The list is not there today")).to_be_visible()
    look(page)
    assert [request["path"] for request in receiving.received] == ["/check"]


def test_a_flow_is_built_tried_deployed_and_takes_a_lead(
    page: Page, product: str, receiving: Receiving, account: Account
) -> None:
    flow = FlowFactory.create(
        account=account,
        name="Solar",
        fields=["email", "phone_1", "state"],
        sources=[source_of(EntityFactory.create(account=account, name="Website"))],
        uses=[DestinationFactory.create(account=account, name="Sheet", url=f"{receiving.url}/sheet")],
    )
    sign_in(page, product)
    page.goto(f"{product}/app/flows/{flow.pk}/steps/")
    set_criteria(page)
    add_recipient(page, f"{receiving.url}/verify")
    try_it(page)
    assert [request["path"] for request in receiving.received] == ["/verify"]

    page.get_by_role("button", name="Deploy").click()
    expect(page.get_by_text("What you see is what leads run through.")).to_be_visible()
    flow.refresh_from_db()
    submit(address_of(product, flow), email="grace@example.com", phone_1="512-555-0142", state="tx")

    page.goto(f"{product}/app/leads/")
    page.get_by_role("link", name="grace@example.com").click()
    delivered = page.get_by_role("region", name="Deliveries").get_by_text("Delivered", exact=True).first
    while not delivered.is_visible():
        page.wait_for_timeout(100)
        page.reload()
    page.get_by_text("What Number check was asked and answered").click()
    expect(page.get_by_role("group", name="Body sent").first).to_contain_text('"tel": "5125550142"')
    page.get_by_text("What it added to the lead").click()
    expect(page.get_by_text("number_check.outcome")).to_be_visible()
    look(page)


def set_criteria(page: Page) -> None:
    """A rule and a group behind it, whose rule is unfinished at first."""
    page.get_by_role("link", name="Set the acceptance criteria").click()
    look(page)
    page.get_by_role("button", name="Accept only when").click()
    page.get_by_label("Variable of rule 1", exact=True).fill("lead.email")
    page.get_by_label("Operator of rule 1", exact=True).select_option("format is valid")
    page.get_by_role("button", name="Add a group").click()
    page.get_by_label("Variable of rule 2.1").fill("lead.state")
    page.get_by_label("Operator of rule 2.1").select_option("is included in")
    page.get_by_label("Reason given to the source").fill("Not in {{lead.state}")
    page.get_by_role("button", name="Save the criteria").click()

    # Both mistakes are said at once, and the summary leads to each.
    summary = page.get_by_role("alert")
    expect(summary.get_by_role("link")).to_have_count(2)
    expect(page.get_by_label("Reason given to the source")).to_have_attribute("aria-invalid", "true")
    summary.get_by_role("link", name="Rule 2.1").click()
    expect(page.get_by_label("Value of rule 2.1")).to_be_focused()
    look(page)
    page.get_by_label("Value of rule 2.1").fill("TX\nCA")
    page.get_by_label("Reason given to the source").fill("Not in {{lead.state}}")
    page.get_by_role("button", name="Save the criteria").click()
    accepted = "lead.email format is valid and (lead.state is included in TX, CA)"
    expect(page.get_by_text(accepted)).to_be_visible()


def add_recipient(page: Page, url: str) -> None:
    """Two properties, put into the other order; the answer is read by a word at a place."""
    page.get_by_role("link", name="Add a recipient").click()
    page.get_by_label("Name of the recipient").fill("Number check")
    page.get_by_label("What it is for").fill("Is the number on a list?")
    page.get_by_label("Notes").fill("Costs 2 cents a lead.")
    page.get_by_label("URL", exact=True).fill(url)
    for number, (name, value) in enumerate((("mail", "{{lead.email}}"), ("tel", "{{lead.phone_1}}"))):
        page.get_by_role("button", name="Add to: Property").click()
        row = page.get_by_role("group", name="Property", exact=True).get_by_role("listitem").nth(number)
        expect(row.get_by_label("Property", exact=True)).to_be_focused()
        row.get_by_label("Property", exact=True).fill(name)
        row.get_by_label("Value of a new row").fill(value)
    page.get_by_role("button", name="Move this row up").click()
    expect(page.get_by_role("textbox", name="Property").first).to_have_value("tel")
    page.get_by_label("Search for").fill("created")
    page.get_by_label("Search in").fill("status")
    look(page)
    page.get_by_role("button", name="Save the step").click()
    expect(page.get_by_text("Costs 2 cents a lead.")).to_be_visible()
    look(page)


def try_it(page: Page) -> None:
    page.get_by_role("link", name="Test", exact=True).click()
    page.get_by_label("Call recipients, too").check()
    page.get_by_role("button", name="Run the lead").click()
    expect(page.get_by_text("The gate would be open.")).to_be_visible()
    expect(page.get_by_role("group", name="Payload")).to_contain_text("ada@example.com")
    look(page)
