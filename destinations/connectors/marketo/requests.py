"""What is asked of Marketo, each as one request.

Addresses and bodies are those of Adobe's published description (AdobeDocs/marketo-apis, static/swagger-mapi.json and
swagger-asset.json) and its guide (AdobeDocs/marketo-developer.en, help/rest-api/: leads.md, list-membership.md,
program-members.md, smart-campaigns.md, programs.md, channels.md). The token goes into a header: the query parameter is
no longer taken (authentication.md).
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from destinations.connectors.calls import Credentials, NotConnected
from destinations.platforms.port import Order
from leadconduit.leads.values import as_text, is_blank
from leadconduit.lib.outbound import Request

TIMEOUT = 15.0
"""Seconds for each request."""
KEPT = 4 * 1024 * 1024
"""Bytes that are read of what is asked about: an instance may have hundreds of fields."""

_MUNCHKIN = re.compile(r"[0-9]{3}-[A-Za-z]{3}-[0-9]{3}", re.ASCII)


def munchkin_problem(munchkin_id: str) -> str:
    return "" if _MUNCHKIN.fullmatch(munchkin_id.strip()) else "Three digits, letters, digits: 123-ABC-456."


def origin(values: Mapping[str, Any]) -> str:
    """The customer's own host. authentication.md, base-url.md. Raises NotConnected for what is no Munchkin ID."""
    munchkin_id = str(values.get("munchkin_id") or "").strip()
    if not munchkin_id:
        return "https://munchkin-id.mktorest.com"  # in a preview, before anybody has connected
    if munchkin_problem(munchkin_id):
        raise NotConnected("The Munchkin ID is not one: enter it again.", gone=True)
    return f"https://{munchkin_id}.mktorest.com"


# --- Actions


def sync_lead(order: Order, known: Credentials) -> Request:
    """Sync Leads, for one person."""
    configuration = order.action.configuration
    body = {
        "action": configuration.get("action") or "createOrUpdate",
        "lookupField": configuration.get("lookup_field") or "email",
        "input": [dict(order.payload)],
    }
    # leads.md: it "only works if action is createOnly or createOrUpdate".
    if configuration.get("partition") and body["action"] != "updateOnly":
        body["partitionName"] = configuration["partition"]
    return _post("/rest/v1/leads.json", body, known)


def add_to_list(order: Order, person: int, known: Credentials) -> Request:
    """Add to List."""
    chosen = _in_path(order.action.configuration.get("list"))
    return _post(f"/rest/v1/lists/{chosen}/leads.json", {"input": [{"id": person}]}, known)


def add_to_program(order: Order, person: int, known: Credentials) -> Request:
    """Sync Program Member Status: makes a member, or changes the status of one."""
    configuration = order.action.configuration
    body = {"statusName": configuration.get("status") or "", "input": [{"leadId": person}]}
    program = _in_path(configuration.get("program"))
    return _post(f"/rest/v1/programs/{program}/members/status.json", body, known)


def request_campaign(order: Order, person: int, known: Credentials) -> Request:
    """Request Campaign. What is mapped beside the person are My Tokens of the campaign's program."""
    campaign = _in_path(order.action.configuration.get("campaign"))
    given: dict[str, Any] = {"leads": [{"id": person}]}
    if tokens := [{"name": token_name(path), "value": value} for path, value in _tokens(order.payload)]:
        given["tokens"] = tokens
    return _post(f"/rest/v1/campaigns/{campaign}/trigger.json", {"input": given}, known)


def token_name(written: str) -> str:
    """As Marketo wants it, `{{my.name}}`, however people write it: smart-campaigns.md."""
    bare = written.strip().removeprefix("{{").removesuffix("}}").strip()
    return f"{{{{{bare if bare.startswith('my.') else f'my.{bare}'}}}}}"


def _tokens(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return _texts({key: value for key, value in payload.items() if key not in ("id", "email")})


def _texts(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _texts(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", as_text(value)


# --- Who is meant


def person_id(order: Order) -> str:
    """What is mapped as the person's id, usually the receipt of an earlier action; "" without."""
    value = order.payload.get("id")
    return "" if is_blank(value) else as_text(value).strip()


def email(order: Order) -> str:
    value = order.payload.get("email")
    return "" if is_blank(value) else as_text(value).strip()


def people_with(value: str, known: Credentials, *, field: str = "email") -> Request:
    """Get Leads by Filter Type. `filterValues` has commas between, so a value with one cannot be looked for."""
    query = {"filterType": field, "filterValues": value, "fields": "id,createdAt", "batchSize": "3"}
    return ask("/rest/v1/leads.json", known, **query)


# --- What there is


def ask(path: str, known: Credentials, **query: str) -> Request:
    written = f"?{urlencode(query, quote_via=quote)}" if query else ""
    return Request(
        method="GET",
        url=f"{origin(known)}{path}{written}",
        headers=_headers(known),
        timeout=TIMEOUT,
        secrets=_secrets(known),
        keep=KEPT,
    )


# --- Where a person is to be seen


def link_to(person: str, configuration: Mapping[str, Any]) -> str | None:
    """None where nobody has said which address Marketo has in the browser: the API does not tell of a person."""
    parts = urlsplit(configuration.get("app_url") or "")
    if not parts.netloc:
        return None
    return f"https://{parts.netloc}/leadDatabase/loadLeadDetail?leadId={quote(person, safe='')}"


def app_problem(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return (
        "" if host.endswith(".marketo.com") else "It ends with .marketo.com, as https://app-ab12.marketo.com."
    )


# ---


def _post(path: str, body: Mapping[str, Any], known: Credentials) -> Request:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Request(
        method="POST",
        url=f"{origin(known)}{path}",
        headers=(*_headers(known), ("Content-Type", "application/json")),
        body=text.encode("utf-8", "replace"),
        timeout=TIMEOUT,
        secrets=_secrets(known),
    )


def _headers(known: Credentials) -> tuple[tuple[str, str], ...]:
    return (
        ("User-Agent", "LeadConduit"),
        ("Accept", "application/json"),
        ("Authorization", f"Bearer {known.get('access_token') or ''}"),
    )


def _secrets(known: Credentials) -> tuple[str, ...]:
    return tuple(known[key] for key in ("access_token", "client_secret") if known.get(key))


def _in_path(value: object) -> str:
    return quote(str(value or ""), safe="")
