from typing import Any

from destinations.platforms.port import ActionValues, DestinationValues, Order

TOKEN = "xoxb-s3cret-token"
KNOWN = {"token": TOKEN}


def order(payload: dict[str, Any] | None = None, channel: str = "C0LEADS") -> Order:
    set_up = ActionValues(action_id="post_message", name="X", configuration={"channel": channel})
    return Order(
        key="65f0aa01bb02cc03dd04ee05",
        destination=DestinationValues(
            account_id="a",
            instance_id="i",
            integration="slack",
            scheme="bearer",
            credentials=KNOWN,
            actions=(set_up,),
        ),
        action=set_up,
        payload={"text": "A new lead"} if payload is None else payload,
    )
