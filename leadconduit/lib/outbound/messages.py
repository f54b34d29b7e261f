"""What goes into the guarded client and what comes out."""

from dataclasses import dataclass, field

from leadconduit.lib.outbound.exchanges import Exchange

REQUEST_LIMIT = 1024 * 1024
"""Bytes that a request's body may have."""
RESPONSE_LIMIT = 64 * 1024
"""Bytes that are kept of a response's body, unless the request says otherwise."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `timeout` is in seconds, for all of it; `secrets` are what its exchange must not show."""

    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    timeout: float = 10.0
    secrets: tuple[str, ...] = field(default=(), repr=False)
    keep: int = RESPONSE_LIMIT


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer, whatever its status. `truncated`: its body was longer than what was to be kept."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    truncated: bool = False

    def header(self, name: str, default: str = "") -> str:
        """The first value of a header, its name in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), default)

    @property
    def text(self) -> str:
        """The body as UTF-8; what is not is replaced."""
        return self.body.decode("utf-8", "replace")


class OutboundError(Exception):
    """No whole answer. `sentence` tells the customer what happened, without secrets."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotSent(OutboundError):
    """Nothing was sent: the receiver knows nothing of the request."""


class NotAllowed(NotSent):
    """Nothing was sent, because this client refuses such a request: trying it again cannot help."""


class NoAnswer(OutboundError):
    """The request may have been sent, and no whole answer came: whether it was obeyed is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Either a response or an error, and in both cases the exchange."""

    response: Response | None
    error: OutboundError | None
    exchange: Exchange = field(repr=False)
