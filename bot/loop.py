"""What goes on beside the messages: a task that runs until it is stopped."""

from __future__ import annotations

import asyncio
from typing import ClassVar


class Loop:
    """Base of the timers, the auditor, the watch and the health looks; ``name`` is the task's in a debugger."""

    name: ClassVar[str]

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name=self.name)

    async def stop(self) -> None:
        """End it, wherever it is."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        raise NotImplementedError
