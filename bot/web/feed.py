"""Tells open pages that something changed, inside this process. What changed they read from the database."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext

# Everything that happens in any conversation may matter to the staff's pages.
STAFF = "staff"


class Listener:
    """One open page. Changes that come while it is busy are one change."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self.closed = False
        self._loop = asyncio.get_running_loop()

    def notify(self) -> None:
        """Wake the page; may be called from any thread."""
        try:
            inside = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            inside = False
        if inside:
            self._changed.set()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._changed.set)

    def close(self) -> None:
        """Let the page go: its stream ends."""
        self.closed = True
        self.notify()

    async def wait(self, seconds: float) -> bool:
        """Wait for a change, at most ``seconds``. Gives whether there was one."""
        try:
            await asyncio.wait_for(self._changed.wait(), timeout=seconds)
        except asyncio.TimeoutError:
            return False
        self._changed.clear()
        return True


class Feed:
    """Who listens to what."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = defaultdict(set)

    def publish(self, conversation_id: str) -> None:
        """Say that a conversation has something new (a message to it, a hand-over); call it after the commit."""
        for topic in (conversation_id, STAFF):
            for listener in list(self._listeners.get(topic, ())):
                listener.notify()

    def publish_all(self) -> None:
        """Wake every open page: somebody in the console did something, and it is not worth knowing whom it concerns."""
        for listeners in list(self._listeners.values()):
            for listener in list(listeners):
                listener.notify()

    @contextmanager
    def listen(self, topic: str) -> Iterator[Listener]:
        """Listen to a conversation's id, or to :data:`STAFF`, until the block ends."""
        listener = Listener()
        self._listeners[topic].add(listener)
        try:
            yield listener
        finally:
            self._listeners[topic].discard(listener)
            if not self._listeners[topic]:
                del self._listeners[topic]

    def listening(self, topic: str) -> int:
        """Give how many pages listen to a topic."""
        return len(self._listeners.get(topic, ()))

    @property
    def anybody(self) -> bool:
        """Tell whether any page is open."""
        return bool(self._listeners)

    def typing(self, _recipient: str) -> AbstractAsyncContextManager[object]:
        """Stand in for Telegram's typing action: an open page sees from the inbox that an answer is on its way."""
        return nullcontext()

    def close(self) -> None:
        """End every open stream; for shutting down."""
        for listeners in list(self._listeners.values()):
            for listener in list(listeners):
                listener.close()
