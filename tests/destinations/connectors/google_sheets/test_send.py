"""Consent, what Google says, and rows that arrive: at the stand-in, over HTTP."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.google_sheets import client, live
from destinations.connectors.google_sheets.declaration import CONSENT
from destinations.connectors.google_sheets.stand_in import BRIGHT, GOOGLE_SHEETS, SPREADSHEET
from destinations.credentials import oauth
from destinations.outcome import Outcome, Result
from destinations.platforms.port import PlatformError, Tokens
from destinations.sandbox import keeping
from destinations.sandbox.keeping import KeptRecords
from leadconduit.lib import outbound
from tests.destinations.connectors.google_sheets.conftest import CLIENT
from tests.destinations.connectors.google_sheets.orders import ADA, CREDENTIALS, destination, order


def sent(calls: Calls, payload: dict[str, Any] | None = None, **configuration: Any) -> Result:
    return outbound.run(client.send(order(payload, **configuration), calls))


def offered(calls: Calls, search: str = "", **configuration: Any) -> list[tuple[str, str]]:
    asked = live.options(calls, destination(**configuration), "append_row.sheet", search, "")
    return [(choice.value, choice.label) for choice in outbound.run(asked).items]


# --- Consent


def test_consent_is_asked_for_such_that_a_refresh_token_comes() -> None:
    asked = oauth.consent(CONSENT, CLIENT, redirect_uri="https://us.example/callback/", state="s")
    query = {name: values[0] for name, values in parse_qs(urlsplit(asked.url).query).items()}

    assert asked.url.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    assert (query["access_type"], query["prompt"]) == ("offline", "consent")
    assert "https://www.googleapis.com/auth/spreadsheets" in query["scope"].split()
    assert not any("drive" in scope for scope in query["scope"].split())


def test_what_was_allowed_is_what_was_asked_for(tokens: Tokens) -> None:
    assert tokens.scopes is not None
    assert {"openid", "https://www.googleapis.com/auth/spreadsheets"} <= tokens.scopes
    assert tokens.kept["refresh_token"]
    assert tokens.expires_at


def test_one_is_connected_as_a_google_account(calls: Calls) -> None:
    identity = outbound.run(live.identify(calls, destination()))

    assert identity.user == BRIGHT.user
    assert identity.organisation == "brightleaf.example"
    assert identity.organisation_id == BRIGHT.id


# --- What Google says


def test_the_sheets_of_the_spreadsheet_are_offered(calls: Calls) -> None:
    assert offered(calls) == [("0", "Leads"), ("1337", "Call backs"), ("42", "Notes")]
    assert offered(calls, "call") == [("1337", "Call backs")]


@pytest.mark.parametrize(
    ("spreadsheet", "words"),
    [(None, "Fill in the spreadsheet first."), ("x" * 30, "no such spreadsheet")],
)
def test_sheets_need_a_spreadsheet_that_is_there(calls: Calls, spreadsheet: str | None, words: str) -> None:
    with pytest.raises(PlatformError, match=words):
        offered(calls, spreadsheet=spreadsheet)


def test_the_columns_with_a_name_are_the_fields(calls: Calls) -> None:
    set_up = destination(sheet="1337")
    targets = outbound.run(live.discover(calls, set_up, set_up.actions[0]))

    assert [field.key for field in targets.fields] == ["Phone", "When"]
    assert not targets.custom


def test_an_empty_header_has_no_fields(calls: Calls) -> None:
    set_up = destination(sheet="42")

    with pytest.raises(PlatformError, match="header row is empty"):
        outbound.run(live.discover(calls, set_up, set_up.actions[0]))


# --- Rows


def test_a_lead_becomes_a_row_and_the_receipt_leads_to_it(calls: Calls, google: KeptRecords) -> None:
    result = sent(calls)

    assert result.outcome is Outcome.DELIVERED
    (row,) = google.find("rows")
    assert row.fields["row"] == ["ada@lead.example", "Ada"]
    assert result.receipt
    assert result.receipt.id == "Leads!A2:B2"
    assert result.receipt.url
    assert result.receipt.url.endswith(f"/{SPREADSHEET}/edit#gid=0&range=A2:B2")


def test_columns_and_the_sheet_may_be_moved_and_renamed(calls: Calls, google: KeptRecords) -> None:
    (sheet,) = google.find("sheets", title="Leads")
    google.change(sheet, {"title": "This year's", "header": ["First name", "Notes", "Email"]})

    result = sent(calls)

    assert result.outcome is Outcome.DELIVERED
    assert google.find("rows")[0].fields["row"] == ["Ada", None, "ada@lead.example"]


@pytest.mark.parametrize(
    ("payload", "configuration", "outcome", "words"),
    [
        (ADA | {"Shoe size": 42}, {}, Outcome.MISCONFIGURED, "no column “Shoe size”"),
        (ADA, {"sheet": "42"}, Outcome.MISCONFIGURED, "header row is empty"),
        (ADA, {"sheet": "99"}, Outcome.MISCONFIGURED, "No grid with id: 99"),
        (ADA, {"spreadsheet": "x" * 30}, Outcome.MISCONFIGURED, "no such spreadsheet"),
        (ADA | {"Email": "x" * 50_001}, {}, Outcome.REJECTED, "larger"),
    ],
)
def test_what_a_sheet_does_not_take(
    calls: Calls,
    google: KeptRecords,
    payload: dict[str, Any],
    configuration: dict[str, Any],
    outcome: Outcome,
    words: str,
) -> None:
    result = sent(calls, payload, **configuration)

    assert result.outcome is outcome
    assert words in result.reason
    assert google.find("rows") == []


@pytest.mark.parametrize(
    ("fault", "outcome", "pause"),
    [("rate_limited", Outcome.RATE_LIMITED, 60), ("server_error", Outcome.UNAVAILABLE, None)],
)
def test_a_fault_is_understood(calls: Calls, fault: Any, outcome: Outcome, pause: float | None) -> None:
    keeping.switch(GOOGLE_SHEETS, fault, "once")

    result = sent(calls)

    assert (result.outcome, result.retry_after) == (outcome, pause)


def test_a_token_that_is_not_good_is_told(google: KeptRecords) -> None:
    result = sent(Calls(Fixed(CREDENTIALS)))

    assert result.outcome is Outcome.UNAUTHORIZED
    assert CREDENTIALS["access_token"] not in f"{result.reason} {result.exchange}"
