import base64
import html
import json
import re
from random import Random
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadconduit.lib.masking import MASK, Masker, header_secrets

SECRET = 'k/y "Ünï" & <9f+2>?='


def test_a_secret_is_masked_wherever_it_stands() -> None:
    assert Masker(["s3cret"]).mask("a s3cret, another s3cret") == f"a {MASK}, another {MASK}"


def test_a_text_without_secrets_stays_as_it_is() -> None:
    assert Masker(["s3cret"]).mask("nothing here") == "nothing here"
    assert Masker([]).mask("nothing here") == "nothing here"


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="!'()*"),
        quote_plus(SECRET),
        re.sub("%..", lambda match: match[0].lower(), quote_plus(SECRET)),
        quote(SECRET, safe='"<>/ü').replace("%20", "+"),
        urlencode({"key": SECRET}).removeprefix("key="),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        json.dumps(SECRET)[1:-1].replace("/", "\\/"),
        html.escape(SECRET),
        SECRET.encode().hex(),
        SECRET.encode().hex().upper(),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(SECRET.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_a_secret_is_masked_however_it_is_written(written: str) -> None:
    assert Masker([SECRET]).mask(f"<{written}>") == f"<{MASK}>"


@given(st.binary(max_size=5), st.text(min_size=4, max_size=20), st.binary(max_size=5))
def test_a_secret_within_base64_leaves_no_digit_that_holds_it(
    before: bytes, secret: str, after: bytes
) -> None:
    whole = before + secret.encode() + after

    masked = Masker([secret]).mask(base64.b64encode(whole).decode())

    left, mask, right = masked.partition(MASK)
    assert mask
    assert len(left) * 6 <= len(before) * 8
    assert len(right.rstrip("=").replace(MASK, "")) * 6 <= len(after) * 8 + 5


def test_the_password_of_basic_authentication_is_masked_and_the_user_is_not() -> None:
    header = "Basic " + base64.b64encode(b"user:s3cret").decode()

    masked = Masker(["s3cret"]).mask(header)

    assert masked.startswith("Basic ")
    assert masked.endswith(MASK)
    assert base64.b64decode(masked.removeprefix("Basic ").removesuffix(MASK) + "==").startswith(b"user")


def test_of_a_secret_within_another_nothing_is_left() -> None:
    assert Masker(["abcd", "abcdefgh"]).mask("abcdefgh") == MASK


def test_of_secrets_that_overlap_nothing_is_left() -> None:
    assert Masker(["abcdef", "defghi"]).mask("<abcdefghi>") == f"<{MASK}>"


def test_a_secret_given_with_blanks_around_is_masked_without_them_too() -> None:
    assert Masker([" s3cret\n"]).mask("key=s3cret") == f"key={MASK}"


@pytest.mark.parametrize("text", ["ab", '{"key": "ab"}', "key=ab&more=1", "more=1&key=ab"])
def test_a_short_secret_is_masked_as_a_whole_value(text: str) -> None:
    assert Masker(["ab"]).mask(text) == text.replace("ab", MASK)


@pytest.mark.parametrize("text", ["table", "a table of abc", "/ab/cd", "key=abc"])
def test_a_short_secret_within_a_longer_value_is_left(text: str) -> None:
    assert Masker(["ab"]).mask(text) == text


def test_an_empty_secret_masks_nothing() -> None:
    assert Masker(["", " "]).mask('{"key": "", "other": ""}') == '{"key": "", "other": ""}'


def test_several_texts_are_masked_each_by_itself() -> None:
    assert Masker(["s3cret", "ab"]).mask_all(["s3", "cret", "ab", "s3cret"]) == ["s3", "cret", MASK, MASK]


@given(st.text(min_size=4), st.text(), st.text())
def test_no_text_shows_a_secret(secret: str, before: str, after: str) -> None:
    masked = Masker([secret]).mask(before + secret + after)

    assert secret not in masked.replace(MASK, "\0")


def test_a_secret_that_a_receiver_read_in_another_encoding_is_masked() -> None:
    secret = "pässwörd-€"
    echoed = secret.encode().decode("latin-1")

    assert Masker([secret]).mask(f'{{"key": {json.dumps(echoed)}}} {echoed}') == f'{{"key": "{MASK}"}} {MASK}'


@pytest.mark.parametrize(
    "written",
    [
        "".join(f"&#{ord(c):03d};" if not c.isalnum() or not c.isascii() else c for c in SECRET),
        "".join(f"&#x{ord(c):X};" if not c.isalnum() or not c.isascii() else c for c in SECRET),
        html.escape(SECRET).replace("Ü", "&Uuml;").replace("ï", "&iuml;").replace("&quot;", "&#34;"),
        "".join(f"\\u{ord(c):04X}" if not c.isalnum() or not c.isascii() else c for c in SECRET),
        json.dumps(json.dumps(SECRET)[1:-1])[1:-1],
        SECRET.encode("latin-1").decode("utf-8", "replace"),
        SECRET.encode("ascii", "replace").decode(),
        quote(SECRET.encode("latin-1")),
    ],
)
def test_a_secret_is_masked_as_others_escape_it_and_as_they_garble_it(written: str) -> None:
    assert Masker([SECRET]).mask(f"<{written}>") == f"<{MASK}>"


@pytest.mark.parametrize("text", ['\\"', "'\\", "\\\\x", "/\\u0027+ &", "€ \U0001f600x"])
def test_a_secret_with_characters_that_are_escaped_is_masked_in_all_their_ways(text: str) -> None:
    secret = f"s3c{text}ret"
    upper = "".join(
        c
        if c.isalnum() and c.isascii()
        else re.sub(r"\\u....", lambda m: m[0][:2] + m[0][2:].upper(), _unit(c))
        for c in secret
    )

    assert Masker([secret]).mask(upper) == MASK
    assert Masker([secret]).mask(json.dumps({"key": secret})) == f'{{"key": "{MASK}"}}'


def _unit(character: str) -> str:
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def test_a_secret_in_utf_16_read_as_utf_8_is_masked() -> None:
    read = "key s3cret!".encode("utf-16-le").decode("utf-8", "replace").replace("\0", "\ufffd")

    assert MASK in Masker(["s3cret"]).mask(read)
    assert "s\ufffd3" not in Masker(["s3cret"]).mask(read)


def test_letters_that_were_lost_hide_nothing_else() -> None:
    assert Masker(["пароль"]).mask("what?????? \ufffd\ufffd\ufffd\ufffd\ufffd\ufffd") == (
        "what?????? \ufffd\ufffd\ufffd\ufffd\ufffd\ufffd"
    )


@pytest.mark.parametrize(
    ("name", "value", "secrets"),
    [
        ("X-Api-Key", "k-123", ("k-123",)),
        ("X-Auth", "Token abc def", ("Token abc def", "abc def")),
        ("Authorization", "Basic dXNlcjpzM2NyZXQ=", ("Basic dXNlcjpzM2NyZXQ=", "dXNlcjpzM2NyZXQ=", "s3cret")),
        ("Authorization", "Basic none", ("Basic none", "none")),
        ("Cookie", "sid=s3cret; more=m0re", ("sid=s3cret; more=m0re", "s3cret", "m0re")),
        ("X-Api-Key", "", ()),
    ],
)
def test_the_parts_of_a_header_that_give_its_credential_away(
    name: str, value: str, secrets: tuple[str, ...]
) -> None:
    assert header_secrets(name, value) == secrets


# --- However much there is


@pytest.mark.parametrize("unit", ["abcdefghij", "&", 'é&%\\u+ "x', "\\"])
def test_a_secret_of_any_length_is_sought_in_every_form(unit: str) -> None:
    """Each character of it once was a part of one pattern, which took minutes to be compiled."""
    secret = unit * (50_000 // len(unit))

    masker = Masker([secret, f"Bearer {secret}"])

    for written in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1], html.escape(secret)):
        assert masker.mask(f"<{written}>") == f"<{MASK}>"
    assert MASK in masker.mask(base64.b64encode(f"user:{secret}".encode()).decode())


