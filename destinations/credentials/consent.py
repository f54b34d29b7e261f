"""Consents that are under way: a browser went to the other system, and comes back with a code, or without.

What is needed then stands in the person's session, so that nobody else can bring the answer, and is good once.
"""

import base64
import json
import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from leadconduit.lib import encryption

KEPT_AS = "consents"
ELSEWHERE = "organisations_seen"
LASTS = timedelta(minutes=15)
MOST = 5

Session = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class UnderWay:
    """For which connection consent was asked, and the destination in whose wizard that was, "" elsewhere.

    `entered` replaces what the connection had, once consent is there; None: it stays. `elsewhere`: the other organisation
    that is wanted instead of the one before, by its id. `version` is the connection's, which nobody may have changed when the answer comes.
    """

    connection_id: str
    instance_id: str = ""
    verifier: str = field(default="", repr=False)
    entered: Mapping[str, Any] | None = field(default=None, repr=False)
    elsewhere: str = ""
    version: int = 0


def begin(session: Session, state: str, under_way: UnderWay, *, now: datetime) -> None:
    kept = dict(list(session.get(KEPT_AS, {}).items())[-(MOST - 1) :])
    secret = json.dumps([under_way.verifier, under_way.entered]).encode()
    kept[state] = {
        "connection": under_way.connection_id,
        "instance": under_way.instance_id,
        "elsewhere": under_way.elsewhere,
        "version": under_way.version,
        "sealed": base64.b64encode(encryption.encrypt(secret, bound_to=_place(state))).decode(),
        "at": now.isoformat(),
    }
    session[KEPT_AS] = kept


def end(session: Session, state: str, *, now: datetime) -> UnderWay | None:
    """What this state stands for: once, and not for long. None for any other."""
    kept = session.get(KEPT_AS, {})
    found = dict(kept.get(state, {}))
    sealed = found.pop("sealed", None)
    if sealed is None:
        return None
    session[KEPT_AS] = kept | {state: found}
    if datetime.fromisoformat(found["at"]) < now - LASTS:
        return None
    verifier, entered = json.loads(encryption.decrypt(base64.b64decode(sealed), bound_to=_place(state)))
    return UnderWay(
        found["connection"],
        found["instance"],
        verifier,
        entered,
        found["elsewhere"],
        found.get("version", 0),
    )


def origin(session: Session, state: str) -> UnderWay | None:
    """Where this state began, though it may not be good any more. None where it did not begin here."""
    found = session.get(KEPT_AS, {}).get(state)
    return UnderWay(found["connection"], found["instance"]) if found else None


# --- Another organisation than the one before, which somebody may mean all the same


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The organisation that a connection would have led to, with what was `entered` for it; None: what it has."""

    organisation_id: str
    entered: Mapping[str, Any] | None = field(default=None, repr=False)


def saw(session: Session, connection_id: str, elsewhere: Elsewhere, *, now: datetime) -> None:
    """Somebody was told of it. The last one is kept."""
    secret = json.dumps(elsewhere.entered).encode()
    session[ELSEWHERE] = {
        "connection": connection_id,
        "organisation": elsewhere.organisation_id,
        "sealed": base64.b64encode(encryption.encrypt(secret, bound_to=_place(connection_id))).decode(),
        "at": now.isoformat(),
    }


def seen(session: Session, connection_id: str, *, now: datetime) -> Elsewhere | None:
    """What somebody was told of for this connection, not long ago."""
    kept = session.get(ELSEWHERE, {})
    if kept.get("connection") != connection_id or datetime.fromisoformat(kept["at"]) < now - LASTS:
        return None
    secret = encryption.decrypt(base64.b64decode(kept["sealed"]), bound_to=_place(connection_id))
    return Elsewhere(kept["organisation"], json.loads(secret))


def new_state() -> str:
    return secrets.token_urlsafe(32)


def _place(state: str) -> str:
    return f"consent:{state}:secret"
