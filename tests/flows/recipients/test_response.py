"""How a recipient's answer is read. The rows were observed by running leadconduit-custom 2.23.8, where it is not said
otherwise.
"""

import codecs
import gzip
import zlib
from typing import Any

import pytest

from flows.recipients.response import RecipientResult, read_answer
from leadconduit.lib.masking import MASK
from leadconduit.lib.outbound import Response

JSON, XML, HTML, TEXT = "application/json", "text/xml", "text/html; charset=utf-8", "text/plain"
DOCUMENT = '<?xml version="1.0"?><r a="q"><ok>true</ok><e>one</e><e>two</e><n><m k="v">t</m></n></r>'
PAGE = (
    "<html><body><div class='content'><h1>Good</h1>"
    '<h2 class="error" reason="because">Bad <b>thing</b></h2></div></body></html>'
)
FOUND = "Query Matched 42 records."


def read(
    values: dict[str, Any],
    body: str | bytes,
    content_type: str = JSON,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
    **options: Any,
) -> RecipientResult:
    response = Response(
        status,
        "",
        (("Content-Type", content_type), *headers) if content_type else headers,
        body.encode() if isinstance(body, str) else body,
        options.get("truncated", False),
    )
    return read_answer(values, response, secrets=options.get("secrets", ()), transactions=())


# --- The outcome


@pytest.mark.parametrize(
    ("values", "body", "content_type", "outcome"),
    [
        ({}, '{"ok":false}', JSON, "success"),
        ({}, "", JSON, "success"),
        ({"outcome_search_term": "true"}, '{"ok":true}', JSON, "success"),
        ({"outcome_search_term": "TRUE"}, '{"ok":true}', JSON, "success"),
        ({"outcome_search_term": "yes"}, '{"ok":true}', JSON, "failure"),
        ({"outcome_search_term": '/"OK":\\s*true/'}, '{"ok": true}', JSON, "success"),
        ({"outcome_search_term": "ok.{3}true"}, '{"ok": true}', JSON, "success"),
        ({"outcome_search_term": "nope"}, "nope", JSON, "success"),
        (
            {"outcome_search_term": "true", "outcome_search_path": "s"},
            '{"s":false,"c":"true"}',
            JSON,
            "failure",
        ),
        ({"outcome_search_term": "true", "outcome_search_path": "s"}, '{"s":true}', JSON, "success"),
        ({"outcome_search_term": "true", "outcome_search_path": "no"}, '{"s":true}', JSON, "failure"),
        ({"outcome_search_path": "no"}, '{"s":true}', JSON, "success"),
        ({"outcome_search_term": "foo", "outcome_search_path": "a"}, '{"a":["x","foo"]}', JSON, "success"),
        (
            {"outcome_search_term": "foo", "outcome_search_path": "a[1].b"},
            '{"a":["x",{"b":"foo"}]}',
            JSON,
            "success",
        ),
        ({"outcome_search_term": "dup", "outcome_on_match": "failure"}, '{"m":"dup"}', JSON, "failure"),
        ({"outcome_search_term": "dup", "outcome_on_match": "failure"}, '{"m":"x"}', JSON, "success"),
        ({"outcome_search_term": "dup", "outcome_on_match": "error"}, '{"m":"dup"}', JSON, "error"),
        ({"outcome_search_term": "dup", "outcome_on_match": "error"}, '{"m":"x"}', JSON, "success"),
        ({"outcome_on_match": "Failure"}, "{}", JSON, "failure"),
        ({"outcome_search_term": "true", "outcome_search_path": "/r/ok/text()"}, DOCUMENT, XML, "success"),
        ({"outcome_search_term": "true", "outcome_search_path": "/r/ok"}, DOCUMENT, XML, "success"),
        ({"outcome_search_term": "q", "outcome_search_path": "/r/@a"}, DOCUMENT, XML, "success"),
        ({"outcome_search_term": "true", "outcome_search_path": "ok"}, DOCUMENT, XML, "failure"),
        # LeadConduit finds nothing there, which may be a success.
        ({"outcome_search_term": "true", "outcome_search_path": "/r[["}, DOCUMENT, XML, "error"),
        ({"outcome_search_term": "good"}, "<r><good", XML, "success"),
        ({"outcome_search_term": "good", "outcome_search_path": "div.content h1"}, PAGE, HTML, "success"),
        ({"outcome_search_term": "bad", "outcome_search_path": "div.content h1"}, PAGE, HTML, "failure"),
        ({"outcome_search_term": "42", "outcome_search_path": "(query)"}, FOUND, TEXT, "success"),
        ({"outcome_search_term": "1"}, '{"a":1}', "", "success"),
        # LeadConduit finds nothing by what is no pattern, which may be a success.
        ({"outcome_search_term": "(foo"}, '{"a":"(FOO"}', JSON, "error"),
        # LeadConduit searches the text as it came alone.
        ({"outcome_search_term": "dup"}, '{"m":"d\\u0075p"}', JSON, "success"),
        ({"outcome_search_term": "a/b"}, '{"m":["a\\/b"]}', JSON, "success"),
        ({"outcome_search_term": "d\\\\u0075p"}, '{"m":"d\\u0075p"}', JSON, "success"),
        ({"outcome_search_term": "dup"}, "<r><m>d&#117;p</m></r>", XML, "success"),
        ({"outcome_search_term": "a b"}, "m=a+b", "application/x-www-form-urlencoded", "success"),
    ],
)
def test_outcomes(values: dict[str, Any], body: str, content_type: str, outcome: str) -> None:
    assert read(values, body, content_type).outcome == outcome


