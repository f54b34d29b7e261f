"""What is asked of Google, each as one request.

developers.google.com/workspace/sheets/api/reference/rest/v4: spreadsheets.get, spreadsheets.values.batchGetByDataFilter,
spreadsheets.values.append. A sheet is known by its `sheetId` (`gid` in the browser's address), which stays as it is when
the sheet is renamed; the range that Google answers for it is the one that is appended to.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from destinations.connectors.calls import Credentials
from destinations.platforms.port import Order
from leadconduit.leads.values import as_text
from leadconduit.lib.outbound import Request

TIMEOUT = 15.0
"""Seconds for each request."""
KEPT = 1024 * 1024
"""Bytes that are read of an answer: a header of many columns, a spreadsheet of many sheets."""

SHEETS = "https://sheets.googleapis.com"
USERINFO = "https://openidconnect.googleapis.com/v1/userinfo"
"""developers.google.com/identity/openid-connect: the `userinfo_endpoint` of Google's discovery document."""

_ADDRESS = re.compile(r"https://docs\.google\.com/spreadsheets/(?:u/\d+/)?d/([A-Za-z0-9_-]+)(?:[/?#].*)?")
_ID = re.compile(r"[A-Za-z0-9_-]{20,}")


def spreadsheet_id(written: object) -> str:
    """Of an address as the browser shows it, or of an ID; "" for anything else."""
    text = str(written or "").strip()
    if found := _ADDRESS.fullmatch(text):
        return found[1]
    return text if _ID.fullmatch(text) else ""


def spreadsheet_problem(written: str) -> str:
    return "" if spreadsheet_id(written) else "Copy the address of the spreadsheet out of your browser."


# --- Requests


def sheets_of(spreadsheet: str, known: Credentials) -> Request:
    """The spreadsheet's sheets, without what is in them."""
    return _get(
        _path(spreadsheet), known, fields="properties(title),sheets(properties(sheetId,title,sheetType))"
    )


def header_of(configuration: Mapping[str, Any], known: Credentials) -> Request:
    """The row that names the columns, and the sheet's range in A1 notation."""
    row = int(configuration.get("header_row") or 1)
    sheet = str(configuration.get("sheet") or "")
    where = {
        "sheetId": int(sheet) if sheet.isdecimal() else 0,
        "startRowIndex": row - 1,
        "endRowIndex": row,
    }
    body = {"dataFilters": [{"gridRange": where}], "majorDimension": "ROWS"}
    path = f"{_path(spreadsheet_id(configuration.get('spreadsheet')))}/values:batchGetByDataFilter"
    return _post(path, body, known)


def append(order: Order, header: Sequence[str], where: str, known: Credentials) -> Request:
    """One row below the table that the header begins. Rows that are there are moved, never written over."""
    configuration = order.action.configuration
    option = configuration.get("value_input") or "RAW"
    query = urlencode({"valueInputOption": option, "insertDataOption": "INSERT_ROWS"})
    body = {"majorDimension": "ROWS", "values": [row_of(order.payload, header, option)]}
    spreadsheet = spreadsheet_id(configuration.get("spreadsheet"))
    return _post(f"{_path(spreadsheet)}/values/{quote(where, safe='')}:append?{query}", body, known)


def userinfo(known: Credentials) -> Request:
    return Request("GET", USERINFO, _headers(known), timeout=TIMEOUT, secrets=_secrets(known))


# --- Rows


def row_of(payload: Mapping[str, Any], header: Sequence[str], option: str) -> list[Any]:
    """A cell for each column, None (which leaves it empty) where there is no value. Of two columns with one name, the
    first is filled."""
    values = dict(_leaves(payload))
    cells = [_cell(values.pop(name, None), option) if name else None for name in header]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def strangers(payload: Mapping[str, Any], header: Sequence[str]) -> list[str]:
    """What is sent and has no column."""
    return [name for name, _ in _leaves(payload) if name not in header]


def _leaves(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """A column's name may have dots in it, which the mapping takes for objects in objects."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


_CALCULATES = re.compile(r"[=+@].*|-(?!\d+([.,]\d+)?\s*\Z).*", re.DOTALL)
# What Google may strip before it looks whether a formula begins: blanks, and what is not seen at all.
_UNSEEN = ("Z", "C")


def _cell(value: Any, option: str) -> Any:
    """A lead's text never becomes a formula: typed after an apostrophe, it stays text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = as_text(value)
    return f"'{text}" if option == "USER_ENTERED" and _calculates(text) else text


def _calculates(text: str) -> bool:
    """Full-width signs begin a formula, too, as spreadsheets read them."""
    meant = unicodedata.normalize("NFKC", text)
    begins = next(
        (at for at, sign in enumerate(meant) if unicodedata.category(sign)[0] not in _UNSEEN), len(meant)
    )
    return _CALCULATES.match(meant, begins) is not None


# --- Links


def link_to(configuration: Mapping[str, Any], updated: str) -> str:
    """The row in the browser. The form of the address is what browsers show; it is not documented."""
    spreadsheet = spreadsheet_id(configuration.get("spreadsheet"))
    cells = quote(updated.rpartition("!")[2], safe=":")
    gid = quote(str(configuration.get("sheet") or "0"), safe="")
    return f"https://docs.google.com/spreadsheets/d/{spreadsheet}/edit#gid={gid}&range={cells}"


# ---


def _path(spreadsheet: str) -> str:
    return f"/v4/spreadsheets/{quote(spreadsheet, safe='')}"


def _get(path: str, known: Credentials, **query: str) -> Request:
    url = f"{SHEETS}{path}?{urlencode(query)}"
    return Request("GET", url, _headers(known), timeout=TIMEOUT, secrets=_secrets(known), keep=KEPT)


def _post(path: str, body: Mapping[str, Any], known: Credentials) -> Request:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Request(
        method="POST",
        url=f"{SHEETS}{path}",
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
        ("Authorization", f"Bearer {known.get('access_token') or ''}"),
    )


def _secrets(known: Credentials) -> tuple[str, ...]:
    return tuple(known[key] for key in ("access_token", "client_secret") if known.get(key))
