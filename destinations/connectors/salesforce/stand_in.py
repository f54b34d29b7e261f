"""A stand-in for Salesforce: the part of REST API v63.0 that the connector uses, and SOAP's convertLead.

What it does is as documented in the REST API Developer Guide (sObject Rows, Describe, Query, Limits, "Status Codes and
Error Responses", headers Sforce-Duplicate-Rule-Header and Sforce-Limit-Info), the SOAP API Developer Guide (convertLead)
and "OAuth Authorization Flows" (answer of the token endpoint; no expires_in). Other versions of the API are taken too.
Simplified: no triggers, no sharing, no assignment rules; all text of a query is compared without regard to case.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from destinations.connectors.salesforce import stand_in_soql as soql
from destinations.connectors.salesforce.stand_in_objects import (
    DEFAULTS,
    OBJECTS,
    Error,
    checked,
    checksum,
    fields_of,
    new_id,
    whole_id,
)
from destinations.connectors.stand_in import (
    Call,
    Fields,
    Grant,
    Kind,
    Organisation,
    Record,
    Reply,
    Route,
    StandIn,
    TokenServer,
)

BRIGHT = Organisation(
    "00D5e00000Brght" + checksum("00D5e00000Brght"),
    "Brightleaf Energy",
    "dana@brightleaf.example",
    "brightleaf.my.salesforce.com",
)
NORTH = Organisation(
    "00D5e00000North" + checksum("00D5e00000North"),
    "Northlight Insurance (sandbox)",
    "dana@northlight.example.uat",
    "northlight--uat.sandbox.my.salesforce.com",
)
DAILY_CALLS = 15_000


# --- Answers


def _refused(status: int, *errors: Error) -> Reply:
    content = [
        {
            "message": error.message,
            "errorCode": error.code,
            **({"fields": list(error.fields)} if error.fields else {}),
        }
        for error in errors
    ]
    return Reply(status, content)


def _refuses(call: Call, why: Literal["missing", "unknown", "expired"]) -> Reply:
    if call.path.startswith("/services/Soap/"):
        return _fault("sf:INVALID_SESSION_ID", "Invalid Session ID found in SessionHeader: Illegal Session")
    return _refused(401, Error("INVALID_SESSION_ID", "Session expired or invalid"))


def _not_found(call: Call) -> Reply:
    if call.path.startswith("/services/data/") and call.method not in ("GET", "POST", "PATCH"):
        words = f"HTTP Method '{call.method}' not allowed. Allowed are HEAD,GET,POST,PATCH"
        return _refused(405, Error("METHOD_NOT_ALLOWED", words))
    return _refused(404, Error("NOT_FOUND", "The requested resource does not exist"))


def _answered(status: int, content: Any) -> Reply:
    return Reply(status, content, {"Sforce-Limit-Info": f"api-usage=412/{DAILY_CALLS}"})


def _server_error(call: Call) -> Reply:
    return _refused(500, Error("UNKNOWN_EXCEPTION", "An unexpected error occurred. ErrorId: 1482395204-412"))


def _rate_limited(call: Call) -> Reply:
    return _refused(403, Error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))


def _missing_field(call: Call) -> Reply:
    return _refused(
        400, Error("REQUIRED_FIELD_MISSING", "Required fields are missing: [Region__c]", ("Region__c",))
    )


def _duplicate(call: Call) -> Reply:
    kind = next((kind for kind in ("Contact", "Opportunity") if f"/{kind}" in call.path), "Lead")
    existing = call.records.find(kind)
    return _duplicates_detected(kind, existing[-1].id if existing else new_id(kind))


def _duplicates_detected(kind: str, record_id: str) -> Reply:
    rule = f"Standard_{kind}_Duplicate_Rule"
    match = {"additionalInformation": [], "fieldDiffs": [], "matchConfidence": 100.0}
    match["record"] = {"attributes": {"type": kind, "url": _url(kind, record_id)}, "Id": record_id}
    result = {
        "allowSave": True,
        "duplicateRule": rule,
        "duplicateRuleEntityType": kind,
        "errorMessage": "Use one of these records?",
        "matchResults": [
            {
                "entityType": kind,
                "errors": [],
                "matchEngine": "ExactMatchEngine",
                "matchRecords": [match],
                "rule": f"Standard_{kind}_Match_Rule_v1_0",
                "size": 1,
                "success": True,
            }
        ],
    }
    content = [
        {
            "duplicateResult": result,
            "errorCode": "DUPLICATES_DETECTED",
            "message": "Use one of these records?",
        }
    ]
    return Reply(400, content)


def _url(kind: str, record_id: str) -> str:
    return f"/services/data/v63.0/sobjects/{kind}/{record_id}"


# --- What is known of a record


def _row(record: Record) -> dict[str, Any]:
    empty = {field.name: None for field in OBJECTS[record.kind]}
    times = {"CreatedDate": _instant(record.created_at), "LastModifiedDate": _instant(record.changed_at)}
    return {**empty, **record.fields, **times, "Id": record.id}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


# --- Calls


def _objects(call: Call, version: str) -> Reply:
    described = [{"name": kind, "label": kind, "createable": True, "custom": False} for kind in OBJECTS]
    return _answered(200, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": described})


def _describe(call: Call, version: str, kind: str) -> Reply:
    if kind not in OBJECTS:
        return _not_found(call)
    fields = [field.described() for field in OBJECTS[kind]]
    return _answered(200, {"name": kind, "label": kind, "createable": True, "fields": fields})


def _create(call: Call, version: str, kind: str) -> Reply:
    if kind not in OBJECTS:
        return _not_found(call)
    values, errors = checked(kind, call.json(), creates=True)
    errors = errors or _wrong_references(call, values) or _wrong_together(call, kind, values)
    if errors:
        return _refused(400, *errors)
    if duplicate := _caught_by_a_duplicate_rule(call, kind, values):
        return duplicate
    record = call.records.add(kind, {**DEFAULTS.get(kind, {}), **values}, new_id(kind))
    return _created(record)


def _created(record: Record) -> Reply:
    created = _answered(201, {"id": record.id, "success": True, "errors": []})
    return Reply(201, created.content, {**created.headers, "Location": _url(record.kind, record.id)})


def _wrong_references(call: Call, values: dict[str, Any]) -> list[Error]:
    """References that lead nowhere; the others are written out in 18 characters."""
    for name in ("CampaignId", "LeadId", "ContactId", "AccountId", "OpportunityId"):
        value = values.get(name)
        if value and not call.records.get(name.removesuffix("Id"), whole_id(value)):
            return [Error("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")]
        if value:
            values[name] = whole_id(value)
    return []


def _wrong_together(call: Call, kind: str, values: Mapping[str, Any]) -> list[Error]:
    if kind == "CampaignMember":
        person = next((name for name in ("LeadId", "ContactId") if values.get(name)), "")
        if not person:
            words = "Required fields are missing: [LeadId]"
            return [Error("REQUIRED_FIELD_MISSING", words, ("LeadId",))]
        same = {"CampaignId": values["CampaignId"], person: values[person]}
        if call.records.find(kind, **same):
            words = (
                "Already a campaign member." if person == "ContactId" else "This lead is already a member."
            )
            return [Error("DUPLICATE_VALUE", words)]
    external = [field.name for field in OBJECTS[kind] if field.external_id and values.get(field.name)]
    for name in external:
        if same_id := call.records.find(kind, **{name: values[name]}):
            words = f"duplicate value found: {name} duplicates value on record with id: {same_id[0].id}"
            return [Error("DUPLICATE_VALUE", words)]
    return []


def _caught_by_a_duplicate_rule(call: Call, kind: str, values: Mapping[str, Any]) -> Reply | None:
    """The stand-in's one duplicate rule: no second lead or contact of the same e-mail, unless the caller may save it."""
    if kind not in ("Lead", "Contact") or not values.get("Email"):
        return None
    if "allowsave=true" in call.headers.get("sforce-duplicate-rule-header", "").lower().replace(" ", ""):
        return None
    same = [
        record
        for record in call.records.find(kind, Email=values["Email"])
        if not record.fields.get("IsConverted")
    ]
    return _duplicates_detected(kind, same[0].id) if same else None


