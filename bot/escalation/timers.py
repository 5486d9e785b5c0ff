"""The clock of everything that happens later: escalation steps, follow-ups, hand-overs that went quiet, retention.

All of it is rows with a due time, so a restart loses nothing and a test moves the clock instead of waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import clock
from bot.db.models import Conversation, Escalation, FollowUp, InboxMessage, OutboxMessage
from bot.db.work import in_reading, in_transaction
from bot.escalation import followups, handoff
from bot.escalation.alerts import how_to_reach, who
from bot.escalation.policy import chats_for
from bot.escalation.service import run_due_steps
from bot.metrics import ERRORS, LATE_STEPS, OLDEST, WAITING
from bot.outbox.store import Outgoing, queue_to_person, queue_to_staff
from bot.people.retention import remove_old
from bot.program import program
from bot.texts import say

log = structlog.get_logger()

TICK_SECONDS = 1.0
# A step this late means that something is broken: the auditor takes the loudest route.
LATE = timedelta(minutes=1)
# Staff hear of messages that waited this long.
WAITED_TOO_LONG = timedelta(minutes=1)
RETENTION_EVERY = timedelta(hours=1)


class Timers:
    """Looks once a second for what is due."""

    def __init__(self, on_queued: Callable[[], None], parts: Callable[[], dict[str, bool]] | None = None) -> None:
        """Args: on_queued: called after something was queued. parts: which parts work, for telling staff."""
        self._on_queued = on_queued
        self._parts = parts or dict
        self._down: dict[str, datetime] = {}
        self._told_down: set[str] = set()
        self._told_waiting = False
        self._next_retention: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin; what became due while nothing ran is done now."""
        self._task = asyncio.create_task(self._run(), name="timers")

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self.tick(clock.now())
            except Exception as error:  # noqa: BLE001 - the database may be away for a while
                ERRORS.labels("timers").inc()
                log.warning("timers failed", error=type(error).__name__)
            await asyncio.sleep(TICK_SECONDS)

    async def tick(self, now: datetime) -> None:
        """Do everything that is due at ``now``."""
        found = await in_reading(_look, now)
        WAITING.labels("inbox").set(found["inbox"])
        WAITING.labels("outbox").set(found["outbox"])
        OLDEST.labels("inbox").set(found["oldest_inbox_seconds"])
        queued = 0
        for escalation_id in found["steps"]:
            queued += await in_transaction(run_step, escalation_id, now)
        if found["follow_ups"]:
            queued += await in_transaction(send_follow_ups, now)
        if found["idle"]:
            queued += await in_transaction(handoff.end_idle, now)
        queued += await self._tell_about_waiting(found["oldest_inbox_seconds"], now)
        queued += await self._tell_about_parts(now)
        if self._next_retention is None or now >= self._next_retention:
            self._next_retention = now + RETENTION_EVERY
            await in_transaction(remove_old, now)
        if queued:
            self._on_queued()

    async def _tell_about_waiting(self, oldest_seconds: float, now: datetime) -> int:
        late = oldest_seconds > WAITED_TOO_LONG.total_seconds()
        if late == self._told_waiting:
            return 0
        self._told_waiting = late
        text = (
            "⚠️ Messages have waited for more than a minute. The assistant is not keeping up; look at the console."
            if late
            else "✅ No message is waiting any more."
        )
        return await in_transaction(tell_staff, text, now)

    async def _tell_about_parts(self, now: datetime) -> int:
        told = 0
        for part, works in self._parts().items():
            if works:
                self._down.pop(part, None)
                if part in self._told_down:
                    self._told_down.discard(part)
                    told += await in_transaction(tell_staff, f"✅ {part} is back.", now)
            elif self._down.setdefault(part, now) <= now - LATE and part not in self._told_down:
                self._told_down.add(part)
                text = f"⚠️ {part} has been down for a minute. People still get crisis resources; other answers wait."
                told += await in_transaction(tell_staff, text, now)
        return told


def _look(session: Session, now: datetime) -> dict[str, Any]:
    steps = select(Escalation.id).where(Escalation.status == "open", Escalation.next_step_at <= now)
    waiting = select(func.count(InboxMessage.id), func.min(InboxMessage.received_at)).where(
        InboxMessage.status.in_(("waiting", "working"))
    )
    count, oldest = session.execute(waiting).one()
    outbox = select(func.count(OutboxMessage.id)).where(OutboxMessage.status == "waiting")
    return {
        "steps": list(session.execute(steps.limit(100)).scalars()),
        "follow_ups": bool(followups.due(session, now, 1)),
        "idle": handoff.any_idle(session, now),
        "inbox": count,
        "oldest_inbox_seconds": max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        "outbox": session.execute(outbox).scalar_one(),
    }


def run_step(session: Session, escalation_id: int, now: datetime) -> int:
    """Carry out an escalation's due steps; one that comes late goes to everyone, whatever the policy says."""
    escalation = session.get(Escalation, escalation_id, with_for_update=True)
    if escalation is None or escalation.next_step_at is None or escalation.next_step_at > now:
        return 0
    late = now - escalation.next_step_at
    if late > LATE:
        LATE_STEPS.inc()
        for chat in chats_for(session, "everyone", now):
            words = f"‼️ Alert {escalation.id} was not passed on in time and is still open. Please look at it now."
            queue_to_staff(session, chat, Outgoing(words), kind="alert", now=now, escalation_id=escalation.id,
                           dedupe_key=f"late:{escalation.id}:{escalation.step}:{chat}")  # fmt: skip
    return run_due_steps(session, escalation, now)


def send_follow_ups(session: Session, now: datetime) -> int:
    """Write to people who stayed silent after a safety question; a second silence is for staff."""
    rows = followups.due(session, now)
    for row in rows:
        row.done_at = now
        conversation = session.get(Conversation, row.conversation_id)
        if conversation is None or conversation.blocked_at is not None:
            continue
        _follow_up(session, conversation, row, now)
    return len(rows)


def _follow_up(session: Session, conversation: Conversation, row: FollowUp, now: datetime) -> None:
    if row.kind == "silence":
        text = program().fill(say("follow_up", conversation.language))
        queue_to_person(session, conversation, Outgoing(text), kind="reply", now=now, dedupe_key=f"follow_up:{row.id}")
        again = now + timedelta(minutes=program().risk.follow_up_minutes)
        followups.schedule(session, conversation.id, row.inbox_id, "silence_again", again)
        return
    words = f"🤍 No answer to a safety question: {who(session, conversation)}. {how_to_reach(conversation)}"
    for chat in chats_for(session, "staff_chat", now):
        sent = queue_to_staff(
            session, chat, Outgoing(words), kind="staff", now=now, dedupe_key=f"silent:{row.id}:{chat}"
        )
        if sent is not None:
            sent.extra = {"about": conversation.id}


def tell_staff(session: Session, text: str, now: datetime) -> int:
    """Write to the staff's chat. Returns to how many chats."""
    chats = chats_for(session, "staff_chat", now)
    for chat in chats:
        queue_to_staff(session, chat, Outgoing(text), kind="staff", now=now)
    return len(chats)
