"""What a connector declares. The marketplace, the wizard's forms, validation, masking and docs derive from it."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

from destinations.connectors.calls import Calls
from destinations.outcome import Accepted, Result
from destinations.platforms.port import (
    ActionSpec,
    ActionValues,
    AnswerRules,
    AuthScheme,
    Choices,
    DestinationValues,
    Identity,
    Order,
    Page,
    Targets,
)

Values = Mapping[str, Any]
T = TypeVar("T")
Asked = Coroutine[Any, Any, T]
"""Something that is asked of the system."""


class Client(Protocol):
    """The part of a connector that speaks to its system: a module with these functions will do."""

    async def send(self, order: Order, calls: Calls) -> Result | Accepted:
        """Deliver once, with `calls` only. What goes wrong outside is an outcome; NotConnected may pass."""

    def preview(self, order: Order) -> dict[str, Any]:
        """The request that `send` would make: `{method, uri, headers, body}`, secrets masked."""

    def longest_send(self, destination: DestinationValues) -> float:
        """Seconds that `send` takes at most: the sum of the timeouts of its requests; renewing a token is added."""


ClientAuthentication = Literal["body", "basic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth2:
    """How a scheme `oauth2_code` or `oauth2_client` gets its token.

    The addresses are made of the scheme's values, since a customer's own host may be part of them. Its values hold
    `client_id` and `client_secret`, unless the operator has registered one application for everybody. Of the token
    server's answer, `keeps` stand among the credentials beside `access_token`. `lifetime` is in seconds, for servers that
    do not say how long a token lasts; None: until it is refused.
    """

    token_url: Callable[[Values], str]
    authorize_url: Callable[[Values], str] | None = None
    revoke_url: Callable[[Values], str] | None = None
    scopes: tuple[str, ...] | Callable[[Values], Sequence[str]] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    client_authentication: ClientAuthentication | Callable[[Values], ClientAuthentication] = "body"
    pkce: bool = True
    keeps: tuple[str, ...] = ()
    lifetime: float | None = None


Judge = Callable[[DestinationValues, Mapping[str, Any]], Result | None]
"""Reads the answer of a stored exchange once more, by the destination's rules; None where no answer came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """An integration that runs in this process.

    What an action takes is the same for every destination (`ActionSpec.targets`), unless `targets` is asked with the
    destination and the action as they are set up, or the system itself is asked (`discover`, for actions with
    `live_targets`). `options` asks it for the choices of a field with `live_choices`, named as in `Setup.options`: those
    that `search` finds, from `cursor` on. `identify` says as whom one is connected, and so tells whether the credentials
    are good. These three raise PlatformError with words for the customer; NotConnected may pass.

    Where people say how answers are read, `answer_rules` name the fields of its configuration that do so, and `judge`
    tries them. `tested` says how it was tested, `unconfirmed` what nobody has seen the real system do: sentences for
    docs/connectors.md.
    """

    key: str
    name: str
    description: str
    category: str
    overview: str = ""
    schemes: tuple[AuthScheme, ...]
    pages: tuple[Page, ...] = ()
    actions: tuple[ActionSpec, ...]
    oauth: Mapping[str, OAuth2] = field(default_factory=dict)
    targets: Callable[[DestinationValues, ActionValues], Targets] | None = None
    discover: Callable[[Calls, DestinationValues, ActionValues], Asked[Targets]] | None = None
    options: Callable[[Calls, DestinationValues, str, str, str], Asked[Choices]] | None = None
    identify: Callable[[Calls, DestinationValues], Asked[Identity]] | None = None
    answer_rules: AnswerRules | None = None
    judge: Judge | None = None
    client: Client
    tested: str
    unconfirmed: tuple[str, ...] = ()

    def scheme(self, key: str) -> AuthScheme | None:
        return next((scheme for scheme in self.schemes if scheme.key == key), None)

    def action(self, action_id: str) -> ActionSpec | None:
        """What an action of a destination is: the one with this key, else the one that users name themselves."""
        by_key = (action for action in self.actions if action.key == action_id and not action.user_named)
        user_named = (action for action in self.actions if action.user_named)
        return next(by_key, None) or next(user_named, None)
