"""Keeping what a craving was like, so that staff and the person can see what helps."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models.coping import CravingLog

# A craving that is closed later than this is another one; urges crest within half an hour.
SAME_CRAVING = timedelta(hours=6)


class RatingError(ValueError):
    """A rating is not a whole number from 0 to 10."""


def record_craving(
    session: Session,
    conversation_id: str,
    message_id: int | None,
    rating_before: int | None,
    rating_after: int | None,
    trigger: str | None,
    skill: str | None,
    now: datetime,
) -> int:
    """Write down a craving, or complete the one that this conversation has open, and give its row's id.

    Args:
        session: an open transaction.
        conversation_id: whose craving.
        message_id: the inbox row of the message that was answered; a repeated call for it changes the same row.
        rating_before: 0-10, or None where it was not said.
        rating_after: 0-10; closes the craving.
        trigger: one of ``bot.coping.catalogue.TRIGGERS``.
        skill: the skill that was used last.
        now: aware, UTC.

    Raises:
        RatingError: a rating is off the scale.
    """
    for rating in (rating_before, rating_after):
        if rating is not None and not 0 <= rating <= 10:
            raise RatingError("A rating is a whole number from 0 to 10.")
    row = _open_one(session, conversation_id, message_id, now)
    if row is None:
        row = CravingLog(conversation_id=conversation_id, inbox_id=message_id, created_at=now)
        session.add(row)
    row.rating_before = rating_before if row.rating_before is None else row.rating_before
    row.trigger = trigger or row.trigger
    row.skill = skill or row.skill
    if rating_after is not None:
        row.rating_after = rating_after
        row.finished_at = now
    session.flush()
    return int(row.id)


def _open_one(session: Session, conversation_id: str, message_id: int | None, now: datetime) -> CravingLog | None:
    mine = select(CravingLog).where(CravingLog.conversation_id == conversation_id)
    if message_id is not None:
        same = session.execute(mine.where(CravingLog.inbox_id == message_id)).scalars().first()
        if same is not None:
            return same
    recent = mine.where(CravingLog.finished_at.is_(None), CravingLog.created_at > now - SAME_CRAVING)
    return session.execute(recent.order_by(CravingLog.id.desc()).limit(1)).scalars().first()
