"""An order becomes a request: the address, the format, the headers, the credential."""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from destinations.connectors.webhook.signing import signature_headers
from destinations.connectors.webhook.xml import is_name, xml_body
from destinations.platforms.port import Order
from leadconduit.leads.values import as_text
from leadconduit.lib.masking import header_secrets
from leadconduit.lib.outbound import Request, check_header, check_url

Pairs = list[tuple[str, str]]

# Which delivery this is, and an answer that we can read: nobody else's to choose. The client guards the transport's own.
RESERVED_HEADERS = frozenset({"webhook-id", "webhook-timestamp", "webhook-signature", "accept-encoding"})


def request_for(
    order: Order, credentials: Mapping[str, Any] | None = None, *, now: datetime | None = None
) -> Request:
    """The request that delivers this order. It carries the delivery's key as `webhook-id`, the same for every try.

    `credentials` are those that are good now, where they change.
    """
    configuration = order.destination.configuration
    known = order.destination.credentials if credentials is None else credentials
    credential = _credential(order.destination.scheme, known)
    signing = [known[key] for key in ("signing_secret", "previous_signing_secret") if known.get(key)]
    content_type, body, query = _formatted(configuration, order.payload)
    path = order.action.configuration.get("path") or ""
    headers = [
        ("User-Agent", "LeadConduit"),
        ("Content-Type", content_type),
        *(configuration.get("headers") or ()),
        *credential.headers,
    ]
    signatures = signature_headers(signing, key=order.key, body=body, now=now or datetime.now(UTC))
    return Request(
        method=configuration.get("method") or "POST",
        url=_address(configuration.get("url") or "", path, [*query, *credential.query]),
        headers=(("webhook-id", order.key), *(signatures if signing else ()), *_merged(headers)),
        body=body,
        timeout=timeout_of(configuration),
        secrets=(*credential.secrets, *signing),
    )


def timeout_of(configuration: Mapping[str, Any]) -> float:
    return float(configuration.get("timeout") or 10)


# --- The credential


@dataclass(frozen=True, slots=True)
class _Credential:
    headers: Pairs = field(default_factory=list)
    query: Pairs = field(default_factory=list)
    secrets: tuple[str, ...] = ()


def _credential(scheme: str, values: Mapping[str, Any]) -> _Credential:
    """What the credential adds. Of one that is not complete, only what is there: a preview may come before it."""
    if scheme == "api_key":
        key = values.get("key") or ""
        pair = [(values.get("name") or "", key)]
        if values.get("placement") == "query":
            return _Credential(query=pair, secrets=(key,))
        return _Credential(headers=pair, secrets=header_secrets(*pair[0]))
    if scheme == "basic":
        password = values.get("password") or ""
        encoded = base64.b64encode(f"{values.get('username') or ''}:{password}".encode()).decode()
        return _Credential(headers=[("Authorization", f"Basic {encoded}")], secrets=(password, encoded))
    if scheme in ("bearer", "oauth2_client"):
        token = values.get("token" if scheme == "bearer" else "access_token") or ""
        return _Credential(headers=[("Authorization", f"Bearer {token}")], secrets=(token,))
    if scheme == "headers":
        pairs = [(name, value) for name, value in values.get("headers") or ()]
        secrets = tuple(secret for pair in pairs for secret in header_secrets(*pair))
        return _Credential(headers=pairs, secrets=secrets)
    return _Credential()


# --- The lead in its format


def _formatted(configuration: Mapping[str, Any], payload: Mapping[str, Any]) -> tuple[str, bytes, Pairs]:
    """Content type (none without a body), body, and what goes into the query."""
    format = configuration.get("format") or "json"
    if format == "xml":
        root = configuration.get("root") or ""
        return "application/xml; charset=utf-8", xml_body(payload, root if is_name(root) else "lead"), []
    if format == "query":
        return "", b"", list(_flat(payload))
    if format == "form":
        return "application/x-www-form-urlencoded", _encoded(list(_flat(payload))).encode(), []
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return "application/json", text.encode("utf-8", "replace"), []


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Nested names are written with dots; a list repeats its name."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _flat(item, name)
    else:
        yield name, as_text(value)


def _encoded(pairs: Pairs) -> str:
    return urlencode(pairs, encoding="utf-8", errors="replace")


# --- The address


def _address(url: str, path: str, query: Pairs) -> str:
    """The URL with the action's path behind its own; either may have a query, and ours is added to it."""
    try:
        base = urlsplit(url)
    except ValueError:
        return url  # the client says what is wrong with it
    own_path, _, own_query = path.partition("?")
    joined = f"{base.path.rstrip('/')}/{own_path.lstrip('/')}" if own_path else base.path
    queries = "&".join(filter(None, (base.query, own_query, _encoded(query))))
    return urlunsplit((base.scheme, base.netloc, joined, queries, ""))


def url_problem(url: str) -> str:
    return check_url(url) or _template_problem(url)


def path_problem(path: str) -> str:
    if problem := _template_problem(path):
        return problem
    if "://" in path or path.startswith("//"):
        return "Write only what follows the URL, such as /contacts."
    return "A path has no spaces, backslashes or #." if re.search(r"[\s#\\]", path) else ""


# --- Headers


def _merged(headers: Sequence[Sequence[str]]) -> Pairs:
    """Of headers with the same name the last counts; those without a name or value, and the reserved, are left out."""
    kept = {name.lower(): (name, value) for name, value in headers if name and value}
    return [pair for name, pair in kept.items() if name not in RESERVED_HEADERS]


def headers_problem(pairs: Sequence[Sequence[str]]) -> str:
    return next((problem for name, value in pairs if (problem := header_problem(name, value))), "")


def header_problem(name: str, value: str = "") -> str:
    if name.lower() in RESERVED_HEADERS:
        return f"The header {name} is set with every delivery and cannot be given."
    return check_header(name, value) or _template_problem(value)


def _template_problem(text: str) -> str:
    if not re.search(r"\{\{[^{}]*\}\}", text):
        return ""
    return "Templates are not filled in here: this is the same for every lead. Map a field for what differs."
