from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context
from django.test import RequestFactory
from django.urls import resolve

from leadconduit import display

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gone", "text"),
    [
        (timedelta(seconds=1), "just now"),
        (timedelta(seconds=59), "59 s ago"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=6), "6 d ago"),
        (timedelta(days=20), "4 Nov"),
        (timedelta(days=400), "20 Oct 2025"),
        (timedelta(minutes=-4), "in 4 min"),
    ],
)
def test_an_instant_reads_as_long_ago_as_it_is(gone: timedelta, text: str) -> None:
    assert display.ago(NOW - gone, NOW) == text


@pytest.mark.parametrize(
    ("word", "tone"),
    [
        ("delivered", "good"),
        ("Rejected", "warning"),
        ("failed", "bad"),
        ("waiting", "info"),
        ("draft", "idle"),
        (201, "good"),
        (302, "warning"),
        (503, "bad"),
    ],
)
def test_a_state_or_status_has_a_tone(word: object, tone: str) -> None:
    assert display.tone(word) == tone


def test_json_is_indented_and_every_token_named() -> None:
    html = display.readable('{"a":"x","n":-1.5e3,"t":true}')

    assert '<span class="key">&quot;a&quot;</span>: <span class="string">&quot;x&quot;</span>' in html
    assert '<span class="figure">-1500.0</span>' in html
    assert '<span class="literal">true</span>' in html
    assert html.count("\n") == 4


@pytest.mark.parametrize("text", ['{"a":"</code><script>"}', "</code><script>", '{"<script>": 1}'])
def test_what_a_server_answered_cannot_become_markup(text: str) -> None:
    assert "<script>" not in display.readable(text)
    assert "</code>" not in display.readable(text)


def test_text_that_is_not_json_stands_as_it_is() -> None:
    assert display.readable("id=1&name=Ada") == "id=1&amp;name=Ada"


def test_headers_read_the_same_from_an_object_and_from_pairs() -> None:
    assert display.header_pairs({"a": "1"}) == display.header_pairs([("a", "1")]) == [("a", "1")]
    assert display.header_pairs(None) == []


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("No flow takes `a<b`.", "No flow takes <code>a&lt;b</code>."),
        ("A lone ` stays.", "A lone ` stays."),
        ("<b>", "&lt;b&gt;"),
    ],
)
def test_what_stands_between_backticks_is_code(sentence: str, shown: str) -> None:
    assert display.with_code(sentence) == shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ada Lovelace", "AL"), ("ada.lovelace@acme.example", "AL"), ("ops", "O")],
)
def test_initials_are_at_most_two_letters(name: str, letters: str) -> None:
    assert display.initials(name) == letters


@pytest.mark.parametrize(("ms", "text"), [(3.6, "4 ms"), (999, "999 ms"), (10_003, "10.0 s")])
def test_durations_read_in_the_unit_that_fits(ms: float, text: str) -> None:
    assert display.duration(ms) == text


def test_the_menu_marks_the_section_of_the_present_page() -> None:
    request = RequestFactory().get("/app/destinations/new/")
    request.resolver_match = resolve("/app/destinations/new/")

    here = [place.label for place in display.places(Context({"request": request})) if place.here]

    assert here == ["Destinations"]


def test_a_page_may_name_its_section_itself() -> None:
    here = [place.label for place in display.places(Context({"section": "lead"})) if place.here]

    assert here == ["Leads"]


def test_a_lone_surrogate_of_a_receiver_can_be_shown() -> None:
    assert display.readable(r'{"error": "\ud800"}').encode()
