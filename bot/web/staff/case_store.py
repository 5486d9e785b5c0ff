"""One escalation or one chat, with the conversation around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Conversation, Escalation, EscalationEvent, EscalationMessage, Handover, Participant
from bot.escalation.alerts import how_to_reach, who
from bot.escalation.handoff import open_handover
from bot.web.staff.board_store import AlertRow, alert_row, name_of
from bot.web.staff.evidence import Part, marked, reasons
from bot.web.thread import Entry, thread

# So many messages before the first disclosure are shown with it.
BEFORE = 15


@dataclass(frozen=True)
class Line:
    """A message for staff: with its evidence, and whether the escalation is about it."""

    entry: Entry
    parts: list[Part]
    reasons: list[str]
    disclosure: bool


@dataclass(frozen=True)
class Happened:
    """A line of the record that is only ever added to."""

    at: datetime
    what: str
    staff: str


@dataclass(frozen=True)
class Person:
    """Who a conversation is with, and whether staff are in it."""

    conversation_id: str | None
    who: str
    reach: str
    linked: bool
    handover: int | None
    handover_status: str
    handover_staff: str
    handover_mine: bool


@dataclass(frozen=True)
class Case:
    """An escalation's page."""

    alert: AlertRow
    person: Person
    lines: list[Line]
    record: list[Happened]
    more_before: bool


def case(session: Session, number: int, staff_id: int, now: datetime) -> Case | None:
    """Give an escalation with the conversation around it; None where there is none."""
    row = session.get(Escalation, number)
    if row is None:
        return None
    about = set(
        session.execute(select(EscalationMessage.inbox_id).where(EscalationMessage.escalation_id == number)).scalars()
    )
    lines = conversation_lines(session, row.conversation_id, about, now)
    first = next((index for index, line in enumerate(lines) if line.disclosure), 0)
    start = max(0, first - BEFORE)
    return Case(
        alert=alert_row(session, row),
        person=person(session, row.conversation_id, staff_id),
        lines=lines[start:],
        record=record(session, number),
        more_before=start > 0,
    )


def conversation_lines(session: Session, conversation_id: str | None, about: set[int], now: datetime) -> list[Line]:
    """Give a conversation's messages for staff, oldest first; ``about``: inbox rows of the escalation."""
    if conversation_id is None:
        return []
    return [
        Line(
            entry,
            marked(entry.text, entry.verdict),
            reasons(entry.verdict),
            entry.key[0] == "i" and entry.number in about,
        )
        for entry in thread(session, conversation_id, now)
    ]


def person(session: Session, conversation_id: str | None, staff_id: int) -> Person:
    """Say who a conversation is with."""
    conversation = session.get(Conversation, conversation_id) if conversation_id else None
    handover = open_handover(session, conversation.id) if conversation is not None else None
    return Person(
        conversation_id=conversation.id if conversation is not None else None,
        who=who(session, conversation),
        reach=_reach(conversation),
        linked=conversation is not None and session.get(Participant, conversation.participant_id or 0) is not None,
        handover=int(handover.id) if handover is not None else None,
        handover_status=handover.status if handover is not None else "",
        handover_staff=name_of(session, handover.staff_id) if handover is not None else "",
        handover_mine=handover is not None and handover.staff_id == staff_id,
    )


def _reach(conversation: Conversation | None) -> str:
    if conversation is not None and conversation.blocked_at is None:
        if conversation.channel == "web":
            return "They read a reply while their page is open, or when they come back to it."
        return "A reply goes to their Telegram."
    return how_to_reach(conversation)


def record(session: Session, number: int) -> list[Happened]:
    """Give what happened to an escalation, oldest first."""
    query = select(EscalationEvent).where(EscalationEvent.escalation_id == number).order_by(EscalationEvent.id)
    return [
        Happened(row.at, _in_words(row), name_of(session, row.staff_id)) for row in session.execute(query).scalars()
    ]


_TARGETS = {
    "staff_chat": "the staff chat",
    "on_call": "whoever is on call",
    "backup": "the backup",
    "everyone": "everyone",
}


def _in_words(row: EscalationEvent) -> str:
    detail = row.detail or {}
    outcome = f": {detail['outcome']}" if detail.get("outcome") else ""
    known = {
        "opened": lambda: f"Opened at level {detail.get('level', '')}",
        "message": lambda: (
            f"A message was added (level {detail.get('level', '')}, by {detail.get('reader', 'a reader')})"
        ),
        "raised": lambda: f"Raised from {detail.get('before', '')} to {detail.get('level', '')}",
        "step": lambda: (
            f"Alerted {_TARGETS.get(detail.get('notify', ''), 'staff')} ({detail.get('alerts', 0)} message"
            f"{'' if detail.get('alerts') == 1 else 's'})"
        ),
        "acknowledged": lambda: "Acknowledged",
        "resolved": lambda: f"Resolved{outcome}",
        "false_alarm": lambda: f"Marked as a false alarm{outcome}",
        "staff_wrote": lambda: "Wrote to the person",
    }
    return known.get(row.kind, lambda: str(row.kind).replace("_", " ").capitalize())()


@dataclass(frozen=True)
class ChatCase:
    """A hand-over's page."""

    number: int
    status: str
    asked_at: datetime
    person: Person
    lines: list[Line]
    escalation: int | None


def chat_case(session: Session, number: int, staff_id: int, now: datetime) -> ChatCase | None:
    """Give a hand-over with its conversation; None where there is none."""
    row = session.get(Handover, number)
    if row is None:
        return None
    query = select(Escalation.id).where(
        Escalation.conversation_id == row.conversation_id, Escalation.status.in_(("open", "acknowledged"))
    )
    return ChatCase(
        number=number, status=row.status, asked_at=row.requested_at,
        person=person(session, row.conversation_id, staff_id),
        lines=conversation_lines(session, row.conversation_id, set(), now),
        escalation=session.execute(query).scalar_one_or_none(),
    )  # fmt: skip
