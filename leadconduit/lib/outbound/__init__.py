"""The one guarded HTTP client: every request that leaves the product for a customer's address passes here.

The address is checked as it is connected, so that no spelling, and no name that changes its mind, leads inside.
Redirects are not followed, no proxy or cookie is taken from anywhere, time and sizes are bounded. What is kept of an
exchange has its secrets masked before anybody sees it.

    messages    what goes in and comes out: Request, Response, Answer, the errors
    addresses   where connecting is allowed
    rewriting   which addresses lead to stand-ins instead, while the product is tried out
    targets     which URLs and headers are allowed, and why not
    client      one exchange over aiohttp: guard, bounds, what a failure means
    exchanges   what may be stored and shown of it
    owner       the event loop and the connections of this process: send, asend, run
"""

from leadconduit.lib.outbound.exchanges import Exchange, ShownRequest, ShownResponse
from leadconduit.lib.outbound.messages import (
    REQUEST_LIMIT,
    RESPONSE_LIMIT,
    Answer,
    NoAnswer,
    NotAllowed,
    NotSent,
    OutboundError,
    Request,
    Response,
)
from leadconduit.lib.outbound.owner import asend, loop, run, send
from leadconduit.lib.outbound.rewriting import rewritten
from leadconduit.lib.outbound.targets import check_header, check_url

__all__ = [
    "REQUEST_LIMIT",
    "RESPONSE_LIMIT",
    "Answer",
    "Exchange",
    "NoAnswer",
    "NotAllowed",
    "NotSent",
    "OutboundError",
    "Request",
    "Response",
    "ShownRequest",
    "ShownResponse",
    "asend",
    "check_header",
    "check_url",
    "loop",
    "rewritten",
    "run",
    "send",
]
