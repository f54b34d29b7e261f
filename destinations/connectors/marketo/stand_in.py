"""A stand-in for Marketo: the part of its REST API that the connector uses.

As in Adobe's published descriptions (AdobeDocs/marketo-apis: leads, static lists, programs, campaigns, identity) and
experienceleague.adobe.com, "Error Codes": most of what goes wrong is answered with HTTP 200 and `success: false`. Not
confirmed: the words of some messages, and the code for a status that a program's channel does not have.
"""

import re
import secrets
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
)

BRIGHT = Organisation(
    "123-ABC-456", "Brightleaf Energy", "api@brightleaf.example", "123-ABC-456.mktorest.com"
)
NORTH = Organisation(
    "789-XYZ-012", "Northlight Insurance", "api@northlight.example", "789-XYZ-012.mktorest.com"
)
MOST_LEADS = 300
MOST_REQUESTED = 100
ACTIONS = ("createOnly", "updateOnly", "createOrUpdate", "createDuplicate")
PAGE = 300


class Attribute(NamedTuple):
    name: str
    label: str
    type: str = "string"
    length: int | None = 255
    read_only: bool = False

    def described(self, number: int) -> dict[str, Any]:
        described = {
            "id": number,
            "displayName": self.label,
            "dataType": self.type,
            "rest": {"name": self.name, "readOnly": self.read_only},
        }
        return described | ({"length": self.length} if self.length else {})

    def described2(self) -> dict[str, Any]:
        described = {
            "name": self.name,
            "displayName": self.label,
            "dataType": self.type,
            "updateable": not self.read_only,
            "crmManaged": False,
        }
        return described | ({"length": self.length} if self.length else {})


LEAD = (
    Attribute("id", "Id", "integer", None, read_only=True),
    Attribute("email", "Email Address", "email"),
    Attribute("firstName", "First Name"),
    Attribute("lastName", "Last Name"),
    Attribute("phone", "Phone Number", "phone"),
    Attribute("mobilePhone", "Mobile Phone Number", "phone"),
    Attribute("company", "Company Name"),
    Attribute("title", "Job Title"),
    Attribute("website", "Website", "url"),
    Attribute("address", "Address", "text", 2000),
    Attribute("city", "City"),
    Attribute("state", "State"),
    Attribute("postalCode", "Postal Code"),
    Attribute("country", "Country"),
    Attribute("leadSource", "Person Source"),
    Attribute("leadScore", "Person Score", "score", None),
    Attribute("annualRevenue", "Annual Revenue", "currency", None),
    Attribute("unsubscribed", "Unsubscribed", "boolean", None),
    Attribute("dateOfBirth", "Date of Birth", "date", None),
    Attribute("createdAt", "Created At", "datetime", None, read_only=True),
    Attribute("updatedAt", "Updated At", "datetime", None, read_only=True),
    Attribute("leadConduitId", "LeadConduit ID"),
    Attribute("creditScore", "Credit score", "integer", None),
    Attribute("moveInDate", "Move-in date", "date", None),
)
ATTRIBUTES = {attribute.name: attribute for attribute in LEAD}
CHANNELS: Mapping[str, tuple[str, ...]] = {
    "Webinar": ("Invited", "Registered", "Attended"),
    "Content": ("Member", "Engaged"),
}


# --- Answers


def _answered(**content: Any) -> Reply:
    request_id = f"{secrets.token_hex(2)}#{secrets.token_hex(6)}"
    return Reply(200, {"requestId": request_id, "success": True, **content})


def _refused(code: int, message: str) -> Reply:
    return Reply(
        200, {**_answered().content, "success": False, "errors": [{"code": str(code), "message": message}]}
    )


def _refuses(call: Call, why: Literal["missing", "unknown", "expired"]) -> Reply:
    if why == "missing":
        return _refused(600, "Access token empty")
    return (
        _refused(602, "Access token expired") if why == "expired" else _refused(601, "Access token invalid")
    )


def _not_found(call: Call) -> Reply:
    return _refused(610, "Requested resource not found")