def test_a_secret_that_overlaps_itself_is_masked_to_its_end() -> None:
    assert Masker(["abab"]).mask("<abababab>") == f"<{MASK}>"


def test_of_a_text_that_is_secrets_throughout_none_is_left() -> None:
    assert "&&&&" not in Masker(["&&&&"]).mask("<" + "&" * 200_000 + ">")


@pytest.mark.parametrize(
    "written",
    [
        "a%26b%5C",
        "a%2526b%255C",
        "a&amp;b\\\\\\\\",
        "a\\\\\\\\u0026b&#92;",
        "%61%26%62%5c",
        "a&amp;amp;b\\u005c",
        "a%26amp%3Bb\\\\",
    ],
)
def test_a_secret_is_masked_though_it_was_escaped_more_than_once(written: str) -> None:
    assert Masker(["a&b\\"]).mask(f"<{written}>") == f"<{MASK}>"


@pytest.mark.parametrize("secret", ["a%41&b", "x&amp;<y", "k+%2B k", "a\\u0041/b"])
def test_a_secret_that_holds_what_looks_like_an_escape_is_masked(secret: str) -> None:
    masker = Masker([secret])

    for written in (
        secret,
        quote(secret, safe=""),
        quote_plus(secret).lower(),
        html.escape(secret),
        secret.replace("&", "%26").replace("<", "%3c").replace("/", "%2f"),
    ):
        assert masker.mask(f"({written})") == f"({MASK})"


@given(st.text('ab1%+&;\\"/ <ué😀', min_size=8, max_size=20), st.randoms(use_true_random=False))
def test_what_stands_beside_a_secret_that_is_escaped_stays(secret: str, random: Random) -> None:
    escaped = "".join(random.choice([quote(c, safe=""), f"&#{ord(c)};"]) for c in secret)

    masked = Masker([f"key{secret}key"]).mask(f'100% & "a\\b" key{escaped}key c+d %41 &lt;')

    assert masked == f'100% & "a\\b" {MASK} c+d %41 &lt;'
