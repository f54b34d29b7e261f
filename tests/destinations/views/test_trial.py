"""The last step: what is said before anything is sent, and what every call came to."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from destinations.models import ConnectionTest, Destination
from flows import intake
from leadconduit.accounts.models import Account, User
from tests.destinations.connectors.receiver import Receiver
from tests.destinations.views.journey import base_of, draft, text_of, walk_to_test
from tests.factories import DestinationFactory, EntityFactory, FlowFactory, source_of


def url_of(destination: Destination) -> str:
    return f"{base_of(destination)}setup/test/"


@pytest.fixture
def one(page: Client, receiver: Receiver) -> Destination:
    return walk_to_test(page, receiver.url)


@pytest.fixture
def two(acme: Account, receiver: Receiver) -> Destination:
    return DestinationFactory.create(
        account=acme, url=receiver.url, actions=["Contacts", "Notes"], draft=True
    )


def test_what_sending_does_is_said_before_it_is_done(
    page: Client, one: Destination, two: Destination
) -> None:
    says = "This sends real requests to 127.0.0.1. Whatever is made of them there stays there."

    assert says in text_of(page.get(url_of(one)))
    assert says in text_of(page.get(url_of(two)))


def test_all_actions_are_chosen_until_one_is(page: Client, two: Destination) -> None:
    notes = draft(two).actions[1]["id"]

    first = text_of(page.get(url_of(two)))
    after = text_of(page.post(url_of(two), {"of": notes, "sample": "{}"}))

    assert 'value="all" checked' in first
    assert f'value="{notes}" checked' in after
    assert ConnectionTest.objects.get().action_name == "Notes"


def test_each_call_shows_its_request_and_answer(page: Client, two: Destination, receiver: Receiver) -> None:
    receiver.body = '{"taken": true}'

    shown = text_of(page.post(url_of(two), {"of": "all", "sample": '{"email": "a@b.test"}'}))

    assert [json.loads(request.body) for request in receiver.requests] == [{"email": "a@b.test"}] * 2
    assert "The test succeeded" in shown
    for test in ConnectionTest.objects.all():
        assert f'id="exchange-{test.pk}-request-body"' in shown
        assert f'id="exchange-{test.pk}-response-body"' in shown
        assert f'setup/answers/?of={test.pk}"' in shown


def test_what_was_not_sent_is_shown_with_why(page: Client, two: Destination, receiver: Receiver) -> None:
    receiver.status = 422

    shown = text_of(page.post(url_of(two), {"of": "all", "sample": "{}"}))

    assert "The test failed" in shown
    assert "1 sent, 1 not" in shown
    assert "“Contacts”, which comes before, was not delivered." in shown


def test_calls_of_one_run_stand_together_among_the_earlier_ones(page: Client, two: Destination) -> None:
    page.post(url_of(two), {"of": "all", "sample": "{}"})

    shown = text_of(page.get(url_of(two)))

    assert "2 requests in one go, by adam@acme.test" in shown
    assert shown.index("<b>Contacts</b>", shown.index("in one go")) < shown.rindex("<b>Notes</b>")


def test_an_action_that_was_never_tried_is_a_warning(page: Client, two: Destination) -> None:
    contacts = draft(two).actions[0]["id"]

    shown = text_of(page.post(url_of(two), {"of": contacts, "sample": "{}"}))

    assert "“Notes” was not tested since the latest change." in shown
    assert "Ready" in shown


def test_a_lead_that_came_in_is_sent_with_its_own_flow(
    page: Client, two: Destination, acme: Account, receiver: Receiver
) -> None:
    seller = EntityFactory.create(account=acme)
    flow = FlowFactory.create(account=acme, name="Solar", sources=[source_of(seller)], deployed=True)
    found = intake.find(flow_id=flow.pk, entity_id=seller.pk)
    assert found
    lead = intake.submit(found, {"email": "ada@x.co"}, ip="127.0.0.1", now=timezone.now())
    contacts = draft(two).actions[0]
    document = draft(two).document
    contacts["mapping"] = [{"target": "from", "template": "{{lead.email}} of {{flow.name}}", "default": ""}]
    draft(two).change(by=None, now=timezone.now(), actions=[contacts, document["actions"][1]])

    page.post(url_of(two), {"of": contacts["id"], "use": f"lead:{lead.pk}"})

    assert json.loads(receiver.latest.body) == {"from": "ada@x.co of Solar"}


def test_a_wrong_address_leads_to_where_it_is_written(
    page: Client, one: Destination, receiver: Receiver
) -> None:
    receiver.status = 404

    shown = text_of(page.post(url_of(one), {"of": "all", "sample": "{}"}))

    assert "Nothing takes leads at this address" in shown
    assert f'{base_of(one)}setup/configure/">Configure</a>' in shown


def test_a_viewer_sees_no_button_and_no_warning(vera: User, one: Destination) -> None:
    page = Client()
    page.force_login(vera)

    shown = text_of(page.get(url_of(one)))

    assert 'id="send"' not in shown
    assert "real request" not in shown