def _server_error(call: Call) -> Reply:
    return Reply(500, "Internal Server Error", content_type="text/plain")


def _rate_limited(call: Call) -> Reply:
    return _refused(606, "Max rate limit '100' exceeded with in '20' secs")


def _duplicate(call: Call) -> Reply:
    return _answered(result=[_skipped(1007, "Multiple lead match lookup criteria")])


def _missing_field(call: Call) -> Reply:
    return _answered(result=[_skipped(1003, "Value for required field 'region' not specified")])


def _skipped(code: int, message: str, **more: Any) -> dict[str, Any]:
    return {**more, "status": "skipped", "reasons": [{"code": str(code), "message": message}]}


# --- Leads


def _sync(call: Call) -> Reply:
    body = call.json()
    if not isinstance(body, dict):
        return _refused(609, "Invalid JSON")
    action, lookup, given = (
        body.get("action", "createOrUpdate"),
        body.get("lookupField", "email"),
        body.get("input"),
    )
    if not isinstance(given, list) or not given:
        return _refused(1002, "Missing value for required parameter 'input'")
    if action not in ACTIONS:
        return _refused(1003, f"Invalid value '{action}' for action")
    if lookup not in ATTRIBUTES:
        return _refused(1006, f"Lookup field '{lookup}' not found")
    if len(given) > MOST_LEADS:
        return _refused(1003, f"The number of records in the input exceeds the limit of {MOST_LEADS}")
    return _answered(result=[_synced(call, one, action, lookup) for one in given])


