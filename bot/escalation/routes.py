"""Another way for an alert that did not arrive, or that has to wait."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Escalation, OutboxMessage
from bot.escalation.alerts import alert_buttons, alert_text
from bot.escalation.policy import chats_for
from bot.escalation.service import record
from bot.outbox.store import Outgoing, queue_to_staff

# Whom an alert goes to where its own way is closed for a while, the nearest first.
NEXT_ROUTES = ("on_call", "backup", "everyone")


def alert_failed(session: Session, row: OutboxMessage, now: datetime) -> int:
    """Send an alert that will never be delivered to everyone who has not had it. Returns how many that are."""
    escalation = _still_open(session, row)
    if escalation is None:
        return 0
    sent = alert_again(session, escalation, chats_for(session, "everyone", now), now, key=f"instead_of:{row.id}")
    record(session, escalation, "alert_failed", now, reason=row.error or "", sent_instead=sent)
    return sent


def alert_waits(session: Session, row: OutboxMessage, now: datetime, reason: str) -> int:
    """Send an alert that has to wait (a limit, an error that may pass) by the next route too, at once.

    Returns how many chats that reaches; 0 where nobody takes it any more or everybody has had it.
    """
    escalation = _still_open(session, row)
    if escalation is None or escalation.status != "open":
        return 0
    for target in NEXT_ROUTES:
        sent = alert_again(session, escalation, chats_for(session, target, now), now, key=f"while:{row.id}")
        if sent:
            record(session, escalation, "alert_waits", now, reason=reason, notify=target, sent_instead=sent)
            return sent
    return 0


def tell_everyone(session: Session, escalation: Escalation, words: str, now: datetime, *, key: str) -> int:
    """Take the loudest route: ``words`` and the alert's buttons to everybody, once for each ``key``."""
    message = Outgoing(f"{words}\n\n{alert_text(session, escalation)}", alert_buttons(escalation))
    rows = [
        queue_to_staff(
            session, chat, message, kind="alert", now=now, escalation_id=escalation.id, dedupe_key=f"{key}:{chat}"
        )
        for chat in chats_for(session, "everyone", now)
    ]
    return sum(row is not None for row in rows)


def reached_staff(session: Session, escalation: Escalation) -> bool:
    """Tell whether an alert was delivered since the escalation's clock was started last."""
    query = select(OutboxMessage.id).where(
        OutboxMessage.escalation_id == escalation.id,
        OutboxMessage.kind == "alert",
        OutboxMessage.status == "sent",
        OutboxMessage.created_at >= escalation.clock_started_at,
    )
    return session.execute(query.limit(1)).first() is not None


def _still_open(session: Session, row: OutboxMessage) -> Escalation | None:
    escalation = session.get(Escalation, row.escalation_id) if row.escalation_id is not None else None
    return None if escalation is None or escalation.closed_at is not None else escalation


def _had(session: Session, escalation: Escalation) -> set[str]:
    """Give the chats that an alert went to, or is about to, since the clock was started last."""
    query = select(OutboxMessage.recipient).where(
        OutboxMessage.escalation_id == escalation.id,
        OutboxMessage.kind == "alert",
        OutboxMessage.created_at >= escalation.clock_started_at,
    )
    return set(session.execute(query).scalars())


def alert_again(session: Session, escalation: Escalation, chats: list[int], now: datetime, *, key: str) -> int:
    """Send the alert to those of ``chats`` who have not had it since the clock was started. Returns how many."""
    had = _had(session, escalation)
    message = Outgoing(alert_text(session, escalation), alert_buttons(escalation))
    rows = [
        queue_to_staff(session, chat, message, kind="alert", now=now, escalation_id=escalation.id,
                       dedupe_key=f"alert:{escalation.id}:{key}:{chat}")
        for chat in chats if str(chat) not in had
    ]  # fmt: skip
    return sum(row is not None for row in rows)
