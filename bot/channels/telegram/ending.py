"""Ends a task for sure."""

from __future__ import annotations

import asyncio
from typing import Any

# Asked so often, half a second apart.
MOST_TRIES = 10


async def end(task: asyncio.Task[Any]) -> None:
    """Cancel a task and wait until it is over.

    Once is not always enough: below Python 3.11 anyio, which the HTTP client stands on, loses a cancellation that comes
    in the very moment in which a connection is made; the poll would then run its full half minute.
    """
    for _ in range(MOST_TRIES):
        task.cancel()
        over, _pending = await asyncio.wait({task}, timeout=0.5)
        if over:
            break
    if task.done() and not task.cancelled():
        task.exception()  # seen, so that nobody complains that it was not