def _synced(call: Call, given: Any, action: str, lookup: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        return _skipped(1003, "Invalid data")
    if problem := _problem(given, lookup):
        return _skipped(*problem)
    if not given.get(lookup):
        return _skipped(1003, f"Value for lookup field '{lookup}' not specified")
    found = [] if action == "createDuplicate" else _looked_up(call, lookup, given[lookup])
    if len(found) > 1:
        return _skipped(1007, "Multiple lead match lookup criteria")
    if found and action == "createOnly":
        return _skipped(1005, "Lead already exists")
    if not found and (action == "updateOnly" or lookup == "id"):
        return _skipped(1004, "Lead not found")
    values = {name: value for name, value in given.items() if name != "id"}
    if found:
        call.records.change(found[0], values)
        return {"id": int(found[0].id), "status": "updated"}
    return {"id": int(call.records.add("leads", values).id), "status": "created"}


def _looked_up(call: Call, lookup: str, value: Any) -> list[Record]:
    if lookup == "id":
        found = call.records.get("leads", str(value))
        return [found] if found else []
    return call.records.find("leads", **{lookup: value})


def _problem(given: Mapping[str, Any], lookup: str) -> tuple[int, str] | None:
    for name, value in given.items():
        attribute = ATTRIBUTES.get(name)
        if attribute is None:
            return 1006, f"Field '{name}' not found"
        if attribute.read_only and name != lookup:
            return 1011, f"Field '{name}' is not updateable"
        if value is not None and not _fits(attribute, value):
            return 1001, f"Invalid value '{value}'. Required of type '{attribute.type}'"
        if attribute.length and len(str(value or "")) > attribute.length:
            return 1003, f"Value of field '{name}' is longer than {attribute.length} characters"
    return None


def _fits(attribute: Attribute, value: Any) -> bool:
    text = str(value)
    if isinstance(value, dict | list):
        return False
    if attribute.type in ("integer", "score"):
        return bool(re.fullmatch(r"-?\d+", text))
    if attribute.type in ("currency", "float"):
        return bool(re.fullmatch(r"-?\d+(\.\d+)?", text))
    if attribute.type == "boolean":
        return text.lower() in ("true", "false", "1", "0")
    if attribute.type == "date":
        return _is_date(text)
    return True


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _leads(call: Call) -> Reply:
    by, wanted = call.query.get("filterType", ""), call.query.get("filterValues", "")
    if not by or not wanted:
        return _refused(
            1002, f"Missing value for required parameter '{'filterValues' if by else 'filterType'}'"
        )
    if by not in ATTRIBUTES:
        return _refused(1003, f"Invalid filterType '{by}'")
    found = [record for value in wanted.split(",") for record in _looked_up(call, by, value)]
    names = call.query.get("fields", "id,email,firstName,lastName,createdAt,updatedAt").split(",")
    return _answered(result=[_shown(record, names) for record in found])


def _lead(call: Call, lead_id: str) -> Reply:
    record = call.records.get("leads", lead_id)
    return _answered(result=[_shown(record, ["id", "email", "firstName", "lastName"])] if record else [])


def _shown(record: Record, names: Iterable[str]) -> dict[str, Any]:
    times = {"createdAt": _instant(record.created_at), "updatedAt": _instant(record.changed_at)}
    known = {**record.fields, **times, "id": int(record.id)}
    return {name: known.get(name) for name in names}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _describe(call: Call) -> Reply:
    return _answered(result=[attribute.described(number) for number, attribute in enumerate(LEAD, 1)])


def _describe2(call: Call) -> Reply:
    """In the form of all other objects of the lead database, with the fields by which people are found."""
    searchable = [[name] for name in ("id", "email", "leadConduitId")]
    fields = [attribute.described2() for attribute in LEAD]
    return _answered(result=[{"name": "API Lead", "searchableFields": searchable, "fields": fields}])


def _partitions(call: Call) -> Reply:
    return _answered(result=[{"id": 1, "name": "Default", "description": "Initial system lead partition"}])


# --- Lists, programs, campaigns


def _paged(call: Call, rows: list[dict[str, Any]]) -> Reply:
    """By the lead database's token, of which there is one as long as more follow."""
    size = min(int(call.query.get("batchSize") or PAGE), PAGE)
    token = call.query.get("nextPageToken", "")
    start = int(token.removeprefix("PAGE")) if re.fullmatch(r"PAGE\d+", token) else 0
    more = {"nextPageToken": f"PAGE{start + size}"} if start + size < len(rows) else {}
    return _answered(result=rows[start : start + size], **more)


def _listed(record: Record) -> dict[str, Any]:
    times = {"createdAt": _instant(record.created_at), "updatedAt": _instant(record.changed_at)}
    return {"id": int(record.id), **record.fields, **times}


def _lists(call: Call) -> Reply:
    name = call.query.get("name")
    found = call.records.find("lists", **({"name": name} if name else {}))
    return _paged(call, [_listed(record) for record in found])


def _add_to_list(call: Call, list_id: str) -> Reply:
    found, ids = call.records.get("lists", list_id), _ids(call, "id")
    if found is None:
        return _refused(1013, f"List with id: {list_id} not found")
    if ids is None:
        return _refused(1002, "Missing value for required parameter 'input'")
    result = []
    for lead_id in ids:
        if not call.records.get("leads", lead_id):
            result.append(_skipped(1004, "Lead not found", id=lead_id))
            continue
        if not call.records.find("listMembers", listId=int(list_id), leadId=int(lead_id)):
            member = {"listId": int(list_id), "list": found.fields["name"], "leadId": int(lead_id)}
            call.records.add("listMembers", member)
        result.append({"id": int(lead_id), "status": "added"})
    return _answered(result=result)


def _ids(call: Call, name: str) -> list[str] | None:
    body = call.json()
    given = body.get("input") if isinstance(body, dict) else None
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        return None
    return [str(one.get(name, "")) for one in given]


def _programs(call: Call) -> Reply:
    """Assets are paged by offset, and none at all is a warning."""
    offset, most = int(call.query.get("offset") or 0), int(call.query.get("maxReturn") or 20)
    found = [_listed(record) for record in call.records.find("programs")][offset : offset + min(most, 200)]
    return _answered(result=found) if found else _no_assets()


def _no_assets() -> Reply:
    return _answered(warnings=["No assets found for the given search criteria."], errors=[])


def _program(call: Call, program_id: str) -> Reply:
    found = call.records.get("programs", program_id)
    return _answered(result=[_listed(found)]) if found else _no_assets()


def _channels(call: Call) -> Reply:
    name = call.query.get("name", "")
    result = [
        _channel(number, channel) for number, channel in enumerate(CHANNELS, 1) if name in ("", channel)
    ]
    return _answered(result=result) if result else _no_assets()


def _channel(number: int, name: str) -> dict[str, Any]:
    statuses = [
        {"name": status, "description": None, "hidden": False, "step": step * 10, "success": False}
        for step, status in enumerate(("Not in Program", *CHANNELS[name]))
    ]
    return {"id": number, "name": name, "applicableProgramType": "program", "progressionStatuses": statuses}


def _change_status(call: Call, program_id: str) -> Reply:
    found, ids = call.records.get("programs", program_id), _ids(call, "leadId")
    if found is None:
        return _refused(1013, f"Program with id: {program_id} not found")
    if ids is None:
        return _refused(1002, "Missing value for required parameter 'input'")
    status = call.json().get("statusName")
    if status not in CHANNELS[found.fields["channel"]]:
        return _refused(1003, f"Invalid value '{status}' for statusName")
    return _answered(result=[_member(call, found, number, one, status) for number, one in enumerate(ids)])


def _member(call: Call, program: Record, number: int, lead_id: str, status: str) -> dict[str, Any]:
    if not call.records.get("leads", lead_id):
        return _skipped(1004, "Lead not found", seq=number, leadId=lead_id)
    member = {"programId": int(program.id), "leadId": int(lead_id)}
    found = call.records.find("programMembers", **member)
    steps = CHANNELS[program.fields["channel"]]
    if found and steps.index(found[0].fields["status"]) >= steps.index(status):
        return _skipped(1037, "Lead skipped because it is already in or past this status", seq=number)
    if found:
        call.records.change(found[0], {"status": status})
    else:
        call.records.add("programMembers", {**member, "program": program.fields["name"], "status": status})
    return {"seq": number, "status": "updated" if found else "created", "leadId": int(lead_id)}


def _campaigns(call: Call) -> Reply:
    wanted = call.query.get("isTriggerable")
    found = [_listed(record) for record in call.records.find("campaigns")]
    return _paged(
        call, [one for one in found if wanted is None or one["isRequestable"] == (wanted in ("true", "1"))]
    )


def _request_campaign(call: Call, campaign_id: str) -> Reply:
    found, body = call.records.get("campaigns", campaign_id), call.json()
    given = body.get("input") if isinstance(body, dict) else None
    asked = given if isinstance(given, dict) else {}
    leads = asked.get("leads")
    if found is None:
        return _refused(1013, f"Campaign with id: {campaign_id} not found")
    if not found.fields["isRequestable"]:
        return _refused(1013, "Campaign does not have the trigger 'Campaign is Requested'")
    if not isinstance(leads, list) or not leads:
        return _refused(1002, "Missing value for required parameter 'leads'")
    if len(leads) > MOST_REQUESTED:
        return _refused(1003, f"At most {MOST_REQUESTED} leads can be given")
    missing = [one.get("id") for one in leads if not call.records.get("leads", str(one.get("id")))]
    if missing:
        return _refused(1004, f"Lead '{missing[0]}' not found")
    for one in leads:
        request = {"campaignId": int(campaign_id), "campaign": found.fields["name"], "leadId": int(one["id"])}
        call.records.add("requests", {**request, "tokens": asked.get("tokens") or []})
    return _answered(result=[{"id": int(campaign_id)}])


# --- OAuth, and the beginning


def _token_answer(grant: Grant) -> Fields:
    return {
        "access_token": grant.access_token,
        "token_type": "bearer",
        "expires_in": grant.expires_in,
        "scope": grant.organisation.user,
    }


def _token_refusal(error: str, description: str) -> Reply:
    if error == "invalid_client_id":
        return Reply(401, {"error": "unauthorized", "error_description": "No client with requested id"})
    if error == "invalid_client":
        return Reply(401, {"error": error, "error_description": "Bad client credentials"})
    return Reply(400, {"error": error, "error_description": description})


def _seed(organisation: Organisation) -> Iterable[tuple[str, str, Fields]]:
    for number, name in ((1001, "Spring leads"), (1002, "Newsletter"), (1003, "Texas")):
        yield "lists", str(number), {"name": name, "programName": None, "workspaceName": "Default"}
    for number, name, channel in ((2001, "Spring webinar", "Webinar"), (2002, "Buyer's guide", "Content")):
        program = {"name": name, "channel": channel, "type": "Default", "status": "", "workspace": "Default"}
        yield "programs", str(number), program
    for number, name, requestable in ((3001, "Welcome mail", True), (3002, "Nightly clean-up", False)):
        campaign = {
            "name": name,
            "type": "trigger" if requestable else "batch",
            "active": requestable,
            "isRequestable": requestable,
            "workspaceName": "Default",
        }
        yield "campaigns", str(number), campaign
    lead = {"email": "mina.okafor@harbour.example", "firstName": "Mina", "lastName": "Okafor"}
    yield "leads", "501", lead


_REST = "/rest/v1"
_ASSET = "/rest/asset/v1"

MARKETO = StandIn(
    key="marketo",
    name="Marketo",
    origins=("https://*.mktorest.com", "https://*.marketo.com"),
    organisations=(BRIGHT, NORTH),
    kinds=(
        Kind(
            "leads",
            "People",
            (
                ("email", "E-mail"),
                ("firstName", "First name"),
                ("lastName", "Last name"),
                ("company", "Company"),
            ),
        ),
        Kind("listMembers", "Members of static lists", (("list", "List"), ("leadId", "Person"))),
        Kind(
            "programMembers",
            "Members of programs",
            (("program", "Program"), ("leadId", "Person"), ("status", "Status")),
        ),
        Kind("requests", "Campaigns requested", (("campaign", "Campaign"), ("leadId", "Person"))),
        Kind("lists", "Static lists", (("name", "Name"),)),
        Kind("programs", "Programs", (("name", "Name"), ("channel", "Channel"))),
        Kind("campaigns", "Campaigns", (("name", "Name"), ("isRequestable", "Can be requested"))),
    ),
    routes=(
        Route("POST", f"{_REST}/leads.json", _sync, takes_lead=True),
        Route("GET", f"{_REST}/leads.json", _leads),
        Route("GET", f"{_REST}/leads/describe.json", _describe),
        Route("GET", f"{_REST}/leads/describe2.json", _describe2),
        Route("GET", f"{_REST}/leads/partitions.json", _partitions),
        Route("GET", rf"{_REST}/lead/(?P<lead_id>\d+).json", _lead),
        Route("GET", f"{_REST}/lists.json", _lists),
        Route("POST", rf"{_REST}/lists/(?P<list_id>\d+)/leads.json", _add_to_list),
        Route("GET", f"{_REST}/campaigns.json", _campaigns),
        Route("POST", rf"{_REST}/campaigns/(?P<campaign_id>\d+)/trigger.json", _request_campaign),
        Route("POST", rf"{_REST}/programs/(?P<program_id>\d+)/members/status.json", _change_status),
        Route("GET", f"{_ASSET}/programs.json", _programs),
        Route("GET", rf"{_ASSET}/program/(?P<program_id>\d+).json", _program),
        Route("GET", f"{_ASSET}/channels.json", _channels),
        Route("GET", f"{_ASSET}/channel/byName.json", _channels),
    ),
    oauth=TokenServer(
        client_id="5e0f-stand-in-leadconduit",
        client_secret="stand-in-client-secret-marketo",  # noqa: S106 - no secret: it opens the stand-in
        token_paths=("/identity/oauth/token",),
        grants=("client_credentials",),
        lifetime=3600,
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
    links=((r"/leadDatabase/loadLeadDetail\?leadId=(?P<id>\d+)", "leads"),),
)
