"""The platform that runs in this process: our own connectors. It keeps nothing; our database does."""

import html
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from destinations.connectors.calls import Calls, NotConnected
from destinations.connectors.declaration import Client, Connector, OAuth2
from destinations.credentials import connections, oauth, tokens
from destinations.credentials.oauth import NoToken
from destinations.fields import problems
from destinations.outcome import Accepted, Outcome, Result
from destinations.platforms import marks
from destinations.platforms.port import (
    AFTER_UNKNOWN,
    ActionSpec,
    ActionValues,
    AfterUnknown,
    AnswerRules,
    AuthScheme,
    Choices,
    Connected,
    Consent,
    CredentialsRefused,
    DestinationValues,
    Feature,
    Icon,
    Integration,
    LiveAction,
    Order,
    Page,
    Platform,
    PlatformError,
    Targets,
    UnknownIntegration,
)
from leadconduit.lib import outbound
from leadconduit.lib.ids import new_id
from leadconduit.lib.outbound import Request

Connectors = Mapping[str, Connector]
T = TypeVar("T")


def builtin(connectors: Connectors) -> Platform:
    return Platform(
        "builtin",
        "Built in",
        BuiltinMarketplace(connectors),
        BuiltinSetup(connectors),
        BuiltinSender(connectors),
    )


@dataclass(frozen=True, slots=True)
class BuiltinMarketplace:
    connectors: Connectors

    def list(self, account_id: str, search: str = "") -> tuple[Integration, ...]:
        wanted = search.strip().casefold()
        found = [connector for connector in self.connectors.values() if wanted in _searchable(connector)]
        return tuple(
            _integration(connector) for connector in sorted(found, key=lambda found: found.name.casefold())
        )

    def get(self, account_id: str, key: str) -> Integration:
        return _integration(_find(self.connectors, key))

    def icon(self, account_id: str, key: str) -> Icon:
        return Icon(_tile(_find(self.connectors, key)).encode(), "image/svg+xml")


