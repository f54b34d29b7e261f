"""The delivery loop: claim, attempt, record, schedule, until it is told to stop.

It lives on the loop that owns the outbound connections. Two connections to the database are its own, one to claim and
one to record; a thread loads what is sent.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from destinations.outcome import Outcome, Result
from flows import repeats
from flows.delivery import queue, upkeep
from flows.delivery.attempt import attempt
from flows.delivery.backoff import Policy
from flows.delivery.database import LOST, Database
from flows.delivery.loading import Loader
from flows.delivery.orders import OUR_FAULT, Prepared
from flows.delivery.queue import Claim
from flows.delivery.record import Recorder
from leadconduit.lib.ids import new_id

logger = structlog.get_logger(__name__)

T = TypeVar("T")

SHORTEST_REST = 0.025
LONGEST_REST = 1.0
REST_PER_COST = 20
"""A poll that found nothing may take a twentieth of the time, so a slow database is not asked often."""
DRAIN_SECONDS = 30
UPKEEP_SECONDS = 3600
LOAD_WITHIN = 10
"""Seconds after the claim within which sending must begin: a lease is the destination's time-out and 15 more."""


class Worker:
    def __init__(self, *, in_flight: int, policy: Policy) -> None:
        self._in_flight = in_flight
        self._policy = policy
        self._held = 0
        self._after = ""
        self._stopping = False
        self._something_changed = asyncio.Event()
        self._claiming, self._recording = Database(), Database()
        self._loader = Loader()
        self._loading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="loading")
        self._recorder = Recorder(self._recording, recorded=self._let_go)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Deliver until `stop`, then finish what is under way."""
        logger.info("worker.started", in_flight=self._in_flight)
        background = [asyncio.create_task(self._recorder.run()), asyncio.create_task(self._keep_up())]
        try:
            await self._deliver_until_stopped()
            await self._drain()
        finally:
            await _cancel([*background, *self._tasks])
            await self._claiming.close()
            await self._recording.close()
            self._loading.shutdown(wait=False)
            logger.info("worker.stopped", left_to_their_leases=self._held)

    def stop(self) -> None:
        """Claim nothing more. To be called on the worker's loop."""
        self._stopping = True
        self._something_changed.set()

    async def _deliver_until_stopped(self) -> None:
        while not self._stopping:
            self._something_changed.clear()
            if self._held >= self._in_flight:
                await self._something_changed.wait()
                continue
            began = time.perf_counter()
            try:
                claims = await self._claim()
            except LOST as error:
                logger.warning("worker.waits_for_database", error=str(error))
                await asyncio.sleep(LONGEST_REST)
                continue
            if claims:
                self._hold(claims)
            else:
                await self._rest(time.perf_counter() - began)

    async def _claim(self) -> list[Claim]:
        async with self._claiming.transaction() as cursor:
            claimed = await queue.claim(cursor, room=self._in_flight - self._held, after=self._after)
        self._after = claimed.after
        return claimed.claims

    async def _rest(self, cost: float) -> None:
        """Until it is time to poll again, or slots came free: then their lanes may owe more."""
        await asyncio.sleep(min(cost, LONGEST_REST))
        pause = min(max(cost * REST_PER_COST, SHORTEST_REST), LONGEST_REST)
        try:
            async with asyncio.timeout(pause):
                await self._something_changed.wait()
        except TimeoutError:
            pass

    # --- From a claim to its record

    def _hold(self, claims: list[Claim]) -> None:
        self._held += len(claims)
        self._start(self._deliver(claims))

    def _let_go(self, count: int) -> None:
        self._held -= count
        self._something_changed.set()

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, claims: list[Claim]) -> None:
        prepared = await self._prepare(claims)
        if prepared is None:
            self._let_go(len(claims))
            return
        for claim in claims:
            self._start(self._attempt(claim, prepared[claim.delivery_id]))

    async def _attempt(self, claim: Claim, prepared: Prepared) -> None:
        try:
            self._recorder.put(await attempt(claim, prepared, self._policy))
        except Exception:
            logger.exception("worker.broke", delivery_id=claim.delivery_id)
            self._let_go(1)

    async def _prepare(self, claims: list[Claim]) -> dict[str, Prepared] | None:
        """None when it cannot be done in time: the leases end by themselves, and another turn comes."""
        loop = asyncio.get_running_loop()
        too_late = time.monotonic() + min(LOAD_WITHIN, min(claim.lease_seconds for claim in claims) / 2)
        while True:
            try:
                prepared = await loop.run_in_executor(
                    self._loading, _with_connection, self._loader.prepare, claims
                )
            except (OperationalError, InterfaceError) as error:
                logger.warning("worker.waits_for_database", error=str(error))
                await asyncio.sleep(0.5)
            except Exception:
                trace_id = new_id()
                logger.exception("worker.not_loaded", deliveries=len(claims), trace_id=trace_id)
                return _not_loaded(claims, trace_id)
            else:
                return prepared if time.monotonic() < too_late else None
            if time.monotonic() >= too_late:
                return None

    # --- Beside it

    async def _keep_up(self) -> None:
        while True:
            try:
                await asyncio.to_thread(_with_connection, _keep_up)
            except Exception:
                logger.exception("upkeep.broke")
            await asyncio.sleep(UPKEEP_SECONDS)

    async def _drain(self) -> None:
        logger.info("worker.drains", in_flight=self._held)
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._held:
                    self._something_changed.clear()
                    await self._something_changed.wait()
        except TimeoutError:
            logger.warning("worker.drained_in_part", in_flight=self._held)


def _not_loaded(claims: list[Claim], trace_id: str) -> dict[str, Prepared]:
    """Our fault: each comes back at the pace of any other failure, since a repair may come in between."""
    result = Result(Outcome.UNREACHABLE, OUR_FAULT.format(trace_id))
    return {claim.delivery_id: Prepared(number=claim.tries + 1, result=result) for claim in claims}


def _keep_up() -> None:
    upkeep.make_partitions(now=timezone.now())
    upkeep.mend_lanes()
    repeats.forget(now=timezone.now())


def _with_connection(function: Callable[..., T], *arguments: Any) -> T:
    """Use Django's connection of this thread, and give it back: one that broke must not serve the next time."""
    close_old_connections()
    try:
        return function(*arguments)
    finally:
        close_old_connections()


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
