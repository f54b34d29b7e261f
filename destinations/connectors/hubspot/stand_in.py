"""A stand-in for HubSpot: the part of the CRM API v3 that the connector uses.

As in HubSpot's public OpenAPI collection (HubSpot/HubSpot-public-api-spec-collection: contacts, deals, lists, properties,
pipelines, owners, account info, OAuth) and developers.hubspot.com ("Error handling", "Usage guidelines", "OAuth"). That a
second contact of an e-mail is answered 409 with `Existing ID` is what its clients report. Not confirmed: the codes of
values that are no number or no date, and what adding to a list that is not manual says.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple

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
    bearer,
)

BRIGHT = Organisation("8114201", "Brightleaf Energy", "dana@brightleaf.example")
NORTH = Organisation("9220517", "Northlight Insurance (test account)", "dana@northlight.example")
EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>()]+")
MOST_LISTS = 500
CORRELATION = "2c9d6f0e-6c1e-4b7a-9a55-5d2f1f6f0a11"


class Property(NamedTuple):
    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    unique: bool = False
    read_only: bool = False
    of_hubspot: bool = True

    def described(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "description": "",
            "groupName": "contactinformation" if self.of_hubspot else "leadconduit",
            "options": [
                {"label": label, "value": value, "displayOrder": order, "hidden": False}
                for order, (value, label) in enumerate(self.options)
            ],
            "hasUniqueValue": self.unique,
            "hidden": False,
            "calculated": False,
            "formField": not self.read_only,
            "hubspotDefined": self.of_hubspot,
            "archived": False,
            "modificationMetadata": {
                "archivable": not self.of_hubspot,
                "readOnlyDefinition": self.of_hubspot,
                "readOnlyValue": self.read_only,
            },
        }


def _chosen(name: str, label: str, *options: tuple[str, str], **more: Any) -> Property:
    return Property(name, label, "enumeration", "select", options, **more)


CONTACT = (
    Property("email", "Email", unique=True),
    Property("firstname", "First Name"),
    Property("lastname", "Last Name"),
    Property("phone", "Phone Number", field_type="phonenumber"),
    Property("mobilephone", "Mobile Phone Number", field_type="phonenumber"),
    Property("company", "Company Name"),
    Property("website", "Website URL"),
    Property("jobtitle", "Job Title"),
    Property("address", "Street Address"),
    Property("city", "City"),
    Property("state", "State/Region"),
    Property("zip", "Postal Code"),
    Property("country", "Country/Region"),
    Property("annualrevenue", "Annual Revenue"),
    Property("message", "Message", field_type="textarea"),
    _chosen(
        "lifecyclestage",
        "Lifecycle Stage",
        ("subscriber", "Subscriber"),
        ("lead", "Lead"),
        ("marketingqualifiedlead", "Marketing Qualified Lead"),
        ("opportunity", "Opportunity"),
        ("customer", "Customer"),
    ),
    _chosen(
        "hs_lead_status", "Lead Status", ("NEW", "New"), ("OPEN", "Open"), ("IN_PROGRESS", "In Progress")
    ),
    Property("hubspot_owner_id", "Contact owner", "enumeration", "select"),
    Property("hs_object_id", "Record ID", "number", "number", read_only=True),
    Property("createdate", "Create Date", "datetime", "date", read_only=True),
    Property("lastmodifieddate", "Last Modified Date", "datetime", "date", read_only=True),
    Property("credit_score", "Credit score", "number", "number", of_hubspot=False),
    Property("move_in_date", "Move-in date", "date", "date", of_hubspot=False),
    Property("leadconduit_id", "LeadConduit ID", unique=True, of_hubspot=False),
    _chosen(
        "property_type", "Property type", ("house", "House"), ("apartment", "Apartment"), of_hubspot=False
    ),
    Property(
        "home_owner",
        "Home owner",
        "bool",
        "booleancheckbox",
        (("true", "Yes"), ("false", "No")),
        of_hubspot=False,
    ),
)
PIPELINES = (
    (
        "default",
        "Sales pipeline",
        (("appointmentscheduled", "Appointment scheduled"), ("closedwon", "Closed won")),
    ),
    ("renewals", "Renewals", (("renewalopen", "Open"), ("renewalwon", "Renewed"))),
)
DEAL = (
    Property("dealname", "Deal Name"),
    _chosen("pipeline", "Pipeline", *((key, label) for key, label, _ in PIPELINES)),
    _chosen("dealstage", "Deal Stage", *(stage for _, _, stages in PIPELINES for stage in stages)),
    Property("amount", "Amount", "number", "number"),
    Property("closedate", "Close Date", "datetime", "date"),
    Property("description", "Deal Description", field_type="textarea"),
    _chosen(
        "dealtype", "Deal Type", ("newbusiness", "New Business"), ("existingbusiness", "Existing Business")
    ),
    Property("hubspot_owner_id", "Deal owner", "enumeration", "select"),
    Property("hs_object_id", "Record ID", "number", "number", read_only=True),
)
PROPERTIES: Mapping[str, tuple[Property, ...]] = {"contacts": CONTACT, "deals": DEAL}


# --- Answers


def _refused(status: int, category: str, message: str, errors: Iterable[Mapping[str, Any]] = ()) -> Reply:
    content: dict[str, Any] = {
        "status": "error",
        "message": message,
        "correlationId": CORRELATION,
        "category": category,
    }
    return Reply(status, content | ({"errors": list(errors)} if errors else {}))


def _refuses(call: Call, why: Literal["missing", "unknown", "expired"]) -> Reply:
    if why == "expired":
        words = "The OAuth token used to make this call expired 5 second(s) ago."
        return _refused(401, "EXPIRED_AUTHENTICATION", words)
    words = (
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
        "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
    )
    return _refused(401, "INVALID_AUTHENTICATION", words)


def _not_found(call: Call) -> Reply:
    return _refused(404, "OBJECT_NOT_FOUND", "resource not found")


def _invalid(wrong: list[tuple[str, str, str]]) -> Reply:
    """`wrong`: property, code and words of each."""
    said = [
        {"isValid": False, "message": words, "error": code, "name": name, "localizedErrorMessage": words}
        for name, code, words in wrong
    ]
    errors = [
        {"message": words, "code": code, "context": {"propertyName": [name]}} for name, code, words in wrong
    ]
    return _refused(400, "VALIDATION_ERROR", f"Property values were not valid: {json.dumps(said)}", errors)


def _server_error(call: Call) -> Reply:
    return _refused(500, "INTERNAL_ERROR", "internal error")


def _rate_limited(call: Call) -> Reply:
    content = {
        "status": "error",
        "message": "You have reached your ten_secondly_rolling limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": CORRELATION,
        "policyName": "TEN_SECONDLY_ROLLING",
    }
    headers = {
        "X-HubSpot-RateLimit-Max": "110",
        "X-HubSpot-RateLimit-Remaining": "0",
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
    }
    return Reply(429, content, headers)


def _duplicate(call: Call) -> Reply:
    existing = call.records.find("contacts")
    return _conflict(existing[-1].id if existing else "501")


def _conflict(record_id: str) -> Reply:
    return _refused(409, "CONFLICT", f"Contact already exists. Existing ID: {record_id}")


def _missing_field(call: Call) -> Reply:
    words = "Error creating CONTACT. Some required properties were not set."
    context = {"code": "MISSING_REQUIRED_PROPERTY", "message": words, "context": {"properties": ["region"]}}
    return _refused(400, "VALIDATION_ERROR", words, [context])


def _shown(record: Record) -> dict[str, Any]:
    times = {"createdAt": _instant(record.created_at), "updatedAt": _instant(record.changed_at)}
    properties = {name: value for name, value in record.fields.items() if not name.startswith("_")}
    return {
        "id": record.id,
        "properties": {**properties, "hs_object_id": record.id},
        **times,
        "archived": False,
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# --- Values


def _wrong_values(kind: str, given: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    known = {known.name: known for known in PROPERTIES[kind]}
    wrong = []
    for name, value in given.items():
        wanted = known.get(name)
        if wanted is None:
            wrong.append((name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'))
        elif wanted.read_only:
            wrong.append(
                (name, "READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.')
            )
        elif value not in (None, "") and (problem := _problem(wanted, value)):
            wrong.append((name, *problem))
    return wrong


def _problem(wanted: Property, value: Any) -> tuple[str, str] | None:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, dict | list):
        return "INVALID_STRING", f"{wanted.name} was not a string"
    if wanted.name == "email" and not EMAIL.fullmatch(text):
        return "INVALID_EMAIL", f"Email address {text} is invalid"
    if wanted.type == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", text):
        return "INVALID_NUMBER", f"{text} was not a valid number."
    if wanted.type in ("date", "datetime") and not _is_date(text):
        return "INVALID_DATE", f"{text} was not a valid date."
    allowed = [option for option, _ in wanted.options]
    if allowed and text not in allowed:
        return "INVALID_OPTION", f"{text} was not one of the allowed options: [{', '.join(allowed)}]"
    return None


def _is_date(text: str) -> bool:
    if text.isdigit():
        return True
    try:
        return bool(date.fromisoformat(text[:10]))
    except ValueError:
        return False


def _text(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: str(value).lower() if isinstance(value, bool) else None if value is None else str(value)
        for name, value in values.items()
    }


def _properties_of(call: Call) -> dict[str, Any] | None:
    body = call.json()
    given = body.get("properties") if isinstance(body, dict) else None
    return given if isinstance(given, dict) else None


def _unreadable(call: Call) -> Reply:
    return _refused(
        400, "VALIDATION_ERROR", "Invalid input JSON on line 1, column 1: the body is not as expected"
    )


# --- Contacts and deals


def _create(call: Call, kind: str) -> Reply:
    given = _properties_of(call)
    if given is None:
        return _unreadable(call)
    if wrong := _wrong_values(kind, given):
        return _invalid(wrong)
    if kind == "deals" and (missing := [name for name in ("dealname", "dealstage") if not given.get(name)]):
        words = "Error creating DEAL. Some required properties were not set."
        context = {"code": "MISSING_REQUIRED_PROPERTY", "message": words, "context": {"properties": missing}}
        return _refused(400, "VALIDATION_ERROR", words, [context])
    if kind == "contacts" and (same := _same_email(call, given.get("email"))):
        return _conflict(same.id)
    if isinstance(problem := _associated(call), Reply):
        return problem
    record = call.records.add(kind, {**_text(given), **problem})
    return Reply(201, _shown(record))


def _associated(call: Call) -> dict[str, Any] | Reply:
    """Contacts that a new record is associated with."""
    ids = [str(one.get("to", {}).get("id", "")) for one in call.json().get("associations") or []]
    if missing := [one for one in ids if not call.records.get("contacts", one)]:
        return _refused(400, "VALIDATION_ERROR", f"Invalid association: contact {missing[0]} does not exist")
    return {"_contacts": ids} if ids else {}


def _same_email(call: Call, email: Any) -> Record | None:
    return next(iter(call.records.find("contacts", email=email)), None) if email else None


def _named(call: Call, kind: str, record_id: str) -> Record | None:
    """By its id, or by a unique property that `idProperty` names."""
    unique = call.query.get("idProperty")
    if not unique:
        return call.records.get(kind, record_id)
    return next(iter(call.records.find(kind, **{unique: record_id})), None)


def _read(call: Call, kind: str, record_id: str) -> Reply:
    record = _named(call, kind, record_id)
    return Reply(200, _shown(record)) if record else _not_found(call)


def _update(call: Call, kind: str, record_id: str) -> Reply:
    record, given = _named(call, kind, record_id), _properties_of(call)
    if record is None:
        return _not_found(call)
    if given is None:
        return _unreadable(call)
    if wrong := _wrong_values(kind, given):
        return _invalid(wrong)
    same = _same_email(call, given.get("email")) if kind == "contacts" else None
    if same and same.id != record.id:
        return _conflict(same.id)
    return Reply(200, _shown(call.records.change(record, _text(given))))


def _upsert(call: Call) -> Reply:
    body = call.json()
    inputs = body.get("inputs") if isinstance(body, dict) else None
    if not isinstance(inputs, list) or not inputs or not all(isinstance(one, dict) for one in inputs):
        return _unreadable(call)
    results, errors = [], []
    for one in inputs:
        unique, properties = str(one.get("idProperty") or ""), dict(one.get("properties") or {})
        if unique not in {known.name for known in CONTACT if known.unique}:
            words = f"{unique or 'hs_object_id'} is not a unique property"
            errors.append(
                {"status": "error", "category": "VALIDATION_ERROR", "message": words, "context": {}}
            )
        elif wrong := _wrong_values("contacts", properties):
            refused = _invalid(wrong).content
            errors.append({**refused, "context": {"ids": [one.get("id")]}})
        else:
            values = _text({unique: one.get("id"), **properties})
            found = next(iter(call.records.find("contacts", **{unique: one.get("id")})), None)
            kept = call.records.change(found, values) if found else call.records.add("contacts", values)
            results.append({**_shown(kept), "new": found is None})
    now = _instant(datetime.now(UTC))
    content = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if errors and not results and len(inputs) == 1:
        return Reply(400, {**errors[0], "status": "error", "correlationId": CORRELATION})
    return (
        Reply(207, {**content, "numErrors": len(errors), "errors": errors}) if errors else Reply(200, content)
    )


def _search(call: Call, kind: str) -> Reply:
    """`EQ`, `IN` and `GTE` of `createdate`, in one group of filters or several."""
    body = call.json()
    groups = body.get("filterGroups") if isinstance(body, dict) else None
    if not isinstance(groups, list):
        return _unreadable(call)
    found = [
        record
        for record in call.records.find(kind)
        if not groups or any(_in_group(record, g) for g in groups)
    ]
    return Reply(
        200, {"total": len(found), "results": [_shown(r) for r in found[: int(body.get("limit", 10))]]}
    )


def _in_group(record: Record, group: Mapping[str, Any]) -> bool:
    return all(_passes(record, wanted) for wanted in group.get("filters", []))


def _passes(record: Record, wanted: Mapping[str, Any]) -> bool:
    name = str(wanted.get("propertyName"))
    if name == "createdate" and wanted.get("operator") == "GTE":
        return record.created_at.timestamp() * 1000 >= float(wanted.get("value") or 0)
    allowed = [str(value).casefold() for value in wanted.get("values") or [wanted.get("value")]]
    if name == "associations.contact":
        return any(str(contact) in allowed for contact in record.fields.get("_contacts", []))
    have = record.id if name == "hs_object_id" else record.fields.get(name)
    return str(have).casefold() in allowed


def _associate(call: Call, from_kind: str, from_id: str, to_kind: str, to_id: str) -> Reply:
    ends = {_plural(from_kind): from_id, _plural(to_kind): to_id}
    contact = call.records.get("contacts", ends.get("contacts", ""))
    deal = call.records.get("deals", ends.get("deals", ""))
    if contact is None or deal is None:
        return _not_found(call)
    contacts = deal.fields.get("_contacts", [])
    if contact.id not in contacts:
        call.records.change(deal, {"_contacts": [*contacts, contact.id]})
    result = {
        "from": {"id": from_id},
        "to": {"id": to_id},
        "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 4},
    }
    return Reply(200, {"status": "COMPLETE", "results": [result]})


def _plural(kind: str) -> str:
    return {"contact": "contacts", "0-1": "contacts", "deal": "deals", "0-3": "deals"}.get(kind, kind)


# --- What forms choose from


def _described(call: Call, kind: str) -> Reply:
    if _plural(kind) not in PROPERTIES:
        return _not_found(call)
    return Reply(200, {"results": [known.described() for known in PROPERTIES[_plural(kind)]]})


def _pipelines(call: Call) -> Reply:
    results = [
        {
            "id": key,
            "label": label,
            "displayOrder": order,
            "archived": False,
            "stages": [
                {"id": stage, "label": words, "displayOrder": at, "archived": False, "metadata": {}}
                for at, (stage, words) in enumerate(stages)
            ],
        }
        for order, (key, label, stages) in enumerate(PIPELINES)
    ]
    return Reply(200, {"results": results})


def _owners(call: Call) -> Reply:
    results = [
        {
            "id": "77001",
            "email": call.organisation.user,
            "firstName": "Dana",
            "lastName": "Reyes",
            "archived": False,
        }
    ]
    return Reply(200, {"results": results})


def _details(call: Call) -> Reply:
    content = {
        "portalId": int(call.organisation.id),
        "accountType": "STANDARD",
        "timeZone": "US/Eastern",
        "companyCurrency": "USD",
        "additionalCurrencies": [],
        "utcOffset": "-05:00",
        "utcOffsetMilliseconds": -18000000,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }
    return Reply(200, content)


def _token_details(call: Call, token: str) -> Reply:
    organisation = call.organisation
    content = {
        "token": token,
        "user": organisation.user,
        "hub_domain": organisation.user.partition("@")[2],
        "hub_id": int(organisation.id),
        "user_id": 77001,
        "app_id": 55001,
        "scopes": ["crm.objects.contacts.read", "crm.objects.contacts.write"],
        "expires_in": 1754,
        "token_type": "access",
    }
    return Reply(200, content)


def _token_of(call: Call) -> str:
    found = re.fullmatch("/oauth/v1/access-tokens/(.+)", call.path)
    return found[1] if found else bearer(call)


# --- Lists


def _lists(call: Call) -> Reply:
    asked = call.json()
    if not isinstance(asked, dict) or not 0 < int(asked.get("count", 20)) <= MOST_LISTS:
        return _unreadable(call)
    words, kinds = str(asked.get("query") or "").casefold(), asked.get("processingTypes") or []
    found = [
        one
        for one in call.records.find("lists")
        if words in one.fields["name"].casefold() and (not kinds or one.fields["processingType"] in kinds)
    ]
    offset, count = int(asked.get("offset", 0)), int(asked.get("count", 20))
    shown = [
        {"listId": one.id, "name": one.fields["name"], "processingType": one.fields["processingType"],
         "objectTypeId": "0-1", "additionalProperties": {}}
        for one in found[offset : offset + count]
    ]  # fmt: skip
    end = offset + len(shown)
    return Reply(200, {"lists": shown, "offset": end, "hasMore": end < len(found), "total": len(found)})


def _add_to_list(call: Call, list_id: str) -> Reply:
    found, ids = call.records.get("lists", list_id), call.json()
    if found is None:
        return _refused(404, "OBJECT_NOT_FOUND", f"List does not exist with ID {list_id}.")
    if found.fields["processingType"] == "DYNAMIC":
        words = f"List with ID {list_id} is of processing type DYNAMIC: its memberships cannot be changed."
        return _refused(400, "VALIDATION_ERROR", words)
    if not isinstance(ids, list):
        return _unreadable(call)
    wanted = [str(one) for one in ids]
    missing = [one for one in wanted if not call.records.get("contacts", one)]
    members = call.records.find("memberships", list=list_id)
    present = {member.fields["contact"] for member in members}
    added = [one for one in wanted if one not in missing and one not in present]
    for one in added:
        call.records.add("memberships", {"list": list_id, "list_name": found.fields["name"], "contact": one})
    return Reply(200, {"recordsIdsAdded": added, "recordIdsRemoved": [], "recordIdsMissing": missing})


# --- OAuth, and the beginning


def _token_answer(grant: Grant) -> Fields:
    return {
        "token_type": "bearer",
        "access_token": grant.access_token,
        "refresh_token": grant.refresh_token,
        "expires_in": grant.expires_in,
        "hub_id": int(grant.organisation.id),
        "user_id": 77001,
        "scopes": grant.scope.split(),
    }


def _token_refusal(error: str, description: str) -> Reply:
    """RFC 6749's names, as the v3 endpoint has them, with the `status` and `message` of v1 beside them."""
    status = {"invalid_client": "BAD_CLIENT_SECRET", "invalid_client_id": "BAD_CLIENT_ID"}
    return Reply(
        400,
        {
            "status": status.get(error, "BAD_REFRESH_TOKEN"),
            "error": "invalid_client" if error == "invalid_client_id" else error,
            "error_description": description,
            "message": description,
            "correlationId": CORRELATION,
        },
    )


