"""Telegram's flood limits, as its FAQ names them; off until a test or the bench switches them on."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from tests.telegram_api.errors import too_many


@dataclass
class FloodLimits:
    """How many messages in how many seconds; None: no limit. Telegram tolerates short bursts in one chat."""

    overall_per_second: int | None = None  # Telegram: about 30
    chat_burst: int | None = None  # messages to one private chat within ``chat_seconds``
    chat_seconds: float = 3.0
    group_per_minute: int | None = None  # Telegram: 20
    _overall: deque[float] = field(default_factory=deque)
    _chats: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _until: dict[int, float] = field(default_factory=dict)

    def hold(self, chat_id: int, seconds: float) -> None:
        """Answer 429 to everything for ``chat_id`` until ``seconds`` from now."""
        self._until[chat_id] = time.monotonic() + seconds

    def check(self, chat_id: int) -> None:
        """Count one message to ``chat_id``. Raises ApiError 429 where it is one too many."""
        now = time.monotonic()
        if self._until.get(chat_id, 0.0) > now:
            raise too_many(math.ceil(self._until[chat_id] - now))
        self._count(self._overall, self.overall_per_second, 1.0, now)
        if chat_id < 0:
            self._count(self._chats[chat_id], self.group_per_minute, 60.0, now)
        else:
            self._count(self._chats[chat_id], self.chat_burst, self.chat_seconds, now)
        self._overall.append(now)
        self._chats[chat_id].append(now)

    @staticmethod
    def _count(times: deque[float], most: int | None, seconds: float, now: float) -> None:
        while times and times[0] <= now - seconds:
            times.popleft()
        if most is not None and len(times) >= most:
            raise too_many(max(1, math.ceil(times[0] + seconds - now)))
