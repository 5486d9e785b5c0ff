"""What a person decides about their chat: whether we may write first, and whether it is tied to their record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.models import Conversation


def stop_messages(session: Session, conversation_id: str, now: datetime) -> None:
    """Write to this person only in answer to them from now on. An unknown conversation changes nothing."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is not None:
        conversation.stopped_at = conversation.stopped_at or now


def resume_messages(session: Session, conversation_id: str, now: datetime) -> None:  # noqa: ARG001 - as its sibling
    """Allow messages that the person did not ask for, such as a check-in, again."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is not None:
        conversation.stopped_at = None


def unlink(session: Session, conversation_id: str, now: datetime) -> bool:  # noqa: ARG001 - as its siblings
    """Cut the tie between a conversation and a participant. Gives False where there was none."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or conversation.participant_id is None:
        return False
    conversation.participant_id = None
    return True
