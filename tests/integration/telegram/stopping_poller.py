"""A poller that stands still around the commit, to be killed there: ``python -m ... before|after``."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

from bot.channels.telegram import build, poller
from bot.inbox import store as inbox
from bot.settings import settings


class _Nobody:
    def wake(self, conversation_id: str) -> None:
        """Nobody is woken."""


def _stand_still(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
    time.sleep(600)


async def main(where: str) -> None:
    """Poll until killed."""
    store, act = poller.store_batch, _Nobody()
    inbox.screen = lambda _text: None  # type: ignore[assignment,return-value] # takes seconds to start; not the matter here

    def store_and_wait(*args: Any) -> Any:
        effects = store(*args)
        _stand_still("stored, not committed")
        return effects

    if where == "before":
        poller.store_batch = store_and_wait  # type: ignore[assignment]
    channel = build(settings(), act)
    if where == "after":
        channel._poller._act = lambda _effects: _stand_still("committed, not confirmed")
    await channel.start()
    await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
