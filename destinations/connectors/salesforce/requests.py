"""What Salesforce is asked, each as one request made of the credentials. Nothing is sent here.

REST API Developer Guide, v63.0: "sObject Basic Information", "sObject Rows by External ID" (upsert), "Query", "Assignment
Rule Header", "Duplicate Rule Header". SOAP API Developer Guide: "convertLead()", whose parts stand in the order of the
partner WSDL's sequence.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

from destinations.connectors.calls import Credentials, NotConnected
from leadconduit.leads.values import as_text
from leadconduit.lib.outbound import Request

VERSION = "63.0"
TIMEOUT = 10.0
"""Seconds that one request has."""
LONGEST_DESCRIPTION = 8 * 1024 * 1024
"""Bytes of a describe: an object with hundreds of custom fields and picklists takes megabytes."""

UNKNOWN_HOST = "https://instance.my.salesforce.com"
"""Stands in a preview before anybody has connected."""

# Where organisations are. Help, "My Domain URL Formats" and "Hyperforce".
_INSTANCE = re.compile(
    r"https://(?:[a-z0-9-]+\.)+(?:salesforce\.com|force\.com|cloudforce\.com|salesforce\.mil)/?",
    re.IGNORECASE | re.ASCII,
)
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?")
# Characters that a SOQL string writes with a backslash: SOQL and SOSL Reference, "Quoted String Escape Sequences".
_ESCAPED = str.maketrans(
    {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)
# What XML 1.0 cannot hold in any spelling. https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_record_id(text: str) -> bool:
    """The 15 characters of an id, or these with the three that make them safe from changes of case."""
    return _ID.fullmatch(text) is not None


def instance_of(credentials: Credentials) -> str:
    """The address of the organisation's API, which the token server's answer names. Raises NotConnected without one,
    and for a host that is not Salesforce's: it gets no token."""
    url = str(credentials.get("instance_url") or "")
    if not url:
        raise NotConnected("Salesforce did not say where the organisation is: connect it again.", gone=True)
    if not _INSTANCE.fullmatch(url):
        raise NotConnected("The token server names a host that is not Salesforce's.", gone=True)
    return url.rstrip("/")


def as_previewed(credentials: Credentials) -> Credentials:
    """What a preview is made of, before anybody has connected too."""
    return {**credentials, "instance_url": credentials.get("instance_url") or UNKNOWN_HOST}


def link_to(credentials: Credentials, record_id: str) -> str:
    """Where a person sees a record."""
    return f"{instance_of(credentials)}/{record_id}"


# --- REST


