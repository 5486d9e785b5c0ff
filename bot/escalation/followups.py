"""Something to say later if the person stays silent. The timer is a row, so a restart loses none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.db.models import FollowUp

# Every message comes here, so it is built once; nobody holds these rows.
_CANCEL = (
    update(FollowUp)
    .where(
        FollowUp.conversation_id == bindparam("conversation"),
        FollowUp.done_at.is_(None),
        FollowUp.cancelled_at.is_(None),
    )
    .values(cancelled_at=bindparam("now"))
    .execution_options(synchronize_session=False)
)


def schedule(session: Session, conversation_id: str, message_id: int | None, kind: str, due_at: datetime) -> int:
    """Remember to write at ``due_at`` (aware UTC) unless the person writes before; replaces an open one of the kind."""
    cancel(session, conversation_id, due_at, kind=kind)
    row = FollowUp(conversation_id=conversation_id, inbox_id=message_id, kind=kind, due_at=due_at)
    session.add(row)
    session.flush()
    return int(row.id)


def cancel(session: Session, conversation_id: str, now: datetime, *, kind: str | None = None) -> int:
    """Drop what was to be said later, because the person wrote. Returns how many."""
    query = _CANCEL if kind is None else _CANCEL.where(FollowUp.kind == kind)
    return int(session.execute(query, {"conversation": conversation_id, "now": now}).rowcount)


def due(session: Session, now: datetime, limit: int = 50) -> list[FollowUp]:
    """Give the follow-ups that are due, oldest first."""
    query = (
        select(FollowUp)
        .where(FollowUp.done_at.is_(None), FollowUp.cancelled_at.is_(None), FollowUp.due_at <= now)
        .order_by(FollowUp.due_at)
        .limit(limit)
    )
    return list(session.execute(query).scalars())
