"""Rules for answers: pointed at in one that came, tried on those of before, saved into the draft."""

from html.parser import HTMLParser
from urllib.parse import parse_qs

import pytest
from django.test import Client

from destinations.models import ConnectionTest, Destination
from leadconduit.accounts.models import Account, User
from tests.destinations.connectors.receiver import Receiver
from tests.destinations.views.journey import base_of, draft, text_of, walk_to_test
from tests.factories import DestinationFactory

BODY = '{"result": {"status": "created", "note": "<b>"}, "error": "Twice", "a.b": "x"}'
RULES = {"success_status": "2xx", "search_term": "", "search_path": "", "reason_path": ""}


class Links(HTMLParser):
    """The links of a page that carry rules, by the words that a reader hears."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self._href = ""
        self._words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._href, self._words = dict(attrs).get("href") or "", []

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href.startswith("?"):
            query = parse_qs(self._href[1:].partition("#")[0], keep_blank_values=True)
            words = " ".join("".join(self._words).split()).replace(" :", ":")
            self.found[words] = {key: values[0] for key, values in query.items()}
        if tag == "a":
            self._href = ""


@pytest.fixture
def tested(page: Client, receiver: Receiver) -> Destination:
    """A draft with one test, to which the receiver answered BODY."""
    receiver.body = BODY
    destination = walk_to_test(page, receiver.url)
    action = draft(destination).actions[0]["id"]
    page.post(f"{base_of(destination)}setup/test/", {"of": action, "sample": "{}"})
    return destination


def url_of(destination: Destination) -> str:
    return f"{base_of(destination)}setup/answers/"


def test_each_value_offers_to_be_a_rule(page: Client, tested: Destination) -> None:
    links = Links(text_of(page.get(url_of(tested)))).found
    test = ConnectionTest.objects.get()

    assert links["Success when it says this: result.status “created”"] == RULES | {
        "of": test.pk,
        "search_term": "created",
        "search_path": "result.status",
    }
    assert links["Use as reason: error"] == RULES | {"of": test.pk, "reason_path": "error"}
    assert not [words for words in links if "a.b" in words]


def test_a_link_fills_the_form_and_keeps_the_other_rules(page: Client, tested: Destination) -> None:
    first = Links(text_of(page.get(url_of(tested)))).found["Use as reason: error"]
    second = Links(text_of(page.get(url_of(tested), first))).found[
        "Success when it says this: result.status “created”"
    ]

    shown = text_of(page.get(url_of(tested), second))

    assert 'value="created"' in shown
    assert 'value="result.status"' in shown
    assert 'value="error"' in shown
    assert "Not saved" in shown


def test_rules_are_tried_on_the_answers_of_before(page: Client, tested: Destination) -> None:
    as_saved = text_of(page.get(url_of(tested)))
    refusing = RULES | {"search_term": "done", "search_path": "result.status", "reason_path": "error"}
    shown = text_of(page.get(url_of(tested), refusing))

    assert "changes" not in as_saved
    assert "<b>changes</b>" in shown
    assert "<p>Twice</p>" in shown


def test_trying_saves_nothing(page: Client, tested: Destination) -> None:
    before = draft(tested).document

    shown = page.post(url_of(tested), RULES | {"search_term": "done", "try": "1"})

    assert shown.status_code == 200
    assert "<b>changes</b>" in text_of(shown)
    assert draft(tested).document == before


def test_saving_puts_the_rules_into_the_draft_and_nothing_else(page: Client, tested: Destination) -> None:
    before = draft(tested).document["configuration"]
    rules = RULES | {"search_term": "created", "search_path": "result.status"}

    answer = page.post(url_of(tested), rules | {"save": "1"})

    assert answer.headers["Location"] == f"{base_of(tested)}setup/test/"
    assert draft(tested).document["configuration"] == before | rules


@pytest.mark.parametrize("button", ["try", "save"])
def test_a_wrong_rule_is_said_at_its_field_and_nothing_is_saved(
    page: Client, tested: Destination, button: str
) -> None:
    before = draft(tested).document

    answer = page.post(url_of(tested), RULES | {"success_status": "fine", button: "1"})

    shown = text_of(answer)
    assert answer.status_code == 422
    assert 'id="id_success_status_error"' in shown
    assert 'value="fine"' in shown
    assert "Not tried" in shown
    assert draft(tested).document == before


def test_an_answer_can_be_chosen(page: Client, tested: Destination, receiver: Receiver) -> None:
    receiver.body = "ALL FINE"
    action = draft(tested).actions[0]["id"]
    page.post(f"{base_of(tested)}setup/test/", {"of": action, "sample": "{}"})
    first, second = ConnectionTest.objects.order_by("pk")

    newest = text_of(page.get(url_of(tested)))
    older = text_of(page.get(url_of(tested), {"of": first.pk}))

    assert "ALL FINE" in newest
    assert "ALL FINE" not in older
    assert f'href="?of={second.pk}' in older


def test_what_the_receiver_sends_is_text_and_no_markup(page: Client, tested: Destination) -> None:
    shown = text_of(page.get(url_of(tested)))

    assert "“&lt;b&gt;”" in shown
    assert "“<b>”" not in shown


def test_before_there_is_an_answer_the_page_leads_to_the_test(page: Client, acme: Account) -> None:
    shown = text_of(page.get(url_of(DestinationFactory.create(account=acme))))

    assert "No answer yet" in shown


def test_a_viewer_may_try_what_a_link_says_and_save_nothing(vera: User, tested: Destination) -> None:
    page = Client()
    page.force_login(vera)

    assert page.get(url_of(tested), RULES | {"search_term": "done"}).status_code == 200
    assert page.post(url_of(tested), RULES | {"save": "1"}).status_code == 403
