"""What an attempt came to: named outcomes, each with what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from leadconduit.leads.values import clean


class Outcome(StrEnum):
    """The name is what is stored and what the API answers."""

    DELIVERED = "delivered"
    #: Taken by the receiver, its result still due: asked for later, not sent again.
    ACCEPTED = "accepted"
    #: The receiver judged the lead and does not want it.
    REJECTED = "rejected"
    UNAUTHORIZED = "unauthorized"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    #: Nothing was sent.
    UNREACHABLE = "unreachable"
    #: Sent, but no answer came. The action's `after_unknown` says what then.
    UNKNOWN = "unknown"
    #: Only a change of the destination can help.
    MISCONFIGURED = "misconfigured"

    @property
    def retries(self) -> bool:
        """May the same delivery be tried again, as it is?"""
        return _MEANINGS[self].retries

    @property
    def last_state(self) -> str:
        """The delivery's state when this outcome is the last word: because it is final, or because tries ran out."""
        return _MEANINGS[self].last_state

    @property
    def is_success(self) -> bool:
        return self in (Outcome.DELIVERED, Outcome.ACCEPTED)

    @property
    def sentence(self) -> str:
        """For the customer, where nothing more precise is known."""
        return _MEANINGS[self].sentence


class _Meaning(NamedTuple):
    retries: bool
    last_state: str
    sentence: str


_MEANINGS = {
    Outcome.DELIVERED: _Meaning(False, "delivered", "The receiver took the lead."),
    Outcome.ACCEPTED: _Meaning(False, "accepted", "The receiver took the lead; its result is still due."),
    Outcome.REJECTED: _Meaning(False, "rejected", "The receiver refused the lead."),
    Outcome.UNAUTHORIZED: _Meaning(True, "failed", "The receiver refused the credentials."),
    Outcome.RATE_LIMITED: _Meaning(True, "failed", "The receiver asks for a pause before it takes more."),
    Outcome.UNAVAILABLE: _Meaning(True, "failed", "The receiver cannot take leads at the moment."),
    Outcome.UNREACHABLE: _Meaning(True, "failed", "The receiver could not be reached; nothing was sent."),
    Outcome.UNKNOWN: _Meaning(True, "failed", "The lead was sent, but no answer came: it may have arrived."),
    Outcome.MISCONFIGURED: _Meaning(
        False, "failed", "The destination is not set up as the receiver needs it."
    ),
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the receiver calls the record that it made, and where a person can see it."""

    id: str
    url: str | None = None

    def to_json(self) -> dict[str, str | None]:
        """Fit for storing and for a link, whatever the receiver wrote."""
        id, _ = clean(self.id)
        is_link = (
            self.url is not None and self.url.startswith(("https://", "http://")) and self.url.isprintable()
        )
        return {"id": str(id), "url": self.url if is_link else None}


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt ended. `retry_after` is in seconds, when the receiver said so.

    `exchange` is the last request and response, masked and fit for storing; None when there was none. `not_connected`:
    there were no credentials that the receiver takes, so that the lead waits until there are, and this try does not count.
    """

    outcome: Outcome
    reason: str = ""
    retry_after: float | None = None
    receipt: Receipt | None = None
    exchange: Mapping[str, Any] | None = field(default=None, repr=False)
    not_connected: bool = False

    @property
    def sentence(self) -> str:
        return self.reason or self.outcome.sentence


@dataclass(frozen=True, slots=True)
class Accepted:
    """The receiver took the lead and will know more later: `poll` with this handle, in so many seconds."""

    handle: str
    ask_again_after: float
    exchange: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def outcome(self) -> Outcome:
        return Outcome.ACCEPTED