def _read(call: Call, version: str, kind: str, record_id: str) -> Reply:
    record = call.records.get(kind, whole_id(record_id)) if kind in OBJECTS else None
    if record is None:
        return _not_found(call)
    wanted = [name.strip() for name in call.query.get("fields", "").split(",") if name.strip()]
    row = _row(record)
    return _answered(
        200, {"attributes": {"type": kind, "url": _url(kind, record.id)}, **_chosen(row, wanted)}
    )


def _chosen(row: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, Any]:
    return {name: row.get(name) for name in (list(wanted) or row)}


def _update(call: Call, version: str, kind: str, record_id: str) -> Reply:
    if kind not in OBJECTS:
        return _not_found(call)
    record = call.records.get(kind, whole_id(record_id))
    return _changed(call, record) if record else _not_found(call)


def _changed(call: Call, record: Record) -> Reply:
    if record.fields.get("IsConverted"):
        words = "cannot reference converted lead"
        return _refused(400, Error("CANNOT_UPDATE_CONVERTED_LEAD", words))
    values, errors = checked(record.kind, call.json(), creates=False)
    errors = errors or _wrong_references(call, values)
    if errors:
        return _refused(400, *errors)
    call.records.change(record, values)
    return _answered(204, None)


def _upsert(call: Call, version: str, kind: str, field: str, value: str) -> Reply:
    """Created: 201 with the id; changed: 200 with it (since v46.0); several: 300 with their addresses."""
    known = fields_of(kind).get(field.lower()) if kind in OBJECTS else None
    if known is None or not (known.external_id or known.name == "Id"):
        words = f"Provided external ID field does not exist or is not accessible: {field}"
        return _refused(404, Error("NOT_FOUND", words))
    found = call.records.find(kind, **{known.name: value})
    if len(found) > 1:
        return _answered(300, [_url(kind, record.id) for record in found])
    given = call.json()
    if isinstance(given, dict) and any(name.lower() == known.name.lower() for name in given):
        words = f"The {known.name} field should not be specified in the sobject data."
        return _refused(400, Error("INVALID_FIELD", words, (known.name,)))
    if found:
        changed = _changed(call, found[0])
        content = {"id": found[0].id, "success": True, "errors": [], "created": False}
        return _answered(200, content) if changed.status == 204 else changed
    if call.query.get("updateOnly") == "true":
        return _not_found(call)
    body = json.dumps({**given, known.name: value} if isinstance(given, dict) else given).encode()
    created = _create(replace(call, body=body), version, kind)
    if created.status != 201:
        return created
    return _answered(201, {**created.content, "created": True})


