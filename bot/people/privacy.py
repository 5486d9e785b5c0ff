"""What is stored about a person: shown, handed out, deleted."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.db.models import (
    Absence,
    Conversation,
    CravingLog,
    Escalation,
    ExportToken,
    Handover,
    InboxMessage,
    OutboxMessage,
    Participant,
    Prospect,
)

# Long enough to open a link on another device, short enough that a lost one is soon worthless.
EXPORT_LIFE = timedelta(minutes=30)


class ExportGone(Exception):
    """The link is unknown, used or too old."""


def summary(session: Session, conversation_id: str, now: datetime) -> dict[str, Any]:  # noqa: ARG001 - one shape for all
    """Count what is stored about the person behind a conversation.

    Returns:
        {"messages", "answers", "craving_logs", "absences", "callbacks", "linked": bool, "since": ISO 8601, UTC}.
    """
    conversation = session.get(Conversation, conversation_id)

    def count(table: Any) -> int:
        query = select(func.count()).select_from(table).where(table.conversation_id == conversation_id)
        return int(session.execute(query).scalar_one())

    return {
        "messages": count(InboxMessage),
        "answers": count(OutboxMessage),
        "craving_logs": count(CravingLog),
        "absences": count(Absence),
        "callbacks": count(Prospect),
        "linked": conversation is not None and conversation.participant_id is not None,
        "since": conversation.created_at.isoformat() if conversation is not None else None,
    }


def export(session: Session, conversation_id: str, now: datetime) -> str:
    """Make a link's token with which the person can download everything once, within half an hour."""
    token = secrets.token_urlsafe(24)
    session.add(ExportToken(token_hash=_hashed(token), conversation_id=conversation_id, expires_at=now + EXPORT_LIFE))
    return token


def redeem_export(session: Session, token: str, now: datetime) -> dict[str, Any]:
    """Use a token up and give all that is stored about the person, as plain JSON values.

    Raises:
        ExportGone: the token cannot be used.
    """
    row = session.get(ExportToken, _hashed(token), with_for_update=True)
    if row is None or row.used_at is not None or row.expires_at <= now:
        raise ExportGone
    row.used_at = now
    return collect(session, str(row.conversation_id))


def collect(session: Session, conversation_id: str) -> dict[str, Any]:
    """Give all that is stored about the person behind a conversation, as plain JSON values."""
    conversation = session.get(Conversation, conversation_id)
    participant = (
        session.get(Participant, conversation.participant_id)
        if conversation is not None and conversation.participant_id is not None
        else None
    )
    return {
        "conversation": _row(conversation, ("channel", "language", "created_at", "last_message_at", "stopped_at")),
        "linked_to": _row(participant, ("first_name", "reference")),
        "messages": _rows(session, InboxMessage, conversation_id, ("received_at", "kind", "text")),
        "answers": _rows(session, OutboxMessage, conversation_id, ("created_at", "sent_at", "kind", "text")),
        "cravings": _rows(
            session, CravingLog, conversation_id,
            ("created_at", "rating_before", "rating_after", "trigger", "skill"),
        ),
        "absences": _rows(session, Absence, conversation_id, ("reported_at", "kind", "occurrence_at")),
        "call_backs": _rows(
            session, Prospect, conversation_id,
            ("created_at", "first_name", "contact", "best_time", "insurance", "note", "status"),
        ),
        "alerts": _rows(session, Escalation, conversation_id, ("opened_at", "level", "categories", "status")),
        "requests_for_a_person": _rows(session, Handover, conversation_id, ("requested_at", "taken_at", "ended_at")),
    }  # fmt: skip


def delete(session: Session, conversation_id: str, now: datetime) -> bool:  # noqa: ARG001
    """Delete what is stored about the person behind a conversation.

    The record of an alert (level, category, times, who answered) stays without any tie to the person and without any
    text: the program has to be able to show that it acted. The participant's own record belongs to the program.

    Returns:
        False where there is nothing (any more).
    """
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        return False
    session.execute(update(Escalation).where(Escalation.conversation_id == conversation_id).values(participant_id=None))
    for table in (Absence, Prospect):  # these outlive a conversation that retention removes, but not this
        session.execute(delete_rows(table).where(table.conversation_id == conversation_id))
    session.execute(delete_rows(Conversation).where(Conversation.id == conversation_id))
    session.expire_all()
    return True


def _row(row: Any, names: tuple[str, ...]) -> dict[str, Any] | None:
    return {name: _plain(getattr(row, name)) for name in names} if row is not None else None


def _rows(session: Session, table: Any, conversation_id: str, names: tuple[str, ...]) -> list[dict[str, Any] | None]:
    query = select(table).where(table.conversation_id == conversation_id).order_by(table.id)
    return [_row(row, names) for row in session.execute(query).scalars()]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
