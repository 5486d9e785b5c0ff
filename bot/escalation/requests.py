"""Somebody asks for a person; where nobody takes it staff are reminded once, and then the person is told.

The clock runs in office hours only. Whoever asked hears at closing time that nobody got to it, rather than wait all
night, and at the next opening it starts again. A request that timed out stays on the staff's list and can be taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Conversation, Handover
from bot.escalation.handoff import open_handover, tell
from bot.escalation.notices import notify_staff, refresh_notices, remind_staff
from bot.escalation.office import in_office_hours, staffed
from bot.program import program

REMIND, TELL = "remind", "tell"


@dataclass(frozen=True)
class HandoverOutcome:
    """What a request led to. ``staffed_now``: the program's office hours include this moment."""

    opened: bool
    staffed_now: bool
    taken: bool = False
    told: bool = True  # False: there is no staff chat to tell; the console shows the request


def request_person(session: Session, conversation_id: str, message_id: int | None, now: datetime) -> HandoverOutcome:
    """Ask the staff for a person in this conversation.

    Asking again changes nothing while a request waits or is taken; after one that timed out it is passed on anew.
    """
    handover = open_handover(session, conversation_id)
    if handover is None:
        handover = Handover(
            conversation_id=conversation_id, inbox_id=message_id, status="open", requested_at=now, last_activity_at=now
        )
        session.add(handover)
        session.flush()
        sent = notify_staff(session, kind="handover", subject_id=handover.id, conversation_id=conversation_id, now=now)
    elif handover.status == "taken" or handover.next_step_at is not None:
        return HandoverOutcome(opened=False, staffed_now=staffed(session, now), taken=handover.status == "taken")
    else:
        handover.person_told_at = None
        refresh_notices(session, "handover", handover.id, conversation_id, now)
        sent = remind_staff(session, handover, now)
    _start(session, handover, now)
    return HandoverOutcome(opened=True, staffed_now=staffed(session, now), told=bool(sent))


def _start(session: Session, handover: Handover, now: datetime) -> None:
    handover.next_step = REMIND
    handover.next_step_at = in_office_hours(session, now, program().person_request.remind_staff_minutes)


def due_requests(session: Session, now: datetime, limit: int = 100) -> list[int]:
    """Give the requests that nobody took and whose next step is due, by id."""
    query = select(Handover.id).where(Handover.status == "open", Handover.next_step_at <= now)
    return list(session.execute(query.order_by(Handover.next_step_at).limit(limit)).scalars())


def run_request(session: Session, handover_id: int, now: datetime) -> int:
    """Carry out a request's due step: remind staff, or tell the person. Returns how many were, 0 or 1."""
    handover = session.get(Handover, handover_id, with_for_update=True)
    if handover is None or handover.status != "open" or handover.next_step_at is None or handover.next_step_at > now:
        return 0
    conversation = session.get(Conversation, handover.conversation_id)
    policy = program().person_request
    if not staffed(session, now):
        tell(session, conversation, "request_closed", now)
        _start(session, handover, now)
    elif handover.next_step == REMIND:
        remind_staff(session, handover, now)
        handover.next_step = TELL
        left = policy.tell_person_minutes - policy.remind_staff_minutes
        handover.next_step_at = in_office_hours(session, now, left)
    else:
        tell(session, conversation, "request_nobody", now)
        handover.next_step = handover.next_step_at = None
        handover.person_told_at = now
        refresh_notices(session, "handover", handover.id, conversation.id, now)
    return 1
