"""Old things are removed, after the times in ``program.yml``."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from bot.db.models import (
    OPEN_STATES,
    ButtonToken,
    Conversation,
    Dialogue,
    Escalation,
    ExportToken,
    Handover,
    InboxMessage,
    LinkCode,
    OutboxMessage,
)
from bot.program import program

# Removed in portions, so that one run never holds the database for long.
PORTION = 500


def remove_old(session: Session, now: datetime) -> int:
    """Remove messages, web conversations and spent tokens that are older than the program keeps them.

    Messages that are still waiting, and those of an open alert or hand-over, stay. Returns how many rows went.
    """
    keep = program().retention
    old = now - timedelta(days=keep.messages_days)
    open_alert = exists().where(
        Escalation.conversation_id == InboxMessage.conversation_id, Escalation.status.in_(OPEN_STATES)
    )
    messages = select(InboxMessage.id).where(
        InboxMessage.received_at < old, InboxMessage.status.in_(("done", "failed")), ~open_alert
    )
    sent = select(OutboxMessage.id).where(OutboxMessage.created_at < old, OutboxMessage.status != "waiting")
    quiet = now - timedelta(days=keep.web_conversations_days)
    busy = exists().where(Handover.conversation_id == Conversation.id, Handover.status != "ended")
    alarmed = exists().where(Escalation.conversation_id == Conversation.id, Escalation.status.in_(OPEN_STATES))
    visitors = select(Conversation.id).where(
        Conversation.channel == "web", Conversation.last_message_at < quiet, ~busy, ~alarmed
    )
    count = 0
    for table, chosen in ((OutboxMessage, sent), (InboxMessage, messages), (Conversation, visitors)):
        ids = list(session.execute(chosen.limit(PORTION)).scalars())
        if ids:
            count += session.execute(delete(table).where(table.id.in_(ids))).rowcount
    for spent in (ButtonToken, LinkCode, ExportToken):
        count += session.execute(delete(spent).where(spent.expires_at < now)).rowcount
    count += session.execute(delete(Dialogue).where(Dialogue.updated_at < old)).rowcount
    return int(count)
