"""Hashes of a lead's values, for receivers that match people without being told who they are.

Most algorithms come from the standard library. Those that an OpenSSL of today may have switched off (MD4, RIPEMD-160)
come from pycryptodome. Whirlpool, for which no library installs without a C compiler, is below.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from Crypto.Hash import MD4, RIPEMD160

from leadconduit.leads.bounds import spend

Encoding = Literal["hex", "base64", "latin1"]

ENCODINGS: tuple[Encoding, ...] = ("hex", "base64", "latin1")
LONGEST_FOR_WHIRLPOOL = 100_000

_WORK = 50
"""How many characters could be read in the time that Whirlpool takes for a byte."""


class TooLongToHash(ValueError):
    """More text than Whirlpool, which runs in Python, hashes in bounded time. `sentence` says so."""

    def __init__(self) -> None:
        self.sentence = f"Whirlpool hashes at most {LONGEST_FOR_WHIRLPOOL:,} bytes: this text is longer."
        super().__init__(self.sentence)


def digest(algorithm: str, values: Sequence[str], *, salt: str = "", encoding: Encoding = "hex") -> str:
    """The hash of the values one after another and the salt after them, in UTF-8.

    `hex` is in lower case, `base64` with its padding; `latin1` has a character for each byte, U+0000 to U+00FF.
    Raises KeyError for an unknown algorithm, TooLongToHash for a Whirlpool of more than LONGEST_FOR_WHIRLPOOL bytes
    (a short text takes it 0.2 ms, the longest a quarter of a second).
    """
    text = "".join(values) + salt
    # What came in has no lone surrogates left, but a literal in a template may.
    hashed = _HASHES[algorithm](text.encode("utf-8", "replace"))
    if encoding == "base64":
        return base64.b64encode(hashed).decode("ascii")
    return hashed.hex() if encoding == "hex" else hashed.decode("latin-1")


def _from_hashlib(name: str) -> Callable[[bytes], bytes]:
    # A FIPS build of OpenSSL lets MD5 and SHA-1 through only where nothing rests on their strength.
    return lambda data: hashlib.new(name, data, usedforsecurity=False).digest()


def _ripemd160(data: bytes) -> bytes:
    return RIPEMD160.new(data).digest()


def _md4(data: bytes) -> bytes:
    return MD4.new(data).digest()  # noqa: S303 - what the receiver asks for


def _whirlpool(data: bytes) -> bytes:
    """ISO/IEC 10118-3: blocks of 512 bits through the cipher W, chained as Miyaguchi and Preneel do.

    A block is eight rows of eight bytes, each row an integer of 64 bits.
    """
    if len(data) > LONGEST_FOR_WHIRLPOOL:
        raise TooLongToHash
    spend(_WORK * (len(data) + 128))
    # A one bit, zeros up to half a block, and the length in bits in the other half.
    padded = data + b"\x80" + bytes((31 - len(data)) % 64) + (8 * len(data)).to_bytes(32, "big")
    chained = [0] * 8
    for start in range(0, len(padded), 64):
        block = [int.from_bytes(padded[at : at + 8], "big") for at in range(start, start + 64, 8)]
        encrypted = _encrypt(block, chained)
        chained = [a ^ b ^ c for a, b, c in zip(encrypted, chained, block, strict=True)]
    return b"".join(row.to_bytes(8, "big") for row in chained)


def _encrypt(block: Sequence[int], key: Sequence[int]) -> list[int]:
    """The cipher W: ten rounds, which the key itself goes through as well, with constants for its keys."""
    state = [a ^ b for a, b in zip(block, key, strict=True)]
    for constant in _ROUND_CONSTANTS:
        key = _round(key)
        key[0] ^= constant
        state = [a ^ b for a, b in zip(_round(state), key, strict=True)]
    return state


def _round(rows: Sequence[int]) -> list[int]:
    """Substitute each byte, move column j down by j rows, multiply each row by the diffusion matrix.

    All three at once: table j holds what a byte in column j contributes to its new row.
    """
    t0, t1, t2, t3, t4, t5, t6, t7 = _TABLES
    return [
        t0[rows[i] >> 56]
        ^ t1[rows[i - 1] >> 48 & 255]
        ^ t2[rows[i - 2] >> 40 & 255]
        ^ t3[rows[i - 3] >> 32 & 255]
        ^ t4[rows[i - 4] >> 24 & 255]
        ^ t5[rows[i - 5] >> 16 & 255]
        ^ t6[rows[i - 6] >> 8 & 255]
        ^ t7[rows[i - 7] & 255]
        for i in range(8)
    ]


def _substitution() -> list[int]:
    """The S-box from its three mini-boxes of four bits: powers of x³+x+1 in GF(2⁴), their inverse, and R."""
    powers = [1]
    while len(powers) < 15:
        powers.append(_times(0xB, powers[-1], modulus=0x13))
    e = [*powers, 0]
    e_inverse = [e.index(value) for value in range(16)]
    r = [0x7, 0xC, 0xB, 0xD, 0xE, 0x4, 0x9, 0xF, 0x6, 0x3, 0x8, 0xA, 0x2, 0x5, 0x1, 0x0]
    box = []
    for byte in range(256):
        high, low = e[byte >> 4], e_inverse[byte & 15]
        mixed = r[high ^ low]
        box.append(e[high ^ mixed] << 4 | e_inverse[low ^ mixed])
    return box


def _times(a: int, b: int, *, modulus: int) -> int:
    """The product of two polynomials over GF(2), whose coefficients are bits, modulo a third."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        b >>= 1
        a <<= 1
        if a.bit_length() == modulus.bit_length():
            a ^= modulus
    return product


def _diffused(substituted: int) -> int:
    """A substituted byte times the first row of the matrix, which is cir(1, 1, 4, 1, 8, 5, 2, 9) in GF(2⁸)."""
    return int.from_bytes(
        bytes(_times(substituted, factor, modulus=0x11D) for factor in (1, 1, 4, 1, 8, 5, 2, 9)), "big"
    )


def _rotated(row: int, columns: int) -> int:
    return row >> 8 * columns | (row << 64 - 8 * columns) & (1 << 64) - 1


_BOX = _substitution()
_FIRST = [_diffused(byte) for byte in _BOX]
_TABLES = [[_rotated(row, column) for row in _FIRST] for column in range(8)]
_ROUND_CONSTANTS = [int.from_bytes(bytes(_BOX[8 * n : 8 * n + 8]), "big") for n in range(10)]

_HASHES: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {
        "md4": _md4,
        "md5": _from_hashlib("md5"),
        "ripemd": _ripemd160,
        "ripemd160": _ripemd160,
        "sha1": _from_hashlib("sha1"),
        "sha224": _from_hashlib("sha224"),
        "sha256": _from_hashlib("sha256"),
        "sha384": _from_hashlib("sha384"),
        "sha512": _from_hashlib("sha512"),
        "whirlpool": _whirlpool,
    }
)
ALGORITHMS: tuple[str, ...] = tuple(_HASHES)
