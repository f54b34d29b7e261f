"""What is asked of Mailchimp, each as one request.

Mailchimp's Marketing API 3.0, as its published Swagger has it (api.mailchimp.com/schema/3.0, and the SDKs made of it:
mailchimp/mailchimp-marketing-typescript-sdk): "Add or update list member", "Add or remove member tags", "List merge
fields", "Get lists info", "API Root". Authentication: mailchimp.com/developer/marketing/docs/fundamentals, "Connecting to
the API" (HTTP Basic with any user name; the key ends with the data center).
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from destinations.connectors.calls import Credentials
from destinations.platforms.port import Order
from leadconduit.leads.values import as_text, is_blank
from leadconduit.lib.outbound import Request

TIMEOUT = 20.0
"""Seconds for each request. Mailchimp itself gives up after 120: "API limits"."""
KEPT = 4 * 1024 * 1024

_KEY = re.compile(r"\S+-([a-z]+[0-9]+)")


def key_problem(key: str) -> str:
    return (
        "" if _KEY.fullmatch(key.strip()) else "The whole key, which ends with the data center, such as -us6."
    )


def data_center(known: Credentials) -> str:
    found = _KEY.fullmatch(str(known.get("key") or "").strip())
    return found[1] if found else "us1"


# --- Actions


def put_member(order: Order, known: Credentials) -> Request:
    """Add or update list member: what is not sent stays as it is."""
    configuration = order.action.configuration
    address = email(order)
    body: dict[str, Any] = {
        "email_address": address,
        "status_if_new": configuration.get("status") or "subscribed",
    }
    if fields := merge_fields(order):
        body["merge_fields"] = fields
    query = {"skip_merge_validation": "true"} if configuration.get("skip_required") else {}
    return _sent("PUT", f"{_member(order, address)}", known, body, query)


def tag_member(order: Order, known: Credentials) -> Request:
    """Add or remove member tags: those that are not named stay. Answers 204."""
    named = [{"name": name, "status": "active"} for name in tags(order)]
    return _sent("POST", f"{_member(order, email(order))}/tags", known, {"tags": named})


def email(order: Order) -> str:
    return as_text(order.payload.get("email_address")).strip()


def merge_fields(order: Order) -> dict[str, Any]:
    """Numbers stay numbers, an address an object; all else is text."""
    given = order.payload.get("merge_fields")
    return {name: _written(value) for name, value in given.items()} if isinstance(given, Mapping) else {}


def tags(order: Order) -> list[str]:
    """Those of the action, then those of the lead."""
    of_lead = order.payload.get("tags")
    mapped = [as_text(one) for one in of_lead] if isinstance(of_lead, list) else as_text(of_lead).split(",")
    chosen = str(order.action.configuration.get("tags") or "").split(",")
    return [*dict.fromkeys(name for one in (*chosen, *mapped) if (name := one.strip()))]


def _written(value: object) -> Any:
    if isinstance(value, Mapping):
        return {name: as_text(part) for name, part in value.items() if not is_blank(part)}
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else as_text(value)


def _member(order: Order, address: str) -> str:
    """By the MD5 hash of the address in lower case."""
    digest = hashlib.md5(address.lower().encode(), usedforsecurity=False).hexdigest()
    return f"/lists/{in_path(order.action.configuration.get('audience'))}/members/{digest}"


# --- What there is


def ask(path: str, known: Credentials, **query: str) -> Request:
    return _request("GET", path, known, query)


def link_to(web_id: str, known: Credentials) -> str:
    """As the description of `web_id` says."""
    return f"https://{data_center(known)}.admin.mailchimp.com/lists/members/view?id={in_path(web_id)}"


# ---


def _sent(
    method: str, path: str, known: Credentials, body: Any, query: Mapping[str, str] | None = None
) -> Request:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return _request(method, path, known, query or {}, text.encode("utf-8", "replace"))


def _request(
    method: str, path: str, known: Credentials, query: Mapping[str, str], body: bytes = b""
) -> Request:
    key = str(known.get("key") or "").strip()
    encoded = base64.b64encode(f"leadconduit:{key}".encode()).decode()
    headers = [
        ("User-Agent", "LeadConduit"),
        ("Accept", "application/json, application/problem+json"),
        ("Authorization", f"Basic {encoded}"),
    ]
    if body:
        headers.append(("Content-Type", "application/json"))
    written = f"?{urlencode(query)}" if query else ""
    return Request(
        method=method,
        url=f"https://{data_center(known)}.api.mailchimp.com/3.0{path}{written}",
        headers=tuple(headers),
        body=body,
        timeout=TIMEOUT,
        secrets=(key, encoded) if key else (),
        keep=KEPT,
    )


def in_path(text: object) -> str:
    return quote(str(text or ""), safe="")
