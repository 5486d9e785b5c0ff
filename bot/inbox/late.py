"""People whose answer takes long are told so, once, whatever the reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.db.models import Conversation, InboxMessage
from bot.outbox.store import Outgoing, queue_to_person
from bot.program import program
from bot.texts import say

# Longer than one call to Rasa may take (10 s), short enough that nobody thinks that the assistant has gone.
LATE = timedelta(seconds=15)


def tell_late(session: Session, now: datetime) -> int:
    """Tell everybody whose oldest message has waited for :data:`LATE`. Returns to how many that was said."""
    query = (
        select(func.min(InboxMessage.id))
        .where(InboxMessage.status.in_(("waiting", "working")), InboxMessage.told_waiting_at.is_(None))
        .where(InboxMessage.received_at <= now - LATE)
        .group_by(InboxMessage.conversation_id)
    )
    ids = list(session.execute(query).scalars())
    return sum(tell_waiting(session, session.get(InboxMessage, found), now) for found in ids)


def any_late(session: Session, now: datetime) -> bool:
    """Tell whether somebody has to be told."""
    query = (
        select(InboxMessage.id)
        .where(InboxMessage.status.in_(("waiting", "working")), InboxMessage.told_waiting_at.is_(None))
        .where(InboxMessage.received_at <= now - LATE)
    )
    return session.execute(query.limit(1)).first() is not None


def tell_waiting(session: Session, message: InboxMessage, now: datetime) -> bool:
    """Say that the answer to ``message`` is late; once for everything that the person has waiting now."""
    if message.told_waiting_at is not None:
        return False
    session.execute(
        update(InboxMessage)
        .where(InboxMessage.conversation_id == message.conversation_id, InboxMessage.told_waiting_at.is_(None))
        .where(InboxMessage.status.in_(("waiting", "working")))
        .values(told_waiting_at=now)
    )
    message.told_waiting_at = now
    conversation = session.get(Conversation, message.conversation_id)
    words = Outgoing(program().fill(say("answer_late", conversation.language)))
    queue_to_person(session, conversation, words, kind="notice", now=now, inbox_id=message.id,
                    dedupe_key=f"late:{message.id}")  # fmt: skip
    return True
