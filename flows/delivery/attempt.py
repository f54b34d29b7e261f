"""One try of a claimed delivery, and what follows from it."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from destinations.outcome import Accepted, Outcome, Result
from destinations.platforms.registry import PLATFORMS
from flows.delivery import backoff
from flows.delivery.orders import Prepared
from flows.delivery.queue import Claim
from leadconduit.lib.ids import new_id

logger = structlog.get_logger(__name__)


ASKS = "It is not sent again by itself: look whether it is there, and say so."
INTERRUPTED = "Sending was interrupted on our side: the lead may have arrived."


@dataclass(frozen=True, slots=True)
class Attempted:
    """A try that was made and is to be recorded.

    `next_at` is None when its result is the last word. `lane_closed_until` is set when the receiver wants a pause of
    the destination as a whole. `asks`: it may have arrived, and a person is to say.
    """

    id: str
    claim: Claim
    number: int
    revision_id: str | None
    started_at: datetime
    ms: int
    result: Result = field(repr=False)
    next_at: datetime | None
    lane_closed_until: datetime | None
    asks: bool = False

    @property
    def state(self) -> str:
        return "waiting" if self.next_at else self.result.outcome.last_state

    @property
    def spends_a_try(self) -> bool:
        """Credentials that are not to be had are no fault of the lead: it is never given up for them."""
        return not self.result.not_connected

    @property
    def reason(self) -> str:
        """Success needs no reason; what went wrong is always said."""
        if self.result.outcome.is_success:
            return self.result.reason
        return f"{self.result.sentence} {ASKS}" if self.asks else self.result.sentence


async def attempt(claim: Claim, prepared: Prepared, policy: backoff.Policy) -> Attempted:
    """Send, with no database near. Never raises: what goes wrong is a result."""
    started_at, began = datetime.now(UTC), time.perf_counter()
    result = prepared.result or await _send(claim, prepared)
    ms = round((time.perf_counter() - began) * 1000)
    asks = result.outcome is Outcome.UNKNOWN and _asks(prepared)
    now, tries = datetime.now(UTC), claim.tries + 1
    logger.info(
        "delivery.attempted",
        delivery_id=claim.delivery_id,
        destination_id=claim.destination_id,
        outcome=result.outcome.value,
        ms=ms,
        tries=tries,
    )
    return Attempted(
        id=new_id(),
        claim=claim,
        number=prepared.number,
        revision_id=prepared.revision_id,
        started_at=started_at,
        ms=ms,
        result=result,
        next_at=None if asks else _next_at(result, tries=tries, now=now, policy=policy),
        lane_closed_until=backoff.closed_until(
            result.outcome, now=now, policy=policy, retry_after=result.retry_after
        ),
        asks=asks,
    )


def _asks(prepared: Prepared) -> bool:
    """Whether only a person can say what became of it, once it was sent and not answered."""
    order = prepared.order
    if order is None:
        return False
    sender = PLATFORMS[prepared.platform].sender
    return sender.after_unknown(order.destination, order.action.action_id) == "ask"


def _next_at(result: Result, *, tries: int, now: datetime, policy: backoff.Policy) -> datetime | None:
    if result.not_connected:
        # Its lane is closed, and that is what it waits for: so soon, it goes out when that opens.
        return now + max(policy.first, backoff.wish(result.retry_after))
    return backoff.next_attempt_at(
        result.outcome,
        tries=tries,
        now=now,
        policy=policy,
        jitter=random.random(),  # noqa: S311  # it spreads retries and guards nothing
        retry_after=result.retry_after,
    )


async def _send(claim: Claim, prepared: Prepared) -> Result:
    """The sender bounds its own time; the lease bounds a sender that does not, and its slot comes back."""
    assert prepared.order is not None
    if claim.interrupted and _asks(prepared):
        return Result(Outcome.UNKNOWN, INTERRUPTED)
    try:
        async with asyncio.timeout(claim.lease_seconds):
            result = await PLATFORMS[prepared.platform].sender.send(prepared.order)
    except TimeoutError:
        return Result(Outcome.UNKNOWN, "The receiver did not answer in time: the lead may have arrived.")
    except Exception:
        # Our fault, and it may have gone out: tried again at the usual pace, since a repair may come in between.
        trace_id = new_id()
        logger.exception("delivery.broke", delivery_id=claim.delivery_id, trace_id=trace_id)
        return Result(Outcome.UNKNOWN, f"Something went wrong on our side while sending (trace {trace_id}).")
    return _without_promise(result) if isinstance(result, Accepted) else result


def _without_promise(accepted: Accepted) -> Result:
    """Nothing asks for a result later yet. The lead was taken, so it must not be sent again either."""
    sentence = (
        "The receiver took the lead and wants to be asked for the result later, which is not possible yet."
    )
    return Result(Outcome.MISCONFIGURED, sentence, exchange=accepted.exchange)