@pytest.mark.parametrize("status", [200, 204, 301, 400, 404, 422, 429, 499])
def test_below_500_the_body_decides(status: int) -> None:
    assert read({}, "{}", status=status).outcome == "success"


@pytest.mark.parametrize("status", [500, 502, 503, 599])
def test_a_server_error_is_an_error_whatever_the_body_says(status: int) -> None:
    result = read({"outcome_search_term": "a", "fallback_price": 1}, '{"a":1}', status=status)

    assert (result.outcome, result.reason) == ("error", "Server error")
    assert result.appended == {"outcome": "error", "reason": "Server error"}


def test_an_answer_that_is_too_long_is_an_error() -> None:
    result = read({}, "x" * 1000, truncated=True)

    assert (result.outcome, result.reason) == (
        "error",
        "The answer has more than 1,000 bytes, which is more than is read.",
    )


# --- The reason


@pytest.mark.parametrize(
    ("values", "body", "content_type", "reason"),
    [
        ({"reason_path": "why"}, '{"why":"no"}', JSON, "no"),
        ({"reason_path": "e"}, '{"e":5}', JSON, "5"),
        ({"reason_path": "e"}, '{"e":[" a ","b",""]}', JSON, "a, b"),
        ({"reason_path": "x", "default_reason": "Not wanted"}, "{}", JSON, "Not wanted"),
        ({}, '{"reason":"no"}', JSON, "no"),
        ({}, "{}", JSON, ""),
        # LeadConduit gives the element itself where the path does not end in text().
        ({"reason_path": "/r/e"}, DOCUMENT, XML, "one, two"),
        ({"reason_path": "/r/e/text()"}, DOCUMENT, XML, "one, two"),
        ({"reason_path": "h2.error"}, PAGE, HTML, "Bad thing"),
        ({"reason_path": "div.content h2.error @reason"}, PAGE, HTML, "because"),
        ({"reason_path": "bad <b>(.*)</b>"}, PAGE, HTML, "thing"),
        ({"reason_path": "matched (.*) rec"}, FOUND, TEXT, "42"),
        ({"reason_path": "matched"}, FOUND, TEXT, ""),
    ],
)
def test_reasons_of_a_failure(values: dict[str, Any], body: str, content_type: str, reason: str) -> None:
    result = read({"outcome_search_term": "zz", **values}, body, content_type)

    assert (result.outcome, result.reason) == ("failure", reason)


def test_the_default_reason_is_for_what_is_no_success() -> None:
    assert read({"default_reason": "Not wanted"}, "{}").reason == ""


# --- What is appended