def _query(call: Call, version: str) -> Reply:
    try:
        query = soql.parse(call.query.get("q", ""))
    except soql.SoqlError as error:
        return _refused(400, Error(error.code, error.message))
    found = soql.rows(query, [_row(record) for record in call.records.find(query.kind)])
    records = [{"attributes": {"type": query.kind}, **row} for row in found]
    return _answered(200, {"totalSize": len(records), "done": True, "records": records})


def _limits(call: Call, version: str) -> Reply:
    daily = {"Max": DAILY_CALLS, "Remaining": DAILY_CALLS - 412}
    return _answered(200, {"DailyApiRequests": daily})


def _userinfo(call: Call) -> Reply:
    """OpenID Connect's UserInfo endpoint, as "Identity URLs and the UserInfo Endpoint" has it; the part in use."""
    organisation = call.organisation
    content = {
        "sub": f"https://login.salesforce.com/id/{organisation.id}/{_user_id(organisation)}",
        "user_id": _user_id(organisation),
        "organization_id": organisation.id,
        "preferred_username": organisation.user,
        "name": "Dana Reyes",
        "email": organisation.user,
        "email_verified": True,
        "active": True,
        "urls": {"rest": f"https://{organisation.host}/services/data/v{{version}}/"},
    }
    return _answered(200, content)


def _identity(call: Call, organisation: str, user: str) -> Reply:
    if organisation != call.organisation.id:
        return _refused(403, Error("FORBIDDEN", "Wrong_Org"))
    mine = call.organisation
    return _answered(
        200,
        {
            "id": f"https://login.salesforce.com/id/{mine.id}/{user}",
            "user_id": user,
            "organization_id": mine.id,
            "username": mine.user,
            "display_name": "Dana Reyes",
            "email": mine.user,
            "urls": {},
        },
    )


