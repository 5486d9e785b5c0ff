"""Delivers the outbox: what is most urgent first, in order within a chat, within Telegram's limits.

Limits (Telegram's FAQ, "My bot is hitting limits"): about 30 messages a second overall, 1 a second in a chat with short
bursts, 20 a minute in a group. A chat that is told to wait waits alone; all others go on.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from aiolimiter import AsyncLimiter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import clock
from bot.db.models import Conversation, Escalation, OutboxMessage
from bot.db.work import in_reading, in_transaction
from bot.escalation.routes import alert_failed
from bot.escalation.told import tell_person_delivered
from bot.metrics import DELIVERY_SECONDS, ERRORS, RETRIES
from bot.outbox.sender import CannotDeliver, DeliveryError, RetryAfter, Sender
from bot.web.feed import Feed

log = structlog.get_logger()

OVERALL_PER_SECOND = 30
CHAT_BURST, CHAT_BURST_SECONDS = 4, 4.0
GROUP_PER_MINUTE = 20
# Backoff with jitter: 1, 2, 4 ... 60 s, each times 0.5 to 1.5.
LONGEST_BACKOFF = 60
# Something that failed so often over about an hour is not going to work; staff see it in the console.
MOST_ATTEMPTS = 60
# How often due retries are looked for when nobody announced new messages.
SWEEP_SECONDS = 1.0
LOOK_AHEAD = 200  # chats looked at in one go


@dataclass
class _Chat:
    limiter: AsyncLimiter
    busy: bool = False
    wait_until: datetime | None = None


class Delivery:
    """Sends what is waiting; one message at a time for each chat, many chats side by side."""

    def __init__(self, sender: Sender | None, feed: Feed, per_second: int = OVERALL_PER_SECOND) -> None:
        """Args: sender: Telegram's, or None where no token is set. feed: open chat pages. per_second: overall."""
        self._sender = sender
        self._feed = feed
        self._overall = AsyncLimiter(per_second, 1)
        self._chats: dict[str, _Chat] = {}
        self._woken = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._pump: asyncio.Task[None] | None = None
        self._newest_web = 0
        self._jitter = random.Random(7)  # noqa: S311 - spreads retries, no secret

    async def start(self) -> None:
        """Begin with whatever is waiting."""
        self._pump = asyncio.create_task(self._run(), name="delivery")

    async def stop(self, within: float) -> None:
        """Finish what is being sent, for at most ``within`` seconds; the rest stays stored."""
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)

    def wake(self) -> None:
        """Say that something was queued; call it after the commit."""
        self._woken.set()

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self._publish_web()
                if self._sender is not None:
                    await self._send_due()
            except Exception as error:  # noqa: BLE001 - the database may be away for a while
                ERRORS.labels("delivery").inc()
                log.warning("delivery looked in vain", error=type(error).__name__)
                await asyncio.sleep(SWEEP_SECONDS)
            try:
                await asyncio.wait_for(self._woken.wait(), SWEEP_SECONDS)
            except asyncio.TimeoutError:
                continue

    async def _publish_web(self) -> None:
        newest, conversations = await in_reading(_web_news, self._newest_web)
        self._newest_web = max(self._newest_web, newest)
        for conversation_id in conversations:
            self._feed.publish(conversation_id)

    async def _send_due(self) -> None:
        now = clock.now()
        for row in await in_reading(_heads, LOOK_AHEAD):
            chat = self._chat(row.recipient)
            held = chat.wait_until is not None and chat.wait_until > now
            if chat.busy or held or row.next_attempt_at > now or not chat.limiter.has_capacity():
                continue
            chat.busy = True
            await self._overall.acquire()
            task = asyncio.create_task(self._deliver(row, chat), name="send")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _chat(self, recipient: str) -> _Chat:
        if recipient not in self._chats:
            # Telegram numbers groups below zero.
            group = recipient.startswith("-")
            limiter = AsyncLimiter(GROUP_PER_MINUTE, 60) if group else AsyncLimiter(CHAT_BURST, CHAT_BURST_SECONDS)
            self._chats[recipient] = _Chat(limiter)
        return self._chats[recipient]

    async def _deliver(self, row: OutboxMessage, chat: _Chat) -> None:
        try:
            await chat.limiter.acquire()
            await self._attempt(row, chat)
        except Exception as error:  # noqa: BLE001 - it stays waiting and is tried again
            ERRORS.labels("delivery").inc()
            log.warning("delivery not recorded", error=type(error).__name__, outbox_id=row.id)
        finally:
            chat.busy = False
            self.wake()

    async def _attempt(self, row: OutboxMessage, chat: _Chat) -> None:
        try:
            provider_id = await self._hand_over(row)
        except RetryAfter as error:
            chat.wait_until = clock.now() + timedelta(seconds=error.seconds)
            RETRIES.labels("retry_after").inc()
            await in_transaction(put_off, row.id, "retry_after", chat.wait_until)
        except CannotDeliver as error:
            log.warning("cannot deliver", reason=error.reason, kind=row.kind, outbox_id=row.id)
            await in_transaction(give_up, row.id, error.reason, clock.now())
        except DeliveryError as error:
            RETRIES.labels(error.reason[:24]).inc()
            wait = min(2**row.attempts, LONGEST_BACKOFF) * self._jitter.uniform(0.5, 1.5)
            await in_transaction(put_off, row.id, error.reason, clock.now() + timedelta(seconds=wait))
        else:
            await in_transaction(delivered, row.id, provider_id, clock.now())
            DELIVERY_SECONDS.labels(row.kind).observe(max(0.0, (clock.now() - row.created_at).total_seconds()))

    async def _hand_over(self, row: OutboxMessage) -> str | None:
        assert self._sender is not None  # noqa: S101 - the pump does not run without one
        if row.kind != "edit":
            return await self._sender.send(row)
        original = await in_reading(lambda session: session.get(OutboxMessage, row.edits_id))
        if original is None or original.status in ("failed", "dropped"):
            raise CannotDeliver("nothing_to_edit")
        if original.provider_message_id is None:
            raise DeliveryError("original_not_sent")
        await self._sender.edit(row, original.provider_message_id)
        return original.provider_message_id


