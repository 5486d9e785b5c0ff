"""How many messages may go out in how much time: Telegram's limits, kept for any stretch of time and not on average.

Time is the machine's own (``time.monotonic``), so a clock that is set neither stops nor frees anything.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable


class Window:
    """At most ``most`` messages within any ``seconds``, the last ``reserved`` of them for urgent ones only."""

    def __init__(
        self, most: int, seconds: float, reserved: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Args: most, seconds: the limit. reserved: how many of them ordinary messages leave free. clock: for tests."""
        self._most = most
        self._seconds = seconds
        self._reserved = reserved
        self._clock = clock
        self._sent: deque[float] = deque()
        self._held_until = 0.0

    def take(self, *, urgent: bool = False) -> bool:
        """Count one message, if it may go now; gives whether it may."""
        if self.wait(urgent=urgent) > 0:
            return False
        self._sent.append(self._clock())
        return True

    def wait(self, *, urgent: bool = False) -> float:
        """Give the seconds until the next message may go; 0 for now."""
        now = self._clock()
        while self._sent and self._sent[0] <= now - self._seconds:
            self._sent.popleft()
        held = max(0.0, self._held_until - now)
        places = self._most - (0 if urgent else self._reserved)
        if len(self._sent) < places:
            return held
        if places <= 0:
            return max(held, self._seconds)
        # The place of the message that left so many before is free once that is ``seconds`` ago.
        return max(held, self._sent[len(self._sent) - places] + self._seconds - now)

    def hold(self, seconds: float) -> None:
        """Let nothing go for ``seconds``, because the other side said so."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    @property
    def held(self) -> float:
        """Give the seconds for which the other side still wants nothing."""
        return max(0.0, self._held_until - self._clock())

    @property
    def idle(self) -> bool:
        """Tell whether nothing is counted or held, so that forgetting this changes nothing."""
        now = self._clock()
        return self._held_until <= now and (not self._sent or self._sent[-1] <= now - self._seconds)
