"""What is asked of HubSpot, each as one request.

Addresses and bodies are those of HubSpot's public OpenAPI collection (HubSpot/HubSpot-public-api-spec-collection,
PublicApiSpecs/CRM: Contacts, Deals, Lists, Properties, Pipelines, Crm Owners, all v3; Account/Account Info v3) and of its
guides (developers.hubspot.com/docs/guides/api/crm: "Contacts", "Deals", "Lists", "Search", "Associations").
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from destinations.connectors.calls import Credentials
from destinations.platforms.port import Order
from leadconduit.leads.values import as_text
from leadconduit.lib.outbound import Request

API = "https://api.hubapi.com"
APP = "https://app.hubspot.com"
TIMEOUT = 15.0
"""Seconds for each request."""
KEPT = 8 * 1024 * 1024
"""Bytes that are read of what is asked about: a portal may have a thousand properties, each with its options."""

CONTACTS, DEALS = "contacts", "deals"
OBJECT_TYPES = {CONTACTS: "0-1", DEALS: "0-3"}
DEAL_TO_CONTACT = 3
"""The type of association that HubSpot defines: guide "Associations v4", "Association type ID values"."""

CONTACT_ID, CONTACT_EMAIL = "ContactId", "ContactEmail"
"""By which a contact is found. Names of properties have no capitals, so none is called like that."""


# --- Contacts


def create(kind: str, properties: Mapping[str, str], known: Credentials, *, contact: str = "") -> Request:
    """With `contact`, the new deal is that contact's, in the same request."""
    body: dict[str, Any] = {"properties": properties}
    if contact:
        association = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": DEAL_TO_CONTACT}
        body["associations"] = [{"to": {"id": contact}, "types": [association]}]
    return _sent("POST", f"/crm/v3/objects/{kind}", known, body)


def update(contact: str, properties: Mapping[str, str], known: Credentials, *, by: str = "") -> Request:
    """`contact` is the record's id, or with `by` the value of that unique property."""
    return _sent("PATCH", _contact_path(contact, by), known, {"properties": properties})


def upsert(by: str, value: str, properties: Mapping[str, str], known: Credentials) -> Request:
    """By a unique property of the customer's own.

    Not by e-mail: "Partial upserts are not supported when using email as the idProperty" (guide "Contacts").
    """
    one = {"idProperty": by, "id": value, "properties": properties}
    return _sent("POST", "/crm/v3/objects/contacts/batch/upsert", known, {"inputs": [one]})


def find(email: str, known: Credentials) -> Request:
    """The contact with this address, its additional ones included. Answers 404 without one."""
    return ask(_contact_path(email, "email") + "&properties=email", known)


def _contact_path(contact: str, by: str) -> str:
    written = f"?{urlencode({'idProperty': by})}" if by else ""
    return f"/crm/v3/objects/contacts/{_in_path(contact)}{written}"


# --- Deals and lists


def deals_of(contact: str, name: str, since: int, known: Credentials) -> Request:
    """Deals of a contact with this name that were made since then, in milliseconds of the epoch."""
    filters = [
        {"propertyName": "associations.contact", "operator": "EQ", "value": contact},
        {"propertyName": "dealname", "operator": "EQ", "value": name},
        {"propertyName": "createdate", "operator": "GTE", "value": str(since)},
    ]
    body = {"filterGroups": [{"filters": filters}], "properties": ["dealname"], "limit": 1}
    return _sent("POST", "/crm/v3/objects/deals/search", known, body)


def add_to_list(list_id: str, contact: str, known: Credentials) -> Request:
    return _sent("PUT", f"/crm/v3/lists/{_in_path(list_id)}/memberships/add", known, [contact])


# --- What there is


def lists(search: str, offset: int, count: int, known: Credentials) -> Request:
    """Lists of contacts that take members from outside: "MANUAL or SNAPSHOT" (guide "Lists")."""
    body = {
        "query": search,
        "offset": offset,
        "count": count,
        "objectTypeId": OBJECT_TYPES[CONTACTS],
        "processingTypes": ["MANUAL", "SNAPSHOT"],
        "additionalProperties": [],
    }
    return _sent("POST", "/crm/v3/lists/search", known, body)


def holder(known: Credentials) -> Request:
    """As whom OAuth's token is connected: guide "OAuth", "Retrieve access token metadata"."""
    return ask(f"/oauth/v1/access-tokens/{_in_path(known['access_token'])}", known)


def ask(path: str, known: Credentials) -> Request:
    return Request(
        method="GET",
        url=f"{API}{path}",
        headers=_headers(known),
        timeout=TIMEOUT,
        secrets=_secrets(known),
        keep=KEPT,
    )


# --- What is written, and where it is to be seen


def properties(order: Order, *without: str) -> dict[str, str]:
    """All that is mapped, as texts, with what the action sets for every lead where the lead does not."""
    owner = order.action.configuration.get("owner")
    given = {"hubspot_owner_id": owner} if owner else {}
    mapped = {name: value for name, value in order.payload.items() if name not in without}
    return {name: _written(value) for name, value in {**given, **mapped}.items()}


def _written(value: object) -> str:
    """Several choices have semicolons between them (guide "Properties"). Blanks around values that are no texts are
    refused since April 2025 (changelog, "Enhanced validations for non-string properties")."""
    return ";".join(as_text(one) for one in value) if isinstance(value, list) else as_text(value).strip()


def value(order: Order, name: str) -> str:
    """ "" where it is not mapped, or blank."""
    return as_text(order.payload.get(name)).strip()


def link_to(kind: str, record_id: str, known: Credentials, identified: str) -> str | None:
    """In the portal that was `identified`, else in the one that the credentials name; None where neither is known."""
    portal = identified or str(known.get("hub_id") or "").strip()
    return (
        f"{APP}/contacts/{_in_path(portal)}/record/{OBJECT_TYPES[kind]}/{_in_path(record_id)}"
        if portal
        else None
    )


# ---


def _sent(method: str, path: str, known: Credentials, body: Any) -> Request:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Request(
        method=method,
        url=f"{API}{path}",
        headers=(*_headers(known), ("Content-Type", "application/json")),
        body=text.encode("utf-8", "replace"),
        timeout=TIMEOUT,
        secrets=_secrets(known),
        keep=KEPT,
    )


def _headers(known: Credentials) -> tuple[tuple[str, str], ...]:
    return (
        ("User-Agent", "LeadConduit"),
        ("Accept", "application/json"),
        ("Authorization", f"Bearer {known.get('access_token') or known.get('token') or ''}"),
    )


def _secrets(known: Credentials) -> tuple[str, ...]:
    return tuple(
        known[key] for key in ("access_token", "token", "refresh_token", "client_secret") if known.get(key)
    )


def _in_path(text: object) -> str:
    return quote(str(text or ""), safe="@")
