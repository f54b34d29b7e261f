"""Each request as Google's reference has it: developers.google.com/workspace/sheets/api/reference/rest/v4."""

import json
from typing import Any

import pytest

from destinations.connectors.google_sheets import client, requests
from destinations.connectors.google_sheets.stand_in import SPREADSHEET
from tests.destinations.connectors.google_sheets.orders import ADDRESS, CREDENTIALS, order

V4 = f"https://sheets.googleapis.com/v4/spreadsheets/{SPREADSHEET}"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (ADDRESS, SPREADSHEET),
        (f"https://docs.google.com/spreadsheets/u/1/d/{SPREADSHEET}/edit?usp=sharing", SPREADSHEET),
        (f" {SPREADSHEET} ", SPREADSHEET),
        ("https://docs.google.com/document/d/abc/edit", ""),
        (f"https://docs.google.com.evil.example/spreadsheets/d/{SPREADSHEET}", ""),
        ("My leads", ""),
        (None, ""),
    ],
)
def test_a_spreadsheet_is_known_by_its_address(written: str | None, found: str) -> None:
    assert requests.spreadsheet_id(written) == found


def test_the_header_is_asked_for_by_the_sheet_that_was_chosen() -> None:
    request = requests.header_of(order(sheet="1337", header_row=3).action.configuration, CREDENTIALS)

    assert (request.method, request.url) == ("POST", f"{V4}/values:batchGetByDataFilter")
    assert json.loads(request.body) == {
        "dataFilters": [{"gridRange": {"sheetId": 1337, "startRowIndex": 2, "endRowIndex": 3}}],
        "majorDimension": "ROWS",
    }


@pytest.mark.parametrize("option", ["RAW", "USER_ENTERED"])
def test_a_row_is_appended_where_the_header_is(option: str) -> None:
    header = ("First name", "", "Email", "Phone")
    request = requests.append(order(value_input=option), header, "'My leads'!A1:Z1", CREDENTIALS)

    where = "%27My%20leads%27%21A1%3AZ1"
    assert request.method == "POST"
    assert request.url == (
        f"{V4}/values/{where}:append?valueInputOption={option}&insertDataOption=INSERT_ROWS"
    )
    assert json.loads(request.body) == {
        "majorDimension": "ROWS",
        "values": [["Ada", None, "ada@lead.example"]],
    }
    assert dict(request.headers)["Authorization"] == f"Bearer {CREDENTIALS['access_token']}"


@pytest.mark.parametrize(
    ("value", "raw", "typed"),
    [
        ("=IMPORTXML(A1)", "=IMPORTXML(A1)", "'=IMPORTXML(A1)"),
        ("+1 512 555 0100", "+1 512 555 0100", "'+1 512 555 0100"),
        ("@SUM(A1)", "@SUM(A1)", "'@SUM(A1)"),
        ("-1+2", "-1+2", "'-1+2"),
        ("-=x\ny", "-=x\ny", "'-=x\ny"),
        *(
            (written, written, f"'{written}")
            for sign in "=+@＝＋＠"
            for written in (
                f"{sign}A1",
                f" {sign}A1",
                f"\t\r\n{sign}A1",
                f"\u00a0\u3000{sign}A1",
                f"\ufeff{sign}A1",
            )
        ),
        ("－A1", "－A1", "'－A1"),
        (" -A1", " -A1", "' -A1"),
        ("-5\n=A1", "-5\n=A1", "'-5\n=A1"),
        (" ", " ", " "),
        ("", "", ""),
        ("a=b", "a=b", "a=b"),
        (" -5.2", " -5.2", " -5.2"),
        ("-5.2", "-5.2", "-5.2"),
        ("2026-01-31", "2026-01-31", "2026-01-31"),
        (7, 7, 7),
        (True, True, True),
        (None, None, None),
    ],
)
def test_no_lead_makes_a_formula(value: Any, raw: Any, typed: Any) -> None:
    payload = {"A": value, "B": "end"}

    assert requests.row_of(payload, ["A", "B"], "RAW") == [raw, "end"]
    assert requests.row_of(payload, ["A", "B"], "USER_ENTERED") == [typed, "end"]


def test_a_columns_name_may_have_dots_and_the_first_of_two_is_filled() -> None:
    payload = {"utm": {"source": "ads"}, "Name": "Ada"}

    assert requests.row_of(payload, ["Name", "utm.source", "Name"], "RAW") == ["Ada", "ads"]
    assert requests.strangers(payload, ["Name"]) == ["utm.source"]


def test_a_row_is_linked_to() -> None:
    assert requests.link_to(order(sheet="1337").action.configuration, "'My leads'!A6:D6") == (
        f"https://docs.google.com/spreadsheets/d/{SPREADSHEET}/edit#gid=1337&range=A6:D6"
    )


def test_a_preview_shows_the_values_without_the_token() -> None:
    shown = client.preview(order())

    assert "ada@lead.example" in shown["body"]
    assert CREDENTIALS["access_token"] not in str(shown)
