"""A stand-in for Google: consent, who it was, and the part of the Sheets API that the connector uses.

As in developers.google.com/workspace/sheets/api/reference/rest/v4 and /identity/openid-connect. It has each sheet as its
header and the rows below; ranges are read only as far as the connector writes them.
"""

import re
from collections.abc import Iterable
from typing import Any, Literal

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

BRIGHT = Organisation("110248495921238986420", "Brightleaf Energy", "sam@brightleaf.example")
NORTH = Organisation("108204268033311374519", "Northlight Insurance", "kim@northlight.example")
SPREADSHEET = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
HEADER = ["Email", "First name", "Last name", "Phone", "Campaign"]
LONGEST_CELL = 50_000


def _error(code: int, status: str, message: str, **details: Any) -> Reply:
    error = {"code": code, "message": message, "status": status}
    return Reply(code, {"error": error | ({"details": [details]} if details else {})})


def _refuses(call: Call, why: Literal["missing", "unknown", "expired"]) -> Reply:
    if why == "missing":
        return _error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers.")
    return _error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")


def _not_found(call: Call) -> Reply:
    return _error(404, "NOT_FOUND", "Requested entity was not found.")


def _server_error(call: Call) -> Reply:
    return _error(503, "UNAVAILABLE", "The service is currently unavailable.")


def _rate_limited(call: Call) -> Reply:
    message = (
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user'."
    )
    return _error(429, "RESOURCE_EXHAUSTED", message, reason="RATE_LIMIT_EXCEEDED")


def _userinfo(call: Call) -> Reply:
    user = call.organisation.user
    hd = user.partition("@")[2]
    return Reply(200, {"sub": call.organisation.id, "email": user, "email_verified": True, "hd": hd})


# --- Spreadsheets


def _spreadsheet(call: Call, spreadsheet: str) -> Reply:
    found = call.records.get("spreadsheets", spreadsheet)
    if found is None:
        return _not_found(call)
    sheets = [
        {"properties": {"sheetId": int(one.id), "title": one.fields["title"], "sheetType": "GRID"}}
        for one in call.records.find("sheets", spreadsheetId=spreadsheet)
    ]
    return Reply(200, {"properties": {"title": found.fields["title"]}, "sheets": sheets})


def _by_filter(call: Call, spreadsheet: str) -> Reply:
    body = call.json()
    filters = body.get("dataFilters") if isinstance(body, dict) else None
    if not filters:
        return _error(400, "INVALID_ARGUMENT", "Must specify at least one data filter.")
    if call.records.get("spreadsheets", spreadsheet) is None:
        return _not_found(call)
    where = filters[0]["gridRange"]
    sheet = call.records.get("sheets", str(where["sheetId"]))
    if sheet is None or sheet.fields["spreadsheetId"] != spreadsheet:
        return _error(400, "INVALID_ARGUMENT", f"Invalid dataFilter[0]: No grid with id: {where['sheetId']}")
    row = where["startRowIndex"] + 1
    found: dict[str, Any] = {
        "range": f"{_quoted(sheet.fields['title'])}!A{row}:Z{row}",
        "majorDimension": "ROWS",
    }
    if row == 1 and sheet.fields["header"]:
        found["values"] = [sheet.fields["header"]]
    return Reply(
        200, {"spreadsheetId": spreadsheet, "valueRanges": [{"valueRange": found, "dataFilters": filters}]}
    )


def _append(call: Call, spreadsheet: str, where: str) -> Reply:
    if call.records.get("spreadsheets", spreadsheet) is None:
        return _not_found(call)
    if call.query.get("valueInputOption") not in ("RAW", "USER_ENTERED"):
        return _error(400, "INVALID_ARGUMENT", "'valueInputOption' is required but not specified")
    title = where.rpartition("!")[0]
    sheets = call.records.find("sheets", spreadsheetId=spreadsheet)
    sheet = next((one for one in sheets if _quoted(one.fields["title"]) == title), None)
    if sheet is None:
        return _error(400, "INVALID_ARGUMENT", f"Unable to parse range: {where}")
    rows = (call.json() or {}).get("values") or []
    if any(len(str(cell)) > LONGEST_CELL for row in rows for cell in row):
        message = f"Your input contains more than the maximum of {LONGEST_CELL} characters in a single cell."
        return _error(400, "INVALID_ARGUMENT", message)
    return _added(call, sheet, rows)


