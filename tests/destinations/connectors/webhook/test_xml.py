"""A payload as an XML document."""

from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from destinations.connectors.webhook.request import request_for
from destinations.connectors.webhook.xml import root_problem, xml_body
from tests.destinations.connectors.webhook.orders import order

HEAD = "<?xml version='1.0' encoding='utf-8'?>\n"


@pytest.mark.parametrize(
    ("payload", "written"),
    [
        ({}, "<lead />"),
        ({"email": "ada@x.co"}, "<lead><email>ada@x.co</email></lead>"),
        ({"company": {"name": "A & B"}}, "<lead><company><name>A &amp; B</name></company></lead>"),
        ({"tag": ["a", "b"]}, "<lead><tag>a</tag><tag>b</tag></lead>"),
        ({"age": 42, "ok": True, "none": None}, "<lead><age>42</age><ok>true</ok><none /></lead>"),
        ({"first name": "Ada"}, '<lead><field name="first name">Ada</field></lead>'),
        ({"xmlns": "x", "1st": "y"}, '<lead><field name="xmlns">x</field><field name="1st">y</field></lead>'),
        ({"note": "a\x00b\ud800"}, "<lead><note>a\ufffdb\ufffd</note></lead>"),
        ({"city": "Zürich"}, "<lead><city>Zürich</city></lead>"),
    ],
)
def test_fields_become_elements(payload: dict[str, Any], written: str) -> None:
    assert xml_body(payload, "lead").decode() == HEAD + written


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_whatever_is_mapped_the_document_can_be_read(payload: dict[str, Any]) -> None:
    assert ElementTree.fromstring(xml_body(payload, "lead")).tag == "lead"


@pytest.mark.parametrize("name", ["", "1lead", "a b", "xml", "ns:lead", "<lead>"])
def test_what_is_no_name_is_no_root(name: str) -> None:
    assert root_problem(name)


def test_a_request_says_that_it_is_xml() -> None:
    request = request_for(order(format="xml", root="Prospect"))

    assert dict(request.headers)["Content-Type"] == "application/xml; charset=utf-8"
    assert request.body.startswith(f"{HEAD}<Prospect>".encode())
