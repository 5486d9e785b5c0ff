"""The clock of everything that happens later: escalation steps, follow-ups, hand-overs that went quiet, retention.

All of it is rows with a due time, so a restart loses nothing and a test moves the clock instead of waiting.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from bot.clock import clock
from bot.db.models import Conversation, Escalation, FollowUp, Handover, InboxMessage, OutboxMessage
from bot.db.work import in_reading, in_transaction
from bot.escalation import followups, handoff
from bot.escalation.alerts import how_to_reach, who
from bot.escalation.auditor import LATE, raise_late_step
from bot.escalation.policy import chats_for
from bot.escalation.requests import due_requests, run_request
from bot.escalation.service import run_due_steps
from bot.inbox.late import any_late, tell_late
from bot.loop import Loop
from bot.metrics import ERRORS, OLDEST, WAITING
from bot.outbox.store import Outgoing, queue_to_person, queue_to_staff
from bot.people.retention import remove_old
from bot.program import program
from bot.texts import say

log = structlog.get_logger()
T = TypeVar("T")

TICK_SECONDS = 1.0
# A clock is corrected by less than this all the time.
SMALLEST_JUMP = timedelta(seconds=2)
RETENTION_EVERY = timedelta(hours=1)


class Timers(Loop):
    """Looks once a second for what is due."""

    name = "timers"

    def __init__(self, on_queued: Callable[[], None]) -> None:
        """Args: on_queued: called after something was queued."""
        super().__init__()
        self._on_queued = on_queued
        self._next_retention: datetime | None = None
        self._jumps = Jumps()

    async def _run(self) -> None:
        while True:
            now = clock.now()
            back = self._jumps.look(time.monotonic(), now)
            if back and await self._carry_on(in_transaction(shift_back, back)) is not None:
                self._jumps.settled()
                log.warning("the clock was set back; timers follow it", seconds=round(back.total_seconds()))
            await self.tick(now)
            await asyncio.sleep(TICK_SECONDS)

    async def tick(self, now: datetime) -> None:
        """Do everything that is due at ``now``; what fails holds nothing else up and is tried at the next look."""
        found = await self._carry_on(in_reading(_look, now))
        if found is None:
            return
        for queue in ("inbox", "outbox"):
            WAITING.labels(queue).set(found[queue][0])
            OLDEST.labels(queue).set(found[queue][1])
        work = [in_transaction(run_step, escalation_id, now) for escalation_id in found["steps"]]
        if found["follow_ups"]:
            work.append(in_transaction(send_follow_ups, now))
        if found["idle"]:
            work.append(in_transaction(handoff.end_idle, now))
        work += [in_transaction(run_request, handover_id, now) for handover_id in found["requests"]]
        if found["late"]:
            work.append(in_transaction(tell_late, now))
        if self._next_retention is None or not now < self._next_retention <= now + RETENTION_EVERY:
            self._next_retention = now + RETENTION_EVERY
            work.append(in_transaction(remove_old, now))
        done = [await self._carry_on(each) for each in work]
        if any(done):
            self._on_queued()

    @staticmethod
    async def _carry_on(work: Coroutine[Any, Any, T]) -> T | None:
        """Give what ``work`` gives, or None (and a line in the log) where it fails."""
        try:
            return await work
        except Exception as error:  # noqa: BLE001 - the database may be away for a while
            ERRORS.labels("timers").inc()
            log.warning("timers failed", error=type(error).__name__)
            return None


class Jumps:
    """Notices that the clock was set back, by the machine's own time, which never is."""

    def __init__(self) -> None:
        self._before: tuple[float, datetime] | None = None
        self._owed = timedelta(0)

    def look(self, machine: float, now: datetime) -> timedelta:
        """Give by how much the clock was set back since that was last :meth:`settled`; zero as a rule."""
        if self._before is not None:
            expected = self._before[1] + timedelta(seconds=machine - self._before[0])
            if expected - now > SMALLEST_JUMP:
                self._owed += expected - now
        self._before = machine, now
        return self._owed

    def settled(self) -> None:
        """The timers have followed."""
        self._owed = timedelta(0)


def shift_back(session: Session, by: timedelta) -> int:
    """Have what is due later come as much earlier as the clock was set back. Returns how many rows were changed.

    A clock that is set forward needs nothing: steps then come early, which is the safe side.
    """
    count = 0
    for escalation in session.execute(
        select(Escalation).where(Escalation.status == "open").with_for_update()
    ).scalars():
        escalation.clock_started_at -= by
        escalation.acknowledge_by -= by
        if escalation.next_step_at is not None:
            escalation.next_step_at -= by
        count += 1
    later = select(FollowUp).where(FollowUp.done_at.is_(None), FollowUp.cancelled_at.is_(None))
    for row in session.execute(later).scalars():
        row.due_at -= by
        count += 1
    for handover in session.execute(select(Handover).where(Handover.status == "taken")).scalars():
        handover.last_activity_at -= by
        count += 1
    for request in session.execute(select(Handover).where(Handover.next_step_at.is_not(None))).scalars():
        request.next_step_at -= by
        count += 1
    return count


def _look(session: Session, now: datetime) -> dict[str, Any]:
    steps = select(Escalation.id).where(Escalation.status == "open", Escalation.next_step_at <= now)
    inbox = select(func.count(InboxMessage.id), func.min(InboxMessage.received_at)).where(
        InboxMessage.status.in_(("waiting", "working"))
    )
    outbox = select(func.count(OutboxMessage.id), func.min(OutboxMessage.created_at)).where(
        OutboxMessage.status == "waiting", OutboxMessage.channel == "telegram"
    )
    return {
        "steps": list(session.execute(steps.order_by(Escalation.next_step_at).limit(100)).scalars()),
        "follow_ups": bool(followups.due(session, now, 1)),
        "idle": handoff.any_idle(session, now),
        "requests": due_requests(session, now),
        "late": any_late(session, now),
        "inbox": _queue(session, inbox, now),
        "outbox": _queue(session, outbox, now),
    }


def _queue(session: Session, query: Select, now: datetime) -> tuple[int, float]:
    count, oldest = session.execute(query).one()
    return count, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def run_step(session: Session, escalation_id: int, now: datetime) -> int:
    """Carry out an escalation's due steps; one that comes late goes to everyone, whatever the policy says."""
    escalation = session.get(Escalation, escalation_id, with_for_update=True)
    if escalation is None or escalation.next_step_at is None or escalation.next_step_at > now:
        return 0
    if now - escalation.next_step_at > LATE:
        raise_late_step(session, escalation, now)
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
