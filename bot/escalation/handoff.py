"""A person in the program's staff takes over a conversation: taken, talked in, ended (asked for: ``requests.py``)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from bot.db.models import Conversation, Escalation, Handover, InboxMessage, OutboxMessage, Staff
from bot.escalation.alerts import how_to_reach, who
from bot.escalation.notices import refresh_notices
from bot.escalation.policy import chats_for
from bot.escalation.service import record
from bot.outbox.store import Outgoing, queue_to_person, queue_to_staff
from bot.program import program
from bot.texts import say


class HandoverError(Exception):
    """It cannot be done; the message is one sentence for staff."""


def open_handover(session: Session, conversation_id: str) -> Handover | None:
    """Give the conversation's request or hand-over that has not ended."""
    query = select(Handover).where(Handover.conversation_id == conversation_id, Handover.status.in_(("open", "taken")))
    return session.execute(query).scalar_one_or_none()


def take(session: Session, handover_id: int, staff_id: int, now: datetime) -> Handover:
    """Take a conversation: the assistant falls silent in it (but for the risk screen) and the person is told.

    Raises:
        HandoverError: somebody else has it, or it is over.
    """
    handover = session.get(Handover, handover_id, with_for_update=True)
    if handover is None or handover.status == "ended":
        raise HandoverError("This request is over.")
    if handover.status == "taken":
        if handover.staff_id == staff_id:
            return handover
        raise HandoverError("Somebody else has taken this already.")
    handover.status = "taken"
    handover.staff_id = staff_id
    handover.taken_at = handover.last_activity_at = now
    handover.next_step = handover.next_step_at = None
    conversation = session.get(Conversation, handover.conversation_id)
    conversation.state = "staff"
    staff = session.get(Staff, staff_id)
    tell(session, conversation, "handover_taken", now, name=staff.first_name, role=staff.role)
    refresh_notices(session, "handover", handover.id, conversation.id, now)
    return handover


def end(session: Session, handover_id: int, now: datetime, reason: str = "staff") -> Handover:
    """Give the conversation back to the assistant and tell the person.

    Raises:
        HandoverError: it is over already.
    """
    handover = session.get(Handover, handover_id, with_for_update=True)
    if handover is None or handover.status == "ended":
        raise HandoverError("This chat has ended already.")
    was_taken = handover.status == "taken"
    handover.status, handover.ended_at, handover.end_reason = "ended", now, reason
    handover.next_step = handover.next_step_at = None
    conversation = session.get(Conversation, handover.conversation_id)
    conversation.state = "bot"
    if was_taken:
        tell(session, conversation, "handover_ended", now)
    refresh_notices(session, "handover", handover.id, conversation.id, now)
    return handover


def relay_to_staff(session: Session, conversation: Conversation, message: InboxMessage, now: datetime) -> bool:
    """Pass what a person wrote to the member of staff who has the conversation. Gives False if nobody has."""
    handover = open_handover(session, conversation.id)
    if handover is None or handover.status != "taken":
        conversation.state = "bot"
        return False
    handover.last_activity_at = now
    # Staff chose to talk here, so the text goes to their own chat (unlike an alert, which goes to the group).
    text = f"💬 {who(session, conversation)}:\n{message.text or '(no text)'}\n\nReply to this message to answer."
    _write(session, handover, conversation.id, text, now, key=f"relay:{message.id}")
    return True


def note(session: Session, conversation: Conversation, words: str, now: datetime, *, key: str) -> None:
    """Write about a conversation to the member of staff who has it, or to the staff's chat; once for each ``key``."""
    handover = open_handover(session, conversation.id)
    taken = handover if handover is not None and handover.status == "taken" else None
    _write(session, taken, conversation.id, words, now, key=key)


def _write(
    session: Session, handover: Handover | None, conversation_id: str, words: str, now: datetime, *, key: str
) -> None:
    # "about": a reply to it reaches the person.
    for chat in _chats_of(session, handover, now):
        message = Outgoing(words, extra={"about": conversation_id})
        queue_to_staff(session, chat, message, kind="staff", now=now, dedupe_key=f"{key}:{chat}")


