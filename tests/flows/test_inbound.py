"""Reading a submission, and refusing what is none."""

import pytest

from flows.inbound import Refused, check_accept, read, redirection

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


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
        ("application/xml", b"<lead/>", 406, "MIME type in Content-Type header is not supported"),
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


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "text/html, */*;q=0.8", "application/*"])
def test_json_is_answered_to_whoever_takes_it(accept: str) -> None:
    check_accept(accept)


def test_who_takes_no_json_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        check_accept("text/csv")

    assert refused.value.status == 406


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
