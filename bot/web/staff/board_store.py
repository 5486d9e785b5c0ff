"""What the console's first page shows: everything that waits for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bot.db.models import (
    OPEN_STATES,
    Absence,
    Conversation,
    Escalation,
    Handover,
    InboxMessage,
    ProgramSession,
    Prospect,
    Staff,
)
from bot.escalation.alerts import messages_of, who
from bot.program import program

LEVEL_WORDS = {"E": "Emergency", "H": "High", "M": "Moderate"}
STATUS_WORDS = {
    "open": "Open",
    "acknowledged": "Acknowledged",
    "resolved": "Resolved",
    "false_alarm": "False alarm",
}
_URGENCY = {"E": 0, "H": 1, "M": 2}
# A message that waits longer than this is shown (the design: staff are told after a minute).
LATE = timedelta(minutes=1)
PAGE_SIZE = 25


@dataclass(frozen=True)
class AlertRow:
    """An escalation in a list."""

    number: int
    level: str
    categories: list[str]
    who: str
    status: str
    opened_at: datetime
    acknowledge_by: datetime
    acknowledged_by: str
    acknowledged_at: datetime | None
    closed_by: str
    closed_at: datetime | None
    outcome: str
    messages: int
    last_message_at: datetime | None


@dataclass(frozen=True)
class RequestRow:
    """Somebody who asked for a person, or is talking with one."""

    number: int
    who: str
    status: str
    asked_at: datetime
    staff: str
    mine: bool


@dataclass(frozen=True)
class CallBackRow:
    """A prospect who asked to be called."""

    number: int
    first_name: str
    contact: str
    contact_kind: str
    best_time: str
    insurance: str
    note: str
    status: str
    staff: str
    asked_at: datetime


@dataclass(frozen=True)
class AbsenceRow:
    """Somebody who said today that they cannot come, or for a session today."""

    who: str
    kind: str
    session: str
    at: datetime | None
    said_at: datetime


@dataclass(frozen=True)
class LateRow:
    """A message that has waited too long for an answer, or was given up."""

    who: str
    since: datetime
    failed: bool


@dataclass(frozen=True)
class Board:
    """All of it."""

    alerts: list[AlertRow]
    requests: list[RequestRow]
    call_backs: list[CallBackRow]
    absences: list[AbsenceRow]
    late: list[LateRow]


def board(session: Session, staff_id: int, now: datetime) -> Board:
    """Give what waits for staff, most urgent first; absences are today's, in the program's time zone."""
    return Board(
        alerts=open_alerts(session),
        requests=_requests(session, staff_id),
        call_backs=_call_backs(session),
        absences=_absences(session, now),
        late=_late(session, now),
    )


def open_alerts(session: Session) -> list[AlertRow]:
    """Give the escalations that are not closed: unacknowledged first, then by level, then the oldest."""
    rows = session.execute(select(Escalation).where(Escalation.status.in_(OPEN_STATES))).scalars()
    shown = [alert_row(session, row) for row in rows]
    return sorted(shown, key=lambda row: (row.status != "open", _URGENCY[row.level], row.acknowledge_by))


def past_alerts(
    session: Session, *, status: str, level: str, page: int, size: int = PAGE_SIZE
) -> tuple[list[AlertRow], int]:
    """Give a page (from 1) of escalations that are closed, newest first, and how many there are in all."""
    query = select(Escalation).where(Escalation.status.in_((status,) if status else ("resolved", "false_alarm")))
    if level:
        query = query.where(Escalation.level == level)
    count = int(session.scalar(select(func.count()).select_from(query.subquery())) or 0)
    rows = session.execute(query.order_by(Escalation.id.desc()).offset((page - 1) * size).limit(size)).scalars()
    return [alert_row(session, row) for row in rows], count


def alert_row(session: Session, row: Escalation) -> AlertRow:
    """Show one escalation."""
    conversation = session.get(Conversation, row.conversation_id) if row.conversation_id else None
    messages, last_message_at = messages_of(session, row.id)
    return AlertRow(
        number=int(row.id), level=row.level, categories=list(row.categories), who=who(session, conversation),
        status=row.status, opened_at=row.opened_at, acknowledge_by=row.acknowledge_by,
        acknowledged_by=name_of(session, row.acknowledged_by_id), acknowledged_at=row.acknowledged_at,
        closed_by=name_of(session, row.closed_by_id), closed_at=row.closed_at, outcome=row.outcome or "",
        messages=messages, last_message_at=last_message_at,
    )  # fmt: skip


def name_of(session: Session, staff_id: int | None) -> str:
    """Give a member of staff's first name and role, "" where nobody is meant."""
    if staff_id is None:
        return ""
    staff = session.get(Staff, staff_id)
    return f"{staff.first_name} ({staff.role})" if staff is not None else "Former staff"


def _requests(session: Session, staff_id: int) -> list[RequestRow]:
    query = select(Handover).where(Handover.status.in_(("open", "taken"))).order_by(Handover.requested_at)
    rows = [
        RequestRow(
            int(row.id),
            who(session, session.get(Conversation, row.conversation_id)),
            row.status,
            row.requested_at,
            name_of(session, row.staff_id),
            row.staff_id == staff_id,
        )
        for row in session.execute(query).scalars()
    ]
    return sorted(rows, key=lambda row: (row.status != "open", not row.mine))


def _call_backs(session: Session) -> list[CallBackRow]:
    query = select(Prospect).where(Prospect.status != "done").order_by(Prospect.created_at).limit(100)
    return [
        CallBackRow(
            int(row.id),
            row.first_name,
            row.contact,
            row.contact_kind,
            row.best_time,
            row.insurance or "",
            row.note or "",
            row.status,
            name_of(session, row.claimed_by_id),
            row.created_at,
        )
        for row in session.execute(query).scalars()
    ]


def _absences(session: Session, now: datetime) -> list[AbsenceRow]:
    start, end = today(now)
    query: Any = (
        select(Absence)
        .where(
            or_(
                and_(Absence.occurrence_at >= start, Absence.occurrence_at < end),
                and_(Absence.occurrence_at.is_(None), Absence.reported_at >= start, Absence.reported_at < end),
            )
        )
        .order_by(Absence.occurrence_at, Absence.id)
        .limit(200)
    )
    rows = []
    for row in session.execute(query).scalars():
        meeting = session.get(ProgramSession, row.session_id) if row.session_id else None
        conversation = session.get(Conversation, row.conversation_id) if row.conversation_id else None
        title = meeting.title if meeting is not None else "a session (they did not say which)"
        rows.append(AbsenceRow(who(session, conversation), row.kind, title, row.occurrence_at, row.reported_at))
    return rows


def today(now: datetime) -> tuple[datetime, datetime]:
    """Give the moments at which today begins and ends in the program's time zone."""
    local = now.astimezone(program().zone)
    start = datetime.combine(local.date(), time.min, tzinfo=program().zone)
    return start, datetime.combine(local.date() + timedelta(days=1), time.min, tzinfo=program().zone)


def _late(session: Session, now: datetime) -> list[LateRow]:
    query = (
        select(InboxMessage)
        .where(
            or_(
                and_(InboxMessage.status.in_(("waiting", "working")), InboxMessage.received_at <= now - LATE),
                and_(InboxMessage.status == "failed", InboxMessage.received_at >= now - timedelta(days=2)),
            )
        )
        .order_by(InboxMessage.id)
        .limit(50)
    )
    return [
        LateRow(who(session, session.get(Conversation, row.conversation_id)), row.received_at, row.status == "failed")
        for row in session.execute(query).scalars()
    ]