@pytest.mark.parametrize(
    ("values", "body", "content_type", "appended"),
    [
        ({}, '{"a":1,"b":{"c":"x"}}', JSON, {"a": 1, "b": {"c": "x"}}),
        ({}, '[{"a":1}]', JSON, {"array": [{"a": 1}]}),
        ({}, '"hello"', JSON, {}),
        ({}, "nope", JSON, {}),
        ({}, '{"outcome":"failure","price":9}', JSON, {}),
        ({}, '{"a":1}', "application/vnd.x+json", {"a": 1}),  # LeadConduit takes it for a text
        ({"response_content_type_override": JSON}, '{"a":1}', TEXT, {"a": 1}),
        ({}, "a=1&b=2", "application/x-www-form-urlencoded", {"a": "1", "b": "2"}),
        (
            {},
            DOCUMENT,
            XML,
            {"r": {"a": "q", "ok": "true", "e": ["one", "two"], "n": {"m": {"#text": "t", "k": "v"}}}},
        ),
        ({}, '<s:e xmlns:s="urn:x"><s:b>1</s:b></s:e>', XML, {"s:e": {"xmlns:s": "urn:x", "s:b": "1"}}),
        ({}, PAGE, HTML, {}),
        (
            {"price_path": "p", "reference_path": "r"},
            '{"p":"3.50","r":77}',
            JSON,
            {"p": "3.50", "r": 77, "price": 3.5, "reference": "77"},
        ),
        ({"price_path": "p"}, '{"p":"$1,200.50"}', JSON, {"p": "$1,200.50", "price": "$1,200.50"}),
        ({"price_path": "q", "fallback_price": "2"}, "{}", JSON, {"price": 2}),
        ({"price_path": "q"}, "{}", JSON, {}),
        (
            {"price_path": "matched (.*) rec", "reference_path": "(q.)"},
            FOUND,
            TEXT,
            {"price": 42, "reference": "Qu"},
        ),
        (
            {"capture.n": "matched (.*) records", "capture.none": "zz (.*)", "capture.whole": "matched"},
            FOUND,
            TEXT,
            {"n": "42"},  # LeadConduit minds the case here, after it has lower-cased the pattern
        ),
        ({"capture.t": "/<H1>(.*)</h1>/i"}, PAGE, HTML, {"t": "Good"}),
    ],
)
def test_what_is_appended(
    values: dict[str, Any], body: str, content_type: str, appended: dict[str, Any]
) -> None:
    assert read(values, body, content_type).appended == {"outcome": "success", "price": 0} | appended


def test_a_cookie_is_found_whatever_its_case() -> None:
    cookies = (("Set-Cookie", "a=1; Path=/"), ("set-cookie", "SID=2; Path=/"))

    assert read({"cookie_search_term": "sid=."}, "{}", headers=cookies).appended["cookie"] == "SID=2; Path=/"
    assert "cookie" not in read({"cookie_search_term": "zz"}, "{}", headers=cookies).appended


def test_an_echo_of_a_secret_is_masked() -> None:
    result = read({"reason_path": "you"}, '{"you":"said sesame","in":[{"sesame":1}]}', secrets=("sesame",))

    assert "sesame" not in str(result.kept)
    assert "sesame" not in result.reason
    assert result.appended["you"] == "said sesame"


def test_what_postgresql_does_not_keep_is_replaced() -> None:
    assert read({}, b'{"a":"x\\u0000y"}').appended["a"] == "x\ufffdy"


# --- What an answer may not do


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><r>&b;</r>',
        '<!DOCTYPE r SYSTEM "file:///etc/passwd"><r>&x;</r>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
        "<a>" * 1000 + "</a>" * 1000,
    ],
    ids=["entities", "external document type", "external entity", "too deep"],
)
def test_xml_that_is_not_safe_to_read_is_a_text(body: str) -> None:
    assert read({}, body, XML).appended == {"outcome": "success", "price": 0}


@pytest.mark.parametrize(
    "page",
    ["<a b='", "<" * 100, "<!--", "<script>x", "<p>" * 500, "</", "<a" + " " * 100, "<a b=c", "&#xD800;"],
)
def test_a_page_that_breaks_off_is_read_as_far_as_it_goes(page: str) -> None:
    assert read({"reason_path": "p.x"}, page, HTML).outcome == "success"


def test_a_number_that_is_a_secret_is_masked() -> None:
    result = read(
        {"price_path": "m"}, '{"n":4815162342,"m":48,"deep":[{"n":4815162342}]}', secrets=("4815162342", "48")
    )

    assert "4815162342" not in str(result.kept)
    assert (result.kept["m"], result.kept["price"]) == (MASK, 48)


@pytest.mark.parametrize("values", [{"capture.x": "(open se)"}, {"reason_path": "(n sesa)"}])
def test_a_pattern_cuts_no_part_out_of_a_secret(values: dict[str, Any]) -> None:
    result = read(values, "you sent open sesame", TEXT, secrets=("open sesame",))

    assert "sesa" not in str(result.kept)
    assert "open se" not in str(result.kept)


def test_a_search_sees_the_answer_as_it_came() -> None:
    values = {"outcome_search_term": "sesame"}

    assert read(values, "open sesame", TEXT, secrets=("sesame",)).outcome == "success"


# --- What cannot be judged is an error, and lets no lead through

