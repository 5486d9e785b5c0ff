"""Staff are told once when a part is down or messages wait too long, and once when that is over.

What they were told is a row, written in the transaction that queues the words: a restart repeats and forgets nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import clock
from bot.db.models import InboxMessage, Setting
from bot.db.work import in_reading, in_transaction
from bot.escalation.policy import chats_for
from bot.loop import Loop
from bot.metrics import ERRORS
from bot.outbox.store import Outgoing, queue_to_staff

log = structlog.get_logger()

LOOK_SECONDS = 1.0
# Staff hear of a part that was down, and of messages that waited, for longer than this.
TOO_LONG = timedelta(minutes=1)
# Waits between tries to reach staff while the database is away.
DIRECT_SECONDS = 10.0

WAITING = "told:waiting"
WAIT_WORDS = "⚠️ Messages have waited for more than a minute. The assistant is not keeping up; look at the console."
WAIT_OVER_WORDS = "✅ No message has waited for more than a minute any more."
DATABASE_WORDS = (
    "⚠️ The database cannot be written. New messages stay with Telegram until it works again. People whose messages "
    "carry risk still get crisis numbers, and you are told here, but the console shows nothing new."
)


def down_words(part: str) -> str:
    """Say that a part is down."""
    return f"⚠️ {part} has been down for a minute. People still get crisis resources; other answers wait."


class Watch(Loop):
    """Looks once a second at the parts and at the oldest waiting message."""

    name = "watch"

    def __init__(
        self,
        parts: Callable[[], dict[str, bool]],
        on_queued: Callable[[], None],
        tell_directly: Callable[[str], Awaitable[bool]] | None = None,
    ) -> None:
        """Make it.

        Args:
            parts: which parts work, by name; the database's is "database".
            on_queued: called after something was queued.
            tell_directly: writes to the staff's chat without the database; gives whether that worked.
        """
        super().__init__()
        self._parts = parts
        self._on_queued = on_queued
        self._tell_directly = tell_directly
        self._down: dict[str, datetime] = {}
        self._told_of_database = False
        self._next_direct: datetime | None = None

    async def _run(self) -> None:
        while True:
            try:
                await self.look(clock.now())
            except Exception as error:  # noqa: BLE001 - the database may be away for a while
                ERRORS.labels("watch").inc()
                log.warning("watch failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self, now: datetime) -> None:
        """Look once, and tell what has to be told."""
        parts = dict(self._parts())
        for part, works in parts.items():
            if works:
                self._down.pop(part, None)
            else:
                self._down.setdefault(part, now)
        down = {part for part, since in self._down.items() if since <= now - TOO_LONG}
        await self._tell_of_database("database" in down, now, works=parts.get("database", True))
        if not parts.get("database", True):
            return
        told, oldest = await in_reading(_known, now)
        queued = 0
        for part in parts.keys() - {"database"}:
            key = f"told:down:{part}"
            if part in down and key not in told:
                queued += await in_transaction(tell_once, key, down_words(part), now)
            elif part not in self._down and key in told:
                queued += await in_transaction(tell_over, key, f"✅ {part} is back.", now)
        late = oldest is not None and oldest < now - TOO_LONG
        if late and WAITING not in told:
            queued += await in_transaction(tell_once, WAITING, WAIT_WORDS, now)
        elif not late and WAITING in told:
            queued += await in_transaction(tell_over, WAITING, WAIT_OVER_WORDS, now)
        if queued:
            self._on_queued()

    async def _tell_of_database(self, down: bool, now: datetime, *, works: bool) -> None:
        """The words cannot be queued then, so they go out directly."""
        if down == self._told_of_database or (self._told_of_database and not works) or self._tell_directly is None:
            return
        if self._next_direct is not None and now < self._next_direct < now + 2 * timedelta(seconds=DIRECT_SECONDS):
            return
        self._next_direct = now + timedelta(seconds=DIRECT_SECONDS)
        if await self._tell_directly(DATABASE_WORDS if down else "✅ The database is back."):
            self._told_of_database = down
            self._next_direct = None


def _known(session: Session, now: datetime) -> tuple[set[str], datetime | None]:  # noqa: ARG001
    told = select(Setting.key).where(Setting.key.like("told:%"))
    oldest = select(func.min(InboxMessage.received_at)).where(InboxMessage.status.in_(("waiting", "working")))
    return set(session.execute(told).scalars()), session.execute(oldest).scalar_one()


def tell_once(session: Session, key: str, text: str, now: datetime) -> int:
    """Write to the staff's chat unless they were told under ``key`` already. Returns to how many chats."""
    if session.get(Setting, key) is not None:
        return 0
    session.add(Setting(key=key, value=now.isoformat()))
    return tell_staff(session, text, now)


def tell_over(session: Session, key: str, text: str, now: datetime) -> int:
    """Say that what was told under ``key`` is over; nothing where it was never told."""
    known = session.get(Setting, key)
    if known is None:
        return 0
    session.delete(known)
    return tell_staff(session, text, now)


def tell_staff(session: Session, text: str, now: datetime) -> int:
    """Write to the staff's chat. Returns to how many chats."""
    chats = chats_for(session, "staff_chat", now)
    for chat in chats:
        queue_to_staff(session, chat, Outgoing(text), kind="staff", now=now)
    return len(chats)
