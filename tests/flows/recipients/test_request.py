"""What a recipient is sent. The rows were observed by running leadconduit-custom 2.23.8, where it is not said otherwise."""

import base64
from typing import Any

import pytest

from flows.recipients.bodies import Unsendable
from flows.recipients.mappings import compile_mappings
from flows.recipients.modules import FORM, JSON, MODULES, QUERY, XML
from flows.recipients.request import build, longest_wait

URL = "https://receiver.example/leads"


def body(module: Any, prefix: str, /, **values: Any) -> str:
    mapped = {f"{prefix}.{name}" if prefix else name: value for name, value in values.pop("of", {}).items()}
    return build(module, {"url": URL, **values, **mapped}).body.decode()


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({}, "{}"),  # LeadConduit sends []
        (
            {"a": "x", "e": "", "n": None, "num": 12.5, "is": True},
            '{"a":"x","e":"","n":null,"num":12.5,"is":true}',
        ),
        ({"a.b.0": "x", "a.b.2": "z", "c.1.k": "v"}, '{"a":{"b":["x","z"]},"c":[{"k":"v"}]}'),
        ({"b.c": ["1", None]}, '{"b":{"c":["1",null]}}'),
        ({"a.999999999": "far"}, '{"a":["far"]}'),
        ({"a": "1", "a.b": "2"}, '{"a":{"b":"2"}}'),
        ({"a.b": "2", "a": "1"}, '{"a":"1"}'),
    ],
)
def test_json(properties: dict[str, Any], expected: str) -> None:
    assert body(JSON, "json_property", of=properties) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ""),
        ({"a": "x y", "em": "foo@bar.com"}, "a=x%20y&em=foo%40bar.com"),
        ({"phone": ["1", "2"], "p.0": "a", "p.5": "b"}, "phone=1&phone=2&p=a&p=b"),
        ({"a.b.c": "1", "n": None, "e": "", "list": []}, "a.b.c=1&n=&e="),
        ({"na me[x]": "1"}, "na%20me%5Bx%5D=1"),
    ],
)
def test_a_form(fields: dict[str, Any], expected: str) -> None:
    assert body(FORM, "form_field", of=fields) == expected


def test_a_forms_names_can_be_left_as_they_are() -> None:
    assert body(FORM, "form_field", of={"na me[x]": "1 2&é"}, encode_form_field_names="false") == (
        "na me[x]=1%202%26%C3%A9"
    )


@pytest.mark.parametrize(
    ("url", "parameters", "expected"),
    [
        (URL, {}, URL),
        (URL, {"b": "x y", "c": ["1", "2"]}, f"{URL}?b=x%20y&c=1&c=2"),
        (f"{URL}?a=1#top", {"b": "2"}, f"{URL}?a=1&b=2"),  # LeadConduit writes a second question mark
        (f"{URL}?", {"p.0": "1", "p.1": "2"}, f"{URL}?p=1&p=2"),
    ],
)
def test_a_query(url: str, parameters: dict[str, Any], expected: str) -> None:
    request = build(QUERY, {"url": url, **{f"parameter.{name}": value for name, value in parameters.items()}})

    assert (request.method, request.url, request.body) == ("GET", expected, b"")


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ({"r": "1"}, "<r>1</r>"),
        (
            {"r.a": "1 < 2 & \x01", "r.e": "", "r.n": None},
            "<r>\n  <a>1 &lt; 2 &amp; �</a>\n  <e />\n  <n />\n</r>",
        ),
        (
            {
                "s.ps.p.0": "1",
                "s.ps.p.1": "2",
                "s.b@m": "10",
                "s.foo@bar": "baz",
                "s.foo": "bip",
                "s@id": "9",
            },
            '<s id="9">\n  <ps>\n    <p>1</p>\n    <p>2</p>\n  </ps>\n  <b m="10" />\n  <foo bar="baz">bip</foo>\n</s>',
        ),
        (
            {"r.l.0.k": "1", "r.l.1.k": "2"},
            "<r>\n  <l>\n    <k>1</k>\n  </l>\n  <l>\n    <k>2</k>\n  </l>\n</r>",
        ),
        ({"r.p": ["1", "2"]}, "<r>\n  <p>1</p>\n  <p>2</p>\n</r>"),
        (
            {"soap:Envelope@xmlns:soap": "urn:x", "soap:Envelope.soap:Body": "1"},
            '<soap:Envelope xmlns:soap="urn:x">\n  <soap:Body>1</soap:Body>\n</soap:Envelope>',
        ),
    ],
)
def test_xml(paths: dict[str, Any], expected: str) -> None:
    assert body(XML, "xml_path", of=paths) == f'<?xml version="1.0"?>\n{expected}'


def test_json_as_one_parameter_of_a_form() -> None:
    request = build(
        JSON,
        {"url": URL, "json_parameter": "data", "json_property.a": "x y", "extra_parameter.k": ["1", "2"]},
    )

    assert request.body == b"data=%7B%22a%22%3A%22x%20y%22%7D&k=1&k=2"
    assert ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8") in request.headers


