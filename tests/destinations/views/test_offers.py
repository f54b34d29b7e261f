"""Configure, where an integration offers actions and knows choices itself."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from destinations.configured import current
from destinations.connectors.declaration import Connector
from destinations.connectors.hubspot.declaration import CREATE_DEAL
from destinations.forms.live_choices import LiveField
from destinations.forms.specs import SpecForm
from destinations.models import Destination, LiveAnswer
from tests.destinations.connectors.acme_crm import acme_crm
from tests.destinations.connectors.receiver import Receiver
from tests.destinations.views.journey import HTMX

__all__ = ["acme_crm"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(page: Client, acme_crm: Connector) -> str:
    """The address of a destination of Acme's that has its token."""
    answer = page.post("/app/destinations/new/", {"integration": "acme"})
    base = answer.headers["Location"].removesuffix("setup/auth/")
    page.post(f"{base}setup/auth/", {"scheme": "bearer", "shown": "bearer", "bearer-token": "s3cret"})
    return base


def configure(page: Client, base: str, url: str = "https://acme.example", **posted: Any) -> str:
    fields = {
        "offers": "1",
        "of-url": url,
        **{name.replace("__", "-"): text for name, text in posted.items()},
    }
    return page.post(f"{base}setup/configure/", fields).content.decode()


def actions() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = current(Destination.objects.get()).document["actions"]
    return found


LISTS = json.dumps({"lists": [["7", "Newsletter"], ["8", "Webinar"]]})


def test_the_first_action_is_ticked_until_somebody_chose(page: Client, base: str) -> None:
    content = page.get(f"{base}setup/configure/").content.decode()

    ticked = re.findall(r"<input[^>]*checked[^>]*>", content)
    assert ["offer-create_contact-wanted" in box for box in ticked] == [True]


def test_ticked_actions_are_saved_under_the_integrations_own_keys(page: Client, base: str) -> None:
    configure(
        page,
        base,
        **{
            "offer-add_to_list-wanted": "on",
            "offer-add_to_list-team": "A",
            "offer-create_contact-wanted": "on",
        },
    )

    assert [(action["action_id"], action["name"]) for action in actions()] == [
        ("create_contact", "Create contact"),
        ("add_to_list", "Add to list"),
    ]
    assert actions()[1]["configuration"] == {"team": "A", "list": ""}


def test_an_action_that_stays_ticked_keeps_its_id_and_its_mapping(page: Client, base: str) -> None:
    configure(page, base, **{"offer-create_contact-wanted": "on"})
    (before,) = actions()
    page.post(
        f"{base}setup/map/",
        {
            f"rows-{before['id']}": ["", "0"],
            f"rows-{before['id']}-0-target": "email",
            f"rows-{before['id']}-0-template": "{{lead.email}}",
        },
    )

    configure(page, base, url="https://other.example", **{"offer-create_contact-wanted": "on"})

    (after,) = actions()
    assert after["id"] == before["id"]
    assert after["mapping"] == [{"target": "email", "template": "{{lead.email}}"}]


def test_without_an_action_nobody_goes_on(page: Client, base: str) -> None:
    content = configure(page, base, **{"continue": "1"})

    assert "Choose at least one action." in content


def test_what_an_action_still_needs_is_said_at_its_field(page: Client, base: str) -> None:
    content = configure(page, base, **{"offer-add_to_list-wanted": "on", "continue": "1"})

    assert "Add to list, List" in content


def test_choices_are_asked_for_by_a_button(page: Client, base: str, receiver: Receiver) -> None:
    receiver.body = LISTS
    content = configure(
        page,
        base,
        receiver.url,
        **{
            "offer-add_to_list-wanted": "on",
            "offer-add_to_list-team": "A",
            "ask": "offer-add_to_list-list reload",
        },
    )

    assert '<option value="8">Webinar</option>' in content
    assert receiver.latest.path == "/lists?team=A&q=&cursor="
    assert receiver.latest.headers["authorization"] == "Bearer s3cret"


