"""Looks after the others: a step that comes late, or an alert that reached nobody, goes to everyone at once.

It is a loop of its own, so it also notices that the timers stand still.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from bot.clock import clock
from bot.db.models import Escalation, EscalationEvent, OutboxMessage
from bot.db.work import in_reading, in_transaction
from bot.escalation.policy import chats_for, round_of
from bot.escalation.routes import NEXT_ROUTES, alert_again, reached_staff, tell_everyone
from bot.escalation.service import record, run_due_steps
from bot.loop import Loop
from bot.metrics import ERRORS, LATE_STEPS, UNDELIVERED_ALERTS

log = structlog.get_logger()

# A step this late, or an alert that arrived nowhere for so long, means that something is broken.
LATE = timedelta(minutes=1)
LOOK_SECONDS = 5.0


class Auditor(Loop):
    """Looks every few seconds for escalations that are not passed on."""

    name = "auditor"

    def __init__(self, on_queued: Callable[[], None]) -> None:
        """Args: on_queued: called after something was queued."""
        super().__init__()
        self._on_queued = on_queued

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look(clock.now())
            except Exception as error:  # noqa: BLE001 - the database may be away for a while
                ERRORS.labels("auditor").inc()
                log.warning("auditor failed", error=type(error).__name__)

    async def look(self, now: datetime) -> None:
        """Look once; one escalation's trouble is not another's."""
        for escalation_id in await in_reading(suspicious, now):
            try:
                await in_transaction(audit, escalation_id, now)
            except Exception as error:  # noqa: BLE001, PERF203 - tried again at the next look
                ERRORS.labels("auditor").inc()
                log.warning("escalation not audited", error=type(error).__name__, escalation_id=escalation_id)
            else:
                self._on_queued()


def suspicious(session: Session, now: datetime, limit: int = 100) -> list[int]:
    """Give the open escalations with a late step, or of which no alert has arrived and nobody was told of that."""
    alert = OutboxMessage
    arrived = exists().where(
        alert.escalation_id == Escalation.id, alert.kind == "alert", alert.status == "sent",
        alert.created_at >= Escalation.clock_started_at,
    )  # fmt: skip
    noted = exists().where(
        EscalationEvent.escalation_id == Escalation.id, EscalationEvent.kind == "undelivered",
        EscalationEvent.at >= Escalation.clock_started_at,
    )  # fmt: skip
    unheard = (Escalation.clock_started_at < now - LATE) & ~arrived & ~noted
    query = (
        select(Escalation.id)
        .where(Escalation.status == "open", or_(Escalation.next_step_at < now - LATE, unheard))
        .order_by(Escalation.id)
        .limit(limit)
    )
    return list(session.execute(query).scalars())


def audit(session: Session, escalation_id: int, now: datetime) -> None:
    """Take the loudest route for one escalation, if it needs that."""
    escalation = session.get(Escalation, escalation_id, with_for_update=True)
    if escalation is None or escalation.status != "open":
        return
    if escalation.next_step_at is not None and escalation.next_step_at < now - LATE:
        raise_late_step(session, escalation, now)
        run_due_steps(session, escalation, now)
    if escalation.clock_started_at < now - LATE and not reached_staff(session, escalation):
        _raise_undelivered(session, escalation, now)


def raise_late_step(session: Session, escalation: Escalation, now: datetime) -> None:
    """Tell everyone that a step came late. The caller holds the escalation's lock and carries the step out."""
    LATE_STEPS.inc()
    log.warning("an escalation step is late", escalation_id=escalation.id, step=escalation.step)
    words = f"‼️ Alert {escalation.id} was not passed on in time and is still open. Please look at it now."
    told = tell_everyone(
        session, escalation, words, now, key=f"late:{escalation.id}:{round_of(escalation)}:{escalation.step}"
    )
    record(session, escalation, "late", now, step=escalation.step, told=told)


def _raise_undelivered(session: Session, escalation: Escalation, now: datetime) -> None:
    known = select(EscalationEvent.id).where(
        EscalationEvent.escalation_id == escalation.id, EscalationEvent.kind == "undelivered",
        EscalationEvent.at >= escalation.clock_started_at,
    )  # fmt: skip
    if session.execute(known.limit(1)).first() is not None:
        return
    UNDELIVERED_ALERTS.inc()
    log.warning("no alert has arrived", escalation_id=escalation.id)
    told = alert_again(session, escalation, chats_for(session, NEXT_ROUTES[-1], now), now, key="undelivered")
    record(session, escalation, "undelivered", now, told=told)
