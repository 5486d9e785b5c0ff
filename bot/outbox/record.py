"""What became of a message that was handed to a channel; each function is one use case in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from bot.db.models import Conversation, Escalation, InboxMessage, OutboxMessage
from bot.escalation.routes import alert_failed, alert_waits, reached_staff
from bot.escalation.told import tell_person_delivered

# Something that failed so often over about an hour is not going to work; staff see it in the console.
MOST_ATTEMPTS = 60

# Every delivery comes here, so both are built once, only what is needed is read, and nothing is made an object of.
_SENT = (
    select(OutboxMessage.kind, OutboxMessage.escalation_id, OutboxMessage.created_at, InboxMessage.received_at)
    .outerjoin(InboxMessage, InboxMessage.id == OutboxMessage.inbox_id)
    .where(OutboxMessage.id == bindparam("outbox_id"))
)
# Telegram gives no number for a message that it changed: then the one that is known stays.
_MARK_SENT = (
    update(OutboxMessage)
    .where(OutboxMessage.id == bindparam("outbox_id"))
    .values(
        status="sent",
        sent_at=bindparam("now"),
        error=None,
        provider_message_id=func.coalesce(bindparam("provider_id"), OutboxMessage.provider_message_id),
    )
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True)
class Took:
    """How long a delivery took, for the metrics; None where it cannot be said."""

    since_queued: float
    since_written: float | None = None  # from storing what the person wrote to Telegram's yes for the answer
    alert: float | None = None  # from the start of the escalation's clock to Telegram's yes for its first alert


def delivered(session: Session, outbox_id: int, provider_id: str | None, now: datetime) -> Took | None:
    """Record a delivery; the person hears of an alert once it has really arrived. None where the row is gone."""
    row = session.execute(_SENT, {"outbox_id": outbox_id}).one_or_none()
    if row is None:
        return None
    alert = None
    escalation = session.get(Escalation, row.escalation_id) if row.kind == "alert" and row.escalation_id else None
    if escalation is not None:
        if not reached_staff(session, escalation):
            alert = _seconds(escalation.clock_started_at, now)
        tell_person_delivered(session, escalation, now)
    session.execute(_MARK_SENT, {"outbox_id": outbox_id, "now": now, "provider_id": provider_id})
    return Took(
        since_queued=_seconds(row.created_at, now),
        since_written=_seconds(row.received_at, now) if row.received_at is not None else None,
        alert=alert,
    )


def put_off(session: Session, outbox_id: int, reason: str, until: datetime, now: datetime) -> None:
    """Keep a message for another try; an alert goes another way meanwhile."""
    row = session.get(OutboxMessage, outbox_id)
    if row is None:
        return
    row.attempts += 0 if reason == "retry_after" else 1
    row.error, row.next_attempt_at = reason[:64], until
    if row.attempts >= MOST_ATTEMPTS:
        give_up(session, outbox_id, reason, now)
    elif row.kind == "alert":
        alert_waits(session, row, now, reason)


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


def alert_held(session: Session, outbox_id: int, now: datetime) -> int:
    """Send an alert another way, because its chat may not be written to yet. Returns how many others are told."""
    row = session.get(OutboxMessage, outbox_id)
    if row is None or row.status != "waiting":
        return 0
    return alert_waits(session, row, now, "limit")


def _seconds(since: datetime, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds())
