"""The requests that one piece of work makes to a system, with the credentials that it has there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from leadconduit.lib import outbound
from leadconduit.lib.outbound import Answer, Exchange, Request

Credentials = Mapping[str, Any]
"""Settings, secrets and, with OAuth, `access_token` and what else of the token server's answer is kept."""

SHOWN_BEFORE = 8
"""How many requests before the last are kept with an exchange."""


class NotConnected(Exception):
    """There are no credentials to be had that the system would take.

    `gone`: only a person can help, by connecting again. Otherwise it is worth another try, in `retry_after` seconds.
    """

    def __init__(self, sentence: str, *, gone: bool, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.gone = gone
        self.retry_after = retry_after


class CredentialSource(Protocol):
    async def get(self) -> Credentials:
        """Credentials that are good as far as is known. Raises NotConnected."""

    async def renew(self, refused: Credentials) -> Credentials | None:
        """Others than those that were refused; None where there are none to be had. Raises NotConnected."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Credentials that somebody typed: nothing renews them."""

    credentials: Credentials = field(default_factory=dict, repr=False)

    async def get(self) -> Credentials:
        return self.credentials

    async def renew(self, refused: Credentials) -> None:
        return None


def is_unauthorized(answer: Answer) -> bool:
    return answer.response is not None and answer.response.status == 401


@dataclass(slots=True)
class Calls:
    """Sends requests one after another. Where the credentials are refused, they are renewed and it is tried once more:
    once for all requests together, since credentials that are refused when new will not be taken at all. All later
    requests have the new ones.

    `refused`: the last answer refused the credentials, and there were no others to be had. `secrets` are those of all
    requests so far: any answer may quote them.
    """

    source: CredentialSource = field(default_factory=Fixed)
    exchanges: list[Exchange] = field(default_factory=list, repr=False)
    secrets: set[str] = field(default_factory=set, repr=False)
    refused: bool = False
    _renewed: Credentials | None = field(default=None, repr=False)

    async def send(
        self, make: Callable[[Credentials], Request], *, refuses: Callable[[Answer], bool] = is_unauthorized
    ) -> Answer:
        """The answer to the request that `make` makes of the credentials. Raises NotConnected.

        `refuses` tells of an answer whether it refuses the credentials as a whole, whatever was sent with them.
        """
        credentials = self._renewed or await self.source.get()
        answer = await self._send(make(credentials))
        self.refused = refuses(answer)
        if not self.refused or self._renewed:
            return answer
        self._renewed = await self.source.renew(credentials)
        if self._renewed is None:
            return answer
        answer = await self._send(make(self._renewed))
        self.refused = refuses(answer)
        return answer

    async def _send(self, request: Request) -> Answer:
        self.secrets.update(request.secrets)
        answer = await outbound.asend(request)
        self.exchanges.append(answer.exchange)
        return answer

    @property
    def exchange(self) -> dict[str, Any] | None:
        """The last exchange, with those before it as `before`; None when nothing was sent."""
        if not self.exchanges:
            return None
        *before, last = self.exchanges
        shown: dict[str, Any] = {**last}
        return shown | {"before": before[-SHOWN_BEFORE:]} if before else shown