def _user_id(organisation: Organisation) -> str:
    body = "0055e00000" + organisation.id[10:15]
    return body + checksum(body)


# --- SOAP: convertLead

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_PARTNER = "urn:partner.soap.sforce.com"


def _session_of(call: Call) -> str:
    """A SOAP call names its session in the envelope, everything else in the header Authorization."""
    if not call.path.startswith("/services/Soap/"):
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        return token if scheme in ("Bearer", "OAuth") else ""
    envelope = _parsed(call.body)
    found = envelope.find(f".//{{{_PARTNER}}}sessionId") if envelope is not None else None
    return (found.text or "").strip() if found is not None else "-"


def _parsed(body: bytes) -> ElementTree.Element | None:
    if b"<!" in body:  # neither a DTD nor entities, whose expansion would never end
        return None
    try:
        return ElementTree.fromstring(body)  # noqa: S314 - see above
    except ElementTree.ParseError:
        return None


def _soap(call: Call, version: str) -> Reply:
    envelope = _parsed(call.body)
    wanted = envelope.find(f"{{{_ENVELOPE}}}Body/{{{_PARTNER}}}convertLead") if envelope is not None else None
    if "text/xml" not in call.headers.get("content-type", ""):
        return Reply(415, "", content_type="text/plain")
    if "soapaction" not in call.headers:
        return _fault("sf:INVALID_OPERATION", "SOAPAction HTTP header missing")
    if wanted is None:
        return _fault("sf:UNKNOWN_EXCEPTION", "No operation available for request")
    results = [_converted(call, asked) for asked in wanted.findall(f"{{{_PARTNER}}}leadConverts")]
    body = f"<convertLeadResponse>{''.join(results)}</convertLeadResponse>"
    return Reply(200, _enveloped(body), content_type="text/xml;charset=UTF-8")


