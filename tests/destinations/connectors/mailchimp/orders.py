from typing import Any

from destinations.platforms.port import ActionValues, DestinationValues, Order

KEY = "0123456789abcdef0123456789abcdef-us6"
KNOWN = {"key": KEY}
ADA = {"email_address": "Ada@Lead.example", "merge_fields": {"FNAME": "Ada"}}
HASH = "ef5b7e0fededdb2c0ec95711081bae7c"


def order(payload: dict[str, Any] | None = None, **configuration: Any) -> Order:
    chosen = {"audience": "a1b2c3d4e5", **configuration}
    set_up = ActionValues(action_id="put_member", name="X", configuration=chosen)
    return Order(
        key="65f0aa01bb02cc03dd04ee05",
        destination=DestinationValues(
            account_id="a",
            instance_id="i",
            integration="mailchimp",
            scheme="api_key",
            credentials=KNOWN,
            actions=(set_up,),
        ),
        action=set_up,
        payload=ADA if payload is None else payload,
    )
