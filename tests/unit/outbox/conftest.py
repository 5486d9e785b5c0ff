"""A sender that does what a test says, and delivery with short waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timezone

import pytest

from bot.db.engine import reading, transaction
from bot.db.models import OutboxMessage
from bot.db.work import stop_threads
from bot.outbox import delivery
from bot.outbox.delivery import Delivery
from bot.outbox.store import PRIORITY
from bot.web.feed import Feed

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=timezone.utc)
Outcome = Callable[[OutboxMessage], None]


class FakeSender:
    """Notes what was handed over; ``outcome`` may raise, ``gate`` holds a send up until it is set."""

    def __init__(self, outcome: Outcome = lambda _row: None) -> None:
        self.outcome = outcome
        self.sent: list[tuple[str, int]] = []
        self.tried: list[int] = []
        self.gates: dict[int, asyncio.Event] = {}

    async def send(self, message: OutboxMessage) -> str:
        self.tried.append(message.id)
        if message.id in self.gates:
            await self.gates[message.id].wait()
        self.outcome(message)
        self.sent.append((message.recipient, message.id))
        return str(len(self.sent))

    async def edit(self, message: OutboxMessage, provider_message_id: str) -> None:
        await self.send(message)


@pytest.fixture
def quick(installation: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Short waits, so that a test of many retries takes no minutes."""
    monkeypatch.setattr(delivery, "CHAT_BURST_SECONDS", 0.01)
    monkeypatch.setattr(delivery, "URGENT_BURST_SECONDS", 0.01)
    monkeypatch.setattr(delivery, "GROUP_PER_MINUTE", 1000)
    monkeypatch.setattr(delivery, "LONGEST_BACKOFF", 0.01)
    monkeypatch.setattr(delivery, "SWEEP_SECONDS", 0.02)
    monkeypatch.setattr(delivery, "FIRST_RECORD_WAIT", 0.01)
    stop_threads()
    yield
    stop_threads()


def queue(recipient: str, kind: str, **columns: object) -> int:
    """Put a message into the outbox and give its id."""
    with transaction() as session:
        row = OutboxMessage(
            channel="telegram", recipient=recipient, kind=kind, priority=PRIORITY[kind], text="words", buttons=[],
            extra={}, status="waiting", attempts=0, next_attempt_at=NOW, created_at=NOW, **columns,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return int(row.id)


def row(outbox_id: int) -> OutboxMessage:
    """Read a message back."""
    with reading() as session:
        return session.get(OutboxMessage, outbox_id)


async def delivering(sender: FakeSender, done: Callable[[], bool], seconds: float = 20) -> None:
    """Run delivery until ``done``."""
    running = Delivery(sender, Feed(), per_second=1000)
    await running.start()

    async def look() -> None:
        while not done():  # noqa: ASYNC110 - what is recorded announces itself to nobody
            await asyncio.sleep(0.005)

    try:
        await asyncio.wait_for(look(), seconds)
    finally:
        await running.stop(2)
