import pytest

from leadconduit.leads.types import parse


@pytest.mark.parametrize(
    "text",
    [
        "198.51.90.161",
        "https://198.51.90.161",
        "http://ada@198.51.90.161:8080/path?x#y",
        "198.51.90.161:80",
        "198.51.90.161.",
        " 198.51.90.161\n",
    ],
)
def test_ipv4(text: str) -> None:
    assert parse("ip", text) == {
        "normal": "198.51.90.161",
        "raw": text,
        "valid": True,
        "is_ipv4": True,
        "ipv6_format": "ffff::c633:5aa1",
    }


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("::1", "::1"),
        ("[::1]:80", "::1"),
        ("https://[::1]:8080/x", "::1"),
        ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:db8::/32", "2001:db8::"),
        ("[ffff::198.51.90.163]", "ffff::c633:5aa3"),
        ("::ffff:1.2.3.4", "::ffff:102:304"),
        ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
    ],
)
def test_ipv6(text: str, normal: str) -> None:
    assert parse("ip", text) == {
        "normal": normal,
        "raw": text,
        "valid": True,
        "is_ipv4": False,
        "ipv6_format": normal,
    }


def test_a_leading_zero_is_octal() -> None:
    parsed = parse("ip", "010.1.1.1")

    assert isinstance(parsed, dict)
    assert parsed["normal"] == "8.1.1.1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.2.3",
        "1.2.3.256",
        "08.1.1.1",
        "0377.1.1.1",
        "1.2.3.4:99999",
        "1.2.3.4, 5.6.7.8",
        "0x1.2.3.4",
        "[1.2.3.4]",
        "fe80::1%eth0",
        "1::2::3",
        "localhost",
        "ada@example.com",
        "１.２.３.４",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert parse("ip", text) == {"normal": text, "raw": text, "valid": False}
