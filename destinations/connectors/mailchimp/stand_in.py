"""A stand-in for Mailchimp: the part of the Marketing API 3.0 that the connector uses. Sources: requests.py, answers.py.

Not confirmed: the words of each `detail`.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from typing import Any, Literal

from destinations.connectors.stand_in import (
    NO_TOKEN_SERVER,
    Call,
    Fields,
    Kind,
    Organisation,
    Record,
    Reply,
    Route,
    StandIn,
)

BRIGHT = Organisation("8d3a3db4d97663a9074efcc16", "Brightleaf Energy", "dana@brightleaf.example")
KEY = "0123456789abcdef0123456789abcdef-us6"
EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>()]+")
INVALID = "The resource submitted could not be validated. For field-specific details, see the 'errors' array."
DAY = re.compile(r"(0[1-9]|1[0-2])/(0[1-9]|[12][0-9]|3[01])")
FIELDS: tuple[tuple[str, str, str, bool, tuple[str, ...]], ...] = (
    ("FNAME", "First Name", "text", True, ()),
    ("LNAME", "Last Name", "text", False, ()),
    ("ADDRESS", "Address", "address", False, ()),
    ("PHONE", "Phone Number", "phone", False, ()),
    ("BIRTHDAY", "Birthday", "birthday", False, ()),
    ("SCORE", "Credit score", "number", False, ()),
    ("HOME", "Home", "dropdown", False, ("House", "Apartment")),
)


def _problem(status: int, title: str, detail: str, **errors: str) -> Reply:
    content: dict[str, Any] = {
        "type": "https://mailchimp.com/developer/marketing/docs/errors/",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": "995c5cb0-3280-4a6e-808b-3b096d0bb219",
    }
    if errors:
        content["errors"] = [
            {"field": field.replace("__", "."), "message": said} for field, said in errors.items()
        ]
    return Reply(status, content, content_type="application/problem+json; charset=utf-8")


def _refuses(call: Call, why: Literal["missing", "unknown", "expired"]) -> Reply:
    if why == "missing":
        return _problem(401, "API Key Missing", "Your request did not include an API key.")
    return _problem(
        401,
        "API Key Invalid",
        "Your API key may be invalid, or you've attempted to access the wrong datacenter.",
    )


def _not_found(call: Call) -> Reply:
    return _problem(404, "Resource Not Found", "The requested resource could not be found.")


def _server_error(call: Call) -> Reply:
    return _problem(500, "Internal Server Error", "An unexpected internal error has occurred.")


def _rate_limited(call: Call) -> Reply:
    return _problem(429, "Too Many Requests", "You have exceeded the limit of 10 simultaneous connections.")


def _missing_field(call: Call) -> Reply:
    return _problem(400, "Invalid Resource", INVALID, REGION="This value should not be blank.")


def _root(call: Call) -> Reply:
    of = call.organisation
    return Reply(200, {"account_id": of.id, "account_name": of.name, "email": of.user, "username": of.user})


def _lists(call: Call) -> Reply:
    found = call.records.find("audiences")
    offset, count = int(call.query.get("offset", 0)), int(call.query.get("count", 10))
    shown = [{"id": one.id, "name": one.fields["name"]} for one in found[offset : offset + count]]
    return Reply(200, {"lists": shown, "total_items": len(found)})


def _merge_fields(call: Call, audience: str) -> Reply:
    if call.records.get("audiences", audience) is None:
        return _not_found(call)
    shown = [
        {"merge_id": number, "tag": tag, "name": name, "type": type, "required": required, "public": True,
         "options": {"choices": list(choices)} if choices else {}, "help_text": "", "list_id": audience}
        for number, (tag, name, type, required, choices) in enumerate(FIELDS, 1)
    ]  # fmt: skip
    return Reply(200, {"merge_fields": shown, "list_id": audience, "total_items": len(shown)})


def _put(call: Call, audience: str, digest: str) -> Reply:
    body = call.json()
    if call.records.get("audiences", audience) is None:
        return _not_found(call)
    if not isinstance(body, dict):
        return _problem(400, "JSON Parse Error", "We encountered an unspecified JSON parsing error.")
    if wrong := _wrong(body, digest, validates=call.query.get("skip_merge_validation") != "true"):
        return wrong
    email, kept = str(body["email_address"]), _kept(call, audience, digest)
    given = {"email_address": email, **(body.get("merge_fields") or {})}
    if kept is None:
        of: dict[str, Any] = {
            "audience": audience,
            "digest": digest,
            "status": body.get("status_if_new"),
            "tags": [],
        }
        return _shown(call.records.add("members", {**of, **given}))
    return _shown(call.records.change(kept, given))


def _wrong(body: dict[str, Any], digest: str, *, validates: bool) -> Reply | None:
    email, fields = str(body.get("email_address") or ""), body.get("merge_fields") or {}
    if (
        not EMAIL.fullmatch(email)
        or hashlib.md5(email.lower().encode(), usedforsecurity=False).hexdigest() != digest
    ):
        return _problem(400, "Invalid Resource", "Please provide a valid email address.")
    if email.startswith("gone"):
        detail = f"{email} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed."
        return _problem(400, "Member In Compliance State", detail)
    missing = [tag for tag, _, _, required, _ in FIELDS if required and not fields.get(tag)]
    if validates and missing:
        return _problem(
            400, "Invalid Resource", INVALID, **dict.fromkeys(missing, "This value should not be blank.")
        )
    for tag in (tag for tag, _, type, _, _ in FIELDS if type == "birthday"):
        if fields.get(tag) and not DAY.fullmatch(str(fields[tag])):
            return _problem(
                400, "Invalid Resource", INVALID, **{tag: "Please enter a date in the format MM/DD."}
            )
    choices = {tag: allowed for tag, _, _, _, allowed in FIELDS if allowed}
    for tag, allowed in choices.items():
        if fields.get(tag) and fields[tag] not in allowed:
            return _problem(
                400, "Invalid Resource", INVALID, **{tag: f"Value must be one of: {', '.join(allowed)}"}
            )
    return None


def _kept(call: Call, audience: str, digest: str) -> Record | None:
    return next(iter(call.records.find("members", audience=audience, digest=digest)), None)


def _shown(member: Record) -> Reply:
    fields = member.fields
    merged = {tag: fields.get(tag, "") for tag, *_ in FIELDS}
    content = {"id": fields["digest"], "email_address": fields["email_address"], "web_id": int(member.id),
               "status": fields["status"], "merge_fields": merged, "list_id": fields["audience"]}  # fmt: skip
    return Reply(200, content)


def _tag(call: Call, audience: str, digest: str) -> Reply:
    member, body = _kept(call, audience, digest), call.json()
    if member is None:
        return _not_found(call)
    if not isinstance(body, dict) or not isinstance(body.get("tags"), list):
        return _problem(400, "Bad Request", "Your request could not be processed.")
    tags = list(member.fields["tags"])
    tags += [one["name"] for one in body["tags"] if one.get("status") == "active" and one["name"] not in tags]
    call.records.change(member, {"tags": tags})
    return Reply(204)


def _token_of(call: Call) -> str:
    """The password of HTTP Basic."""
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    try:
        return base64.b64decode(encoded).decode().partition(":")[2] if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _seed(organisation: Organisation) -> Iterable[tuple[str, str, Fields]]:
    yield "audiences", "a1b2c3d4e5", {"name": "Newsletter"}
    yield "audiences", "f6a7b8c9d0", {"name": "Home owners"}


_LIST = r"/3.0/lists/(?P<audience>\w+)"
_MEMBER = rf"{_LIST}/members/(?P<digest>[0-9a-f]{{32}})"

MAILCHIMP = StandIn(
    key="mailchimp",
    name="Mailchimp",
    origins=("https://*.api.mailchimp.com", "https://*.admin.mailchimp.com"),
    organisations=(BRIGHT,),
    kinds=(
        Kind(
            "members",
            "Members",
            (
                ("email_address", "E-mail"),
                ("FNAME", "First name"),
                ("LNAME", "Last name"),
                ("status", "Status"),
                ("tags", "Tags"),
            ),
        ),
        Kind("audiences", "Audiences", (("name", "Name"),)),
    ),
    routes=(
        Route("GET", "/3.0/", _root),
        Route("GET", "/3.0/lists", _lists),
        Route("GET", f"{_LIST}/merge-fields", _merge_fields),
        Route("PUT", _MEMBER, _put, takes_lead=True),
        Route("POST", f"{_MEMBER}/tags", _tag),
    ),
    oauth=NO_TOKEN_SERVER,
    refuses=_refuses,
    not_found=_not_found,
    faults={
        "server_error": _server_error,
        "rate_limited": _rate_limited,
        "missing_field": _missing_field,
    },
    seed=_seed,
    links=((r"/lists/members/view\?id=(?P<id>\d+)", "members"),),
    token_of=_token_of,
    fixed_tokens={KEY: BRIGHT.id},
)
