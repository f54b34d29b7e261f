"""What Google says: whose account it is, a spreadsheet's sheets, the columns of one."""

from collections.abc import Callable
from datetime import UTC, datetime

from destinations.connectors.answers import content, unanswered
from destinations.connectors.calls import Calls, Credentials
from destinations.connectors.google_sheets import answers, requests
from destinations.fields import Choice
from destinations.platforms.port import (
    ActionValues,
    Choices,
    DestinationValues,
    Identity,
    PlatformError,
    TargetField,
    Targets,
)
from leadconduit.lib.outbound import Answer, Request


async def identify(calls: Calls, destination: DestinationValues) -> Identity:
    """The Google account. What it may edit is its own, so another account is another organisation. `hd` is the domain of
    an organisation's account: developers.google.com/identity/openid-connect."""
    said = content(await _asked(calls, requests.userinfo))
    return Identity(str(said.get("email") or ""), str(said.get("hd") or ""), str(said.get("sub") or ""))


async def discover(calls: Calls, destination: DestinationValues, action: ActionValues) -> Targets:
    """The columns that have a name in the header row."""
    _require(action)
    answer = await _asked(calls, lambda known: requests.header_of(action.configuration, known))
    names = dict.fromkeys(filter(None, answers.header_of(answer).names))
    if not names:
        raise PlatformError(answers.NO_HEADER)
    return Targets(tuple(TargetField(name, name) for name in names))


async def options(
    calls: Calls, destination: DestinationValues, field: str, search: str, cursor: str
) -> Choices:
    """The sheets that have cells, in the order of the spreadsheet."""
    action_id, _, key = field.rpartition(".")
    if key != "sheet":
        raise PlatformError(f"The choices of `{field}` do not come from Google.")
    of_action = (one.configuration for one in destination.actions if one.action_id == action_id)
    spreadsheet = requests.spreadsheet_id(next(of_action, {}).get("spreadsheet"))
    if not spreadsheet:
        raise PlatformError("Fill in the spreadsheet first.")
    answer = await _asked(calls, lambda known: requests.sheets_of(spreadsheet, known))
    found = [sheet.get("properties") or {} for sheet in content(answer).get("sheets") or ()]
    wanted = search.strip().casefold()
    return Choices(
        tuple(
            Choice(str(sheet["sheetId"]), str(sheet.get("title") or ""))
            for sheet in found
            if "sheetId" in sheet
            and sheet.get("sheetType", "GRID") == "GRID"
            and wanted in str(sheet.get("title") or "").casefold()
        )
    )


def _require(action: ActionValues) -> None:
    if not requests.spreadsheet_id(action.configuration.get("spreadsheet")):
        raise PlatformError("Fill in the spreadsheet first.")
    if not action.configuration.get("sheet"):
        raise PlatformError("Choose the sheet first.")


async def _asked(calls: Calls, make: Callable[[Credentials], Request]) -> Answer:
    answer = await calls.send(make)
    if failed := answers.failure(answer, calls.secrets, datetime.now(UTC)):
        raise unanswered("Google", failed)
    return answer
