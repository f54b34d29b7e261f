import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from leadconduit.lib.encryption import DecryptionError, decrypt, encrypt

OLD_KEY, NEW_KEY = b"o" * 32, b"n" * 32
HERE = "connection:65641c3f8c51e0a6d9f1b2c3:credentials"


@pytest.fixture(autouse=True)
def ring(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [NEW_KEY, OLD_KEY]


@pytest.mark.parametrize("plain", [b"", b"secret", bytes(range(256)) * 100])
def test_what_was_encrypted_can_be_read_again(plain: bytes) -> None:
    assert decrypt(encrypt(plain, bound_to=HERE), bound_to=HERE) == plain


def test_the_stored_value_does_not_show_the_plain_one() -> None:
    assert b"secret" not in encrypt(b"secret", bound_to=HERE)


def test_the_same_value_is_stored_differently_each_time() -> None:
    assert encrypt(b"secret", bound_to=HERE) != encrypt(b"secret", bound_to=HERE)


def test_a_value_moved_to_another_row_does_not_open() -> None:
    stored = encrypt(b"secret", bound_to=HERE)

    with pytest.raises(DecryptionError, match="does not belong"):
        decrypt(stored, bound_to="connection:000000000000000000000000:credentials")


@pytest.mark.parametrize("position", [4, 20, -1])
def test_a_changed_value_does_not_open(position: int) -> None:
    stored = bytearray(encrypt(b"secret", bound_to=HERE))
    stored[position] ^= 1

    with pytest.raises(DecryptionError, match="was changed"):
        decrypt(bytes(stored), bound_to=HERE)


@pytest.mark.parametrize("length", [0, 3, 15, 16])
def test_a_cut_value_does_not_open(length: int) -> None:
    stored = encrypt(b"secret", bound_to=HERE)[:length]

    with pytest.raises(DecryptionError):
        decrypt(stored, bound_to=HERE)


def test_a_value_of_an_older_key_still_opens(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD_KEY]
    stored = encrypt(b"secret", bound_to=HERE)

    settings.ENCRYPTION_KEYS = [NEW_KEY, OLD_KEY]

    assert decrypt(stored, bound_to=HERE) == b"secret"


def test_the_first_key_encrypts(settings: Settings) -> None:
    stored = encrypt(b"secret", bound_to=HERE)

    settings.ENCRYPTION_KEYS = [NEW_KEY]

    assert decrypt(stored, bound_to=HERE) == b"secret"


def test_a_value_of_a_key_that_was_dropped_says_which_one(settings: Settings) -> None:
    stored = encrypt(b"secret", bound_to=HERE)
    settings.ENCRYPTION_KEYS = [OLD_KEY]

    with pytest.raises(DecryptionError, match=stored[:4].hex()):
        decrypt(stored, bound_to=HERE)


def test_a_database_driver_may_hand_over_a_memoryview() -> None:
    assert decrypt(memoryview(encrypt(b"secret", bound_to=HERE)), bound_to=HERE) == b"secret"


def test_an_empty_ring_is_a_fault_of_the_configuration(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = []

    with pytest.raises(ImproperlyConfigured):
        encrypt(b"secret", bound_to=HERE)
