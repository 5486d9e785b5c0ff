"""What a click in the console does: one transaction through the same services as the Telegram buttons."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.models import Conversation, Escalation, Handover, Staff
from bot.escalation import handoff, service
from bot.escalation.staff_buttons import act
from bot.people.prospects import ProspectError


class Cannot(Exception):
    """It cannot be done; the message is one sentence for staff."""


_REFUSALS = (service.EscalationError, handoff.HandoverError, ProspectError)
VERBS = ("acknowledge", "take", "end", "claim", "done")


def click(session: Session, verb: str, number: int, staff_id: int, now: datetime) -> str:
    """Carry out one of :data:`VERBS` and give what to show. Raises Cannot."""
    try:
        return act(session, verb, number, session.get(Staff, staff_id), now)
    except _REFUSALS as refusal:
        raise Cannot(str(refusal)) from None
    except AttributeError:
        raise Cannot("This is not there any more.") from None


def close(session: Session, number: int, staff_id: int, now: datetime, *, outcome: str, false_alarm: bool) -> str:
    """Close an escalation with its outcome. Raises Cannot."""
    try:
        if false_alarm:
            service.mark_false_alarm(session, number, staff_id, now, outcome)
            return "Marked as a false alarm."
        service.resolve(session, number, staff_id, now, outcome)
    except _REFUSALS as refusal:
        raise Cannot(str(refusal)) from None
    return "Resolved."


def reply(session: Session, conversation_id: str | None, staff_id: int, text: str, now: datetime) -> str:
    """Write to the person, as from staff. Raises Cannot."""
    if conversation_id is None:
        raise Cannot("What was stored about this person was deleted, so there is no way to write to them.")
    known = handoff.open_handover(session, conversation_id)
    if known is not None and known.status == "taken" and known.staff_id != staff_id:
        raise Cannot("Somebody else is in this chat.")
    try:
        handoff.staff_reply(session, session.get(Staff, staff_id), text, now, conversation_id=conversation_id)
    except _REFUSALS as refusal:
        raise Cannot(str(refusal)) from None
    return "Sent."


def join(session: Session, conversation_id: str | None, staff_id: int, now: datetime) -> str:
    """Come into a conversation that nobody asked staff into. Raises Cannot."""
    if conversation_id is None or session.get(Conversation, conversation_id) is None:
        raise Cannot("What was stored about this person was deleted, so there is no chat to join.")
    known = handoff.open_handover(session, conversation_id)
    if known is None:
        known = Handover(conversation_id=conversation_id, status="open", requested_at=now, last_activity_at=now)
        session.add(known)
        session.flush()
    return click(session, "take", int(known.id), staff_id, now)


def conversation_of_alert(session: Session, number: int) -> str | None:
    """Give the conversation that an escalation is about. Raises Cannot where there is no such escalation."""
    row = session.get(Escalation, number)
    if row is None:
        raise Cannot("There is no alert with this number.")
    return row.conversation_id


def conversation_of_chat(session: Session, number: int) -> str | None:
    """Give the conversation of a hand-over. Raises Cannot where there is no such hand-over."""
    row = session.get(Handover, number)
    if row is None:
        raise Cannot("There is no chat with this number.")
    return row.conversation_id


def reply_to(session: Session, kind: str, number: int, staff_id: int, text: str, now: datetime) -> str:
    """Write to the person behind an escalation or a chat. Raises Cannot."""
    find = conversation_of_alert if kind == "escalations" else conversation_of_chat
    return reply(session, find(session, number), staff_id, text, now)


def join_alert(session: Session, number: int, staff_id: int, now: datetime) -> str:
    """Come into the conversation behind an escalation. Raises Cannot."""
    return join(session, conversation_of_alert(session, number), staff_id, now)
