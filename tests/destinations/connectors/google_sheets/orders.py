from typing import Any

from destinations.connectors.google_sheets.stand_in import SPREADSHEET
from destinations.platforms.port import ActionValues, DestinationValues, Order

ADDRESS = f"https://docs.google.com/spreadsheets/d/{SPREADSHEET}/edit#gid=0"
CREDENTIALS = {
    "client_id": "c1",
    "client_secret": "secret-of-the-client",
    "access_token": "ya29.a0-secret-token",
}
ADA = {"Email": "ada@lead.example", "First name": "Ada"}


def destination(**configuration: Any) -> DestinationValues:
    """With the sheet “Leads”, unless the action is set up otherwise."""
    set_up = {"spreadsheet": ADDRESS, "sheet": "0", "header_row": 1, "value_input": "RAW", **configuration}
    return DestinationValues(
        account_id="a",
        instance_id="i",
        integration="google_sheets",
        scheme="oauth2_code",
        credentials=CREDENTIALS,
        actions=(ActionValues(action_id="append_row", name="X", configuration=set_up),),
    )


def order(payload: dict[str, Any] | None = None, **configuration: Any) -> Order:
    set_up = destination(**configuration)
    return Order(
        key="65f0aa01bb02cc03dd04ee05",
        destination=set_up,
        action=set_up.actions[0],
        payload=ADA if payload is None else payload,
    )
