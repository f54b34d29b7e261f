"""The steps of the wizard: each saves on leaving, says what is missing in place, and can be come back to."""

import json
import re

import pytest
from django.test import Client

from destinations.models import ConnectionTest, Destination, DestinationRevision
from leadconduit.accounts.models import Account, User
from tests.destinations.connectors.receiver import Receiver
from tests.destinations.views.journey import (
    HTMX,
    auth,
    base_of,
    begin,
    configuration,
    draft,
    rows,
    text_of,
    walk_to_test,
)
from tests.destinations.wizard.steps import activated, entered
from tests.factories import DestinationFactory
from tests.pages import fields_of

STEPS = ("auth", "configure", "map", "test")


def test_the_whole_way_from_the_marketplace_to_a_live_destination(page: Client, receiver: Receiver) -> None:
    base = begin(page)

    ways = [
        page.post(f"{base}setup/auth/", auth() | {"continue": "1"}).headers["Location"],
        page.post(
            f"{base}setup/configure/", configuration(receiver.url, "Contacts") | {"continue": "1"}
        ).headers["Location"],
    ]
    destination = Destination.objects.get()
    mapped = rows(destination, ("mail", "{{lead.email}}", ""), ("via", "Acme", ""))
    ways.append(page.post(f"{base}setup/map/", mapped | {"continue": "1"}).headers["Location"])
    action = draft(destination).actions[0]["id"]
    tested = page.post(f"{base}setup/test/", {"of": action, "sample": '{"email": "a@b.test"}'})
    answer = page.post(f"{base}apply/")

    assert ways == [f"{base}setup/{step}/" for step in STEPS[1:]]
    assert "The test succeeded" in text_of(tested)
    assert json.loads(receiver.latest.body) == {"mail": "a@b.test", "via": "Acme"}
    assert receiver.latest.headers["x-key"] == "s3cret-key"
    assert answer.headers["Location"] == f"{base}attach/"
    assert Destination.objects.get().status == "live"


# --- Its name


def test_a_new_destination_is_asked_what_it_is_called(page: Client) -> None:
    base = begin(page)
    asked = text_of(page.get(f"{base}setup/auth/"))

    answer = page.post(f"{base}setup/auth/", auth() | {"destination-name": " Solar buyer ", "continue": "1"})

    assert 'name="destination-name" value="Custom Webhook"' in asked
    assert answer.headers["Location"] == f"{base}setup/configure/"
    assert Destination.objects.get().name == "Solar buyer"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "This field is required."),
        ("the crm", "Another destination is called that already"),
        ("a\tb", "A name has 1 to 200 characters."),
    ],
)
@pytest.mark.parametrize("out", ["continue", "to"])
def test_a_name_that_cannot_be_is_said_at_the_field_and_the_rest_is_saved(
    page: Client, acme: Account, name: str, says: str, out: str
) -> None:
    DestinationFactory.create(account=acme, name="The CRM")
    base = begin(page)
    destination = Destination.objects.latest("pk")

    answer = page.post(f"{base}setup/auth/", auth() | {"destination-name": name, out: "configure"})

    assert answer.status_code == 422
    assert says in text_of(answer)
    assert "#id_destination-name" in text_of(answer)
    assert Destination.objects.get(pk=destination.pk).name == "Custom Webhook"
    assert draft(destination).document["scheme"] == "api_key"


def test_one_that_flows_know_is_not_asked(page: Client, acme: Account) -> None:
    destination = DestinationFactory.create(account=acme, name="CRM")
    url = f"{base_of(destination)}setup/auth/"

    page.post(url, auth() | {"destination-name": "Other", "to": "exit"})

    assert "destination-name" not in text_of(page.get(url))
    assert Destination.objects.get().name == "CRM"


# --- Leaving and coming back


@pytest.mark.parametrize("out", [{"to": "configure"}, {"to": "exit"}, {"to": "test"}])
def test_every_way_out_saves(page: Client, out: dict[str, str]) -> None:
    base = begin(page)

    answer = page.post(f"{base}setup/auth/", auth() | out)

    assert answer.status_code == 302
    assert draft(Destination.objects.get()).document["scheme"] == "api_key"


def test_an_incomplete_step_is_left_and_saved_as_it_is(page: Client) -> None:
    base = begin(page)

    page.post(f"{base}setup/configure/", configuration("not an address", timeout="soon") | {"to": "auth"})

    kept = draft(Destination.objects.get()).document["configuration"]
    assert (kept["url"], kept["timeout"]) == ("not an address", "soon")


def test_going_on_needs_a_complete_step_and_says_what_is_missing_in_place(page: Client) -> None:
    base = begin(page)

    answer = page.post(f"{base}setup/configure/", configuration("") | {"continue": "1"})

    assert answer.status_code == 422
    assert '<a href="#id_of-url">URL: Fill this in.</a>' in text_of(answer)
    assert 'id="id_of-url_error"' in text_of(answer)


def test_a_step_that_nobody_was_at_blames_nobody(page: Client) -> None:
    base = begin(page)

    assert not any("error-summary" in text_of(page.get(f"{base}setup/{step}/")) for step in STEPS)


