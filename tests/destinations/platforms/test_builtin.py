import dataclasses
from xml.etree import ElementTree

import pytest

from destinations.connectors.registry import REGISTRY
from destinations.credentials import tokens
from destinations.platforms import marks
from destinations.platforms.builtin import builtin
from destinations.platforms.port import ActionValues, DestinationValues, Order, Platform, PlatformError
from destinations.platforms.registry import PLATFORMS
from leadconduit.lib import outbound
from tests.destinations.connectors.receiver import Receiver
from tests.destinations.platforms.contract import ACCOUNT, PlatformContract


class TestBuiltin(PlatformContract):
    @pytest.fixture
    def platform(self) -> Platform:
        return PLATFORMS["builtin"]

    @pytest.fixture
    def order(self, platform: Platform, receiver: Receiver) -> Order:
        contacts = ActionValues(action_id="a1b2c3", name="Contacts", configuration={"path": "/contacts"})
        notes = ActionValues(action_id="d4e5f6", name="Notes")
        destination = DestinationValues(
            account_id=ACCOUNT,
            instance_id=platform.setup.create(ACCOUNT, "webhook", "Mine"),
            integration="webhook",
            name="Mine",
            scheme="headers",
            credentials={"headers": [["X-Key", "a-secret-value"], ["X-Other", "another-secret"]]},
            configuration={"url": receiver.url, "method": "POST", "format": "json"},
            actions=(contacts, notes),
        )
        return Order(key="k1", destination=destination, action=contacts, payload={"email": "ada@example.com"})


@pytest.fixture
def webhook() -> DestinationValues:
    return DestinationValues(account_id=ACCOUNT, instance_id="i1", integration="webhook")


def test_an_icon_is_two_letters_in_svg() -> None:
    icon = builtin(REGISTRY).marketplace.icon(ACCOUNT, "webhook")

    assert icon.content_type == "image/svg+xml"
    assert "".join(ElementTree.fromstring(icon.content).itertext()) == "CW"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Custom Webhook", "CW"),
        ("Google Sheets", "GS"),
        ("HubSpot", "HS"),
        ("Mailchimp", "Mp"),
        ("Marketo", "Mo"),
        ("X", "X"),
        ('<"& Co', "<C"),
    ],
)
def test_the_letters_of_a_mark(name: str, letters: str) -> None:
    assert marks.letters(name) == letters


def test_no_two_integrations_have_the_same_mark() -> None:
    seen = [(marks.letters(one.name), marks.colour(one.key)) for one in REGISTRY.values()]

    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("search", ["oauth", "API key", "basic", "sheets"])
def test_what_is_offered_is_found_by_its_ways_to_authenticate(search: str) -> None:
    assert builtin(REGISTRY).marketplace.list(ACCOUNT, search)


def test_a_name_cannot_break_out_of_its_icon() -> None:
    odd = dataclasses.replace(REGISTRY["webhook"], name='<"& Co')

    icon = builtin({"webhook": odd}).marketplace.icon(ACCOUNT, "webhook")

    assert ElementTree.fromstring(icon.content).get("aria-label") == '<"& Co'


def test_an_unknown_scheme_is_refused(webhook: DestinationValues) -> None:
    assert builtin(REGISTRY).setup.connect(webhook, "magic", {}).problems == {
        "scheme": "Choose one of those offered."
    }


def test_an_action_needs_a_name(webhook: DestinationValues) -> None:
    wrong = builtin(REGISTRY).setup.save_action(webhook, ActionValues(action_id="a1b2c3", name=" "))

    assert wrong == {"name": "Give it a name."}


def test_an_action_of_our_own_has_no_webhook_url_of_the_platforms(webhook: DestinationValues) -> None:
    destination = dataclasses.replace(webhook, actions=(ActionValues(action_id="a1b2c3", name="Contacts"),))

    [action] = builtin(REGISTRY).setup.actions(destination)

    assert action.webhook_url == ""


def test_nothing_is_asked_later_of_what_answers_at_once(webhook: DestinationValues) -> None:
    order = Order(key="k1", destination=webhook, action=ActionValues(action_id="a", name="A"), payload={})

    with pytest.raises(PlatformError):
        outbound.run(builtin(REGISTRY).sender.poll(order, "handle"))


def test_a_lease_leaves_time_to_renew_a_token() -> None:
    """Else a slow token server would make us say of a lead that was never sent that it may have arrived."""
    platform = builtin(REGISTRY)
    by = {
        scheme: platform.sender.longest_send(
            DestinationValues(account_id="a", instance_id="i", integration="hubspot", scheme=scheme)
        )
        for scheme in ("bearer", "oauth2_code")
    }

    assert by["oauth2_code"] == by["bearer"] + tokens.LONGEST
