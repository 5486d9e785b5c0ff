"""A person on a channel: found or made, linked, stopped, blocked."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.db.models import Conversation

# Built once, since every message runs them.
_BY_KEY = select(Conversation).where(
    Conversation.channel == bindparam("channel"), Conversation.external_id == bindparam("key")
)
_BY_ID = select(Conversation).where(Conversation.id == bindparam("id"))


def conversation_of(
    session: Session, channel: str, key: str, now: datetime, language: str | None = None
) -> Conversation:
    """Find the conversation of ``key`` on ``channel``, or open one in Spanish or English as ``language`` says."""
    found = find_conversation(session, channel, key)
    if found is not None:
        return found
    conversation = Conversation(
        id=str(uuid.uuid4()),
        channel=channel,
        external_id=key,
        language="es" if (language or "").lower().startswith("es") else "en",
        state="bot",
        created_at=now,
    )
    session.add(conversation)
    session.flush()
    return conversation


def find_conversation(session: Session, channel: str, key: str) -> Conversation | None:
    """Find the conversation of ``key`` on ``channel``, if there is one."""
    return session.execute(_BY_KEY, {"channel": channel, "key": key}).scalar_one_or_none()


def conversation_by_id(session: Session, conversation_id: str) -> Conversation | None:
    """Give a conversation as ``session.get`` does, with a statement that is built already."""
    return session.execute(_BY_ID, {"id": conversation_id}).scalar_one_or_none()


def note_blocked(session: Session, channel: str, key: str, blocked: bool, now: datetime) -> None:
    """Remember that a person blocked us (nothing can be delivered), or took that back."""
    conversation = find_conversation(session, channel, key)
    if conversation is not None:
        conversation.blocked_at = now if blocked else None