def test_coming_back_to_an_incomplete_step_shows_what_is_missing(page: Client) -> None:
    base = begin(page)
    page.post(f"{base}setup/auth/", auth(key="") | {"to": "exit"})

    assert "Key: Fill this in." in text_of(page.get(f"{base}setup/auth/"))


def test_with_htmx_a_step_comes_alone_and_the_next_page_whole(page: Client) -> None:
    base = begin(page)

    again = page.post(f"{base}setup/auth/", auth(key="") | {"continue": "1"}, headers=HTMX)
    onward = page.post(f"{base}setup/auth/", auth() | {"continue": "1"}, headers=HTMX)

    assert text_of(again).lstrip().startswith('<form class="stack loose" id="step"')
    assert onward.headers["HX-Redirect"] == f"{base}setup/configure/"


# --- Secrets


def test_a_stored_secret_is_never_shown_again(page: Client, receiver: Receiver) -> None:
    receiver.body = '{"you_sent": "s3cret-key"}'
    destination = walk_to_test(page, receiver.url)
    base = base_of(destination)

    action = draft(destination).actions[0]["id"]
    answers = [page.post(f"{base}setup/test/", {"of": action, "sample": "{}"})]
    answers += [page.get(f"{base}setup/{step}/") for step in STEPS] + [page.get(base)]

    assert "s3cret-key" not in "".join(text_of(answer) for answer in answers)
    assert "Stored" in text_of(page.get(f"{base}setup/auth/"))


def test_names_of_secret_headers_are_shown_and_their_values_kept(page: Client) -> None:
    base = begin(page)
    names = {"scheme": "headers", "shown": "headers"}
    page.post(
        f"{base}setup/auth/", names | {"headers-headers-name": ["X-A"], "headers-headers-value": ["s3cret-1"]}
    )

    shown = text_of(page.get(f"{base}setup/auth/"))
    page.post(
        f"{base}setup/auth/",
        names
        | {"headers-headers-name": ["X-A", "X-B"], "headers-headers-value": ["", "two"], "continue": "1"},
    )

    connection = Destination.objects.get().account.connections.get()
    assert 'value="X-A"' in shown
    assert "s3cret-1" not in shown
    assert entered(connection) == {"headers": [["X-A", "s3cret-1"], ["X-B", "two"]]}


def test_choosing_another_way_to_authenticate_brings_its_fields(page: Client) -> None:
    base = begin(page)

    fragment = text_of(page.get(f"{base}setup/auth/", {"scheme": "basic"}, headers=HTMX))
    without_script = text_of(page.post(f"{base}setup/auth/", auth() | {"scheme": "basic", "show": "scheme"}))

    assert fragment.lstrip().startswith('<div class="stack" id="credentials"')
    assert 'name="basic-username"' in fragment
    assert 'name="basic-username"' in without_script


# --- Actions


def test_actions_are_added_and_removed_by_buttons(page: Client) -> None:
    base = begin(page)

    added = text_of(page.post(f"{base}setup/configure/", configuration("", "One") | {"add": "action"}))
    page.post(f"{base}setup/configure/", configuration("", "One", "Two", "") | {"drop": "action-0"})

    assert 'name="action-1-name"' in added
    assert [action["name"] for action in draft(Destination.objects.get()).actions] == ["Two"]


def test_an_action_that_a_flow_uses_offers_no_removal(page: Client, acme: Account) -> None:
    from tests.factories import FlowFactory

    destination = DestinationFactory.create(account=acme)
    FlowFactory.create(account=acme, uses=[destination])

    shown = text_of(page.get(f"{base_of(destination)}setup/configure/"))

    assert 'value="action-0"' not in shown
    assert "A flow delivers to it" in shown


# --- Testing


def test_what_is_no_lead_is_not_sent(page: Client, receiver: Receiver) -> None:
    destination = walk_to_test(page, receiver.url)
    action = draft(destination).actions[0]["id"]

    answer = page.post(f"{base_of(destination)}setup/test/", {"of": action, "sample": "[1"})

    assert answer.status_code == 422
    assert "This is not JSON" in text_of(answer)
    assert not ConnectionTest.objects.exists()


def test_a_failed_test_says_what_to_do(page: Client, receiver: Receiver) -> None:
    receiver.status = 401
    destination = walk_to_test(page, receiver.url)
    action = draft(destination).actions[0]["id"]

    shown = text_of(page.post(f"{base_of(destination)}setup/test/", {"of": action, "sample": "{}"}))

    assert "The test failed" in shown
    assert "The receiver answered 401 Unauthorized." in shown
    assert f'{base_of(destination)}setup/auth/">Authenticate</a>' in shown


def test_what_is_missing_stands_in_the_tests_place(page: Client) -> None:
    base = begin(page)

    shown = text_of(page.get(f"{base}setup/test/"))

    assert "Not ready to be tested" in shown
    assert "Choose one of the ways to authenticate." in shown


