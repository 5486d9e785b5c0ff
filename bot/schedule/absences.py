"""Somebody cannot come, or will be late: note which session it is, and tell staff."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Absence
from bot.escalation.notices import notify_staff, refresh_notices
from bot.program import program
from bot.schedule.date_words import PAST_BEFORE, plain
from bot.schedule.occurrences import Occurrence
from bot.schedule.timetable import next_sessions, past_sessions
from bot.schedule.when import When

Outcome = Literal["recorded", "recorded_past", "which", "free", "noted"]

# Without a day, "I can't make it" means the session within this time; what is farther away is asked about.
_SOON = timedelta(hours=20)
# "I missed group" is said soon after; older ones are asked about.
_JUST_MISSED = timedelta(days=3)
# A report can be taken back or corrected this long, while the talk is still about it.
_CORRECTABLE = timedelta(hours=12)
# A week off is one report; more than this is a talk to have with staff, who are told of the first ones.
_MOST_AT_ONCE = 14
_QUESTION = re.compile(r"^\W*(?:so |hey |hi |um |ok )*(?:who|how|what|a quien|como|que pasa)\b")


@dataclass(frozen=True)
class Report:
    """What became of it: recorded for these sessions, or a question to ask."""

    outcome: Outcome
    sessions: tuple[Occurrence, ...] = ()  # recorded; for "which" the ones to choose from; for "free" what comes next
    absence_id: int | None = None


def sounds_past(text: str) -> bool:
    """Say whether a message is about a session that is over ("I missed group last night")."""
    return bool(PAST_BEFORE.search(plain(text)))


def asks_how(text: str) -> bool:
    """Say whether a message asks how to report an absence and does not report one."""
    return bool(_QUESTION.search(plain(text)))


def record_absence(
    session: Session,
    conversation_id: str,
    message_id: int | None,
    participant_id: int,
    *,
    kind: Literal["absent", "late"],
    when: When | None,
    now: datetime,
    past: bool = False,
) -> Report:
    """Note an absence or a late arrival and tell staff, once for each message.

    Args:
        session: an open transaction.
        conversation_id: where it was said.
        message_id: the inbox row; the same message again changes nothing and gives the same answer.
        participant_id: who.
        kind: absent or late.
        when: the days that were named; None for none.
        now: aware UTC.
        past: whether the person speaks of a session that is over.

    Returns:
        ``recorded`` or ``recorded_past`` with the sessions; ``noted`` where the schedule has none at all (staff are
        told all the same); ``which`` with the next ones where the day has to be asked; ``free`` where there is nothing
        on that day.
    """
    before = _recorded(session, message_id)
    if before:
        return Report(_outcome(before, now), _sessions_of(session, participant_id, before), before[0].id)
    report = _which(session, participant_id, kind, when, now, past=past)
    if report.outcome in ("which", "free"):
        return report
    rows = [
        Absence(
            conversation_id=conversation_id,
            participant_id=participant_id,
            session_id=occurrence.session_id if occurrence else None,
            occurrence_at=occurrence.starts_at if occurrence else None,
            kind=kind,
            inbox_id=message_id if index == 0 else None,
            reported_at=now,
        )
        for index, occurrence in enumerate(report.sessions or (None,))
    ]
    session.add_all(rows)
    session.flush()
    notify_staff(session, kind="absence", subject_id=rows[0].id, conversation_id=conversation_id, now=now)
    return Report(report.outcome, report.sessions, rows[0].id)


def withdraw_absence(session: Session, conversation_id: str, now: datetime) -> bool:
    """Take the latest report of a conversation back; staff's notice of it changes too.

    Returns:
        False where there is none that is recent enough.
    """
    query = (
        select(Absence)
        .where(Absence.conversation_id == conversation_id, Absence.kind.in_(("absent", "late")))
        .where(Absence.reported_at >= now - _CORRECTABLE)
        .order_by(Absence.id.desc())
    )
    rows = session.execute(query).scalars().all()
    latest = [row for row in rows if row.reported_at == rows[0].reported_at]
    for row in latest:
        row.kind = "coming"
    session.flush()
    if latest:
        refresh_notices(session, "absence", min(row.id for row in latest), conversation_id, now)
    return bool(latest)


def _which(session: Session, participant_id: int, kind: str, when: When | None, now: datetime, *, past: bool) -> Report:
    if when is not None:
        return _on_named_days(session, participant_id, kind, when, now, past=past)
    zone = program().zone
    if past:
        found: list[Occurrence] = past_sessions(session, participant_id, now, _JUST_MISSED)[::-1]
        of_day = _same_day(found, found[-1], zone) if found else []
    else:
        found = [o for o in next_sessions(session, participant_id, now, limit=4) if o.happens]
        soon = bool(found) and found[0].starts_at - now <= _SOON
        of_day = _same_day(found, found[0], zone) if soon else []
    if not of_day:
        coming = choices(session, participant_id, now)
        return Report("which", coming) if coming else Report("noted")
    return Report("recorded_past" if past else "recorded", tuple(of_day[:1] if kind == "late" else of_day))


def _on_named_days(
    session: Session, participant_id: int, kind: str, when: When, now: datetime, *, past: bool
) -> Report:
    over = past or when.last < now.astimezone(program().zone).date()
    found = next_sessions(session, participant_id, now, when=when, limit=_MOST_AT_ONCE)
    fitting = [o for o in found if o.happens and (over or o.ends_at > now)]
    if not fitting:
        return Report("free", choices(session, participant_id, now, 1))
    return Report("recorded_past" if over else "recorded", tuple(fitting[:1] if kind == "late" else fitting))


def _same_day(found: list[Occurrence], one: Occurrence, zone: ZoneInfo) -> list[Occurrence]:
    day = one.starts_at.astimezone(zone).date()
    return [o for o in found if o.starts_at.astimezone(zone).date() == day]


def choices(session: Session, participant_id: int, now: datetime, days: int = 3) -> tuple[Occurrence, ...]:
    """Give the first session of each of the next days that have one."""
    zone = program().zone
    first_of_day: dict[date, Occurrence] = {}
    for occurrence in next_sessions(session, participant_id, now, limit=12):
        if occurrence.happens:
            first_of_day.setdefault(occurrence.starts_at.astimezone(zone).date(), occurrence)
    return tuple(first_of_day.values())[:days]


def _recorded(session: Session, message_id: int | None) -> list[Absence]:
    if message_id is None:
        return []
    first = session.execute(select(Absence).where(Absence.inbox_id == message_id)).scalar_one_or_none()
    if first is None:
        return []
    query = (
        select(Absence)
        .where(Absence.conversation_id == first.conversation_id, Absence.reported_at == first.reported_at)
        .order_by(Absence.id)
    )
    return list(session.execute(query).scalars())


def _sessions_of(session: Session, participant_id: int, rows: list[Absence]) -> tuple[Occurrence, ...]:
    zone = program().zone
    starts = {(row.session_id, row.occurrence_at) for row in rows if row.occurrence_at}
    if not starts:
        return ()
    days = [at.astimezone(zone).date() for _, at in starts]
    found = next_sessions(
        session, participant_id, min(at for _, at in starts), when=When(min(days), max(days)), limit=_MOST_AT_ONCE
    )
    return tuple(o for o in found if (o.session_id, o.starts_at) in starts)


def _outcome(rows: list[Absence], now: datetime) -> Outcome:
    at = rows[0].occurrence_at
    if at is None:
        return "noted"
    return "recorded_past" if at < now - timedelta(hours=12) else "recorded"