def test_xml_as_one_parameter_of_a_form() -> None:
    assert body(XML, "xml_path", of={"r": "1"}, xml_parameter="doc") == (
        "doc=%3C%3Fxml%20version%3D%221.0%22%3F%3E%0A%3Cr%3E1%3C%2Fr%3E"
    )


def test_letters_that_ascii_does_not_have() -> None:
    assert (
        body(JSON, "json_property", of={"a": "José “x” – ñ 日"}, send_ascii="true")
        == '{"a":"Jose \\"x\\" - n ?"}'
    )


@pytest.mark.parametrize(
    ("module", "method", "sent"),
    [
        (JSON, None, "POST"),
        (JSON, "put", "PUT"),
        (JSON, "DELETE", "DELETE"),
        (XML, "PATCH", "PATCH"),
        (FORM, None, "POST"),
    ],
)
def test_methods(module: Any, method: str | None, sent: str) -> None:
    assert build(module, {"url": URL, "method": method, "xml_path.r": "1"}).method == sent


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"url": ""}, "The URL is blank."),
        ({"url": "ftp://x"}, "The URL must begin with http:// or https://."),
        ({"url": URL, "method": "GET"}, "The method must be POST or PUT or DELETE or PATCH, not `GET`."),
        (
            {"url": URL, "outcome_on_match": "skip"},
            "The outcome on match must be success or failure or error, not `skip`.",
        ),
    ],
)
def test_what_leadconduit_would_not_send_either(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Unsendable) as refusal:
        build(JSON, values)

    assert refusal.value.sentence == sentence


@pytest.mark.parametrize(
    "paths", [{}, {"r.a": "1", "q": "2"}, {"r.a b": "1"}], ids=["none", "two roots", "no name"]
)
def test_no_xml_document_can_be_made(paths: dict[str, Any]) -> None:
    with pytest.raises(Unsendable):
        body(XML, "xml_path", of=paths)


def test_basic_authentication_needs_both_parts() -> None:
    both = build(FORM, {"url": URL, "basic_username": "u", "basic_password": "pé"})
    one = build(FORM, {"url": URL, "basic_username": "u"})

    assert dict(both.headers)["Authorization"] == f"Basic {base64.b64encode('u:pé'.encode()).decode()}"
    assert "Authorization" not in dict(one.headers)


def test_mapped_headers_win_and_credentials_among_them_are_secrets() -> None:
    request = build(
        JSON,
        {
            "url": URL,
            "basic_username": "u",
            "basic_password": "sesame",
            "header.authorization": "Bearer abc",
            "header.content-type": "application/vnd.x+json",
            "header.X-Api-Key": "k1",
            "header.X-Blank": "",
            "header.X-Count": 3,
        },
    )

    assert dict(request.headers) == {
        "Accept": dict(request.headers)["Accept"],
        "authorization": "Bearer abc",
        "content-type": "application/vnd.x+json",
        "X-Api-Key": "k1",
        "X-Count": "3",
    }
    assert set(request.secrets) == {"sesame", "Bearer abc", "abc", "k1"}


@pytest.mark.parametrize(
    ("mapped", "seconds"), [(None, 30), ("5", 5), (0, 1), (1000, 360), ("soon", 30), ("{{x}}", 30)]
)
def test_seconds_to_wait(mapped: object, seconds: float) -> None:
    assert build(FORM, {"url": URL, "timeout_seconds": mapped}).timeout == seconds


IN_TEXAS = {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}]}


@pytest.mark.parametrize(
    ("mapped", "seconds"),
    [
        ([], 30),
        ([("5", None)], 5),
        ([("5", IN_TEXAS)], 30),
        ([("60", IN_TEXAS)], 60),
        ([("60", None), ("5", None)], 5),
        ([("60", None), ("5", IN_TEXAS)], 60),
        ([("60", IN_TEXAS), ("5", None), ("8", IN_TEXAS)], 8),
        ([("{{lead.age}}", IN_TEXAS)], 360),
        ([("{{lead.age}}", None), ("5", None)], 5),
        ([("5", None), ("", None)], 30),
        ([("999", None)], 360),
    ],
)
def test_the_longest_wait(mapped: list[tuple[str, Any]], seconds: float) -> None:
    mappings = [{"property": "timeout_seconds", "value": value, "rule_set": rules} for value, rules in mapped]

    assert longest_wait(compile_mappings(mappings)) == seconds


def test_the_modules_are_leadconduits() -> None:
    assert sorted(MODULES) == [
        f"leadconduit-custom.outbound.{kind}" for kind in ("form", "json", "query", "xml")
    ]


def test_a_credential_is_named_to_the_client_as_it_is_sent() -> None:
    values = {
        "url": URL,
        "send_ascii": "true",
        "header.X-Api-Key": "pässwörd",
        "header.X-Auth": "Token tökenß",
    }

    request = build(FORM, values)

    assert set(request.secrets) >= {"pässwörd", "password", "tökenß", "tokenss"}
    assert ("X-Api-Key", "password") in request.headers