def create(
    credentials: Credentials, kind: str, values: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Request:
    return _rest(credentials, "POST", f"sobjects/{kind}", body=values, headers=headers)


def update(
    credentials: Credentials,
    kind: str,
    record_id: str,
    values: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> Request:
    return _rest(
        credentials, "PATCH", f"sobjects/{kind}/{quote(record_id, safe='')}", body=values, headers=headers
    )


def upsert(
    credentials: Credentials,
    kind: str,
    field: str,
    value: str,
    values: Mapping[str, Any],
    *,
    creates: bool = True,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """The record whose external id `field` is `value`. It may not be among the values as well."""
    others = {name: given for name, given in values.items() if name.lower() != field.lower()}
    path = f"sobjects/{kind}/{quote(field, safe='')}/{quote(value, safe='')}{'' if creates else '?updateOnly=true'}"
    return _rest(credentials, "PATCH", path, body=others, headers=headers)


def query(credentials: Credentials, soql: str) -> Request:
    return _rest(credentials, "GET", f"query?{urlencode({'q': soql})}")


def describe(credentials: Credentials, kind: str) -> Request:
    return _rest(credentials, "GET", f"sobjects/{kind}/describe", keep=LONGEST_DESCRIPTION)


def who_am_i(credentials: Credentials) -> Request:
    """OpenID Connect's UserInfo endpoint, which any access token may ask."""
    return _request(credentials, "GET", "/services/oauth2/userinfo")


def _rest(
    credentials: Credentials,
    method: str,
    path: str,
    *,
    body: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Request:
    content = None if body is None else {name: _as_json(value) for name, value in body.items()}
    typed = {} if content is None else {"Content-Type": "application/json"}
    written = b"" if content is None else json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    all_headers = {"Accept": "application/json", **typed, **(headers or {})}
    path = f"/services/data/v{VERSION}/{path}"
    return _request(credentials, method, path, headers=all_headers, body=written, **more)


def _request(
    credentials: Credentials,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    **more: Any,
) -> Request:
    token = str(credentials.get("access_token") or "")
    return Request(
        method=method,
        url=f"{instance_of(credentials)}{path}",
        headers=(("Authorization", f"Bearer {token}"), *(headers or {}).items()),
        body=body,
        timeout=TIMEOUT,
        secrets=_secrets(credentials),
        **more,
    )


def _secrets(credentials: Credentials) -> tuple[str, ...]:
    return tuple(
        str(credentials[key])
        for key in ("access_token", "refresh_token", "client_secret")
        if credentials.get(key)
    )


def _as_json(value: Any) -> Any:
    """A picklist that takes several is written with semicolons."""
    return ";".join(as_text(item) for item in value) if isinstance(value, list) else value


def lead_headers(configuration: Mapping[str, Any]) -> dict[str, str]:
    """By which assignment rule a lead gets its owner, and whether duplicate rules may keep it out."""
    assigned = {"none": "FALSE", "rule": configuration.get("assignment_rule") or "TRUE"}
    auto = assigned.get(configuration.get("assignment") or "", "TRUE")
    return {"Sforce-Auto-Assign": auto, **duplicate_headers(configuration)}


def duplicate_headers(configuration: Mapping[str, Any]) -> dict[str, str]:
    allows = "true" if configuration.get("duplicates") == "allow" else "false"
    return {"Sforce-Duplicate-Rule-Header": f"allowSave={allows}"}


# --- SOQL


def select(columns: str, kind: str, where: str, rest: str) -> str:
    return f"SELECT {columns} FROM {kind} WHERE {where} {rest}"  # noqa: S608  # values pass `equals` and `containing`


def equals(field: str, text: str) -> str:
    return f"{field} = {literal(text)}"


def literal(text: str) -> str:
    """A text as a query names it."""
    return f"'{text.translate(_ESCAPED)}'"


def containing(text: str) -> str:
    """The pattern of LIKE for what has this text somewhere in it."""
    inner = text.translate(_ESCAPED).replace("%", "\\%").replace("_", "\\_")
    return f"'%{inner}%'"


# --- SOAP


def convert_lead(credentials: Credentials, wanted: Mapping[str, str]) -> Request:
    """`wanted` are the parts of LeadConvert that are given, by name."""
    token = str(credentials.get("access_token") or "")
    parts = {
        "doNotCreateOpportunity": "false",
        "overwriteLeadSource": "false",
        "sendNotificationEmail": "false",
    }
    given = {**parts, **{name: value for name, value in wanted.items() if value}}
    inner = "".join(f"<urn:{name}>{_xml(given[name])}</urn:{name}>" for name in sorted(given))
    envelope = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:urn="urn:partner.soap.sforce.com">'
        f"<soapenv:Header><urn:SessionHeader><urn:sessionId>{_xml(token)}</urn:sessionId></urn:SessionHeader>"
        "</soapenv:Header><soapenv:Body><urn:convertLead><urn:leadConverts>"
        f"{inner}</urn:leadConverts></urn:convertLead></soapenv:Body></soapenv:Envelope>"
    )
    return Request(
        method="POST",
        url=f"{instance_of(credentials)}/services/Soap/u/{VERSION}",
        headers=(("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", '""'), ("Accept", "text/xml")),
        body=envelope.encode("utf-8", "replace"),
        timeout=TIMEOUT,
        secrets=(*_secrets(credentials), _xml(token)) if token else _secrets(credentials),
    )


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))
