from datetime import UTC, datetime, timedelta

import pytest

from destinations.outcome import Outcome
from flows.delivery.backoff import Policy, closed_until, next_attempt_at

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
POLICY = Policy(first=timedelta(seconds=10), longest=timedelta(minutes=10), max_tries=12)


def pause(outcome: Outcome = Outcome.UNAVAILABLE, **given: object) -> timedelta | None:
    arguments = {"tries": 1, "now": NOW, "policy": POLICY, "jitter": 0.5} | given
    at = next_attempt_at(outcome, **arguments)  # type: ignore[arg-type]
    return at - NOW if at else None


@pytest.mark.parametrize(("tries", "seconds"), [(1, 10), (2, 20), (3, 40), (6, 320), (7, 600), (11, 600)])
def test_the_pause_doubles_up_to_the_longest(tries: int, seconds: int) -> None:
    assert pause(tries=tries) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 7.5), (1.0, 12.5)])
def test_jitter_spreads_the_pause_by_a_quarter(jitter: float, seconds: float) -> None:
    assert pause(jitter=jitter) == timedelta(seconds=seconds)


def test_a_receiver_may_ask_for_a_longer_pause() -> None:
    assert pause(Outcome.RATE_LIMITED, retry_after=90) == timedelta(seconds=90)


def test_a_receiver_cannot_ask_for_a_shorter_one() -> None:
    assert pause(Outcome.UNAVAILABLE, retry_after=1) == timedelta(seconds=10)


@pytest.mark.parametrize(("wish", "hours"), [(10.0**9, 24), (-5.0, 0)])
def test_what_a_receiver_asks_for_is_bounded(wish: float, hours: int) -> None:
    assert pause(retry_after=wish) == max(timedelta(hours=hours), timedelta(seconds=10))


def test_the_last_try_is_not_followed_by_another() -> None:
    assert pause(tries=12) is None


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if not outcome.retries])
def test_what_is_final_is_not_tried_again(outcome: Outcome) -> None:
    assert pause(outcome) is None


def test_a_rate_limit_closes_the_destination_for_as_long_as_it_says() -> None:
    until = closed_until(Outcome.RATE_LIMITED, now=NOW, policy=POLICY, retry_after=30)

    assert until == NOW + timedelta(seconds=30)


def test_a_rate_limit_without_a_time_closes_the_destination_for_the_first_pause() -> None:
    until = closed_until(Outcome.RATE_LIMITED, now=NOW, policy=POLICY, retry_after=None)

    assert until == NOW + POLICY.first


def test_no_other_outcome_closes_the_destination() -> None:
    others = [outcome for outcome in Outcome if outcome is not Outcome.RATE_LIMITED]

    assert not any(closed_until(other, now=NOW, policy=POLICY, retry_after=30) for other in others)
