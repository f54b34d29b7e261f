"""The platform port: what the product asks of whoever runs integrations. Plain values only, no models, no requests.

A platform is three things: a **Marketplace** to choose from, a **Setup** that leads through the wizard, a **Sender**
that delivers. Marketplace and Setup are called from pages and may take a network round trip; Sender is awaited by
workers. docs/adr/0008-platform-port.md sets these operations beside Prismatic's.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

from destinations.fields import Choice, FieldGroup, FieldSpec
from destinations.outcome import Accepted, Result

AfterUnknown = Literal["resend", "look_up_first", "ask"]
"""What happens to a delivery that was sent and not answered, so that it may have arrived."""

AFTER_UNKNOWN: Mapping[AfterUnknown, str] = {
    "resend": "it is sent again, since the receiver can tell that it is the same lead, or takes it twice without harm",
    "look_up_first": "it is looked up first, and sent again where it is not found",
    "ask": "it is not sent again by itself, and waits until somebody says whether it arrived",
}
"""In words for the customer."""


class PlatformError(Exception):
    """The platform could not do this now."""

    def __init__(self, sentence: str = "", *, retry_after: float | None = None) -> None:
        self.sentence = sentence or type(self).__doc__ or ""
        self.retry_after = retry_after
        super().__init__(self.sentence)


class CredentialsRefused(PlatformError):
    """The other system does not take the credentials."""


class UnknownIntegration(PlatformError):
    """There is no such integration in the marketplace."""


# --- What is offered


class Feature(NamedTuple):
    """Something to read about; of an action, also what happens `after_unknown`."""

    name: str
    words: str = ""
    after_unknown: str = ""


@dataclass(frozen=True, slots=True)
class Integration:
    """An entry of the marketplace; `schemes` (ways to authenticate) and `actions` are for reading, in order."""

    key: str
    name: str
    description: str
    category: str
    schemes: tuple[Feature, ...]
    actions: tuple[Feature, ...]
    overview: str = ""


@dataclass(frozen=True, slots=True)
class Icon:
    content: bytes
    content_type: str


class AuthScheme(FieldGroup):
    """One way to authenticate. Its key is one of `none`, `api_key`, `basic`, `bearer`, `headers`, `oauth2_code`,
    `oauth2_client`."""

    @property
    def needs_consent(self) -> bool:
        """Besides its fields, somebody has to give consent at the other system."""
        return self.key == "oauth2_code"


class Page(FieldGroup):
    """One page of an integration's configuration."""


@dataclass(frozen=True, slots=True)
class TargetField:
    """A field of the receiver that a mapping row can fill. Its `type` is one of `target_fields.TYPES`.

    `suggested` is a template of one path that fills it best, where that can be named.
    """

    key: str
    label: str
    type: str = "string"
    required: bool = False
    max_length: int | None = None
    choices: tuple[Choice, ...] = ()
    help: str = ""
    suggested: str = ""