def _seed(organisation: Organisation) -> Iterable[tuple[str, str, Fields]]:
    for list_id, name, kind in (
        ("11", "Spring campaign", "MANUAL"),
        ("12", "Newsletter", "MANUAL"),
        ("13", "Everybody in Texas", "DYNAMIC"),
    ):
        yield "lists", list_id, {"name": name, "processingType": kind}
    contact = {"email": "mina.okafor@harbour.example", "firstname": "Mina", "lastname": "Okafor"}
    yield "contacts", "501", contact


_KIND = "(?P<kind>contacts|deals)"
_ID = "(?P<record_id>[^/]+)"

HUBSPOT = StandIn(
    key="hubspot",
    name="HubSpot",
    origins=("https://api.hubapi.com", "https://app.hubspot.com", "https://app-eu1.hubspot.com"),
    organisations=(BRIGHT, NORTH),
    kinds=(
        Kind(
            "contacts",
            "Contacts",
            (("email", "E-mail"), ("firstname", "First name"), ("lastname", "Last name"), ("phone", "Phone")),
        ),
        Kind(
            "deals",
            "Deals",
            (
                ("dealname", "Name"),
                ("pipeline", "Pipeline"),
                ("dealstage", "Stage"),
                ("_contacts", "Contacts"),
            ),
        ),
        Kind("memberships", "Members of lists", (("list_name", "List"), ("contact", "Contact"))),
        Kind("lists", "Lists", (("name", "Name"), ("processingType", "Kind"))),
    ),
    routes=(
        Route("POST", f"/crm/v3/objects/{_KIND}", _create, takes_lead=True),
        Route("POST", "/crm/v3/objects/contacts/batch/upsert", _upsert),
        Route("POST", f"/crm/v3/objects/{_KIND}/search", _search),
        Route("GET", f"/crm/v3/objects/{_KIND}/{_ID}", _read),
        Route("PATCH", f"/crm/v3/objects/{_KIND}/{_ID}", _update),
        Route(
            "PUT",
            r"/crm/v4/objects/(?P<from_kind>[\w-]+)/(?P<from_id>\w+)/associations/default/(?P<to_kind>[\w-]+)/(?P<to_id>\w+)",
            _associate,
        ),
        Route("PUT", r"/crm/v3/lists/(?P<list_id>\w+)/memberships/add", _add_to_list),
        Route("POST", "/crm/v3/lists/search", _lists),
        Route("GET", r"/crm/v3/properties/(?P<kind>[\w-]+)", _described),
        Route("GET", "/crm/v3/pipelines/deals", _pipelines),
        Route("GET", "/crm/v3/owners/?", _owners),
        Route("GET", "/account-info/v3/details", _details),
        Route("GET", "/oauth/v1/access-tokens/(?P<token>.+)", _token_details),
    ),
    oauth=TokenServer(
        client_id="a1b2c3d4-stand-in-leadconduit",
        client_secret="stand-in-client-secret-hubspot",  # noqa: S106 - no secret: it opens the stand-in
        token_paths=("/oauth/v[13]/token",),
        authorize_path="/oauth/authorize",
        revoke_path="/oauth/v3/token/revoke",
        grants=("authorization_code", "refresh_token"),
        lifetime=1800,
        rotates=False,
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
        (r"/contacts/\d+/record/0-1/(?P<id>\d+)", "contacts"),
        (r"/contacts/\d+/record/0-3/(?P<id>\d+)", "deals"),
        (r"/contacts/\d+/contact/(?P<id>\d+)", "contacts"),
        (r"/contacts/\d+/deal/(?P<id>\d+)", "deals"),
    ),
    token_of=_token_of,
    fixed_tokens={
        "pat-na1-stand-in-brightleaf": BRIGHT.id,
        "pat-na1-stand-in-northlight": NORTH.id,
    },
)
