"""The address of a TrustedForm certificate: the proof of a consumer's consent."""

import re
from typing import Final

from leadconduit.leads.types.parsed import Parsed, invalid, valid
from leadconduit.leads.types.urls import read

_HOST: Final = re.compile(r"(?:[a-z0-9-]+\.)*(?:cert|ping)\.(?:staging\.)?trustedform(?:-staging)?\.com")
_SHORTEST_ID: Final = 40


def trustedform_url(text: str) -> Parsed:
    """`cert_id` is a certificate's id, 40 characters or more, or a longer one of today that begins with `0.`. Of what
    kind the certificate is stands encrypted in the id; only TrustedForm can tell, so `type` is null."""
    address = read(text)
    if not address:
        return invalid(text)
    cert_id = address.path[1:]
    is_certificate = len(cert_id) >= _SHORTEST_ID or cert_id.startswith("0.")
    if not (address.protocol == "https" and _HOST.fullmatch(address.host) and is_certificate):
        return invalid(str(address))
    if len(cert_id) == _SHORTEST_ID:  # a hash in hexadecimal digits, in which case does not matter
        cert_id = cert_id.lower()
    return valid(
        f"https://{address.authority}/{cert_id}",
        type=None,
        cert_id=cert_id,
        is_web=False,
        is_mobile=False,
        is_facebook=False,
        is_masked=False,
        host=address.authority,
        path=address.path,
    )
