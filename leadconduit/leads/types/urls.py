"""Addresses of the web, read as browsers read them."""

from leadconduit.leads.types.parsed import Parsed, invalid, valid
from leadconduit.leads.types.web_address import WebAddress


def url(text: str) -> Parsed:
    """`http` is assumed where no protocol is named, and no other protocol is valid than http and https."""
    address = read(text)
    if not address:
        return invalid(text)
    return valid(
        str(address),
        protocol=address.protocol,
        host=address.authority,
        port=address.port,
        path=address.path,
        query=address.query or "",
        hash=f"#{address.fragment}" if address.fragment else "",
    )


def read(text: str) -> WebAddress | None:
    return WebAddress.read(text if "://" in text else f"http://{text}")
