"""What a connector declares. The marketplace, the wizard's forms, validation, masking and docs derive from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from destinations.outcome import Accepted, Result
from destinations.platforms.port import (
    ActionSpec,
    ActionValues,
    AnswerRules,
    AuthScheme,
    DestinationValues,
    Order,
    Page,
    Targets,
)


class Client(Protocol):
    """The part of a connector that speaks to its system: a module with these functions will do."""

    async def send(self, order: Order) -> Result | Accepted:
        """Deliver once, through `leadconduit.lib.outbound` only. What goes wrong outside is an outcome."""

    def preview(self, order: Order) -> dict[str, Any]:
        """The request that `send` would make: `{method, uri, headers, body}`, secrets masked."""

    def longest_send(self, destination: DestinationValues) -> float:
        """Seconds that `send` takes at most: the sum of the timeouts of its requests."""


Judge = Callable[[DestinationValues, Mapping[str, Any]], Result | None]
"""Reads the answer of a stored exchange once more, by the destination's rules; None where no answer came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """An integration that runs in this process.

    What an action takes is the same for every destination (`ActionSpec.targets`), unless `targets` is asked with the
    destination and the action as they are set up. Where people say how answers are read, `answer_rules` name the fields
    of its configuration that do so, and `judge` tries them.
    """

    key: str
    name: str
    description: str
    category: str
    overview: str = ""
    schemes: tuple[AuthScheme, ...]
    pages: tuple[Page, ...] = ()
    actions: tuple[ActionSpec, ...]
    targets: Callable[[DestinationValues, ActionValues], Targets] | None = None
    answer_rules: AnswerRules | None = None
    judge: Judge | None = None
    client: Client

    def scheme(self, key: str) -> AuthScheme | None:
        return next((scheme for scheme in self.schemes if scheme.key == key), None)

    def action(self, action_id: str) -> ActionSpec | None:
        """What an action of a destination is: the one with this key, else the one that users name themselves."""
        by_key = (action for action in self.actions if action.key == action_id and not action.user_named)
        user_named = (action for action in self.actions if action.user_named)
        return next(by_key, None) or next(user_named, None)
