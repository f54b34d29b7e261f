"""Requests to one Marketo, and what of them must not be said aloud."""

from collections.abc import Callable
from dataclasses import dataclass, field

from destinations.connectors.calls import Calls, Credentials
from destinations.connectors.marketo.answers import refuses
from leadconduit.lib.outbound import Answer, Request


@dataclass(slots=True)
class Session:
    """`secrets` are those of the requests so far: an answer may repeat them."""

    calls: Calls
    secrets: set[str] = field(default_factory=set, repr=False)

    async def ask(self, make: Callable[[Credentials], Request]) -> Answer:
        """With a token that is refused, once more with another. Raises NotConnected."""

        def made(known: Credentials) -> Request:
            request = make(known)
            self.secrets.update(request.secrets)
            return request

        return await self.calls.send(made, refuses=refuses)