@dataclass(frozen=True, slots=True)
class Targets:
    """The fields that an action takes; `custom`: any other name may be written too."""

    fields: tuple[TargetField, ...] = ()
    custom: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Targets":
        fields = [
            TargetField(**{**field, "choices": tuple(Choice(**choice) for choice in field["choices"])})
            for field in kept["fields"]
        ]
        return cls(tuple(fields), kept["custom"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec:
    """Something that an integration can do.

    A destination has it once, under this key, unless it is `user_named`: then a user makes as many as are wanted, each
    with a name and an `action_id` of its own. Each is set up by `fields`. With `live_targets` the platform asks the
    system what the action takes (`Setup.discover`); `targets` are those that are known without. `sample_id` has the form
    of the ids that it returns.
    """

    key: str
    name: str
    description: str = ""
    fields: tuple[FieldSpec, ...] = ()
    targets: Targets = Targets()
    live_targets: bool = False
    user_named: bool = False
    after_unknown: AfterUnknown = "resend"
    sample_id: str = "sample-record-id"


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """Where an integration's configuration says how an answer is read: the page, and which of its fields say what.

    An answer counts as success where it holds the `term` (at `path`, or anywhere); a refusal says why at `reason`.
    """

    page: str
    term: str
    path: str
    reason: str


# --- A destination, in plain values


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionValues:
    """An action of a destination as it was set up."""

    action_id: str
    name: str
    configuration: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationValues:
    """A destination as far as it is set up. `credentials` (settings and secrets) may be empty where none are used.

    `connection_problem` says why the credentials are of no use at the moment, `connection_version` which they are,
    `organisation_id` to whose data they led last (`Identity`), "" where the system did not say.
    `discovered` is what the system said last of the actions with live targets, by `action_id`.
    """

    account_id: str
    instance_id: str
    integration: str
    name: str = ""
    scheme: str = ""
    connection_id: str = ""
    connection_problem: str = ""
    connection_version: int = 0
    organisation_id: str = ""
    credentials: Mapping[str, Any] = field(default_factory=dict, repr=False)
    configuration: Mapping[str, Any] = field(default_factory=dict)
    actions: tuple[ActionValues, ...] = ()
    discovered: Mapping[str, Targets] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """As whom a connection stands in the other system. Two with the same `organisation_id` lead to the same data."""

    user: str = ""
    organisation: str = ""
    organisation_id: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Some of the choices of a live field; `more` is the cursor that asks for those that follow, "" at the end."""

    items: tuple[Choice, ...] = ()
    more: str = ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token server gave: `kept` is secret and stands among the credentials. `expires_at` None: not known."""

    kept: Mapping[str, Any] = field(repr=False)
    expires_at: datetime | None = None
    scopes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """Where a browser is sent to ask for consent; `verifier` proves afterwards that it was us who asked."""

    url: str
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Connected:
    """How a connection stands.

    `refused`: see `problems`, by field ("" for all of them). `waiting`: for consent. `unverified`: the system did not
    say, for the reason in `problems`. `unasked`: it cannot be asked. `identity` says as whom, where the system tells;
    `tokens` are what was given for the credentials.
    """

    status: Literal["connected", "waiting", "unverified", "unasked", "refused"]
    problems: Mapping[str, str] = field(default_factory=dict)
    identity: Identity | None = None
    tokens: Tokens | None = None


@dataclass(frozen=True, slots=True)
class LiveAction:
    """An action that can be used now. Without a `webhook_url` of the platform's, ours is its own."""

    action_id: str
    name: str
    webhook_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One lead to be delivered. `key` is the delivery's: the same for every try, and an id, made when the delivery was.

    `uncertain`: an earlier try may have arrived, since no answer came. An action that declares `look_up_first` asks then
    whether it did.
    """

    key: str
    destination: DestinationValues
    action: ActionValues
    payload: Mapping[str, Any] = field(repr=False)
    test: bool = False
    uncertain: bool = False


# --- The protocols


class Marketplace(Protocol):
    def list(self, account_id: str, search: str = "") -> tuple[Integration, ...]:
        """What this account can choose from, by name; with `search`, only where it occurs."""

    def get(self, account_id: str, key: str) -> Integration:
        """Raises UnknownIntegration."""

    def icon(self, account_id: str, key: str) -> Icon:
        """Raises UnknownIntegration."""


class Setup(Protocol):
    """What concerns one destination takes it as it stands, and keeps only what the platform itself must know."""

    def create(self, account_id: str, integration: str, name: str) -> str:
        """Begin a destination of this integration; returns its `instance_id`. Raises UnknownIntegration."""

    def schemes(self, destination: DestinationValues) -> tuple[AuthScheme, ...]:
        """The ways to authenticate, the most usual first."""

    def connect(self, destination: DestinationValues, scheme: str, values: Mapping[str, Any]) -> Connected:
        """Use these credentials for the destination. Secrets that were not entered anew must not be given."""

    def consent(self, destination: DestinationValues, *, redirect_uri: str, state: str) -> Consent:
        """Where somebody gives consent. Raises PlatformError where the scheme needs none."""

    def consented(
        self, destination: DestinationValues, *, code: str, verifier: str, redirect_uri: str
    ) -> Connected:
        """What the consent came to, by the code that it was answered with. Takes network round trips."""

    def identify(self, destination: DestinationValues) -> Connected:
        """Whether the credentials are good now, and as whom. Takes a network round trip."""

    def identifies(self, destination: DestinationValues) -> bool:
        """Can the system be asked that?"""

    def forgets(self, destination: DestinationValues) -> bool:
        """Can the system be told that such credentials are not used any more?"""

    def forget(self, destination: DestinationValues) -> None:
        """Tell it, where it can be told. Raises PlatformError where that may not have helped."""

    def pages(self, destination: DestinationValues) -> tuple[Page, ...]:
        """The pages of configuration, for the destination as it stands."""

    def options(
        self, destination: DestinationValues, field: str, search: str = "", cursor: str = ""
    ) -> Choices:
        """The choices of a field whose choices are live, asked with the saved connection and configuration.

        `field` is the field's key; of an action's own field, `action_id.key`. Raises PlatformError.
        """

    def save(self, destination: DestinationValues, page: str, values: Mapping[str, Any]) -> dict[str, str]:
        """Save one page. Returns what is wrong, by field; then nothing was saved."""

    def answer_rules(self, destination: DestinationValues) -> AnswerRules | None:
        """How people say what an answer means; None where the platform knows by itself."""

    def offers(self, destination: DestinationValues) -> tuple[ActionSpec, ...]:
        """What the destination could do. At most one of them is `user_named`."""

    def save_action(self, destination: DestinationValues, action: ActionValues) -> dict[str, str]:
        """Save an action's own configuration. Returns what is wrong, by field; then nothing was saved."""

    def targets(self, destination: DestinationValues, action_id: str) -> Targets:
        """The fields that a mapping for this action can fill, as far as is known without asking the system."""

    def discover(self, destination: DestinationValues, action_id: str) -> Targets:
        """The fields that an action with live targets takes, asked of the system now. Raises PlatformError."""

    def activate(self, destination: DestinationValues) -> tuple[LiveAction, ...]:
        """Put the destination as it stands to use, now or again; returns its actions."""

    def actions(self, destination: DestinationValues) -> tuple[LiveAction, ...]:
        """The actions that it has now, as the platform knows them."""

    def rename(self, destination: DestinationValues, name: str) -> None: ...

    def pause(self, destination: DestinationValues) -> None: ...

    def resume(self, destination: DestinationValues) -> None: ...

    def delete(self, destination: DestinationValues) -> None:
        """Also fine when the platform no longer has it."""


class Sender(Protocol):
    async def send(self, order: Order) -> Result | Accepted:
        """Deliver once. What goes wrong outside is an outcome; nothing is raised for it."""

    async def poll(self, order: Order, handle: str) -> Result | Accepted:
        """Ask what became of an order that was accepted."""

    def preview(self, order: Order) -> dict[str, Any]:
        """The request that `send` would make, not sent: `{method, uri, headers, body}`, secrets masked."""

    def judge(self, destination: DestinationValues, exchange: Mapping[str, Any]) -> Result | None:
        """What a stored exchange would have come to under the destination's rules for answers (`Setup.answer_rules`).

        None where there are no such rules, or no answer came.
        """

    def after_unknown(self, destination: DestinationValues, action_id: str) -> AfterUnknown:
        """What the action declares for what was sent and not answered."""

    def longest_send(self, destination: DestinationValues) -> float:
        """Seconds that `send` takes at most for this destination as it is set up. A lease must last longer."""


@dataclass(frozen=True, slots=True)
class Platform:
    key: str
    name: str
    marketplace: Marketplace
    setup: Setup
    sender: Sender
