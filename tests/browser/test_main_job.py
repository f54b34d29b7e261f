"""The main job, as an admin does it in a browser, a source over HTTP, and a receiver in a process of its own."""

import re
from urllib.parse import urlencode
from urllib.request import urlopen

from playwright.sync_api import Page, expect

from tests.browser.conftest import Receiving, look, make_account
from tests.processes import wait_until

EMAIL, PASSWORD = "ann@acme.test", "correct horse battery"


def test_configure_a_webhook_attach_it_submit_a_lead_and_see_it_delivered(
    page: Page, product: str, receiving: Receiving
) -> None:
    make_account("Acme", EMAIL, PASSWORD)
    sign_in(page, product)
    make_flow(page)
    set_up_webhook(page, receiving.url)
    attach_at_once(page)
    deploy(page)
    address = page.get_by_text(re.compile(r"^http://.*/submit$")).first.inner_text()

    submit(address, email="ada@example.com", first_name="Ada")

    # The first request was the wizard's test.
    wait_until(lambda: len(receiving.received) == 2, "the lead arrives")
    lead = receiving.received[1]
    assert lead["path"] == "/leads/new"
    assert lead["headers"]["x-key"] == "s3cret-key"
    assert lead["body"] == {"contact": {"email": "ada@example.com"}, "name": "Ada", "source": "Website"}
    see_it_delivered(page, product)


def sign_in(page: Page, product: str) -> None:
    page.goto(product)
    look(page)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Destinations", exact=True)).to_be_visible()
    look(page)


def set_up_webhook(page: Page, receiver: str) -> None:
    page.get_by_role("link", name="Destinations").first.click()
    page.get_by_role("link", name="Add a destination").first.click()
    look(page)
    page.get_by_role("button", name="Set up Custom Webhook").click()

    page.get_by_label("Bearer token").check()
    expect(page.get_by_label("Token", exact=True)).to_be_visible()
    go_on(page)
    expect(page.get_by_text("One thing to put right")).to_be_visible()
    page.get_by_label("API key").check()
    expect(page.get_by_text("One thing to put right")).to_have_count(0)
    page.get_by_role("textbox", name="Name", exact=True).fill("X-Key")
    page.get_by_label("Key", exact=True).fill("s3cret-key")
    look(page)
    go_on(page)

    expect(page.get_by_role("heading", name="Configure")).to_be_visible()
    page.get_by_label("URL").fill(f"{receiver}/leads")
    page.get_by_role("group", name="Action 1").get_by_label("Name").fill("Create lead")
    page.get_by_role("group", name="Action 1").get_by_label("Path").fill("new")
    look(page)
    go_on(page)

    expect(page.get_by_role("heading", name="Map fields")).to_be_visible()
    map_row(page, 1, "contact.email", "{{lead.email}}")
    add_row(page, 2)
    map_row(page, 2, "name", "{{lead.first_name}}")
    add_row(page, 3)
    map_row(page, 3, "source", "{{source.name}}")
    page.get_by_role("button", name="Options of row 3").click()
    page.get_by_label("Default").fill("Unknown")
    expect(page.locator(".would-send")).to_contain_text("Sample source")
    look(page)
    go_on(page)

    page.get_by_role("button", name="Send test").click()
    expect(page.get_by_role("heading", name="The test succeeded")).to_be_visible()
    assert "s3cret-key" not in page.content()
    look(page)
    page.get_by_role("button", name="Activate").click()


def go_on(page: Page) -> None:
    page.locator("button.primary", has_text="Continue").click()


def map_row(page: Page, number: int, target: str, template: str) -> None:
    page.get_by_label("Target field").nth(number - 1).fill(target)
    page.get_by_label("Template").nth(number - 1).fill(template)


def add_row(page: Page, number: int) -> None:
    page.get_by_role("button", name="Add a field").click()
    # The page puts the cursor there itself, a moment after the row appears.
    expect(page.get_by_label("Target field").nth(number - 1)).to_be_focused()


def make_flow(page: Page) -> None:
    page.get_by_role("link", name="Flows").first.click()
    look(page)
    page.get_by_role("link", name="New flow").first.click()
    page.get_by_label("Name").fill("Solar")
    look(page)
    page.get_by_role("button", name="Create the flow").click()
    page.get_by_role("navigation", name="Parts of the flow").get_by_role("link", name="Sources").click()
    page.get_by_label("Name of the source").fill("Website")
    look(page)
    page.get_by_role("button", name="Add the source").click()
    page.get_by_role("navigation", name="Parts of the flow").get_by_role("link", name="Steps").click()
    page.get_by_role("link", name="Add a filter").click()
    page.get_by_label("What it filters out").fill("Leads without an e-mail")
    page.get_by_label("Variable of rule 1").fill("lead.email")
    page.get_by_label("Operator of rule 1").select_option("is blank")
    page.get_by_role("button", name="Add a rule").click()
    page.get_by_label("Variable of rule 2").fill("lead.first_name")
    page.get_by_label("Operator of rule 2").select_option("is equal to")
    page.get_by_label("Value of rule 2").fill("Nobody")
    page.get_by_label("Stops the lead when").select_option("or")
    look(page)
    page.get_by_role("button", name="Save the step").click()
    expect(page.get_by_text("Leads without an e-mail")).to_be_visible()
    look(page)


def attach_at_once(page: Page) -> None:
    """What the wizard offers when it is done."""
    expect(page.get_by_role("heading", name="Which flows deliver to it?")).to_be_visible()
    page.get_by_label("Create lead").check()
    look(page)
    page.get_by_role("button", name="Attach only").click()
    expect(page.get_by_role("link", name="Solar")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Solar").click()
    page.get_by_role("navigation", name="Parts of the flow").get_by_role("link", name="Destinations").click()
    expect(page.get_by_role("link", name="Condition of Create lead")).to_be_visible()
    look(page)


def deploy(page: Page) -> None:
    page.get_by_role("navigation", name="Parts of the flow").get_by_role("link", name="Overview").click()
    page.get_by_role("button", name="Deploy").click()
    expect(page.get_by_text("What you see is what leads run through.")).to_be_visible()
    look(page)


def submit(address: str, **values: str) -> None:
    with urlopen(address, urlencode(values).encode(), timeout=10) as answer:
        assert answer.status == 201


def see_it_delivered(page: Page, product: str) -> None:
    page.goto(f"{product}/app/leads/")
    look(page)
    page.get_by_role("link", name="ada@example.com").click()
    expect(page.get_by_text("The gate is open.")).to_be_visible()
    delivered = page.locator("article").get_by_text("Delivered").first
    while not delivered.is_visible():
        page.wait_for_timeout(100)
        page.reload()
    look(page)
    page.goto(f"{product}/app/deliveries/")
    look(page)
    page.get_by_role("link", name="Custom Webhook").click()
    expect(page.get_by_text("/leads/new")).to_be_visible()
    assert "s3cret-key" not in page.content()
    look(page)
