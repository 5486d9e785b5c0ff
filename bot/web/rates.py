"""How often somebody may do something. Kept in memory: a restart forgets it, which harms nobody."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

# A person types a few messages a minute; somebody in distress may send many short ones.
MESSAGES_PER_VISITOR = parse("40 per minute")
# A clinic's waiting room, or a phone company, is one address.
MESSAGES_PER_ADDRESS = parse("300 per minute")
PAGES_PER_ADDRESS = parse("600 per minute")
# Slows guessing down and locks nobody else out: it counts a user name together with an address.
WRONG_PASSWORDS = parse("5 per 10 minutes")
LOGINS_PER_ADDRESS = parse("40 per 10 minutes")
EXPORTS_PER_ADDRESS = parse("20 per 10 minutes")


class Rates:
    """Counts what each visitor and address does."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()  # the limiter itself holds it only weakly
        self._limiter = FixedWindowRateLimiter(self._storage)

    async def allow(self, limit: RateLimitItem, *who: str) -> int:
        """Count one more.

        Returns:
            0 where it is allowed, otherwise after how many seconds it is again.
        """
        if await self._limiter.hit(limit, *who):
            return 0
        reset, _ = await self._limiter.get_window_stats(limit, *who)
        return max(1, math.ceil(reset - time.time()))

    async def forget(self, limit: RateLimitItem, *who: str) -> None:
        """Start counting from nothing again, such as after a right password."""
        await self._storage.clear(limit.key_for(*who))
