from typing import Any

from destinations.platforms.port import ActionValues, DestinationValues, Order

KEY = "65f0aa01bb02cc03dd04ee05"


def order(
    url: str = "https://example.com/leads",
    payload: dict[str, Any] | None = None,
    *,
    path: str = "",
    scheme: str = "none",
    credentials: dict[str, Any] | None = None,
    **configuration: Any,
) -> Order:
    return Order(
        key=KEY,
        destination=DestinationValues(
            account_id="a",
            instance_id="i",
            integration="webhook",
            scheme=scheme,
            credentials=credentials or {},
            configuration={"url": url, **configuration},
        ),
        action=ActionValues(action_id="a1b2c3", name="Contacts", configuration={"path": path}),
        payload=payload if payload is not None else {"email": "ada@example.com"},
    )
