"""Reading a submission, and refusing what is none."""

import contextlib
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.inbound.formats import FORM, JSON, XML
from flows.inbound.reading import read, redirection
from flows.inbound.refused import Refused


def test_a_form_is_nested_by_the_dots_of_its_names() -> None:
    assert read(content_type=FORM, body=b"email=a%40b.co&company.name=Acme", query="") == {
        "email": "a@b.co",
        "company": {"name": "Acme"},
    }


def test_a_repeated_name_is_a_list() -> None:
    assert read(content_type=FORM, body=b"tag=a&tag=b", query="")["tag"] == ["a", "b"]


def test_the_query_wins_over_the_body() -> None:
    read_together = read(
        content_type=JSON, body=b'{"email": "body", "a": {"b": 1, "c": 2}}', query="email=query&a.b=3"
    )

    assert read_together == {"email": "query", "a": {"b": "3", "c": 2}}


def test_an_empty_body_is_read_from_the_query_alone() -> None:
    assert read(content_type="", body=b"", query="email=a%40b.co") == {"email": "a@b.co"}


def test_a_body_in_another_encoding_is_read_as_such() -> None:
    assert read(content_type=f"{FORM}; charset=iso-8859-1", body=b"city=K%F6ln", query="")["city"] == "Köln"


def test_raw_utf8_in_a_form_is_read() -> None:
    assert read(content_type=FORM, body="city=Köln".encode(), query="")["city"] == "Köln"


def test_bytes_that_are_no_text_are_kept_as_lone_surrogates() -> None:
    assert read(content_type=FORM, body=b"city=%FF", query="")["city"] == "\udcff"


def test_json_with_a_raw_line_break_in_a_text_is_read_without_it() -> None:
    assert read(content_type=JSON, body=b'{"comments": "one\ntwo"}', query="") == {"comments": "onetwo"}


def test_json_with_a_lone_surrogate_is_read() -> None:
    assert read(content_type=JSON, body=rb'{"name": "\ud800"}', query="") == {"name": "\ud800"}


def test_the_certificates_name_is_known_in_any_case() -> None:
    assert read(content_type=FORM, body=b"XXTrustedFormCertURL=https%3A%2F%2Fcert", query="") == {
        "trustedform_cert_url": "https://cert"
    }


@pytest.mark.parametrize(
    ("content_type", "body", "status", "words"),
    [
        ("", b"email=a", 415, "Content-Type header is required"),
        ("text/csv", b"a,b", 406, "MIME type in Content-Type header is not supported"),
        (f"{FORM}; charset=klingon", b"a=b", 415, "charset"),
        (f"{FORM}; charset=undefined", b"a=b", 415, "charset"),
        (f"{JSON}; charset=idna", b"{\xff", 415, "charset"),
        (f"{JSON}; charset=base64", b"{\xff", 415, "charset"),
        (f"{JSON}; charset=utf-16", b"{\xff\xff", 400, "Unable to parse JSON -- "),
        (JSON, b'{"email": ', 400, "Unable to parse JSON -- "),
        (JSON, b"[1, 2]", 400, "Unable to parse JSON -- "),
        (JSON, b"[" * 100_000, 400, "Unable to parse JSON -- "),
        (FORM, b"&".join(b"a=b" for _ in range(3000)), 400, "Unable to parse body -- "),
    ],
)
def test_what_is_no_lead_is_refused_in_leadconduits_words(
    content_type: str, body: bytes, status: int, words: str
) -> None:
    with pytest.raises(Refused) as refused:
        read(content_type=content_type, body=body, query="")

    assert refused.value.status == status
    assert words in refused.value.sentence


def test_the_first_redirection_wins() -> None:
    assert (
        redirection({"redir_url": ["https://a.example/thanks", "https://b.example"]})
        == "https://a.example/thanks"
    )


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//a.example",
        "https://",
        "https://a b",
        "http://a\r\nX: y",
        "http://a.example/\ud800",
        {"a": 1},
    ],
)
def test_a_redirection_elsewhere_than_the_web_is_refused(url: object) -> None:
    with pytest.raises(Refused):
        redirection({"redir_url": url})


def test_a_redirection_is_made_plain_ascii() -> None:
    assert redirection({"redir_url": "https://a.example/ü"}) == "https://a.example/%C3%BC"


# --- XML


@pytest.mark.parametrize(
    ("body", "submitted"),
    [
        ("<lead><email>a@b.co</email></lead>", {"email": "a@b.co"}),
        ("<anything><email> a@b.co\n</email></anything>", {"email": "a@b.co"}),
        ("<lead><email/><state></state></lead>", {"email": "", "state": ""}),
        (
            "<lead><company><name>Acme</name><size>3</size></company></lead>",
            {"company": {"name": "Acme", "size": "3"}},
        ),
        ("<lead><tag>a</tag><city>b</city><tag>c</tag></lead>", {"tag": ["a", "c"], "city": "b"}),
        ("<lead><company.name>Acme</company.name></lead>", {"company.name": "Acme"}),
        ('<lead><company name="Acme"/></lead>', {"company": {"name": "Acme"}}),
        (
            '<lead><company name="Acme"><size>3</size></company></lead>',
            {"company": {"name": "Acme", "size": "3"}},
        ),
        ('<lead><email kind="work">a@b.co</email></lead>', {"email": "a@b.co"}),
        ('<lead state="TX"><email>a@b.co</email></lead>', {"state": "TX", "email": "a@b.co"}),
        ('<lead xmlns="urn:a" xmlns:x="urn:b"><email x:nil="true"/></lead>', {"email": ""}),
        ("<lead><comments><![CDATA[a < b & c]]></comments></lead>", {"comments": "a < b & c"}),
        ("<lead><comments>a &lt; b &amp; c &#233;</comments></lead>", {"comments": "a < b & c é"}),
        ("<lead><!-- none --><?word?><email>a<!-- b -->c</email></lead>", {"email": "ac"}),
        ("<lead/>", {}),
        ("<lead> \n </lead>", {}),
        ('<?xml version="1.0" encoding="UTF-8"?>\n<lead><city>Köln</city></lead>', {"city": "Köln"}),
        ('\ufeff<?xml version="1.0"?><lead><city>Köln</city></lead>', {"city": "Köln"}),
        ('\n <?xml version="1.0"?><lead><city>Köln</city></lead>', {"city": "Köln"}),
    ],
)
def test_xml_is_read_by_its_elements(body: str, submitted: dict[str, object]) -> None:
    assert read(content_type=XML, body=body.encode(), query="") == submitted


