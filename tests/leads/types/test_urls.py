import pytest

from leadconduit.leads.types import parse


def test_a_url_has_its_parts() -> None:
    text = "HTTP://ada@Google.com:8080/a/b?x=1&y=2#frag"

    assert parse("url", text) == {
        "normal": "http://ada@google.com:8080/a/b?x=1&y=2#frag",
        "raw": text,
        "valid": True,
        "protocol": "http",
        "host": "google.com:8080",
        "port": "8080",
        "path": "/a/b",
        "query": "x=1&y=2",
        "hash": "#frag",
    }


def test_missing_parts_are_empty() -> None:
    assert parse("url", "google.com") == {
        "normal": "http://google.com/",
        "raw": "google.com",
        "valid": True,
        "protocol": "http",
        "host": "google.com",
        "port": "",
        "path": "/",
        "query": "",
        "hash": "",
    }


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("https://x.com:443", "https://x.com/"),
        ("x.com:443", "http://x.com:443/"),
        ("x.com:00080", "http://x.com/"),
        (" \thttp://x.com\n", "http://x.com/"),
        ("htt\tp://x.com/a\nb", "http://x.com/ab"),
        ("x.com?", "http://x.com/?"),
        ("x.com#", "http://x.com/#"),
        ("x.com/a/../../b/./c/..", "http://x.com/b/"),
        ("x.com/.%2e/%2E/a//..//b", "http://x.com/a//b"),
        ("x.com\\a", "http://x.com/a"),
        ('x.com/a b"<>`{}?q\'"#h `', "http://x.com/a%20b%22%3C%3E%60%7B%7D?q%27%22#h%20%60"),
        ("x.com/%zz|^", "http://x.com/%zz|^"),
        ("https://a.com/ä?ö=ü#ß", "https://a.com/%C3%A4?%C3%B6=%C3%BC#%C3%9F"),
        ("u:p:q@x", "http://u:p%3Aq@x/"),
        ("a@b@c.com", "http://a%40b@c.com/"),
        (":p@x.com", "http://:p@x.com/"),
        ("mailto:a@b.com", "http://mailto:a@b.com/"),
        ("//x.com", "http://x.com/"),
        ("foo", "http://foo/"),
        ("n/a", "http://n/a"),
        ("http://http://x.com", "http://http//x.com"),
        # Names
        ("ä.com", "http://xn--4ca.com/"),
        ("faß.de", "http://xn--fa-hia.de/"),
        ("x\u00adx.com", "http://xx.com/"),
        ("ｇoogle\u3002com", "http://google.com/"),
        ("%C3%A4", "http://xn--4ca/"),
        ("XN--4CA.com", "http://xn--4ca.com/"),
        ("a_b.com", "http://a_b.com/"),
        ("x..com", "http://x..com/"),
        # Numbers
        ("1.2.3.4.", "http://1.2.3.4/"),
        ("1.2.3", "http://1.2.0.3/"),
        ("0x7f.1", "http://127.0.0.1/"),
        ("0300.1", "http://192.0.0.1/"),
        ("4294967295", "http://255.255.255.255/"),
        ("[::1.2.3.4]:80", "http://[::102:304]/"),
        ("a.1b", "http://a.1b/"),
    ],
)
def test_urls_are_read_as_browsers_read_them(text: str, normal: str) -> None:
    parsed = parse("url", text)

    assert isinstance(parsed, dict)
    assert (parsed["normal"], parsed["raw"], parsed["valid"]) == (normal, text, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "foo bar",
        "http://",
        "http://foo bar.com",
        "ftp://x.com/a",
        "javascript:alert(1)",
        "x.com/?u=http://y.com",
        "?q",
        "a@",
        "x.com:a",
        "x.com:65536",
        "a%20b.com",
        "a|b",
        "http://[::1",
        "http://::1",
        "http://[fe80::1%25eth0]",
        "256.256.256.256",
        "1.2.3.4.5",
        "08.1",
        "a.1",
        "1..2",
        "4294967296",
        "xn--",
        "xn--a",
        "xn--É",
        "%e4",
        "\u0080.com",
        "x" * 2001,
    ],
)
def test_what_is_no_url(text: str) -> None:
    assert parse("url", text) == {"normal": text, "raw": text, "valid": False}


ID = "eb9fc4dd9bed9ad451a5648946cf4bf09b5bb947"


@pytest.mark.parametrize(
    ("text", "host", "cert_id"),
    [
        (f"https://cert.trustedform.com/{ID}", "cert.trustedform.com", ID),
        (f" HTTPS://Cert.TrustedForm.com/{ID.upper()}?x=1#y", "cert.trustedform.com", ID),
        (f"https://ping.trustedform.com/0.{'aB' * 30}.c", "ping.trustedform.com", f"0.{'aB' * 30}.c"),
        (f"https://cert.staging.trustedform.com/{ID}", "cert.staging.trustedform.com", ID),
    ],
)
def test_certificates(text: str, host: str, cert_id: str) -> None:
    parsed = parse("trustedform_url", text)

    assert isinstance(parsed, dict)
    path = parsed.pop("path")
    assert isinstance(path, str)
    assert path.lower() == f"/{cert_id}".lower()
    assert parsed == {
        "normal": f"https://{host}/{cert_id}",
        "raw": text,
        "valid": True,
        "type": None,
        "cert_id": cert_id,
        "is_web": False,
        "is_mobile": False,
        "is_facebook": False,
        "is_masked": False,
        "host": host,
    }


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (f"http://cert.trustedform.com/{ID}", f"http://cert.trustedform.com/{ID}"),
        (f"cert.trustedform.com/{ID}", f"http://cert.trustedform.com/{ID}"),
        ("https://cert.trustedform.com", "https://cert.trustedform.com/"),
        (f"https://cert.trustedform.com/{ID[1:]}", f"https://cert.trustedform.com/{ID[1:]}"),
        (f"https://example.com/{ID}", f"https://example.com/{ID}"),
        (f"https://cert.trustedform.com.example.com/{ID}", f"https://cert.trustedform.com.example.com/{ID}"),
        ("not a url", "not a url"),
    ],
)
def test_what_is_no_certificate(text: str, normal: str) -> None:
    assert parse("trustedform_url", text) == {"normal": normal, "raw": text, "valid": False}


def test_no_certificate_at_all_is_an_empty_text() -> None:
    assert parse("trustedform_url", "") == ""
