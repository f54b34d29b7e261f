"""Fields are mapped by suggestion, a mapping goes wrong and is brought back; rows are written and ordered by hand."""

from typing import Any

from django.utils import timezone
from playwright.sync_api import Dialog, Page, expect

from destinations import wizard
from destinations.configured import current
from destinations.mapping import MappingRow
from destinations.models import Destination
from destinations.wizard import ActionEntry
from leadconduit.accounts.models import User
from tests.browser.conftest import Receiving, look, make_account
from tests.browser.test_main_job import (
    EMAIL,
    PASSWORD,
    attach_at_once,
    deploy,
    go_on,
    make_flow,
    map_row,
    sign_in,
    submit,
)
from tests.processes import wait_until

FIELDS: list[dict[str, Any]] = [
    {"key": "contact.email", "label": "E-mail", "type": "email", "required": True},
    {"key": "first", "label": "First name", "type": "string", "required": True, "max_length": 40},
    {"key": "phone", "label": "Phone", "type": "phone"},
]


def test_map_by_suggestion_break_a_row_apply_it_and_go_back(
    page: Page, product: str, receiving: Receiving
) -> None:
    make_account("Acme", EMAIL, PASSWORD)
    destination = set_up(f"{receiving.url}/leads", FIELDS)
    sign_in(page, product)
    make_flow(page)
    map_required_fields_by_suggestion(page, product, destination)
    test_and_activate(page)
    attach_at_once(page)
    deploy(page)
    address = page.locator("code", has_text="/submit").first.inner_text()
    assert deliver(receiving, address) == {"contact": {"email": "ada@example.com"}, "first": "Ada"}

    break_a_row(page, product, destination)
    apply_untested(page)
    assert deliver(receiving, address) == {"first": "Ada"}

    go_back(page)
    assert deliver(receiving, address) == {"contact": {"email": "ada@example.com"}, "first": "Ada"}


def set_up(url: str, fields: list[dict[str, Any]]) -> Destination:
    """A destination whose action says what its receiver takes; nothing is mapped."""
    person = User.objects.get(email=EMAIL)
    asked: dict[str, Any] = {"by": person, "now": timezone.now()}
    destination = wizard.begin(
        account=person.membership.account, integration="webhook", name="Sales CRM", **asked
    )
    wizard.save_auth(destination=destination, scheme="none", values={}, **asked)
    wizard.save_configuration(destination=destination, values={"url": url, "timeout": 10}, **asked)
    action = ActionEntry("", "Create lead", {"fields": fields})
    wizard.save_actions(destination=destination, actions=[action], **asked)
    return destination


def open_mapping(page: Page, product: str, destination: Destination) -> None:
    page.goto(f"{product}/app/destinations/{destination.instance_id}/setup/map/")
    expect(page.get_by_role("heading", name="Map fields")).to_be_visible()


def map_required_fields_by_suggestion(page: Page, product: str, destination: Destination) -> None:
    open_mapping(page, product, destination)
    expect(page.get_by_text("2 fields need attention")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Accept {{lead.email}} for E-mail").click()
    expect(page.get_by_role("group", name="Row 1, contact.email")).to_be_visible()
    page.get_by_role("button", name="Accept {{lead.first_name}} for First name").click()
    expect(page.get_by_role("group", name="Row 2, first")).to_contain_text("Ada")
    expect(page.locator(".would-send")).to_contain_text("ada@example.com")
    expect(page.get_by_text("need attention")).to_have_count(0)
    look(page)
    go_on(page)


def test_and_activate(page: Page) -> None:
    page.get_by_role("button", name="Send test").click()
    expect(page.get_by_role("heading", name="The test succeeded")).to_be_visible()
    page.get_by_role("button", name="Activate").click()


test_and_activate.__test__ = False  # type: ignore[attr-defined]


def deliver(receiving: Receiving, address: str) -> Any:
    before = len(receiving.received)
    submit(address, email="ada@example.com", first_name="Ada")
    wait_until(lambda: len(receiving.received) > before, "the lead arrives")
    return receiving.received[-1]["body"]


def break_a_row(page: Page, product: str, destination: Destination) -> None:
    open_mapping(page, product, destination)
    row = page.get_by_role("group", name="Row 1, contact.email")
    row.get_by_label("Template").fill("{{lead.emial}}")
    expect(row).to_contain_text("The lead has no field")
    expect(row).to_contain_text("is required")
    expect(page.get_by_text("1 field needs attention")).to_be_visible()
    look(page)
    go_on(page)


def apply_untested(page: Page) -> None:
    page.get_by_role("link", name="Apply without a test").click()
    page.get_by_role("dialog").get_by_role("button", name="Apply without a test").click()
    expect(page.get_by_text("Applied.")).to_be_visible()


def go_back(page: Page) -> None:
    page.get_by_role("link", name="Version 1", exact=True).click()
    look(page)
    page.get_by_role("link", name="Go back to this version").click()
    page.get_by_role("button", name="Go back to version 1").click()
    expect(page.get_by_role("heading", name="Version 3")).to_be_visible()
    look(page)


def test_rows_are_written_by_clicks_and_ordered_by_keyboard_and_by_drag(
    page: Page, product: str, receiving: Receiving
) -> None:
    make_account("Acme", EMAIL, PASSWORD)
    destination = set_up(f"{receiving.url}/leads", [])
    sign_in(page, product)
    open_mapping(page, product, destination)

    page.get_by_label("Target field").fill("name")
    page.get_by_label("Template").fill("Dear ")
    page.get_by_label("Search fields of leads").fill("jornaya")
    expect(page.get_by_role("button", name="lead.universal_leadid")).to_be_visible()
    page.get_by_label("Search fields of leads").fill("first")
    expect(page.get_by_role("button", name="lead.last_name")).to_be_hidden()
    page.get_by_role("button", name="lead.first_name").click()
    expect(page.get_by_label("Template")).to_have_value("Dear {{lead.first_name}}")
    expect(page.get_by_label("Template")).to_be_focused()
    page.get_by_role("button", name="Add a field").click()
    expect(page.get_by_label("Target field").nth(1)).to_be_focused()
    map_row(page, 2, "email", "{{lead.email}}")

    page.get_by_role("button", name="Move row 2 up").press("Enter")
    expect(page.get_by_role("group", name="Row 1, email")).to_be_visible()
    expect(page.get_by_role("button", name="Move row 1 down")).to_be_focused()

    page.locator(".handle").nth(1).drag_to(
        page.locator(".mapping-row").first, target_position={"x": 5, "y": 2}
    )
    expect(page.get_by_role("group", name="Row 1, name")).to_be_visible()
    look(page)

    page.get_by_label("Options of row 1").click()
    page.get_by_label("Transformation to add to row 1").select_option("uppercase")
    page.get_by_role("group", name="Row 1, name").get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("group", name="Row 1, name")).to_contain_text("DEAR ADA")
    page.get_by_role("group", name="Row 1, name").get_by_role("button", name="Send it only when").click()
    expect(page.get_by_label("Variable of rule 1")).to_be_focused()
    look(page)
    assert [row["target"] for row in current(destination).actions[0]["mapping"]] == ["name", "email"]