@pytest.mark.parametrize(
    ("content_type", "declared", "encoding"),
    [
        ("text/xml", "iso-8859-1", "iso-8859-1"),
        ("text/xml; charset=iso-8859-1", "utf-8", "iso-8859-1"),
        ("application/xml; charset=utf-8", "iso-8859-1", "utf-8"),
        ("application/xml", "UTF-16", "utf-16"),
        ("application/xml", "windows-1252", "windows-1252"),
        ("application/xml", "utf-8", "utf-8"),
    ],
)
def test_xml_is_read_in_the_encoding_of_the_header_or_of_its_own(
    content_type: str, declared: str, encoding: str
) -> None:
    body = f'<?xml version="1.0" encoding="{declared}"?><lead><city>Köln</city></lead>'.encode(encoding)

    assert read(content_type=content_type, body=body, query="") == {"city": "Köln"}


def test_bytes_of_xml_that_are_no_text_are_kept_as_lone_surrogates() -> None:
    body = (
        b"<lead><city>K\xf6ln</city><company><name>A\xff</name></company><tag>\xfe</tag><tag>b</tag></lead>"
    )

    assert read(content_type=XML, body=body, query="") == {
        "city": "K\udcffln",
        "company": {"name": "A\udcff"},
        "tag": ["\udcff", "b"],
    }


def test_the_query_wins_over_xml_too() -> None:
    assert read(
        content_type=XML, body=b"<lead><email>body</email><state>TX</state></lead>", query="email=q"
    ) == {
        "email": "q",
        "state": "TX",
    }


BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lead [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<lead><email>&c;</email></lead>"""


@pytest.mark.parametrize(
    "body",
    [
        b"email=a%40b.co",
        b'{"email": "a@b.co"}',
        b"<",
        b"<lead>",
        b"<lead><email>a@b.co</lead>",
        b"<lead></lead><lead></lead>",
        b"<lead>&nbsp;</lead>",
        b"<lead>&#0;</lead>",
        b"<lead>\x00</lead>",
        b"<lead><email a=b/></lead>",
        b"<lead>just a text</lead>",
        b"<x:lead y:z=''/><",
        b"<?xml version='1.0' encoding='klingon'?><lead/>",
        b"<?xml version='1.0' encoding='base64'?><lead/>",
        b"\xff\xfe<",
        b"<!DOCTYPE lead><lead/>",
        b'<!DOCTYPE lead SYSTEM "file:///etc/passwd"><lead/>',
        b'<!DOCTYPE lead [<!ENTITY x SYSTEM "file:///etc/passwd">]><lead><email>&x;</email></lead>',
        b'<!DOCTYPE lead [<!ENTITY % x SYSTEM "http://a.example/x.dtd"> %x;]><lead/>',
        BILLION_LAUGHS,
        b"<a>" * 200 + b"</a>" * 200,
        b"<a>" * 200_000,
    ],
)
def test_what_is_no_xml_is_refused_in_leadconduits_words(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read(content_type=XML, body=body, query="")

    assert refused.value.status == 400
    assert refused.value.sentence.startswith("Body does not contain XML or XML is unparseable -- ")


MARKUP = st.sampled_from(
    [
        "<lead>",
        "</lead>",
        "<a>",
        "</a>",
        "<a/>",
        "<a",
        "b='c'>",
        "&amp;",
        "&x;",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "é",
        "�",
        "x",
        "<!DOCTYPE",
        "lead",
        "[",
        "]>",
        "<!ENTITY",
        "x",
        "'y'>",
        "<?xml",
        "version='1.0'",
        "encoding='utf-16'?>",
    ]
)


@given(st.lists(MARKUP, max_size=12).map("".join).map(str.encode) | st.binary(max_size=60))
@example(b"\xfe\xff")
def test_any_bytes_are_a_lead_or_refused(body: bytes) -> None:
    for content_type in (XML, "text/xml; charset=utf-16", FORM, JSON, f"{JSON}; charset=utf-7"):
        with contextlib.suppress(Refused):
            assert isinstance(read(content_type=content_type, body=body, query=""), dict)


NAMES = st.from_regex(r"[a-z_][a-z0-9_.-]{0,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@given(st.dictionaries(NAMES, TEXTS | st.dictionaries(NAMES, TEXTS, min_size=1, max_size=3), max_size=4))
def test_what_is_written_as_xml_is_read_again(lead: dict[str, Any]) -> None:
    body = f"<lead>{written(lead)}</lead>".encode()

    assert read(content_type=XML, body=body, query="") == lead


def written(lead: dict[str, Any]) -> str:
    return "".join(
        f"<{name}>{written(item) if isinstance(item, dict) else escape(item)}</{name}>"
        for name, item in lead.items()
    )