@dataclass(frozen=True, slots=True)
class BuiltinSetup:
    connectors: Connectors

    def create(self, account_id: str, integration: str, name: str) -> str:
        _find(self.connectors, integration)
        return new_id()

    def schemes(self, destination: DestinationValues) -> tuple[AuthScheme, ...]:
        connector = self._connector(destination)
        return tuple(
            _without_client(scheme)
            if scheme.key in connector.oauth and tokens.client_of(connector.key, scheme.key)
            else scheme
            for scheme in connector.schemes
        )

    def connect(self, destination: DestinationValues, scheme: str, values: Mapping[str, Any]) -> Connected:
        chosen = next((known for known in self.schemes(destination) if known.key == scheme), None)
        if chosen is None:
            return Connected("refused", {"scheme": "Choose one of those offered."})
        entered = {**destination.credentials, **values}
        if wrong := chosen.problems(entered):
            return Connected("refused", wrong)
        if chosen.needs_consent:
            return Connected("waiting")
        return self._verified(replace(destination, scheme=scheme, connection_id="", credentials=entered))

    def consent(self, destination: DestinationValues, *, redirect_uri: str, state: str) -> Consent:
        declared = self._oauth(destination)
        if declared is None or declared.authorize_url is None:
            raise PlatformError("This way to authenticate needs no consent.")
        self._refuse_incomplete(destination)
        try:
            asked = oauth.consent(declared, _with_client(destination), redirect_uri=redirect_uri, state=state)
        except NotConnected as refused:
            raise PlatformError(refused.sentence) from refused
        return replace(asked, url=outbound.rewritten(asked.url))

    def consented(
        self, destination: DestinationValues, *, code: str, verifier: str, redirect_uri: str
    ) -> Connected:
        declared = self._oauth(destination)
        assert declared is not None
        if wrong := self._incomplete(destination):
            return Connected("refused", wrong)
        request = oauth.exchange_request(
            declared, _with_client(destination), code=code, verifier=verifier, redirect_uri=redirect_uri
        )
        return self._with_token(destination, declared, request)

    def identify(self, destination: DestinationValues) -> Connected:
        if wrong := self._incomplete(destination):
            return Connected("refused", wrong)
        return Connected("waiting") if self._is_waiting(destination) else self._identified(destination)

    def identifies(self, destination: DestinationValues) -> bool:
        return self._connector(destination).identify is not None

    def _incomplete(self, destination: DestinationValues) -> dict[str, str]:
        """What is wrong with the form of its credentials: nothing may be asked with such."""
        chosen = self._chosen(destination)
        return chosen.problems(destination.credentials) if chosen else {}

    def _chosen(self, destination: DestinationValues) -> AuthScheme | None:
        return next((known for known in self.schemes(destination) if known.key == destination.scheme), None)

    def _is_waiting(self, destination: DestinationValues) -> bool:
        """Nobody has given consent yet: that is no refusal."""
        chosen = self._chosen(destination)
        return (
            chosen is not None and chosen.needs_consent and not (destination.credentials.get("access_token"))
        )

    def _refuse_incomplete(self, destination: DestinationValues) -> None:
        if self._incomplete(destination):
            raise PlatformError("The credentials are not complete: enter them again.")

    def _refuse_waiting(self, destination: DestinationValues) -> None:
        self._refuse_incomplete(destination)
        if self._is_waiting(destination):
            raise PlatformError("Connect it first, and give your consent there.")

    def forgets(self, destination: DestinationValues) -> bool:
        declared = self._oauth(destination)
        return declared is not None and declared.revoke_url is not None

    def forget(self, destination: DestinationValues) -> None:
        declared, token = self._oauth(destination), tokens.longest_lived(destination)
        if declared is None or not token:
            return
        try:
            request = oauth.revoke_request(declared, _with_client(destination), token)
        except NotConnected as refused:
            raise PlatformError(refused.sentence) from refused
        if request is not None and not oauth.is_revoked(outbound.send(request)):
            raise PlatformError("The other system did not say that it gave the access up.")

    def _verified(self, destination: DestinationValues) -> Connected:
        """Credentials that were just typed, asked of the system itself where it can tell."""
        declared = self._oauth(destination)
        if declared is None:
            return self._identified(destination)
        request = oauth.client_request(declared, _with_client(destination))
        return self._with_token(destination, declared, request)

    def _with_token(self, destination: DestinationValues, declared: OAuth2, request: Request) -> Connected:
        try:
            given = oauth.tokens_of(declared, outbound.send(request), asked=request, now=datetime.now(UTC))
        except NoToken as refusal:
            return Connected("refused" if refusal.is_final else "unverified", {"": refusal.sentence})
        if missing := oauth.missing_scopes(declared, destination.credentials, given):
            return Connected("refused", {"": f"Not everything was allowed: {', '.join(missing)} is missing."})
        known = replace(destination, connection_id="", credentials={**destination.credentials, **given.kept})
        found = self._identified(known)
        # Where nobody else can be asked, the token server knew the credentials.
        return replace(found, tokens=given, status="connected" if found.status == "unasked" else found.status)

    def _identified(self, destination: DestinationValues) -> Connected:
        identify = self._connector(destination).identify
        if identify is None:
            return Connected("unasked")
        try:
            return Connected("connected", identity=outbound.run(identify(_calls(destination), destination)))
        except NotConnected as refused:
            return Connected("refused" if refused.gone else "unverified", {"": refused.sentence})
        except CredentialsRefused as refused:
            return Connected("refused", {"": refused.sentence})
        except PlatformError as unsaid:
            return Connected("unverified", {"": unsaid.sentence})

    def _oauth(self, destination: DestinationValues) -> OAuth2 | None:
        return self._connector(destination).oauth.get(destination.scheme)

    def pages(self, destination: DestinationValues) -> tuple[Page, ...]:
        return self._connector(destination).pages

    def options(
        self, destination: DestinationValues, field: str, search: str = "", cursor: str = ""
    ) -> Choices:
        options = self._connector(destination).options
        if options is None:
            raise PlatformError(f"The choices of `{field}` do not come from the receiver.")
        self._refuse_waiting(destination)
        return _asked(options(_calls(destination), destination, field, search, cursor))

    def save(self, destination: DestinationValues, page: str, values: Mapping[str, Any]) -> dict[str, str]:
        found = next((known for known in self.pages(destination) if known.key == page), None)
        if found is None:
            raise PlatformError(f"There is no page `{page}`.")
        return found.problems(values)

    def answer_rules(self, destination: DestinationValues) -> AnswerRules | None:
        return self._connector(destination).answer_rules

    def offers(self, destination: DestinationValues) -> tuple[ActionSpec, ...]:
        return self._connector(destination).actions

    def save_action(self, destination: DestinationValues, action: ActionValues) -> dict[str, str]:
        spec = self._spec(destination, action.action_id)
        wrong = problems(spec.fields, action.configuration)
        return {"name": "Give it a name."} | wrong if not action.name.strip() else wrong

    def targets(self, destination: DestinationValues, action_id: str) -> Targets:
        spec, targets = self._spec(destination, action_id), self._connector(destination).targets
        if spec.live_targets and action_id in destination.discovered:
            return destination.discovered[action_id]
        return (
            targets(destination, self._as_set_up(destination, spec, action_id)) if targets else spec.targets
        )

    def discover(self, destination: DestinationValues, action_id: str) -> Targets:
        spec, discover = self._spec(destination, action_id), self._connector(destination).discover
        if discover is None:
            raise PlatformError(f"What “{spec.name}” takes does not come from the receiver.")
        self._refuse_waiting(destination)
        action = self._as_set_up(destination, spec, action_id)
        return _asked(discover(_calls(destination), destination, action))

    def activate(self, destination: DestinationValues) -> tuple[LiveAction, ...]:
        return self.actions(destination)

    def actions(self, destination: DestinationValues) -> tuple[LiveAction, ...]:
        return tuple(LiveAction(action.action_id, action.name) for action in destination.actions)

    # What follows needs nothing of this platform: the lane, the row and its name are ours.

    def rename(self, destination: DestinationValues, name: str) -> None: ...

    def pause(self, destination: DestinationValues) -> None: ...

    def resume(self, destination: DestinationValues) -> None: ...

    def delete(self, destination: DestinationValues) -> None: ...

    def _connector(self, destination: DestinationValues) -> Connector:
        return _find(self.connectors, destination.integration)

    def _as_set_up(self, destination: DestinationValues, spec: ActionSpec, action_id: str) -> ActionValues:
        known = (action for action in destination.actions if action.action_id == action_id)
        return next(known, ActionValues(action_id=action_id, name=spec.name))

    def _spec(self, destination: DestinationValues, action_id: str) -> ActionSpec:
        spec = self._connector(destination).action(action_id)
        if spec is None:
            raise PlatformError(f"This integration has no action `{action_id}`.")
        return spec


