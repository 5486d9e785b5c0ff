"""Another way for an alert that did not arrive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Escalation, OutboxMessage
from bot.escalation.alerts import alert_buttons, alert_text
from bot.escalation.policy import chats_for
from bot.escalation.service import record
from bot.outbox.store import Outgoing, queue_to_staff


def alert_failed(session: Session, row: OutboxMessage, now: datetime) -> int:
    """Send an alert that could not be delivered to everyone who has not had it. Returns how many that are."""
    escalation = session.get(Escalation, row.escalation_id) if row.escalation_id is not None else None
    if escalation is None or escalation.closed_at is not None:
        return 0
    query = select(OutboxMessage.recipient).where(
        OutboxMessage.escalation_id == escalation.id, OutboxMessage.kind == "alert"
    )
    had = set(session.execute(query).scalars())
    message = Outgoing(alert_text(session, escalation), alert_buttons(escalation))
    others = [chat for chat in chats_for(session, "everyone", now) if str(chat) not in had]
    for chat in others:
        queue_to_staff(session, chat, message, kind="alert", now=now, escalation_id=escalation.id,
                       dedupe_key=f"alert:{escalation.id}:instead_of:{row.id}:{chat}")  # fmt: skip
    record(session, escalation, "alert_failed", now, reason=row.error or "", sent_instead=len(others))
    return len(others)
