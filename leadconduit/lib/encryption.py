"""Encryption of what the database may hold but must not show: AES-GCM under a ring of keys.

A stored value is a key id (4 bytes), a nonce (12) and the ciphertext with its tag (plain + 16). It is bound to
where it stands, so that a value copied to another row or field does not open there.
"""

import functools
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_KEY_ID_LENGTH = 4
_NONCE_LENGTH = 12


class DecryptionError(Exception):
    """The stored value cannot be opened: its key is not in the ring, it was moved, or it was changed."""


def encrypt(plain: bytes, *, bound_to: str) -> bytes:
    """Encrypts with the first key of the ring. `bound_to` is "table:row id:field"; opening needs the same."""
    key_id, cipher = _current()
    nonce = secrets.token_bytes(_NONCE_LENGTH)
    return key_id + nonce + cipher.encrypt(nonce, plain, bound_to.encode())


def decrypt(stored: bytes | memoryview, *, bound_to: str) -> bytes:
    """Opens what `encrypt` returned, with whichever key of the ring made it. Raises DecryptionError."""
    key_id, nonce, ciphertext = _split(bytes(stored))
    cipher = _ring().get(key_id)
    if cipher is None:
        raise DecryptionError(f"The key {key_id.hex()} is not among ENCRYPTION_KEYS.")
    try:
        return cipher.decrypt(nonce, ciphertext, bound_to.encode())
    except InvalidTag as error:
        raise DecryptionError(f"The value does not belong to {bound_to}, or it was changed.") from error


def is_current(stored: bytes | memoryview) -> bool:
    """Was it encrypted with the first key of the ring? Of a value that is none, no."""
    return bytes(stored[:_KEY_ID_LENGTH]) == _current()[0]


def renewed(stored: bytes | memoryview, *, bound_to: str) -> bytes:
    """The same value under the first key of the ring. Raises DecryptionError."""
    return encrypt(decrypt(stored, bound_to=bound_to), bound_to=bound_to)


def _split(stored: bytes) -> tuple[bytes, bytes, bytes]:
    nonce_end = _KEY_ID_LENGTH + _NONCE_LENGTH
    if len(stored) < nonce_end:
        raise DecryptionError("The value is too short to be an encrypted one.")
    return stored[:_KEY_ID_LENGTH], stored[_KEY_ID_LENGTH:nonce_end], stored[nonce_end:]


def _current() -> tuple[bytes, AESGCM]:
    return next(iter(_ring().items()))


def _ring() -> dict[bytes, AESGCM]:
    return _open_ring(tuple(settings.ENCRYPTION_KEYS))


@functools.lru_cache(maxsize=4)
def _open_ring(keys: tuple[bytes, ...]) -> dict[bytes, AESGCM]:
    """Ciphers by key id, the encrypting one first. A key's id is a hash of it, so the ring needs no numbering."""
    if not keys:
        raise ImproperlyConfigured("ENCRYPTION_KEYS is empty: at least one key is needed.")
    return {hashlib.sha256(b"key id:" + key).digest()[:_KEY_ID_LENGTH]: AESGCM(key) for key in keys}
