"""What a receiver takes, declared on the Configure step: rows are added, removed and read off an example."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from destinations.forms.target_fields import read_choices, write_choices
from destinations.models import Destination
from tests.destinations.views.journey import begin, configuration, draft, rows, text_of

FIELD = "action-0-fields"


def declared(*entries: dict[str, str], required: tuple[int, ...] = ()) -> dict[str, Any]:
    columns = ("key", "label", "type", "max_length", "choices")
    blank = dict.fromkeys(columns, "") | {"type": "string"}
    posted: dict[str, Any] = {
        f"{FIELD}-{column}": [(blank | entry)[column] for entry in entries] for column in columns
    }
    return configuration() | posted | {f"{FIELD}-required": [str(row) for row in required]}


@pytest.fixture
def url(page: Client) -> str:
    return f"{begin(page)}setup/configure/"


def stored() -> Any:
    return draft(Destination.objects.get()).actions[0]["configuration"]["fields"]


def test_what_is_filled_in_is_kept_without_what_was_left_blank(page: Client, url: str) -> None:
    email = {"key": "email", "type": "email", "max_length": "80"}
    rating = {"key": "rating", "label": "Rating", "type": "choice", "choices": 'Hot, "Cold, but kind"'}

    page.post(url, declared(email, {}, rating, required=(2,)))

    assert stored() == [
        {"key": "email", "type": "email", "max_length": 80},
        {
            "key": "rating",
            "label": "Rating",
            "type": "choice",
            "choices": ["Hot", "Cold, but kind"],
            "required": True,
        },
    ]


def test_what_is_kept_is_shown_and_saves_as_the_same(page: Client, url: str) -> None:
    page.post(url, declared({"key": "rating", "type": "choice", "choices": 'Hot, "Cold, but kind"'}))

    shown = text_of(page.get(url))

    assert 'value="Hot, &quot;Cold, but kind&quot;"' in shown
    assert '<option value="choice" selected>' in shown


@given(st.lists(st.text(max_size=9).map(lambda text: " ".join(text.split())).filter(bool), max_size=4))
def test_any_choices_are_read_as_they_are_written(choices: list[str]) -> None:
    assert read_choices(write_choices(choices)) == choices


def test_a_row_is_added_and_removed_by_a_button(page: Client, url: str) -> None:
    added = text_of(page.post(url, declared({"key": "a"}, {"key": "b"}) | {"another": FIELD}))
    page.post(url, declared({"key": "a"}, {"key": "b"}) | {"drop": f"{FIELD}-0"})

    assert added.count(f'name="{FIELD}-key"') == 3
    assert [entry["key"] for entry in stored()] == ["b"]


def test_an_example_adds_the_fields_that_are_not_there_yet(page: Client, url: str) -> None:
    example = {"fill": FIELD, f"{FIELD}-example": '{"email": "a@b.co", "company": {"size": 5}}'}

    page.post(url, declared({"key": "email", "label": "Mail"}) | example)

    assert stored() == [
        {"key": "email", "label": "Mail", "type": "string"},
        {"key": "company.size", "type": "integer"},
    ]


def test_an_example_that_is_none_stays_with_a_sentence(page: Client, url: str) -> None:
    shown = text_of(page.post(url, declared({"key": "a"}) | {"fill": FIELD, f"{FIELD}-example": "<b>{"}))

    assert "This is not JSON: see line 1, column 1." in shown
    assert "&lt;b&gt;{</textarea>" in shown
    assert [entry["key"] for entry in stored()] == ["a"]


def test_each_mistake_stands_at_its_cell(page: Client, url: str) -> None:
    wrong = declared({"key": "a", "max_length": "many"}, {"key": "a"}, {"label": "B", "type": "choice"})

    answer = page.post(url, wrong | {"continue": "1"})

    shown = text_of(answer)
    assert answer.status_code == 422
    assert f'href="#id_{FIELD}_0"' in shown
    for cell in ("0_max_length", "1_key", "2_key", "2_choices"):
        assert f'id="id_{FIELD}_{cell}_error"' in shown
    assert 'value="many"' in shown


def test_an_action_that_has_no_name_yet_can_get_fields(page: Client, url: str) -> None:
    posted = configuration("https://receiver.example", "") | {"another": FIELD}

    assert f'name="{FIELD}-key"' in text_of(page.post(url, posted))


def test_a_required_field_that_nothing_fills_is_asked_for(page: Client, url: str) -> None:
    page.post(url, declared({"key": "email", "label": "E-mail"}, required=(0,)))
    destination = Destination.objects.get()
    other = rows(destination, ("phone", "{{lead.phone_1}}", "")) | {"continue": "1"}

    shown = text_of(page.post(url.replace("configure", "map"), other))

    assert "The receiver needs “E-mail”" in shown
