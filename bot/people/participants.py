"""Participants, and the one-time codes that tie a Telegram account to one of them (or to a member of staff)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Conversation, LinkCode, Participant, Staff

# Long enough to hand over a slip of paper at group, short enough that a lost one is soon worthless.
CODE_LIFE = timedelta(days=3)


class LinkRefused(Exception):
    """The code is unknown, used or too old."""


@dataclass(frozen=True)
class Linked:
    """Who was linked, by first name, and as what."""

    first_name: str
    staff: bool


def participant_of_conversation(session: Session, conversation_id: str) -> int | None:
    """Give the participant that a conversation is linked to, if it is and they are still active."""
    query = (
        select(Participant.id)
        .join(Conversation, Conversation.participant_id == Participant.id)
        .where(Conversation.id == conversation_id, Participant.active.is_(True))
    )
    return session.execute(query).scalar_one_or_none()


def add_participant(session: Session, reference: str, first_name: str, now: datetime) -> Participant:
    """Store a participant under the program's own reference."""
    participant = Participant(reference=reference.strip(), first_name=first_name.strip(), active=True, created_at=now)
    session.add(participant)
    session.flush()
    return participant


def make_link_code(
    session: Session, now: datetime, *, participant_id: int | None = None, staff_id: int | None = None
) -> str:
    """Make a code for a ``?start=`` link; it works once, for three days. Only its hash is stored."""
    code = secrets.token_urlsafe(24)
    session.add(
        LinkCode(
            code_hash=_hashed(code),
            participant_id=participant_id,
            staff_id=staff_id,
            expires_at=now + CODE_LIFE,
            created_at=now,
        )
    )
    return code


def link(session: Session, conversation: Conversation, code: str, now: datetime) -> Linked:
    """Use a code up and link the conversation.

    Raises:
        LinkRefused: the code cannot be used; nothing changed.
    """
    row = session.get(LinkCode, _hashed(code), with_for_update=True)
    if row is None or row.used_at is not None or row.expires_at <= now:
        raise LinkRefused
    if row.staff_id is not None:
        staff = session.get(Staff, row.staff_id)
        if staff is None or not staff.active or conversation.channel != "telegram":
            raise LinkRefused
        row.used_at = now
        for other in session.execute(
            select(Staff).where(Staff.telegram_user_id == int(conversation.external_id), Staff.id != staff.id)
        ).scalars():
            other.telegram_user_id = None
        session.flush()
        staff.telegram_user_id = int(conversation.external_id)
        return Linked(staff.first_name, staff=True)
    participant = session.get(Participant, row.participant_id)
    if participant is None or not participant.active:
        raise LinkRefused
    row.used_at = now
    conversation.participant_id = participant.id
    return Linked(participant.first_name, staff=False)


def unlink(session: Session, conversation_id: str) -> bool:
    """Forget which participant a conversation belongs to. Gives False where it was not linked."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or conversation.participant_id is None:
        return False
    conversation.participant_id = None
    return True


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()
