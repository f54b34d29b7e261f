"""Pre-signed paths: they open without a session, until they expire, and only what they were signed for."""

import re
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac


def sign(path: str, *, now: datetime, period_seconds: int) -> str:
    """`path` with `expires` (Unix seconds) and `signature` in its query.

    The expiry lies on a whole number of periods, one to two of them ahead: so the path is the same for everybody who
    asks within one period, which lets browsers cache what it shows, and is good for at least one.
    """
    expires = str((int(now.timestamp()) // period_seconds + 2) * period_seconds)
    joint = "&" if "?" in path else "?"
    return f"{path}{joint}expires={expires}&signature={_signature(path, expires, settings.SECRET_KEY)}"


def verify(path: str, expires: str, signature: str, now: datetime) -> bool:
    """Whether `path` (as it was given to `sign`) may be opened with these two values of its query."""
    known = any(constant_time_compare(signature, _signature(path, expires, key)) for key in _keys())
    return known and re.fullmatch("[0-9]+", expires) is not None and now.timestamp() < int(expires)


def _signature(path: str, expires: str, key: str | bytes) -> str:
    return salted_hmac(
        "leadconduit.lib.presigned", f"{expires} {path}", secret=key, algorithm="sha256"
    ).hexdigest()


def _keys() -> Iterator[str | bytes]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS
