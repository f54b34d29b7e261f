"""A request as it would be sent, for looking at."""

from datetime import UTC, datetime
from typing import Any

from leadconduit.lib.masking import masker_for
from leadconduit.lib.outbound import Request, exchanges


def preview_of(request: Request) -> dict[str, Any]:
    """`{method, uri, headers, body}`, its secrets masked: what the exchange will show once it was sent."""
    sent = exchanges.Sent(request.method, request.url, request.headers, request.body, datetime.now(UTC))
    exchange = exchanges.shown(sent, None, ms=0, error=None, masker=masker_for(request.secrets))
    return {key: value for key, value in exchange["request"].items() if key != "timestamp"}
