"""When a delivery is tried again. Pure: it is told the time and the chance."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from destinations.outcome import Outcome

LONGEST_WISH = timedelta(hours=24)
"""A receiver that asks for a longer pause is asked again after this one."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The pause doubles from `first` to `longest`; after `max_tries` attempts a delivery is given up."""

    first: timedelta
    longest: timedelta
    max_tries: int

    @classmethod
    def of_settings(cls) -> "Policy":
        return cls(
            first=timedelta(seconds=settings.DELIVERY_FIRST_RETRY_SECONDS),
            longest=timedelta(seconds=settings.DELIVERY_LONGEST_RETRY_SECONDS),
            max_tries=settings.DELIVERY_MAX_TRIES,
        )


def next_attempt_at(
    outcome: Outcome,
    *,
    tries: int,
    now: datetime,
    policy: Policy,
    jitter: float,
    retry_after: float | None = None,
) -> datetime | None:
    """The time of the next try, or None when this outcome is the last word.

    `tries` counts this one. `jitter` (0 to 1) spreads the pause over 75 to 125 % of itself, so that deliveries that
    failed together do not come back together. `retry_after` is the receiver's wish in seconds: never sooner.
    """
    if not outcome.retries or tries >= policy.max_tries:
        return None
    doublings = min(tries - 1, 30)
    pause = min(policy.first * (1 << doublings), policy.longest) * (0.75 + jitter / 2)
    return now + max(pause, wish(retry_after))


def closed_until(
    outcome: Outcome, *, now: datetime, policy: Policy, retry_after: float | None
) -> datetime | None:
    """How long a destination as a whole takes nothing more, or None when this outcome says nothing about it."""
    if outcome is not Outcome.RATE_LIMITED:
        return None
    return now + (policy.first if retry_after is None else wish(retry_after))


def wish(retry_after: float | None) -> timedelta:
    """The pause that is asked for, as far as it is granted."""
    return min(timedelta(seconds=max(retry_after or 0, 0)), LONGEST_WISH)