def _enveloped(body: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{_ENVELOPE}" xmlns="{_PARTNER}"'
        f' xmlns:sf="urn:fault.partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )


def _fault(code: str, words: str) -> Reply:
    fault = f"<soapenv:Fault><faultcode>{code}</faultcode><faultstring>{code.removeprefix('sf:')}: {escape(words)}</faultstring></soapenv:Fault>"
    return Reply(500, _enveloped(fault), content_type="text/xml;charset=UTF-8")


def _converted(call: Call, asked: ElementTree.Element) -> str:
    given = {part.tag.removeprefix(f"{{{_PARTNER}}}"): (part.text or "").strip() for part in asked}
    if problem := _why_not_converted(call, given):
        return _conversion(given, error=problem)
    lead = call.records.get("Lead", whole_id(given["leadId"]))
    assert lead is not None
    account_id = whole_id(given.get("accountId", "")) or _made(
        call, "Account", {"Name": lead.fields.get("Company")}
    )
    contact_id = whole_id(given.get("contactId", "")) or _made(
        call, "Contact", {**_shared(lead), "AccountId": account_id}
    )
    opportunity_id = whole_id(given.get("opportunityId", ""))
    if not opportunity_id and given.get("doNotCreateOpportunity") != "true":
        name = given.get("opportunityName") or f"{lead.fields.get('Company')}-"
        opportunity = {
            "Name": name,
            "AccountId": account_id,
            "StageName": "Prospecting",
            "CloseDate": f"{datetime.now(UTC).year}-12-31",
            "LeadSource": lead.fields.get("LeadSource"),
        }
        opportunity_id = _made(call, "Opportunity", opportunity)
        role = {"OpportunityId": opportunity_id, "ContactId": contact_id, "IsPrimary": True}
        _made(call, "OpportunityContactRole", role)
    call.records.change(
        lead,
        {
            "IsConverted": True,
            "Status": given["convertedStatus"],
            "ConvertedAccountId": account_id,
            "ConvertedContactId": contact_id,
            "ConvertedOpportunityId": opportunity_id or None,
        },
    )
    for member in call.records.find("CampaignMember", LeadId=lead.id):
        call.records.change(member, {"ContactId": contact_id})
    return _conversion(given, accountId=account_id, contactId=contact_id, opportunityId=opportunity_id)


def _why_not_converted(call: Call, given: Mapping[str, str]) -> Error | None:
    for name in ("leadId", "convertedStatus"):
        if not given.get(name):
            return Error("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]")
    lead = call.records.get("Lead", whole_id(given["leadId"]))
    if lead is None:
        return Error("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    if lead.fields.get("IsConverted"):
        return Error("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    if not call.records.find("LeadStatus", ApiName=given["convertedStatus"], IsConverted=True):
        words = f"invalid convertedStatus: {given['convertedStatus']}"
        return Error("INVALID_STATUS", words)
    if given.get("contactId") and not given.get("accountId"):
        return Error("REQUIRED_FIELD_MISSING", "accountId is required when contactId is specified")
    for name in ("accountId", "contactId", "opportunityId"):
        kind = name.removesuffix("Id").capitalize()
        if given.get(name) and not call.records.get(kind, whole_id(given[name])):
            return Error("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    return None


def _conversion(given: Mapping[str, str], error: Error | None = None, **ids: str) -> str:
    def element(name: str, value: str) -> str:
        return f"<{name}>{escape(value)}</{name}>" if value else f'<{name} xsi:nil="true"/>'

    problem = (
        f"<errors><message>{escape(error.message)}</message><statusCode>{error.code}</statusCode></errors>"
        if error
        else ""
    )
    parts = {"accountId": "", "contactId": "", **ids}
    return (
        "<result>"
        + element("accountId", parts["accountId"])
        + element("contactId", parts["contactId"])
        + problem
        + element("leadId", given.get("leadId", ""))
        + element("opportunityId", parts.get("opportunityId", ""))
        + f"<success>{'false' if error else 'true'}</success></result>"
    )


def _shared(lead: Record) -> dict[str, Any]:
    contact = {field.name for field in OBJECTS["Contact"]}
    return {name: value for name, value in lead.fields.items() if name in contact}


def _made(call: Call, kind: str, fields: Mapping[str, Any]) -> str:
    return call.records.add(kind, {**DEFAULTS.get(kind, {}), **fields}, new_id(kind)).id


# --- OAuth


def _token_answer(grant: Grant) -> Fields:
    """Field by field as documented: no expires_in, and the time in milliseconds, as text."""
    identity = f"https://login.salesforce.com/id/{grant.organisation.id}/{_user_id(grant.organisation)}"
    issued_at = str(int(grant.issued_at.timestamp() * 1000))
    signed = hmac.new(grant.client_secret.encode(), (identity + issued_at).encode(), hashlib.sha256).digest()
    answer = {
        "access_token": grant.access_token,
        "signature": base64.b64encode(signed).decode(),
        "scope": grant.scope or "refresh_token api",
        "instance_url": f"https://{grant.organisation.host}",
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
    }
    return answer | ({"refresh_token": grant.refresh_token} if grant.refresh_token else {})


def _token_refusal(error: str, description: str) -> Reply:
    return Reply(400, {"error": error, "error_description": description})


# --- What there is from the beginning


def _fixed_id(prefix: str, number: int) -> str:
    body = f"{prefix}5e00000{number:05}"
    return body + checksum(body)


def _seed(organisation: Organisation) -> Iterable[tuple[str, str, Fields]]:
    first = 100 if organisation == BRIGHT else 200
    campaigns = (
        ("Spring webinar", "In Progress", True),
        ("Solar savings 2026", "In Progress", True),
        ("Home expo", "Planned", True),
        ("Last year's mailing", "Completed", False),
    )
    for number, (name, status, active) in enumerate(campaigns, first):
        yield "Campaign", _fixed_id("701", number), {"Name": name, "Status": status, "IsActive": active}
    statuses = (
        ("Open - Not Contacted", False),
        ("Working - Contacted", False),
        ("Closed - Converted", True),
        ("Closed - Not Converted", False),
    )
    for number, (name, converted) in enumerate(statuses, first):
        fields = {
            "ApiName": name,
            "MasterLabel": name,
            "IsConverted": converted,
            "IsDefault": number == first,
            "SortOrder": number - first + 1,
        }
        yield "LeadStatus", _fixed_id("01J", number), fields
    account_id = _fixed_id("001", first)
    yield "Account", account_id, {"Name": "Harbour Homes"}
    contact = {
        "FirstName": "Mina",
        "LastName": "Okafor",
        "Email": "mina.okafor@harbour.example",
        "AccountId": account_id,
        "LeadConduit_Id__c": "existing-1",
    }
    yield "Contact", _fixed_id("003", first), contact
    name = organisation.name.removesuffix(" (sandbox)")
    yield "Organization", organisation.id, {"Name": name, "IsSandbox": name != organisation.name}
    yield "User", _user_id(organisation), {"Name": "Dana Reyes", "Email": organisation.user, "IsActive": True}


_DATA = r"/services/data/v(?P<version>\d+\.\d)"
_KIND = r"(?P<kind>\w+)"

SALESFORCE = StandIn(
    key="salesforce",
    name="Salesforce",
    origins=(
        "https://login.salesforce.com",
        "https://test.salesforce.com",
        "https://*.my.salesforce.com",
        "https://*.lightning.force.com",
    ),
    organisations=(BRIGHT, NORTH),
    kinds=(
        Kind(
            "Lead",
            "Leads",
            (("LastName", "Last name"), ("Email", "E-mail"), ("Company", "Company"), ("Status", "Status")),
        ),
        Kind(
            "Contact", "Contacts", (("LastName", "Last name"), ("Email", "E-mail"), ("AccountId", "Account"))
        ),
        Kind(
            "CampaignMember",
            "Campaign members",
            (("CampaignId", "Campaign"), ("LeadId", "Lead"), ("ContactId", "Contact"), ("Status", "Status")),
        ),
        Kind(
            "Opportunity",
            "Opportunities",
            (("Name", "Name"), ("StageName", "Stage"), ("Amount", "Amount"), ("CloseDate", "Close date")),
        ),
        Kind(
            "OpportunityContactRole",
            "Contacts of opportunities",
            (("OpportunityId", "Opportunity"), ("ContactId", "Contact"), ("Role", "Role")),
        ),
        Kind("Account", "Accounts", (("Name", "Name"),)),
        Kind("Campaign", "Campaigns", (("Name", "Name"), ("Status", "Status"), ("IsActive", "Active"))),
    ),
    routes=(
        Route("GET", f"{_DATA}/sobjects/?", _objects),
        Route("GET", f"{_DATA}/sobjects/{_KIND}/describe/?", _describe),
        Route("POST", f"{_DATA}/sobjects/{_KIND}/?", _create, takes_lead=True),
        Route("GET", rf"{_DATA}/sobjects/{_KIND}/(?P<record_id>\w+)/?", _read),
        Route("PATCH", rf"{_DATA}/sobjects/{_KIND}/(?P<record_id>\w+)/?", _update),
        Route(
            "PATCH",
            rf"{_DATA}/sobjects/{_KIND}/(?P<field>\w+)/(?P<value>[^/]+)/?",
            _upsert,
            takes_lead=True,
        ),
        Route("GET", f"{_DATA}/query/?", _query),
        Route("GET", f"{_DATA}/limits/?", _limits),
        Route("GET", "/services/oauth2/userinfo", _userinfo),
        Route("GET", r"/id/(?P<organisation>\w+)/(?P<user>\w+)", _identity),
        Route("POST", r"/services/Soap/u/(?P<version>\d+\.\d)/?", _soap),
    ),
    oauth=TokenServer(
        client_id="3MVG9standin.LeadConduit",
        client_secret="stand-in-consumer-secret-salesforce",  # noqa: S106 - no secret: it opens the stand-in
        token_paths=("/services/oauth2/token",),
        authorize_path="/services/oauth2/authorize",
        revoke_path="/services/oauth2/revoke",
        lifetime=7200,
        answer=_token_answer,
        refusal=_token_refusal,
    ),
    refuses=_refuses,
    not_found=_not_found,
    faults={
        "server_error": _server_error,
        "rate_limited": _rate_limited,
        "duplicate": _duplicate,
        "missing_field": _missing_field,
    },
    seed=_seed,
    links=(
        (r"/lightning/r/(?P<kind>\w+)/(?P<id>\w+)/view", ""),
        (r"/(?P<id>00Q\w{12,15})", "Lead"),
        (r"/(?P<id>003\w{12,15})", "Contact"),
        (r"/(?P<id>006\w{12,15})", "Opportunity"),
        (r"/(?P<id>00v\w{12,15})", "CampaignMember"),
    ),
    token_of=_session_of,
)