def staff_reply(
    session: Session,
    staff: Staff,
    text: str,
    now: datetime,
    *,
    chat_id: int | None = None,
    provider_message_id: str | None = None,
    conversation_id: str | None = None,
) -> str:
    """Send what staff wrote to the person, as from staff by first name and role; takes the conversation if nobody has.

    The person is found through the alert or notice that was replied to (``chat_id`` and ``provider_message_id``), or
    is named by ``conversation_id`` (console).

    Returns:
        The conversation's id.

    Raises:
        HandoverError: the message was not about a person, or they cannot be reached.
    """  # fmt: skip
    if conversation_id is None:
        conversation_id = _conversation_behind(session, chat_id, provider_message_id)
    conversation = session.get(Conversation, conversation_id) if conversation_id else None
    if conversation is None:
        raise HandoverError("Reply to an alert or to a person's message, so that I know whom it is for.")
    if conversation.blocked_at is not None:
        raise HandoverError("They have blocked the assistant, so this cannot be delivered.")
    if not text.strip():
        raise HandoverError("There is no text to send.")
    handover = open_handover(session, conversation.id)
    if handover is None:
        handover = Handover(conversation_id=conversation.id, status="open", requested_at=now, last_activity_at=now)
        session.add(handover)
        session.flush()
    if handover.status == "open":
        take(session, handover.id, staff.id, now)
    handover.last_activity_at = now
    words = say("from_staff", conversation.language, name=staff.first_name, role=staff.role, text=text.strip())
    queue_to_person(session, conversation, Outgoing(words), kind="staff", now=now)
    escalation = session.execute(
        select(Escalation).where(Escalation.conversation_id == conversation.id).order_by(Escalation.id.desc()).limit(1)
    ).scalar_one_or_none()
    if escalation is not None and escalation.closed_at is None:
        record(session, escalation, "staff_wrote", now, staff_id=staff.id)
    return str(conversation.id)


def any_idle(session: Session, now: datetime) -> bool:
    """Tell whether a hand-over has been quiet for as long as ``program.yml`` allows."""
    return session.execute(_idle(now).limit(1)).first() is not None


def _idle(now: datetime) -> Select:
    limit = now - timedelta(minutes=program().handover_timeout_minutes)
    return select(Handover.id).where(Handover.status == "taken", Handover.last_activity_at <= limit)


def end_idle(session: Session, now: datetime) -> int:
    """End hand-overs in which nobody has written for as long as ``program.yml`` allows; both sides are told."""
    ids = list(session.execute(_idle(now)).scalars())
    for handover_id in ids:
        handover = end(session, handover_id, now, reason="idle")
        conversation = session.get(Conversation, handover.conversation_id)
        minutes = round(program().handover_timeout_minutes)
        words = (
            f"⌛ {who(session, conversation)}: nobody has written for {minutes} minutes, so the chat has ended and the "
            f"assistant answers again. {how_to_reach(conversation)}"
        )
        _write(session, handover, conversation.id, words, now, key=f"idle:{handover.id}")
    return len(ids)


def _chats_of(session: Session, handover: Handover | None, now: datetime) -> list[int]:
    """Give the own chat of whoever has the conversation, or the staff's chat where nobody has or they linked none."""
    staff = session.get(Staff, handover.staff_id) if handover is not None and handover.staff_id is not None else None
    own = staff.telegram_user_id if staff is not None else None
    return [own] if own else chats_for(session, "staff_chat", now)


def _conversation_behind(session: Session, chat_id: int | None, provider_message_id: str | None) -> str | None:
    query = select(OutboxMessage).where(
        OutboxMessage.channel == "telegram",
        OutboxMessage.recipient == str(chat_id),
        OutboxMessage.provider_message_id == str(provider_message_id),
    )
    row = session.execute(query.limit(1)).scalar_one_or_none()
    if row is None:
        return None
    if row.escalation_id is not None:
        escalation = session.get(Escalation, row.escalation_id)
        return escalation.conversation_id if escalation is not None else None
    about = (row.extra or {}).get("about")
    return str(about) if about else None


def tell(session: Session, conversation: Conversation, text: str, now: datetime, **values: str) -> None:
    """Say the text of that name to the person."""
    words = program().fill(say(text, conversation.language, **values))
    queue_to_person(session, conversation, Outgoing(words), kind="staff", now=now)