@dataclass(frozen=True, slots=True)
class BuiltinSender:
    connectors: Connectors

    async def send(self, order: Order) -> Result | Accepted:
        calls = _calls(order.destination)
        try:
            result = _linked(await self._client_of(order.destination).send(order, calls))
        except NotConnected as refused:
            connection_id = order.destination.connection_id
            if refused.gone and connection_id and not order.test:
                await tokens.in_thread(lambda: connections.stays_closed(connection_id))
            outcome = Outcome.UNAUTHORIZED if refused.gone else Outcome.UNAVAILABLE
            return Result(
                outcome, refused.sentence, refused.retry_after, exchange=calls.exchange, not_connected=True
            )
        return await _of_connection(order, calls, result)

    async def poll(self, order: Order, handle: str) -> Result | Accepted:
        raise PlatformError(
            f"{order.destination.integration} answers at once: there is nothing to ask later."
        )

    def preview(self, order: Order) -> dict[str, Any]:
        try:
            return self._client_of(order.destination).preview(order)
        except NotConnected as refused:
            raise PlatformError(refused.sentence) from refused

    def judge(self, destination: DestinationValues, exchange: Mapping[str, Any]) -> Result | None:
        judge = _find(self.connectors, destination.integration).judge
        return judge(destination, exchange) if judge else None

    def after_unknown(self, destination: DestinationValues, action_id: str) -> AfterUnknown:
        spec = _find(self.connectors, destination.integration).action(action_id)
        return spec.after_unknown if spec else "resend"

    def longest_send(self, destination: DestinationValues) -> float:
        connector = _find(self.connectors, destination.integration)
        renewing = tokens.LONGEST if destination.scheme in connector.oauth else 0
        return connector.client.longest_send(destination) + renewing

    def _client_of(self, destination: DestinationValues) -> Client:
        return _find(self.connectors, destination.integration).client