def test_earlier_tests_are_listed(page: Client, receiver: Receiver) -> None:
    destination = walk_to_test(page, receiver.url)
    action = draft(destination).actions[0]["id"]
    page.post(f"{base_of(destination)}setup/test/", {"of": action, "sample": "{}"})

    assert "The receiver took the lead." in text_of(page.get(f"{base_of(destination)}setup/test/"))


# --- Who may


@pytest.mark.parametrize("step", STEPS)
def test_a_viewer_may_look_and_not_change(vera: User, acme: Account, step: str) -> None:
    destination = DestinationFactory.create(account=acme)
    page = Client()
    page.force_login(vera)

    looked = page.get(f"{base_of(destination)}setup/{step}/")
    changed = page.post(f"{base_of(destination)}setup/{step}/", {"to": "exit"})

    assert (looked.status_code, changed.status_code) == (200, 403)
    assert ' name="continue"' not in text_of(looked)


@pytest.mark.parametrize("step", STEPS)
def test_a_stranger_finds_nothing(sam: User, acme: Account, step: str) -> None:
    destination = DestinationFactory.create(account=acme)
    page = Client()
    page.force_login(sam)

    assert page.get(f"{base_of(destination)}setup/{step}/").status_code == 404
    assert page.post(f"{base_of(destination)}setup/{step}/").status_code == 404


def test_looking_at_a_live_destination_begins_no_draft(page: Client, acme: Account) -> None:
    destination = DestinationFactory.create(account=acme)

    for step in STEPS:
        page.get(f"{base_of(destination)}setup/{step}/")

    assert not DestinationRevision.objects.filter(applied_at__isnull=True).exists()


# --- What was saved from elsewhere meanwhile


def test_configuration_is_not_saved_over_what_the_page_did_not_show(page: Client) -> None:
    url, destination = _walked(page, "configure")
    before = fields_of(text_of(page.get(url)))
    page.post(url, before | {"of-url": "https://theirs.example"})

    mine = before | {"of-url": "https://mine.example", "action-0-name": "Mine"}
    shown = text_of(page.post(url, mine | {"continue": "1"}))

    assert "Nothing was saved." in shown
    assert "You changed the same in another window" in shown
    assert 'value="https://mine.example"' in shown
    assert 'value="Mine"' in shown
    assert _saved(destination) == ("https://theirs.example", "Contacts")

    page.post(url, fields_of(shown) | {"over": _over(shown)})
    assert _saved(destination) == ("https://mine.example", "Mine")


def test_actions_and_configuration_are_saved_side_by_side(page: Client) -> None:
    url, destination = _walked(page, "configure")
    before = fields_of(text_of(page.get(url)))
    page.post(url, before | {"of-url": "https://theirs.example"})

    page.post(url, before | {"action-0-name": "Mine"})

    assert _saved(destination) == ("https://theirs.example", "Mine")


def test_credentials_are_not_saved_over_what_the_page_did_not_show(page: Client) -> None:
    url, destination = _walked(page, "auth")
    before = fields_of(text_of(page.get(url)))
    page.post(url, before | auth(name="X-Theirs"))
    theirs = draft(destination).document["connection"]

    shown = text_of(page.post(url, before | auth(name="X-Mine", key="another-key") | {"continue": "1"}))

    assert "Nothing was saved." in shown
    assert "Secrets have to be entered again." in shown
    assert 'value="X-Mine"' in shown
    assert "another-key" not in shown
    assert draft(destination).document["connection"] == theirs

    page.post(url, fields_of(shown) | {"over": _over(shown)})
    assert draft(destination).document["connection"] != theirs


def _walked(page: Client, step: str) -> tuple[str, Destination]:
    destination = walk_to_test(page, "https://first.example")
    return f"{base_of(destination)}setup/{step}/", destination


def _saved(destination: Destination) -> tuple[str, str]:
    document = draft(destination).document
    return document["configuration"]["url"], document["actions"][0]["name"]


def _over(shown: str) -> str:
    found = re.search(r'name="over" value="(\w+)"', shown)
    assert found
    return found[1]


def test_a_url_of_another_host_asks_for_the_credentials_again(page: Client, adam: User) -> None:
    crm = activated(adam)
    base = f"/app/destinations/{crm.instance_id}/setup/"
    values = {"of-url": "https://other.example", "of-method": "POST", "of-format": "json", "of-timeout": "20"}

    saved = page.post(f"{base}configure/", {**values, "of-success_status": "2xx", "to": "auth"}, follow=True)

    shown = saved.content.decode()
    assert "It leads to another host than these credentials were entered for: enter them again." in shown
    assert "Stored" not in shown


@pytest.mark.parametrize(("integration", "offers"), [("webhook", True), ("marketo", False)])
def test_the_request_inspector_is_offered_only_where_it_is_asked_where_to_send(
    page: Client, integration: str, *, offers: bool
) -> None:
    url = page.post("/app/destinations/new/", {"integration": integration}).headers["Location"]

    shown = text_of(page.get(url.replace("/auth/", "/configure/")))

    assert ("No receiver yet?" in shown) is offers
