"""The walk from the marketplace to a lead that arrives, as every integration has it."""

import pytest
from playwright.sync_api import Page, expect

from destinations.models import StandInRecord
from flows.models import Flow
from leadconduit.accounts.models import Account
from tests.browser.conftest import look, make_account
from tests.browser.test_main_job import EMAIL, PASSWORD, go_on
from tests.factories import EntityFactory, FlowFactory, source_of

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


def go_on_to(page: Page, step: str) -> None:
    look(page)
    go_on(page)
    expect(page.get_by_role("heading", name=step)).to_be_visible()


def try_and_activate(page: Page) -> None:
    page.get_by_role("button", name="Send test").click()
    expect(page.get_by_role("heading", name="The test succeeded")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Activate").click()


def attach_and_deploy(page: Page, *actions: str) -> None:
    for action in actions:
        page.get_by_label(action).check()
    page.get_by_role("button", name="Attach and deploy").click()
    expect(page.get_by_role("link", name="Solar")).to_be_visible()
    look(page)


def kept(key: str, kind: str) -> list[StandInRecord]:
    """What the stand-in was given, oldest first."""
    return list(StandInRecord.objects.filter(stand_in=key, kind=kind, is_seed=False).order_by("pk"))


def see_the_record(page: Page, product: str, record_id: str, shows: str) -> None:
    """The delivery leads on to the record that it made."""
    page.goto(f"{product}/app/leads/")
    page.get_by_role("link", name=LEAD["email"]).click()
    record = page.get_by_role("region", name="Deliveries").get_by_role("link", name=record_id).first
    while not record.is_visible():
        page.wait_for_timeout(100)
        page.reload()
    look(page)
    page.goto(record.get_attribute("href") or "")
    expect(page.get_by_text(shows)).to_be_visible()