FAILS_IF_FOUND = {"outcome_search_term": "dup", "outcome_on_match": "failure"}
GZIPPED = gzip.compress(b'{"m":"dup"}', mtime=0)
DEEP = '{"m":' * 800 + '"dup"' + "}" * 800
NESTED = "<r>" + "<a>" * 95 + "<b/>" * 34_000 + "</a>" * 95 + "</r>"


@pytest.mark.parametrize("secret", ["failure", "error", "ailur", "price", "outcome"])
def test_no_secret_changes_the_outcome_or_our_names(secret: str) -> None:
    result = read(FAILS_IF_FOUND | {"capture.price_seen": "(dup)"}, '{"m":"dup"}', secrets=(secret,))

    assert result.outcome == result.appended["outcome"] == result.kept["outcome"] == "failure"
    assert {"outcome", "price", "price_seen"} <= result.kept.keys()


def test_rules_see_what_a_secret_is_masked_in() -> None:
    result = read({"capture.c": "(.*)"}, "id abc4711", TEXT, secrets=("4711",))

    assert (result.appended["c"], result.kept["c"]) == ("id abc4711", f"id abc{MASK}")


@pytest.mark.parametrize("status", [0, 42, 99, 100, 101, 199, 600, 700, 999])
def test_a_status_that_is_none_is_an_error(status: int) -> None:
    assert read({}, "{}", status=status).outcome == "error"


@pytest.mark.parametrize(
    ("encoding", "body", "outcome"),
    [
        ("gzip", GZIPPED, "failure"),
        ("X-GZip", GZIPPED, "failure"),
        ("deflate", zlib.compress(b'{"m":"dup"}'), "failure"),
        ("deflate", zlib.compress(b'{"m":"dup"}', wbits=-15), "failure"),
        ("identity", b'{"m":"dup"}', "failure"),
        ("gzip", b"", "success"),
        ("gzip", GZIPPED[:-4], "error"),
        ("gzip", GZIPPED + GZIPPED, "error"),
        ("gzip", b'{"m":"x"}', "error"),
        ("gzip", gzip.compress(bytes(10_000_000)), "error"),
        ("gzip, gzip", gzip.compress(GZIPPED, mtime=0), "error"),
        ("br", b"x", "error"),
    ],
)
def test_an_answer_is_judged_unpacked_or_not_at_all(encoding: str, body: bytes, outcome: str) -> None:
    assert read(FAILS_IF_FOUND, body, headers=(("Content-Encoding", encoding),)).outcome == outcome


@pytest.mark.parametrize(
    ("charset", "outcome"),
    [
        ("utf-16", "failure"),
        ('"UTF-16LE"', "failure"),
        ("punycode", "error"),
        ("utf-7", "error"),
        ("?", "error"),
    ],
)
def test_an_answer_is_judged_decoded_or_not_at_all(charset: str, outcome: str) -> None:
    assert (
        read(FAILS_IF_FOUND, "dup".encode("utf-16-le"), f"text/plain; Charset={charset}").outcome == outcome
    )


UTF_16 = '<?xml version="1.0" encoding="UTF-16"?><r>dup</r>'


