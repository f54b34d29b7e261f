import pytest

from leadconduit.leads.types import parse


@pytest.mark.parametrize(
    ("text", "normal", "user", "domain", "host", "tld"),
    [
        (
            "MIKEJONES32@example.com",
            "mikejones32@example.com",
            "MIKEJONES32",
            "example.com",
            "example",
            "com",
        ),
        ("Joe@Bloggs.CO.UK", "joe@bloggs.co.uk", "Joe", "Bloggs.CO.UK", "Bloggs.CO", "UK"),
        ("a@b", "a@b", "a", "b", "b", "b"),
        (" ada @ example . com\t", "ada@example.com", "ada", "example.com", "example", "com"),
        ("Ada King <a@b.com>", "a@b.com", "a", "b.com", "b", "com"),
        ('"Étienne" <a@b.com>', "a@b.com", "a", "b.com", "b", "com"),
        ("(of (the) house) a(da)@b.com", "a@b.com", "a", "b.com", "b", "com"),
        ('"a b\\"".c@d.e', '"a b"".c@d.e', '"a b"".c', "d.e", "d", "e"),
        ("a@[1.2.3.4]", "a@[1.2.3.4]", "a", "[1.2.3.4]", "[1.2.3", "4]"),
        ("o'brien+tag@x.com", "o'brien+tag@x.com", "o'brien+tag", "x.com", "x", "com"),
        ("*****@*****.com", "*****@*****.com", "*****", "*****.com", "*****", "com"),
    ],
)
def test_addresses(text: str, normal: str, user: str, domain: str, host: str, tld: str) -> None:
    assert parse("email", text) == {
        "normal": normal,
        "raw": text,
        "valid": True,
        "user": user,
        "domain": domain,
        "host": host,
        "tld": tld,
        "is_free": False,
        "is_disposable": False,
    }


@pytest.mark.parametrize(
    ("text", "is_free", "is_disposable"),
    [
        ("a@GMAIL.com", True, False),
        ("a@mail.gmail.com", True, False),
        ("a@gmail.co", False, False),
        ("a@notgmail.com", False, False),
        ("a@protonmail.com", False, False),
        ("a@mailinator.com", True, True),
        ("a@x.mailinator.com", True, True),
    ],
)
def test_free_and_disposable_addresses(text: str, is_free: bool, is_disposable: bool) -> None:
    parsed = parse("email", text)

    assert isinstance(parsed, dict)
    assert (parsed["is_free"], parsed["is_disposable"]) == (is_free, is_disposable)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.com",
        "@b.com",
        "a@",
        "a@@b.com",
        "a b@c.com",
        "a@b c.com",
        "a..b@c.com",
        ".a@b.com",
        "a@b.com.",
        "a@b.com\n",
        "é@b.com",
        "a@é.com",
        "a@b.com, c@d.com",
        "a@b.com;",
        "Name a@b.com",
        "<a@b.com",
        "a@b.com (unfinished",
        "(a@b.com)",
        '"a@b.com"',
        "mailto:a@b.com",
        "***@***.***",
        "x" * 1000 + "@b.com",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert parse("email", text) == {"normal": text, "raw": text, "valid": False}
