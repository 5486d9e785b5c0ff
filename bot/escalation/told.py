"""What the person is told about an alert, only once it is true."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Conversation, Escalation, OutboxMessage, Staff
from bot.escalation.policy import round_of
from bot.outbox.store import Outgoing, queue_to_person
from bot.program import program
from bot.texts import say


def tell_person_delivered(session: Session, escalation: Escalation, now: datetime) -> None:
    """Say that staff have been told, once an alert has been delivered: in full, and shortly where it got worse.

    Once each time that the clock was started.
    """
    if escalation.status != "open":
        return  # whoever has taken it by now was named to the person already
    key = f"told:delivered:{escalation.id}:"
    before = select(OutboxMessage.id).where(OutboxMessage.dedupe_key.startswith(key, autoescape=True)).limit(1)
    text = "alert_delivered_again" if session.execute(before).first() is not None else "alert_delivered"
    _tell(session, escalation, text, now, key=f"{key}{round_of(escalation)}")


def tell_person_taken(session: Session, escalation: Escalation, staff: Staff | None, now: datetime) -> None:
    """Say that a member of staff, by first name and role, has taken it."""
    if staff is not None:
        _tell(session, escalation, "alert_taken", now, key=f"told:taken:{escalation.id}:{round_of(escalation)}",
              name=staff.first_name, role=staff.role)  # fmt: skip


# Somebody else may hold the phone: after these the assistant writes nothing that was not asked for.
NOT_UNASKED = frozenset({"abuse", "violence"})


def _tell(session: Session, escalation: Escalation, text: str, now: datetime, *, key: str, **values: str) -> None:
    conversation = session.get(Conversation, escalation.conversation_id) if escalation.conversation_id else None
    if conversation is None or (escalation.categories and escalation.categories[0] in NOT_UNASKED):
        return
    words = program().fill(say(text, conversation.language, **values))
    queue_to_person(session, conversation, Outgoing(words), kind="crisis", now=now, dedupe_key=key)