@pytest.mark.parametrize(
    ("body", "content_type", "outcome"),
    [
        (UTF_16.encode("utf-16"), XML, "failure"),
        (codecs.BOM_UTF16_BE + "dup".encode("utf-16-be"), TEXT, "failure"),
        (codecs.BOM_UTF16_LE + "dup".encode("utf-16-le"), "text/plain; charset=utf-8", "failure"),
        (codecs.BOM_UTF8 + b'{"m":"dup"}', JSON, "failure"),
        (UTF_16.encode("utf-16-le"), XML, "error"),
        (UTF_16.encode(), XML, "failure"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><r>\xe9 dup</r>', XML, "failure"),
        (b'<?xml version="1.0" encoding="punycode"?><r>dup</r>', XML, "error"),
        (b'<html><meta charset="iso-8859-1"><p>\xe9 dup</p></html>', "text/html", "failure"),
        (b"\xe9 dup", TEXT, "error"),
        (b"\xe9 x", TEXT, "error"),
        (b"\xe9 dup", "text/plain; charset=iso-8859-1", "failure"),
        (b"x\0dup", TEXT, "error"),
        (GZIPPED, JSON, "error"),
        (GZIPPED, "application/json; charset=iso-8859-1", "error"),
    ],
)
def test_an_answer_is_searched_as_text_or_not_at_all(body: bytes, content_type: str, outcome: str) -> None:
    assert read(FAILS_IF_FOUND, body, content_type).outcome == outcome


def test_an_answer_in_which_nothing_is_searched_may_hold_what_is_no_text() -> None:
    assert read({}, b"\xff\0", TEXT).outcome == "success"


def test_an_xml_declaration_says_how_its_values_are_written() -> None:
    body = b'<?xml version="1.0" encoding="ISO-8859-1"?><r>caf\xe9</r>'

    assert read({}, body, XML).appended["r"] == "caf\xe9"
    assert read({}, UTF_16.encode("utf-16"), XML).appended["r"] == "dup"


@pytest.mark.parametrize(
    ("coding", "outcome"),
    [("chunked", "failure"), ("Identity", "failure"), ("gzip, chunked", "error"), ("deflate", "error")],
)
def test_an_answer_that_is_compressed_on_its_way_is_not_judged(coding: str, outcome: str) -> None:
    headers = (("Transfer-Encoding", coding),)

    assert read(FAILS_IF_FOUND, '{"m":"dup"}', headers=headers).outcome == outcome


@pytest.mark.parametrize(
    ("path", "body", "content_type", "outcome"),
    [
        ("$.r", '{"r":"dup"}', JSON, "error"),
        ("$", '{"r":"dup"}', JSON, "error"),
        ("/r", '{"r":"dup"}', JSON, "error"),
        ("r[*].m", '{"r":[{"m":"dup"}]}', JSON, "error"),
        ("$ref", '{"r":1}', JSON, "success"),
        ("$.m", '{"$":{"m":"dup"}}', JSON, "failure"),
        ("/r", "<p>dup</p>", HTML, "error"),
        ("$.r", "<p>dup</p>", HTML, "error"),
        ("p:nth-child(1)", "<p>dup</p>", HTML, "error"),
        ("p:first-child", "<p>dup</p>", HTML, "error"),
        ("p + p", "<p>dup</p>", HTML, "error"),
        ("div", "<p>dup</p>", HTML, "success"),
        ("<p>(.*)</p>", "<p>dup</p>", HTML, "failure"),
    ],
)
def test_a_path_that_cannot_be_read_finds_nothing_in_vain(
    path: str, body: str, content_type: str, outcome: str
) -> None:
    assert read(FAILS_IF_FOUND | {"outcome_search_path": path}, body, content_type).outcome == outcome


def test_a_character_with_thousands_of_digits_is_none() -> None:
    page = f"<p>&#{'1' * 5000};&#{'0' * 5000}65;&#65;</p>"

    assert read({"reason_path": "p"}, page, HTML).reason == "\ufffdAA"


def test_a_place_with_thousands_of_zeros_is_none() -> None:
    assert read({"reason_path": "errors.00000000005"}, '{"errors":["a"]}').reason == ""


@pytest.mark.parametrize("name", ["outcome_search_term", "capture.x", "reason_path", "cookie_search_term"])
def test_a_pattern_that_takes_too_long_is_an_error(name: str) -> None:
    values = FAILS_IF_FOUND | {name: "(?=x)|(a|a)+b"}
    cookie = (("Set-Cookie", "a" * 60),)

    result = read(values, "a" * 60, TEXT, headers=cookie)

    assert (result.outcome, result.reason) == ("error", "A pattern takes too long on this answer.")


@pytest.mark.parametrize(
    ("body", "content_type", "path"),
    [
        ('{"m":"x"', JSON, "m"),
        ("", JSON, "m"),
        (DEEP, JSON, "m"),
        ("<r><m>x</m>", XML, "/r/m"),
        ("<!DOCTYPE r><r><m>x</m></r>", XML, "/r/m"),
        ("<r/>", XML, "/r[["),
        ("a&" * 2000, "application/x-www-form-urlencoded", "m"),
    ],
)
def test_what_cannot_be_read_as_what_it_calls_itself_is_an_error_where_it_is_searched_in(
    body: str, content_type: str, path: str
) -> None:
    assert read(FAILS_IF_FOUND | {"outcome_search_path": path}, body, content_type).outcome == "error"


def test_an_answer_that_is_nested_deeply_is_masked() -> None:
    assert read({}, DEEP, secrets=("sesame",)).outcome == "success"


@pytest.mark.parametrize("path", ["//a", "//*", "//a//a//b"])
def test_an_answer_that_takes_too_much_to_read_is_an_error(path: str) -> None:
    result = read({"reason_path": path}, NESTED, XML)

    assert (result.outcome, result.reason) == ("error", "The answer is too much work to read.")
