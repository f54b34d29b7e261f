"""The vectors are those that the algorithms were published with: RFC 1320 and 1321, FIPS 180, RIPEMD-160's page, ISO/IEC
10118-3 for Whirlpool."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadconduit.leads.hashing import ALGORITHMS, LONGEST_FOR_WHIRLPOOL, TooLongToHash, digest

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
DIGITS_8_TIMES = "1234567890" * 8
TWO_BLOCKS = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

PUBLISHED = [
    ("md4", "", "31d6cfe0d16ae931b73c59d7e0c089c0"),
    ("md4", "abc", "a448017aaf21d8525fc10ae87aa6729d"),
    ("md4", "message digest", "d9130a8164549fe818874806e1c7014b"),
    ("md4", ALPHABET, "d79e1c308aa5bbcdeea8ed63df412da9"),
    ("md4", LETTERS_AND_DIGITS, "043f8582f241db351ce627e153e7f0e4"),
    ("md4", DIGITS_8_TIMES, "e33b4ddc9c38f2199c3e7b164fcc0536"),
    ("md5", "", "d41d8cd98f00b204e9800998ecf8427e"),
    ("md5", "abc", "900150983cd24fb0d6963f7d28e17f72"),
    ("md5", DIGITS_8_TIMES, "57edf4a22be3c955ac49da2e2107b67a"),
    ("ripemd160", "", "9c1185a5c5e9fc54612808977ee8f548b2258d31"),
    ("ripemd160", "abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
    ("ripemd160", "message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36"),
    ("ripemd160", TWO_BLOCKS, "12a053384a9c0c88e405a06c27dcf49ada62eb2b"),
    ("ripemd", "abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
    ("sha1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ("sha1", TWO_BLOCKS, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    ("sha224", "abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
    ("sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("sha256", TWO_BLOCKS, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    (
        "sha384",
        "abc",
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
    ),
    (
        "sha512",
        "abc",
        (
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
    ),
    (
        "whirlpool",
        "",
        (
            "19fa61d75522a4669b44e39c1d2e1726c530232130d407f89afee0964997f7a7"
            "3e83be698b288febcf88e3e03c4f0757ea8964e59b63d93708b138cc42a66eb3"
        ),
    ),
    (
        "whirlpool",
        "a",
        (
            "8aca2602792aec6f11a67206531fb7d7f0dff59413145e6973c45001d0087b42"
            "d11bc645413aeff63a42391a39145a591a92200d560195e53b478584fdae231a"
        ),
    ),
    (
        "whirlpool",
        "abc",
        (
            "4e2448a4c6f486bb16b6562c73b4020bf3043e3a731bce721ae1b303d97e6d4c"
            "7181eebdb6c57e277d0e34957114cbd6c797fc9d95d8b582d225292076d4eef5"
        ),
    ),
    (
        "whirlpool",
        "message digest",
        (
            "378c84a4126e2dc6e56dcc7458377aac838d00032230f53ce1f5700c0ffb4d3b"
            "8421557659ef55c106b4b52ac5a4aaa692ed920052838f3362e86dbd37a8903e"
        ),
    ),
    (
        "whirlpool",
        ALPHABET,
        (
            "f1d754662636ffe92c82ebb9212a484a8d38631ead4238f5442ee13b8054e41b"
            "08bf2a9251c30b6a0b8aae86177ab4a6f68f673e7207865d5d9819a3dba4eb3b"
        ),
    ),
    (
        "whirlpool",
        LETTERS_AND_DIGITS,
        (
            "dc37e008cf9ee69bf11f00ed9aba26901dd7c28cdec066cc6af42e40f82f3a1e"
            "08eba26629129d8fb7cb57211b9281a65517cc879d7b962142c65f5a7af01467"
        ),
    ),
    (
        "whirlpool",
        DIGITS_8_TIMES,
        (
            "466ef18babb0154d25b9d38a6414f5c08784372bccb204d6549c4afadb601429"
            "4d5bd8df2a6c44e538cd047b2681a51a2c60481e88c5a20b2c2a80cf3a9a083b"
        ),
    ),
    (
        "whirlpool",
        "abcdbcdecdefdefgefghfghighijhijk",
        (
            "2a987ea40f917061f5d6f0a0e4644f488a7a5a52deee656207c562f988e95c69"
            "16bdc8031bc5be1b7b947639fe050b56939baaa0adff9ae6745b7b181c3be3fd"
        ),
    ),
]


@pytest.mark.parametrize(("algorithm", "text", "published"), PUBLISHED)
def test_it_gives_what_the_algorithm_was_published_with(algorithm: str, text: str, published: str) -> None:
    assert digest(algorithm, [text]) == published


def test_every_algorithm_has_a_published_vector() -> None:
    assert {algorithm for algorithm, _, _ in PUBLISHED} == set(ALGORITHMS)


def test_whirlpool_pads_where_a_block_is_just_full() -> None:
    """A text of 31 bytes fills one with its length; one of 32 needs another. The results are the C reference's."""
    assert digest("whirlpool", ["a" * 31])[:32] == "698d25826e50bfd1f4e67a1ddbe0d40f"
    assert digest("whirlpool", ["a" * 32])[:32] == "661fe85e302a100bc85048438a734d21"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_values_are_hashed_as_one_text_with_the_salt_behind_them(algorithm: str) -> None:
    assert digest(algorithm, ["ada@example.com", "5125550100"], salt="pepper") == digest(
        algorithm, ["ada@example.com5125550100pepper"]
    )


def test_text_is_hashed_as_utf_8() -> None:
    assert digest("md5", ["é"]) == "66ddcd97cfdeabb2f6fb8a999b4bc76f"


def test_a_lone_surrogate_which_utf_8_does_not_have_counts_as_a_question_mark() -> None:
    assert digest("sha256", ["a\ud800"]) == digest("sha256", ["a?"])


@given(st.sampled_from(ALGORITHMS), st.text(max_size=200))
def test_the_encodings_spell_the_same_bytes(algorithm: str, text: str) -> None:
    hashed = bytes.fromhex(digest(algorithm, [text]))

    assert base64.b64decode(digest(algorithm, [text], encoding="base64")) == hashed
    assert digest(algorithm, [text], encoding="latin1").encode("latin-1") == hashed


def test_whirlpool_refuses_what_would_take_it_long_and_the_others_do_not() -> None:
    text = "x" * (LONGEST_FOR_WHIRLPOOL + 1)

    with pytest.raises(TooLongToHash) as refused:
        digest("whirlpool", [text])

    assert refused.value.sentence == "Whirlpool hashes at most 100,000 bytes: this text is longer."
    assert len(digest("md4", [text])) == 32


def test_an_unknown_algorithm_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        digest("crc32", ["abc"])
