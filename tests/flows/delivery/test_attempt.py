import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from destinations.outcome import Accepted, Outcome, Result
from destinations.platforms.port import ActionValues, AfterUnknown, DestinationValues, Order, Platform
from destinations.platforms.registry import PLATFORMS
from flows.delivery.attempt import ASKS, INTERRUPTED, Attempted, attempt
from flows.delivery.backoff import Policy
from flows.delivery.orders import Prepared
from flows.delivery.queue import Claim
from leadconduit.lib.ids import new_id

POLICY = Policy(first=timedelta(seconds=10), longest=timedelta(hours=1), max_tries=3)
ORDER = Order(
    key="key",
    destination=DestinationValues(account_id="a", instance_id="i", integration="webhook"),
    action=ActionValues(action_id="send", name="Send"),
    payload={"email": "ann@example.com"},
)

Send = Callable[[Order], Awaitable[Result | Accepted]]


class ScriptedSender:
    def __init__(self, send: Send, after: AfterUnknown) -> None:
        self.send = send
        self.after = after

    def after_unknown(self, destination: DestinationValues, action_id: str) -> AfterUnknown:
        return self.after

    poll = preview = None  # never asked for here


@pytest.fixture
def trying(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Attempted]:
    """One attempt with a platform that sends as it is told."""

    def once(
        send: Send,
        *,
        tries: int = 0,
        lease_seconds: int = 45,
        after_unknown: AfterUnknown = "resend",
        interrupted: bool = False,
    ) -> Attempted:
        unused: Any = None
        scripted: Any = ScriptedSender(send, after_unknown)
        monkeypatch.setitem(PLATFORMS, "scripted", Platform("scripted", "Scripted", unused, unused, scripted))
        claim = Claim(new_id(), new_id(), tries, uuid4(), lease_seconds, interrupted)
        prepared = Prepared(number=1, revision_id="r", platform="scripted", order=ORDER)
        return asyncio.run(attempt(claim, prepared, POLICY))

    return once


def answering(result: Result | Accepted) -> Send:
    async def send(order: Order) -> Result | Accepted:
        return result

    return send


def test_success_is_the_last_word(trying: Callable[..., Attempted]) -> None:
    made = trying(answering(Result(Outcome.DELIVERED)))

    assert (made.state, made.next_at, made.reason) == ("delivered", None, "")


def test_what_may_help_later_is_tried_again(trying: Callable[..., Attempted]) -> None:
    made = trying(answering(Result(Outcome.UNAVAILABLE)))

    assert made.state == "waiting"
    assert made.next_at is not None
    assert made.reason == Outcome.UNAVAILABLE.sentence


def test_the_last_try_fails_it(trying: Callable[..., Attempted]) -> None:
    made = trying(answering(Result(Outcome.UNAVAILABLE)), tries=2)

    assert (made.state, made.next_at) == ("failed", None)


def test_a_dead_connection_spends_no_try(trying: Callable[..., Attempted]) -> None:
    made = trying(answering(Result(Outcome.UNAUTHORIZED, "Revoked.", not_connected=True)), tries=2)

    assert (made.state, made.spends_a_try, made.reason) == ("waiting", False, "Revoked.")


def test_a_fault_of_ours_is_traced_and_tried_again(trying: Callable[..., Attempted]) -> None:
    async def broken(order: Order) -> Result:
        raise KeyError("no such thing")

    with capture_logs() as logs:
        made = trying(broken)

    (fault,) = [line for line in logs if line["event"] == "delivery.broke"]
    assert made.result.outcome is Outcome.UNKNOWN
    assert fault["trace_id"] in made.reason
    assert made.next_at is not None


def test_a_sender_that_never_returns_is_given_up_with_the_lease(trying: Callable[..., Attempted]) -> None:
    async def hanging(order: Order) -> Result:
        await asyncio.Event().wait()
        raise AssertionError

    made = trying(hanging, lease_seconds=0)

    assert made.result.outcome is Outcome.UNKNOWN


def test_what_was_accepted_is_not_sent_again(trying: Callable[..., Attempted]) -> None:
    made = trying(answering(Accepted("handle", ask_again_after=60)))

    assert (made.state, made.next_at) == ("failed", None)


def test_an_attempt_is_one_line_in_the_log_without_values_of_the_lead(
    trying: Callable[..., Attempted],
) -> None:
    with capture_logs() as logs:
        made = trying(answering(Result(Outcome.REJECTED, "ann@example.com is known already.")))

    assert logs == [
        {
            "event": "delivery.attempted",
            "log_level": "info",
            "delivery_id": made.claim.delivery_id,
            "destination_id": made.claim.destination_id,
            "outcome": "rejected",
            "ms": made.ms,
            "tries": 1,
        }
    ]


# --- Sent, and not answered


@pytest.mark.parametrize("after", ["resend", "look_up_first"])
def test_what_the_receiver_can_tell_is_sent_again(trying: Callable[..., Attempted], after: str) -> None:
    made = trying(answering(Result(Outcome.UNKNOWN, "No answer.")), after_unknown=after)

    assert made.next_at is not None
    assert (made.state, made.reason) == ("waiting", "No answer.")


def test_where_only_a_person_can_tell_it_is_not_sent_again(trying: Callable[..., Attempted]) -> None:
    made = trying(answering(Result(Outcome.UNKNOWN, "No answer.")), after_unknown="ask")

    assert (made.state, made.next_at) == ("failed", None)
    assert made.reason == f"No answer. {ASKS}"


@pytest.mark.parametrize("outcome", [Outcome.UNAVAILABLE, Outcome.UNREACHABLE, Outcome.RATE_LIMITED])
def test_what_did_not_arrive_is_tried_again_whatever_the_action(
    trying: Callable[..., Attempted], outcome: Outcome
) -> None:
    assert trying(answering(Result(outcome)), after_unknown="ask").state == "waiting"


def test_what_a_worker_left_behind_may_have_arrived_and_is_asked_about(
    trying: Callable[..., Attempted],
) -> None:
    async def send(order: Order) -> Result:
        raise AssertionError

    made = trying(send, after_unknown="ask", interrupted=True)

    assert (made.state, made.result.outcome) == ("failed", Outcome.UNKNOWN)
    assert made.reason == f"{INTERRUPTED} {ASKS}"


def test_what_a_worker_left_behind_is_sent_where_the_receiver_can_tell(
    trying: Callable[..., Attempted],
) -> None:
    assert trying(answering(Result(Outcome.DELIVERED)), interrupted=True).state == "delivered"