def test_mistakes_come_and_go_while_somebody_types(page: Page, product: str, receiving: Receiving) -> None:
    make_account("Acme", EMAIL, PASSWORD)
    destination = set_up(f"{receiving.url}/leads", [])
    sign_in(page, product)
    open_mapping(page, product, destination)
    row = page.locator(".mapping-row").first

    page.get_by_label("Target field").fill("name")
    page.get_by_label("Template").fill("{{lead.city")
    expect(row).to_contain_text("never closed")
    expect(page.get_by_label("Template")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("1 field needs attention")).to_be_visible()
    look(page)
    page.get_by_label("Template").fill("{{lead.city}}")
    expect(row).to_contain_text("Austin")
    expect(row.locator(".errors")).to_have_count(0)
    expect(page.get_by_label("Template")).not_to_have_attribute("aria-invalid", "true")

    page.get_by_label("Options of row 1").click()
    expect(page.get_by_label("Options of row 1")).to_be_focused()
    page.get_by_label("Transformation to add to row 1").select_option("extract")
    row.get_by_role("button", name="Add", exact=True).click()
    expect(row.locator(".errors")).to_have_count(0)
    page.get_by_label("Pattern").fill("(A")
    expect(row).to_contain_text("never closed")
    page.get_by_label("Pattern").fill("(A)")
    expect(row.locator(".errors")).to_have_count(0)


def test_nothing_typed_is_left_behind_or_saved_over_what_was_not_seen(
    page: Page, product: str, receiving: Receiving
) -> None:
    make_account("Acme", EMAIL, PASSWORD)
    destination = set_up(f"{receiving.url}/leads", [])
    sign_in(page, product)
    open_mapping(page, product, destination)
    map_row(page, 1, "mine", "1")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)

    page.get_by_role("link", name="Sales CRM").first.click(no_wait_after=True)
    expect(page.get_by_label("Target field")).to_have_value("mine")
    save_elsewhere(destination, MappingRow("theirs", "2"))
    go_on(page)
    expect(page.get_by_text("Nothing was saved.")).to_be_visible()
    expect(page.get_by_label("Target field")).to_have_value("mine")
    look(page)
    page.get_by_role("button", name="Save mine all the same").click()
    expect(page.get_by_text("Saved. What was saved from elsewhere is replaced")).to_be_visible()

    page.get_by_role("button", name="Remove row 1").click()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_label("Target field")).to_have_value("mine")
    page.get_by_role("button", name="Save and exit").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert asked == ["beforeunload"]
    assert [row["target"] for row in current(destination).actions[0]["mapping"]] == ["mine"]


def save_elsewhere(destination: Destination, *rows: MappingRow) -> None:
    mappings = {current(destination).actions[0]["id"]: rows}
    wizard.save_mapping(destination=destination, mappings=mappings, by=None, now=timezone.now())