def _added(call: Call, sheet: Record, rows: list[list[Any]]) -> Reply:
    spreadsheet, title = sheet.fields["spreadsheetId"], _quoted(sheet.fields["title"])
    first = len(call.records.find("rows", sheetId=sheet.id)) + 2
    for row in rows:
        shown = dict(zip(sheet.fields["header"], (_seen(cell) for cell in row), strict=False))
        call.records.add("rows", {"sheetId": sheet.id, "sheet": sheet.fields["title"], "row": row, **shown})
    widest = max(map(len, rows), default=0)
    updated = f"{title}!A{first}:{chr(64 + max(widest, 1))}{first + len(rows) - 1}"
    updates = {
        "spreadsheetId": spreadsheet,
        "updatedRange": updated,
        "updatedRows": len(rows),
        "updatedColumns": widest,
        "updatedCells": sum(cell is not None for row in rows for cell in row),
    }
    return Reply(
        200, {"spreadsheetId": spreadsheet, "tableRange": f"{title}!A1:E{first - 1}", "updates": updates}
    )


def _seen(cell: Any) -> str:
    return "" if cell is None else str(cell).removeprefix("'")


def _quoted(title: str) -> str:
    """A sheet's name in A1 notation."""
    return title if re.fullmatch(r"[A-Za-z_]\w*", title) else "'" + title.replace("'", "''") + "'"


def _seed(organisation: Organisation) -> Iterable[tuple[str, str, Fields]]:
    if organisation.id != BRIGHT.id:
        return
    yield "spreadsheets", SPREADSHEET, {"title": "Leads of the year"}
    yield "sheets", "0", {"spreadsheetId": SPREADSHEET, "title": "Leads", "header": HEADER}
    yield (
        "sheets",
        "1337",
        {"spreadsheetId": SPREADSHEET, "title": "Call backs", "header": ["Phone", "When", ""]},
    )
    yield "sheets", "42", {"spreadsheetId": SPREADSHEET, "title": "Notes", "header": []}


def _token_answer(grant: Grant) -> Fields:
    given = {
        "access_token": grant.access_token,
        "expires_in": grant.expires_in,
        "scope": grant.scope,
        "token_type": "Bearer",
    }
    return given if grant.kind == "refresh_token" else {**given, "refresh_token": grant.refresh_token}


_SPREADSHEET = r"/v4/spreadsheets/(?P<spreadsheet>[\w-]+)"

GOOGLE_SHEETS = StandIn(
    key="google_sheets",
    name="Google Sheets",
    origins=(
        "https://accounts.google.com",
        "https://oauth2.googleapis.com",
        "https://openidconnect.googleapis.com",
        "https://sheets.googleapis.com",
        "https://docs.google.com",
    ),
    organisations=(BRIGHT, NORTH),
    kinds=(
        Kind(
            "rows",
            "Rows",
            (
                ("sheet", "Sheet"),
                ("Email", "Email"),
                ("First name", "First name"),
                ("Last name", "Last name"),
                ("Phone", "Phone"),
            ),
        ),
        Kind("sheets", "Sheets", (("title", "Title"), ("spreadsheetId", "Spreadsheet"))),
        Kind("spreadsheets", "Spreadsheets", (("title", "Title"),)),
    ),
    routes=(
        Route("GET", "/v1/userinfo", _userinfo),
        Route("GET", _SPREADSHEET, _spreadsheet),
        Route("POST", f"{_SPREADSHEET}/values:batchGetByDataFilter", _by_filter),
        Route("POST", rf"{_SPREADSHEET}/values/(?P<where>.+):append", _append),
    ),
    oauth=TokenServer(
        client_id="stand-in.apps.googleusercontent.example",
        client_secret="stand-in-client-secret-google",  # noqa: S106 - no secret: it opens the stand-in
        token_paths=("/token",),
        authorize_path="/o/oauth2/v2/auth",
        revoke_path="/revoke",
        grants=("authorization_code", "refresh_token"),
        lifetime=3599,
        rotates=False,
        answer=_token_answer,
    ),
    refuses=_refuses,
    not_found=_not_found,
    faults={"server_error": _server_error, "rate_limited": _rate_limited},
    seed=_seed,
    links=((rf"/spreadsheets/d/(?P<id>{SPREADSHEET})/edit", "spreadsheets"),),
)
