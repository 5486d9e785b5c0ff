"""Database work from async code: services are synchronous, so they run on threads, never on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, TypeVar

from bot.db.engine import engine, reading, transaction

T = TypeVar("T")


@lru_cache(maxsize=2)
def _threads(writing: bool) -> ThreadPoolExecutor:
    # SQLite has one writer: queueing in one thread costs nothing, while two would sleep in its busy handler.
    one_writer = writing and engine().dialect.name == "sqlite"
    return ThreadPoolExecutor(1 if one_writer else 8, thread_name_prefix="db-write" if writing else "db-read")


async def in_transaction(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run ``function(session, *args, **kwargs)`` in one transaction on a database thread and give its result."""

    def work() -> T:
        with transaction() as session:
            return function(session, *args, **kwargs)

    return await asyncio.get_running_loop().run_in_executor(_threads(True), work)


async def in_reading(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """As :func:`in_transaction`, for functions that only read."""

    def work() -> T:
        with reading() as session:
            return function(session, *args, **kwargs)

    return await asyncio.get_running_loop().run_in_executor(_threads(False), work)


def stop_threads() -> None:
    """Wait for the work that is under way and let the threads go."""
    for writing in (True, False):
        _threads(writing).shutdown(wait=True)
    _threads.cache_clear()
