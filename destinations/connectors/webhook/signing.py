"""Signing a request so that its receiver knows who sent it, and when. https://www.standardwebhooks.com, version 1.0.0"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret, by the specification."""


def signature_headers(
    secrets: Sequence[str], *, key: str, body: bytes, now: datetime
) -> list[tuple[str, str]]:
    """The headers beside `webhook-id`. A signature by each secret: a receiver that knows one of them is satisfied."""
    timestamp = str(int(now.timestamp()))
    signed = f"{key}.{timestamp}.".encode() + body
    signatures = [
        f"v1,{_signature(_bytes_of(secret), signed)}" for secret in secrets if not secret_problem(secret)
    ]
    return [("webhook-timestamp", timestamp), ("webhook-signature", " ".join(signatures))]


def secret_problem(secret: str) -> str:
    try:
        length = len(_bytes_of(secret))
    except ValueError:
        return f"This is not base64. It may begin with {PREFIX}."
    if not SHORTEST <= length <= LONGEST:
        return f"A secret has {SHORTEST} to {LONGEST} bytes; this one has {length}."
    return ""


def _signature(secret: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def _bytes_of(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
