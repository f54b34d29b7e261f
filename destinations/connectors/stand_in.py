"""What a stand-in for a business system is made of. `destinations/sandbox` serves it, while the product is tried out.

A stand-in is the part of a system's API that its connector uses, as the system's documentation has it: it refuses what
the system would refuse. It stands in the connector's folder and, as the connector itself, sees plain values only.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

Fields = Mapping[str, Any]
FaultKey = Literal[
    "slow",
    "server_error",
    "rate_limited",
    "refused_token",
    "expired_token",
    "short_tokens",
    "duplicate",
    "missing_field",
]


@dataclass(frozen=True, slots=True)
class Organisation:
    """Whose data: an org, a portal. `user` is the one who consents there; `host` is where its API is, as documented."""

    id: str
    name: str
    user: str
    host: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    kind: str
    id: str
    fields: Fields
    created_at: datetime
    changed_at: datetime


class Records(Protocol):
    """The records of one organisation. Text is compared as most systems do, without regard to case."""

    def add(self, kind: str, fields: Fields, record_id: str = "") -> Record:
        """Without an id, the next number."""

    def get(self, kind: str, record_id: str) -> Record | None: ...

    def find(self, kind: str, **equal: Any) -> list[Record]:
        """Those with these values, oldest first."""

    def change(self, record: Record, fields: Fields) -> Record:
        """Beside what it has, or instead of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request as it reached the stand-in, by whom, and the records of the organisation that it is about."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes
    organisation: Organisation
    records: Records
    token: str = ""

    def json(self) -> Any:
        """The body; None where it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Reply:
    """`content` is sent as JSON; text as it is, under `content_type`; None as nothing."""

    status: int
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Route:
    """A call that the system knows. Named groups of `pattern`, which all of the path matches, are given to `answer`.

    `takes_lead`: the faults `duplicate` and `missing_field` are about it.
    """

    method: str
    pattern: str
    answer: Callable[..., Reply]
    takes_lead: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record, and which of its fields are columns on the stand-in's page: `(field, heading)`."""

    key: str
    label: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a token server gives. `expires_in` is in seconds."""

    access_token: str
    refresh_token: str
    organisation: Organisation
    scope: str
    issued_at: datetime
    expires_in: int
    client_secret: str
    kind: str
    """The `grant_type` that was asked for."""


def refused_as_in_rfc_6749(error: str, description: str) -> Reply:
    return Reply(
        401 if error == "invalid_client" else 400, {"error": error, "error_description": description}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenServer:
    """How a system gives tokens, and to which client. `lifetime` of access tokens is in seconds.

    Without `token_paths` it gives none, and knows only those that are fixed.
    """

    client_id: str
    client_secret: str
    token_paths: tuple[str, ...]
    """Patterns, of the whole path."""
    authorize_path: str = ""
    revoke_path: str = ""
    grants: tuple[str, ...] = ("authorization_code", "refresh_token", "client_credentials")
    lifetime: int
    rotates: bool = True
    answer: Callable[[Grant], Fields]
    refusal: Callable[[str, str], Reply] = refused_as_in_rfc_6749


NO_TOKEN_SERVER = TokenServer(
    client_id="", client_secret="", token_paths=(), grants=(), lifetime=0, answer=lambda _: {}
)


def bearer(call: Call) -> str:
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """A stand-in, at /sandbox/<key>/.

    `origins` are the system's own, which lead here (`https://*.example.com` for any host below). `refuses` answers a
    call whose token is not good; "missing", "unknown" and "expired" say why. `faults` are what can be switched on, beside
    those that every stand-in has. `links` are the system's own pages of records: a pattern of the path, or of
    path and query, with a group `id`, and the kind, which a group `kind` may name instead. `fixed_tokens` never end: token and the id of its organisation.
    """

    key: str
    name: str
    origins: tuple[str, ...]
    organisations: tuple[Organisation, ...]
    kinds: tuple[Kind, ...]
    routes: tuple[Route, ...]
    oauth: TokenServer
    refuses: Callable[[Call, Literal["missing", "unknown", "expired"]], Reply]
    not_found: Callable[[Call], Reply]
    faults: Mapping[FaultKey, Callable[[Call], Reply]]
    seed: Callable[[Organisation], Iterable[tuple[str, str, Fields]]]
    """Kind, id and fields of what an organisation has from the beginning."""
    links: tuple[tuple[str, str], ...] = ()
    token_of: Callable[[Call], str] = bearer
    fixed_tokens: Mapping[str, str] = field(default_factory=dict)

    def organisation(self, organisation_id: str) -> Organisation:
        """The first where there is none of this id."""
        known = (known for known in self.organisations if known.id == organisation_id)
        return next(known, self.organisations[0])
