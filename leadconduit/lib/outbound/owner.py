"""The event loop and the connections of this process.

There is one, in a thread of its own, so that web threads and the worker share one guard and one pool: `send` uses it
from synchronous code, `asend` from any loop, and `run` lets a whole program (the worker) live on it.
"""

import asyncio
import atexit
import functools
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

import aiohttp

from leadconduit.lib.outbound import client
from leadconduit.lib.outbound.messages import Answer, Request

T = TypeVar("T")


def send(request: Request) -> Answer:
    """Sends from synchronous code and waits. What goes wrong outside is in the answer; nothing is raised for it."""
    owner = _owner()
    owner.refuse_its_own_thread()
    return asyncio.run_coroutine_threadsafe(owner.exchange(request), owner.loop).result()


async def asend(request: Request) -> Answer:
    """As `send`, from a coroutine on any loop. Cancelling it gives the request up."""
    owner = _owner()
    if asyncio.get_running_loop() is owner.loop:
        return await owner.exchange(request)
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(owner.exchange(request), owner.loop))


def loop() -> asyncio.AbstractEventLoop:
    """The loop that owns the connections, started when first asked for."""
    return _owner().loop


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine on the owner's loop and returns what it does.

    An interrupt (or what a signal handler raises) cancels it, waits until it has ended, and is raised on.
    """
    owner = _owner()
    try:
        owner.refuse_its_own_thread()
    except RuntimeError:
        coroutine.close()
        raise
    result: Future[T] = Future()
    tasks: list[asyncio.Task[T]] = []

    def begin() -> None:
        if not tasks:
            tasks.append(owner.loop.create_task(coroutine))
            tasks[0].add_done_callback(functools.partial(_hand_over, result))

    def end() -> None:
        begin()  # An interrupt may come before the loop was asked to.
        tasks[0].cancel()

    try:
        owner.loop.call_soon_threadsafe(begin)
        return result.result()
    except BaseException:
        if not result.done():
            owner.loop.call_soon_threadsafe(end)
            result.exception()
        raise


def _hand_over(result: "Future[T]", task: "asyncio.Task[T]") -> None:
    if task.cancelled():
        result.set_exception(asyncio.CancelledError())
    elif error := task.exception():
        result.set_exception(error)
    else:
        result.set_result(task.result())


class _Owner:
    """An event loop in a thread of its own, and the session on it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._session: aiohttp.ClientSession | None = None
        self._thread = threading.Thread(target=self.loop.run_forever, name="outbound", daemon=True)
        self._thread.start()

    async def exchange(self, request: Request) -> Answer:
        if self._session is None:
            self._session = client.open_session()
        return await client.exchange(self._session, request)

    def refuse_its_own_thread(self) -> None:
        if threading.current_thread() is self._thread:
            raise RuntimeError(
                "This would wait for the loop that it stands on: await asend() or the coroutine."
            )

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(timeout=5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=5)
        self.loop.close()

    async def _end(self) -> None:
        """Gives up what is under way, so that the loop closes without a complaint."""
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


_current: _Owner | None = None
_starting = threading.Lock()
_owners_of_parents: list[_Owner] = []


def _owner() -> _Owner:
    global _current  # noqa: PLW0603
    if _current is None:
        with _starting:
            if _current is None:
                _current = _Owner()
    return _current


def _forget_after_fork() -> None:
    """A child has its parent's loop without the thread that runs it, so it starts one of its own.

    The parent's is kept untouched, since collecting it would close what it shares with the parent.
    """
    global _current, _starting  # noqa: PLW0603
    _starting = threading.Lock()
    if _current is not None:
        _owners_of_parents.append(_current)
        _current = None


def _close_at_exit() -> None:
    if _current is not None:
        _current.close()


os.register_at_fork(after_in_child=_forget_after_fork)
atexit.register(_close_at_exit)
