"""The answer in the format that a source wants."""

import contextlib
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.inbound.answering import choose, write
from flows.inbound.formats import FORM, FORMATS, JSON, TEXT_XML, XML
from flows.inbound.refused import Refused

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", JSON),
        (" ", JSON),
        ("*/*", JSON),
        ("*", JSON),
        ("application/*", JSON),
        ("text/*", TEXT_XML),
        (JSON, JSON),
        ("APPLICATION/JSON; charset=utf-8", JSON),
        (XML, XML),
        (TEXT_XML, TEXT_XML),
        (FORM, FORM),
        ("text/html, */*;q=0.8", JSON),
        ("application/json, text/plain, */*", JSON),
        ("text/xml, */*", TEXT_XML),
        ("application/xml, text/xml, */*; q=0.01", XML),
        ("application/xml, application/json", JSON),
        ("application/xml;q=0.9, application/json;q=0.8", XML),
        ("application/json;q=0, */*", XML),
        ("application/json;q=0.1, application/*", XML),
        ("text/xml;q=broken", TEXT_XML),
        (",,text/xml", TEXT_XML),
        (BROWSER, XML),
    ],
)
def test_the_best_match_is_answered(accept: str, media_type: str) -> None:
    assert choose(accept) == media_type


@pytest.mark.parametrize(
    "accept", ["text/csv", "image/*", "application/json;q=0", "*/*;q=0", ",", "nonsense"]
)
def test_who_takes_none_of_them_is_refused(accept: str) -> None:
    with pytest.raises(Refused) as refused:
        choose(accept)

    assert (refused.value.status, refused.value.sentence) == (
        406,
        "Not capable of generating content according to the Accept header",
    )


FAILURE: dict[str, Any] = {"outcome": "failure", "reason": "bad!", "lead": {"id": "123"}, "price": 0}

XML_FAILURE = """\
<?xml version="1.0"?>
<result>
  <outcome>failure</outcome>
  <reason>bad!</reason>
  <lead>
    <id>123</id>
  </lead>
  <price>0</price>
</result>"""


@pytest.mark.parametrize(
    ("media_type", "content_type", "content"),
    [
        (JSON, JSON, '{"outcome":"failure","reason":"bad!","lead":{"id":"123"},"price":0}'),
        (
            XML,
            f"{XML}; charset=utf-8",
            XML_FAILURE,
        ),
        (FORM, FORM, "outcome=failure&reason=bad%21&lead.id=123&price=0"),
    ],
)
def test_an_answer_is_written_as_leadconduit_writes_it(
    media_type: str, content_type: str, content: str
) -> None:
    assert write(FAILURE, media_type) == (content.encode(), content_type)


def test_a_reason_that_there_is_none_of_is_left_out() -> None:
    content, _ = write(FAILURE | {"reason": None}, TEXT_XML)

    assert b"reason" not in content


@given(st.text())
def test_any_reason_makes_a_whole_document(reason: str) -> None:
    answer = FAILURE | {"reason": reason}

    result = ElementTree.fromstring(write(answer, XML)[0])  # our own words: nothing to be guarded from
    assert [element.tag for element in result] == ["outcome", "reason", "lead", "price"]
    write(answer, FORM)


@given(st.text(st.characters(exclude_categories=["C"])))
def test_a_reason_of_plain_characters_comes_through_in_every_format(reason: str) -> None:
    answer = FAILURE | {"reason": reason}

    assert orjson.loads(write(answer, JSON)[0]) == answer
    assert (ElementTree.fromstring(write(answer, XML)[0]).findtext("reason") or "") == reason


@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from([*FORMATS, "*/*", "text/*", ";q=", "0.5", ","])).map("".join)
)
def test_any_accept_header_is_chosen_from_or_refused(accept: str) -> None:
    with contextlib.suppress(Refused):
        assert choose(accept) in FORMATS