def test_the_page_has_the_choices_that_were_found_last_without_asking_again(
    page: Client, base: str, receiver: Receiver
) -> None:
    receiver.body = LISTS
    ask = {
        "offer-add_to_list-wanted": "on",
        "offer-add_to_list-list": "8",
        "ask": "offer-add_to_list-list reload",
    }
    configure(page, base, receiver.url, **ask)
    asked = len(receiver.requests)

    content = page.get(f"{base}setup/configure/").content.decode()

    assert '<option value="8" selected>Webinar</option>' in content
    assert len(receiver.requests) == asked


def test_a_script_asks_for_one_field_with_what_the_page_has_now(
    page: Client, base: str, receiver: Receiver
) -> None:
    receiver.body = LISTS
    configure(page, base, receiver.url, **{"offer-add_to_list-wanted": "on"})

    answer = page.get(
        f"{base}setup/choices/add_to_list.list/",
        {"offer-add_to_list-team": "B", "offer-add_to_list-list-search": "web"},
        headers=HTMX,
    )

    assert receiver.latest.path == "/lists?team=B&q=web&cursor="
    assert b'<option value="8">Webinar</option>' in answer.content
    assert b"<html" not in answer.content


def test_what_follows_is_added_to_what_is_there(page: Client, base: str, receiver: Receiver) -> None:
    wanted = {"offer-add_to_list-wanted": "on"}
    receiver.body = json.dumps({"lists": [["7", "Newsletter"]], "more": "p2"})
    configure(page, base, receiver.url, **wanted, ask="offer-add_to_list-list reload")
    receiver.body = json.dumps({"lists": [["8", "Webinar"]]})

    content = configure(page, base, receiver.url, **wanted, ask="offer-add_to_list-list more")

    assert receiver.latest.path.endswith("cursor=p2")
    assert "Newsletter</option>" in content
    assert "Webinar</option>" in content


def test_a_choice_goes_when_what_it_depends_on_changes(page: Client, base: str, receiver: Receiver) -> None:
    receiver.body = LISTS
    chosen = {"offer-add_to_list-wanted": "on", "offer-add_to_list-list": "8"}
    configure(page, base, receiver.url, **chosen, **{"offer-add_to_list-team": "A"})

    configure(page, base, receiver.url, **chosen, **{"offer-add_to_list-team": "B"})

    assert actions()[0]["configuration"] == {"team": "B", "list": None}


def test_a_system_that_does_not_answer_is_said_at_the_field_and_loses_nothing(
    page: Client, base: str, receiver: Receiver
) -> None:
    receiver.status = 500
    content = configure(
        page,
        base,
        receiver.url,
        **{
            "offer-add_to_list-wanted": "on",
            "offer-add_to_list-list": "8",
            "ask": "offer-add_to_list-list reload",
        },
    )

    assert "Acme does not answer at the moment." in content
    assert '<option value="8" selected>8</option>' in content
    assert not LiveAnswer.objects.exists()


def test_choices_are_stale_for_another_connection(page: Client, base: str, receiver: Receiver) -> None:
    receiver.body = LISTS
    configure(
        page, base, receiver.url, **{"offer-add_to_list-wanted": "on"}, ask="offer-add_to_list-list reload"
    )
    page.post(f"{base}setup/auth/", {"scheme": "bearer", "shown": "bearer", "bearer-token": "another"})

    content = page.get(f"{base}setup/configure/").content.decode()

    assert 'hx-trigger="load"' in content


def test_choices_of_an_action_wait_until_somebody_ticks_it(page: Client, base: str) -> None:
    content = page.get(f"{base}setup/configure/").content.decode()

    assert 'hx-trigger="change from:#id_offer-add_to_list-wanted once"' in content


@pytest.mark.parametrize(("pipeline", "loads"), [("", False), ("default", True)])
def test_choices_are_not_asked_for_before_what_they_depend_on_is_chosen(pipeline: str, loads: bool) -> None:
    form = SpecForm(CREATE_DEAL.fields, values={"pipeline": pipeline}, live={"stage": LiveField("/stages/")})

    shown = str(form["stage"])

    assert ('hx-trigger="load"' in shown) is loads
    assert 'hx-trigger="change from:closest [data-group] target:#id_pipeline"' in shown


def test_a_field_without_live_choices_is_not_to_be_had(page: Client, base: str) -> None:
    assert page.get(f"{base}setup/choices/add_to_list.team/").status_code == 404
    assert page.get(f"{base}setup/choices/nothing.list/").status_code == 404