def _without_client(scheme: AuthScheme) -> AuthScheme:
    """The operator's own application is used: nobody is asked for one."""
    fields = tuple(field for field in scheme.fields if field.key not in ("client_id", "client_secret"))
    return replace(scheme, fields=fields)


def _with_client(destination: DestinationValues) -> dict[str, Any]:
    return tokens.with_client(destination.integration, destination.scheme, destination.credentials)


def _linked(result: Result | Accepted) -> Result | Accepted:
    """While the product is tried out, what links to a record leads to the stand-in that has it."""
    if isinstance(result, Accepted) or result.receipt is None or result.receipt.url is None:
        return result
    return replace(result, receipt=replace(result.receipt, url=outbound.rewritten(result.receipt.url)))


async def _of_connection(order: Order, calls: Calls, result: Result | Accepted) -> Result | Accepted:
    """What an answer says of the connection as a whole: refused, or good again."""
    destination, now = order.destination, datetime.now(UTC)
    if order.test or not destination.connection_id or isinstance(result, Accepted):
        return result
    id, version = destination.connection_id, destination.connection_version
    if calls.refused and result.outcome is Outcome.UNAUTHORIZED:
        await tokens.in_thread(lambda: connections.refused(id, result.sentence, version=version, now=now))
        return replace(result, not_connected=True)
    if destination.connection_problem and result.outcome in _TAKEN:
        await tokens.in_thread(lambda: connections.recovered(id, version=version, now=now))
    return result


_TAKEN = (Outcome.DELIVERED, Outcome.REJECTED)
"""Whoever judges a lead has taken the credentials."""


def _calls(destination: DestinationValues) -> Calls:
    return Calls(tokens.source(destination))


def _asked(answer: Coroutine[Any, Any, T]) -> T:
    """What the system answered, for a page that waits. Raises PlatformError."""
    try:
        return outbound.run(answer)
    except NotConnected as refused:
        raise PlatformError(refused.sentence, retry_after=refused.retry_after) from refused


def _find(connectors: Connectors, key: str) -> Connector:
    if key not in connectors:
        raise UnknownIntegration
    return connectors[key]


def _searchable(connector: Connector) -> str:
    """By its ways to authenticate, too: people look for what takes an API key, or speaks OAuth."""
    named = [action.name for action in connector.actions]
    named += [text for scheme in connector.schemes for text in (scheme.label, scheme.key.replace("_", " "))]
    return " ".join([connector.name, connector.description, connector.category, *named]).casefold()


def _integration(connector: Connector) -> Integration:
    return Integration(
        key=connector.key,
        name=connector.name,
        description=connector.description,
        category=connector.category,
        schemes=tuple(Feature(scheme.label, scheme.help) for scheme in connector.schemes),
        actions=tuple(
            Feature(action.name, action.description, AFTER_UNKNOWN[action.after_unknown])
            for action in connector.actions
        ),
        overview=connector.overview,
    )


# --- An integration's mark: two letters on a soft colour of our own palette, no trademark's artwork

_COLOURS = (
    ("#e5f0fc", "#185aa8"),
    ("#fdf0d9", "#824600"),
    ("#e2f5ea", "#0a6638"),
    ("#eef0ff", "#4338ca"),
    ("#fdeaea", "#b0241c"),
    ("#f0f2f5", "#535b68"),
)

_TILE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="{name}">'
    '<rect width="64" height="64" rx="16" fill="{soft}"/>'
    '<text x="32" y="33" text-anchor="middle" dominant-baseline="central" font-family="system-ui, sans-serif"'
    ' font-size="24" font-weight="650" fill="{strong}">{letters}</text>'
    "</svg>"
)


def _tile(connector: Connector) -> str:
    soft, strong = _COLOURS[marks.colour(connector.key)]
    letters = html.escape(marks.letters(connector.name))
    return _TILE.format(name=html.escape(connector.name), soft=soft, strong=strong, letters=letters)
