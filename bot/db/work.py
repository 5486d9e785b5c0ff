"""Database work from async code: services are synchronous, so they run on threads, never on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.db.engine import engine, reading, transaction

T = TypeVar("T")
# Nobody in a shared transaction waits for more than this many others.
MOST_TOGETHER = 16


class _OneWriter:
    """SQLite's writing: one thread, and one transaction for all that waits when it begins (a "group commit").

    SQLite has one writer, so threads would only sleep in its busy handler; and beginning, committing and flushing to
    disk are most of what a small transaction costs. Whatever raises is undone with all that shared the transaction, and
    each of them is done again in one of its own: what anybody sees is as if each had been alone.
    """

    def __init__(self) -> None:
        self._waiting: SimpleQueue[tuple[Callable[[Session], Any], Future[Any]]] = SimpleQueue()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="db-write")

    def submit(self, work: Callable[[Session], T]) -> Future[T]:
        """Have ``work`` done; the future is set after the commit."""
        future: Future[T] = Future()
        self._waiting.put((work, future))
        self._thread.submit(self._write)
        return future

    def _write(self) -> None:
        together: list[tuple[Callable[[Session], Any], Future[Any]]] = []
        with suppress(Empty):
            while len(together) < MOST_TOGETHER:
                together.append(self._waiting.get_nowait())
        # Cancelled before its turn came (nobody waits any more): as with an executor's own work, it is not done.
        together = [(work, future) for work, future in together if future.set_running_or_notify_cancel()]
        try:
            results = _done([work for work, _ in together])
        except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
            # Locked, full or gone: so it would be for each of them, after the same wait.
            if len(together) == 1 or isinstance(error, OperationalError):
                for _, future in together:
                    future.set_exception(error)
                return
            for work, future in together:
                try:
                    future.set_result(_done([work])[0])
                except Exception as own:  # noqa: BLE001, PERF203 - as above
                    future.set_exception(own)
            return
        for (_, future), result in zip(together, results, strict=True):
            future.set_result(result)

    def shutdown(self) -> None:
        """Finish what waits and let the thread go."""
        self._thread.shutdown(wait=True)


class _ManyWriters:
    """PostgreSQL's writing: transactions side by side."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="db-write")

    def submit(self, work: Callable[[Session], T]) -> Future[T]:
        """Have ``work`` done; the future is set after the commit."""
        return self._threads.submit(lambda: _done([work])[0])

    def shutdown(self) -> None:
        """Finish what waits and let the threads go."""
        self._threads.shutdown(wait=True)


def _done(works: list[Callable[[Session], T]]) -> list[T]:
    """Do all of it in one transaction."""
    if not works:
        return []
    with transaction() as session:
        results = []
        for work in works:
            results.append(work(session))
            session.flush()  # what is wrong with its rows must not show in the next one's work
        return results


@lru_cache(maxsize=1)
def _writer() -> _OneWriter | _ManyWriters:
    return _OneWriter() if engine().dialect.name == "sqlite" else _ManyWriters()


@lru_cache(maxsize=1)
def _readers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(8, thread_name_prefix="db-read")


async def in_transaction(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run ``function(session, *args, **kwargs)`` in one transaction on a database thread and give its result.

    It may share the transaction with others, and may be run again after they failed: it must do nothing but database
    work. All of what it did is committed, or nothing.
    """
    return await asyncio.wrap_future(_writer().submit(lambda session: function(session, *args, **kwargs)))


async def in_reading(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """As :func:`in_transaction`, for functions that only read."""

    def work() -> T:
        with reading() as session:
            return function(session, *args, **kwargs)

    return await asyncio.get_running_loop().run_in_executor(_readers(), work)


def stop_threads() -> None:
    """Wait for the work that is under way and let the threads go."""
    for made in (_writer, _readers):
        if made.cache_info().currsize:
            made().shutdown()
            made.cache_clear()
