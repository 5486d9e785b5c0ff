"""Delivers the outbox: what is most urgent first, in order within a chat, within Telegram's limits.

Limits (Telegram's FAQ, "My bot is hitting limits"): about 30 messages a second overall, 1 a second in a chat with short
bursts, 20 a minute in a group. A chat that is told to wait waits alone; all others go on. Crisis replies and alerts
have places of their own in the limits, and an alert that still would have to wait goes by the next route at once.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from bot.clock import clock
from bot.db.models import OutboxMessage
from bot.db.work import in_reading, in_transaction
from bot.metrics import ALERT_SECONDS, DELIVERY_SECONDS, ERRORS, MESSAGE_SECONDS, RETRIES
from bot.outbox.limiter import Window
from bot.outbox.record import Took, alert_held, delivered, give_up, put_off
from bot.outbox.sender import CannotDeliver, DeliveryError, RetryAfter, Sender
from bot.outbox.waiting import Head, still_waiting, waiting
from bot.web.feed import Feed

log = structlog.get_logger()
T = TypeVar("T")

# Of 30 a second, 3 are for crisis replies and alerts: a burst of small talk never uses everything up.
OVERALL_PER_SECOND, OVERALL_RESERVED = 30, 3
CHAT_BURST, CHAT_BURST_SECONDS = 3, 3.0
# What is urgent may come in a longer burst; 2 of its places are for it alone. Whoever is on call gets what the staff
# group has no room for, and then four alerts within three seconds are nothing rare.
URGENT_BURST, URGENT_BURST_SECONDS, URGENT_RESERVED = 14, 12.0, 2
# Of a group's 20 a minute, 8 are for alerts; notices, relayed messages and edits share the rest.
GROUP_PER_MINUTE, GROUP_RESERVED = 20, 8
# Backoff with jitter: 1, 2, 4 ... 60 s, each times 0.5 to 1.5.
LONGEST_BACKOFF = 60
JITTER = (0.5, 1.5)
# How often due retries are looked for when nobody announced new messages.
SWEEP_SECONDS = 1.0
LOOK_AHEAD = 200  # chats looked at in one go
# Chats whose limits are kept in memory before those that were quiet are forgotten.
KEPT_CHATS = 2000
# Waits between tries to record what became of a message while the database cannot be written.
FIRST_RECORD_WAIT, LONGEST_RECORD_WAIT = 0.2, 3.0


@dataclass
class _Chat:
    window: Window
    calm: Window | None = None  # a second limit, for ordinary messages alone
    ordinary: bool = False  # one is on its way
    urgent: bool = False

    def wait(self, *, urgent: bool) -> float:
        """Give the seconds until the next message may go; 0 for now."""
        calm = 0.0 if urgent or self.calm is None else self.calm.wait()
        return max(calm, self.window.wait(urgent=urgent))

    def take(self, *, urgent: bool) -> None:
        """Count one, and note that it is on its way."""
        self.window.take(urgent=urgent)
        if self.calm is not None and not urgent:
            self.calm.take()
        self.urgent, self.ordinary = self.urgent or urgent, self.ordinary or not urgent

    def free(self, *, urgent: bool) -> None:
        """Note that it has ended."""
        self.urgent, self.ordinary = self.urgent and not urgent, self.ordinary and urgent


class Delivery:
    """Sends what is waiting; in order for each chat, many chats side by side."""

    def __init__(self, sender: Sender | None, feed: Feed, per_second: int = OVERALL_PER_SECOND) -> None:
        """Args: sender: Telegram's, or None where no token is set. feed: open chat pages. per_second: in all chats."""
        self._sender = sender
        self._feed = feed
        self._overall = Window(per_second, 1.0, OVERALL_RESERVED)
        self._chats: dict[str, _Chat] = {}
        self._woken = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._pump: asyncio.Task[None] | None = None
        self._stopping = False
        self._newest_web = 0
        self._sent_another_way: set[int] = set()
        self._jitter = random.Random(7)  # noqa: S311 - spreads retries, no secret

    async def start(self) -> None:
        """Begin with whatever is waiting."""
        self._pump = asyncio.create_task(self._run(), name="delivery")

    async def stop(self, within: float) -> None:
        """Finish what is being sent, for at most ``within`` seconds; the rest stays stored."""
        # Asked, not only cancelled: below Python 3.12 wait_for loses a cancellation that comes with what it waits for.
        self._stopping = True
        self.wake()
        if self._pump is not None:
            await asyncio.wait({self._pump}, timeout=within / 2)
            self._pump.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=within / 2)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def wake(self) -> None:
        """Say that something was queued; call it after the commit."""
        self._woken.set()

    async def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            wait = SWEEP_SECONDS
            try:
                newest = self._newest_web if self._feed.anybody else None
                self._newest_web, pages, heads = await in_reading(waiting, newest, LOOK_AHEAD)
                for conversation_id in pages:
                    self._feed.publish(conversation_id)
                if self._sender is not None:
                    wait = await self._send_due(heads)
            except Exception as error:  # noqa: BLE001 - the database may be away for a while
                ERRORS.labels("delivery").inc()
                log.warning("delivery looked in vain", error=type(error).__name__)
                await asyncio.sleep(SWEEP_SECONDS)
            try:
                if not self._stopping:
                    await asyncio.wait_for(self._woken.wait(), wait)
            except asyncio.TimeoutError:
                continue

    async def _send_due(self, heads: Sequence[Head]) -> float:
        """Send what may go now; gives the seconds until something that a limit holds back may go."""
        now, soonest = clock.now(), SWEEP_SECONDS
        chosen: list[tuple[Head, _Chat]] = []
        looked_at: set[str] = set()
        for head in heads:
            if self._stopping:
                break
            chat = self._chat(head.recipient)
            if head.recipient in looked_at:
                # An alert behind another message of its chat: not sent before that, but not held back with it either.
                if chat.wait(urgent=True) > 0:
                    await self._send_another_way(head.id)
                continue
            looked_at.add(head.recipient)
            # What is urgent does not wait for something ordinary that is on its way, but never the other way round.
            if chat.urgent or (chat.ordinary and not head.urgent) or not due(head, now):
                continue
            wait = max(chat.wait(urgent=head.urgent), self._overall.wait(urgent=head.urgent))
            if wait > 0:
                soonest = min(soonest, wait)
                if head.kind == "alert":
                    await self._send_another_way(head.id)
                continue
            self._overall.take(urgent=head.urgent)
            chat.take(urgent=head.urgent)
            chosen.append((head, chat))
        if chosen:
            await self._begin(chosen)
        return soonest

    async def _begin(self, chosen: Sequence[tuple[Head, _Chat]]) -> None:
        """Begin the delivery of what was chosen.

        It is read whole only now: most of what waits is not sent yet, and what was delivered between our look and our
        marking the chat as busy does not wait any more.
        """
        try:
            rows = await in_reading(still_waiting, [head.id for head, _ in chosen])
        except BaseException:
            for head, chat in chosen:
                chat.free(urgent=head.urgent)
            raise
        for head, chat in chosen:
            if head.id not in rows:
                chat.free(urgent=head.urgent)
                continue
            task = asyncio.create_task(self._deliver(rows[head.id], chat, urgent=head.urgent), name="send")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _send_another_way(self, outbox_id: int) -> None:
        if outbox_id in self._sent_another_way:
            return
        if await in_transaction(alert_held, outbox_id, clock.now()):
            RETRIES.labels("limit").inc()
            self.wake()
        self._sent_another_way.add(outbox_id)

    def _chat(self, recipient: str) -> _Chat:
        if recipient not in self._chats:
            if len(self._chats) >= KEPT_CHATS:
                self._chats = {
                    name: chat for name, chat in self._chats.items()
                    if chat.ordinary or chat.urgent or not chat.window.idle
                }  # fmt: skip
            if recipient.startswith("-"):  # Telegram numbers groups below zero
                made = _Chat(Window(GROUP_PER_MINUTE, 60, GROUP_RESERVED))
            else:
                made = _Chat(
                    Window(URGENT_BURST, URGENT_BURST_SECONDS, URGENT_RESERVED), Window(CHAT_BURST, CHAT_BURST_SECONDS)
                )
            self._chats[recipient] = made
        return self._chats[recipient]

    async def _deliver(self, row: OutboxMessage, chat: _Chat, *, urgent: bool) -> None:
        try:
            await self._attempt(row, chat)
        except Exception as error:  # noqa: BLE001 - it stays waiting and is tried again
            ERRORS.labels("delivery").inc()
            log.warning("delivery not tried", error=type(error).__name__, outbox_id=row.id)
        finally:
            chat.free(urgent=urgent)
            self.wake()

    async def _attempt(self, row: OutboxMessage, chat: _Chat) -> None:
        try:
            provider_id = await self._hand_over(row)
        except RetryAfter as error:
            chat.window.hold(error.seconds)
            RETRIES.labels("retry_after").inc()
            now = clock.now()
            await self._record(put_off, row.id, "retry_after", now + timedelta(seconds=error.seconds), now)
        except CannotDeliver as error:
            ERRORS.labels(f"deliver_{error.reason}").inc()
            log.warning("cannot deliver", reason=error.reason, kind=row.kind, outbox_id=row.id)
            await self._record(give_up, row.id, error.reason, clock.now())
        except DeliveryError as error:
            RETRIES.labels(error.reason[:24]).inc()
            now, wait = clock.now(), min(2**row.attempts, LONGEST_BACKOFF) * self._jitter.uniform(*JITTER)
            await self._record(put_off, row.id, error.reason, now + timedelta(seconds=wait), now)
        else:
            _observe(row, await self._record(delivered, row.id, provider_id, clock.now()))

    async def _record(self, function: Callable[..., T], outbox_id: int, *args: Any) -> T:
        """Write down what became of a message, tried until it works: without a record it would be sent again."""
        wait = FIRST_RECORD_WAIT
        while True:
            try:
                return await in_transaction(function, outbox_id, *args)
            except Exception as error:  # noqa: BLE001, PERF203 - locked, full or gone for a while
                ERRORS.labels("delivery_record").inc()
                log.warning("delivery not recorded yet", error=type(error).__name__, outbox_id=outbox_id)
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_RECORD_WAIT)

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


def due(row: Head | OutboxMessage, now: datetime) -> bool:
    """Tell whether a waiting message may be tried.

    One that was never tried is, whatever the clock says; one that would wait longer than any backoff is, too, because
    then the clock was set back (or Telegram asked for that wait, and will say so again).
    """
    longest = timedelta(seconds=LONGEST_BACKOFF * JITTER[1])
    return row.error is None or row.next_attempt_at <= now or row.next_attempt_at > now + longest


def _observe(row: OutboxMessage, took: Took | None) -> None:
    if took is None:
        return
    DELIVERY_SECONDS.labels(row.kind).observe(took.since_queued)
    if took.since_written is not None and row.kind in ("crisis", "reply"):
        MESSAGE_SECONDS.labels(row.kind).observe(took.since_written)
    if took.alert is not None:
        ALERT_SECONDS.observe(took.alert)