def _heads(session: Session, limit: int) -> list[OutboxMessage]:
    # The most urgent message of each chat, so that one chat with a long queue hides nobody else's.
    place = func.row_number().over(
        partition_by=OutboxMessage.recipient, order_by=(OutboxMessage.priority, OutboxMessage.id)
    )
    ranked = (
        select(OutboxMessage.id, place.label("place"))
        .where(OutboxMessage.status == "waiting", OutboxMessage.channel == "telegram")
        .subquery()
    )
    query = (
        select(OutboxMessage)
        .join(ranked, ranked.c.id == OutboxMessage.id)
        .where(ranked.c.place == 1)
        .order_by(OutboxMessage.priority, OutboxMessage.id)
        .limit(limit)
    )
    return list(session.execute(query).scalars())


def _web_news(session: Session, after: int) -> tuple[int, list[str]]:
    query = (
        select(OutboxMessage.recipient, func.max(OutboxMessage.id))
        .where(OutboxMessage.channel == "web", OutboxMessage.status == "waiting", OutboxMessage.id > after)
        .group_by(OutboxMessage.recipient)
    )
    rows = session.execute(query).all()
    return max((row[1] for row in rows), default=after), [row[0] for row in rows]


def delivered(session: Session, outbox_id: int, provider_id: str | None, now: datetime) -> None:
    """Record a delivery; the person hears of an alert once it has really arrived."""
    row = session.get(OutboxMessage, outbox_id)
    if row is None:
        return
    row.status, row.sent_at, row.error = "sent", now, None
    if provider_id is not None:
        row.provider_message_id = provider_id
    if row.kind == "alert" and row.escalation_id is not None:
        escalation = session.get(Escalation, row.escalation_id)
        if escalation is not None:
            tell_person_delivered(session, escalation, now)


def put_off(session: Session, outbox_id: int, reason: str, until: datetime) -> None:
    """Keep a message for another try."""
    row = session.get(OutboxMessage, outbox_id)
    if row is None:
        return
    row.attempts += 0 if reason == "retry_after" else 1
    row.error, row.next_attempt_at = reason[:64], until
    if row.attempts >= MOST_ATTEMPTS:
        give_up(session, outbox_id, reason, until)


def give_up(session: Session, outbox_id: int, reason: str, now: datetime) -> None:
    """Record why a message will never arrive; an alert goes another way at once."""
    row: Any = session.get(OutboxMessage, outbox_id)
    if row is None:
        return
    row.status, row.error = "failed", reason[:64]
    if reason == "blocked" and row.conversation_id is not None:
        conversation = session.get(Conversation, row.conversation_id)
        if conversation is not None:
            conversation.blocked_at = now
    if row.kind == "alert":
        alert_failed(session, row, now)
