"""What is on when, for one participant or for anybody who asks.

A linked participant sees their own: the groups of the tracks that they are enrolled in, what is for everybody, and
their own individual sessions. Everybody else sees the public timetable, with nothing of anybody's in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.db.models import Closure, Enrolment, ProgramSession
from bot.program import program
from bot.schedule.kinds import ASKED_FOR_ONLY
from bot.schedule.occurrences import Occurrence, occurrences
from bot.schedule.when import When

# How far ahead is searched for "the next one". The second step finds what is monthly, or comes after a long closure.
_HORIZONS = (timedelta(days=15), timedelta(days=100))
# The longest session; something that began this long ago may still be on.
_LONGEST = timedelta(hours=12)


@dataclass(frozen=True)
class Enrolled:
    """A participant's place in a track."""

    slug: str
    title: str
    starts_on: date
    ends_on: date | None


def next_sessions(
    session: Session,
    participant_id: int | None,
    now: datetime,
    *,
    kind: str | None = None,
    when: When | None = None,
    limit: int = 3,
) -> list[Occurrence]:
    """Give the sessions that come next, or all on some days.

    Args:
        session: an open transaction.
        participant_id: whose; None gives the public timetable.
        now: aware UTC.
        kind: only this kind (a slug of `bot.schedule.kinds`).
        when: only these days; gives also what was there earlier today. None: from now on, what is on now included.
        limit: so many that happen. Cancelled, moved and closed ones before the last of them are there too, so that the
            person can be told.

    Returns:
        In order of their start. Video links are in a participant's own sessions only.
    """
    if when is not None:
        start, end = when.window(program().zone)
        found = [o for o in _between(session, participant_id, start, end, kind) if _meant(o, when)]
        return _limited(found, limit)
    found = []
    for horizon in _HORIZONS:
        found = [
            o
            for o in _between(session, participant_id, now - _LONGEST, now + horizon, kind)
            if o.ends_at > now and (o.status != "moved" or o.starts_at < now + horizon)
        ]
        if sum(o.happens for o in found) >= limit:
            break
    return _limited(found, limit)


def past_sessions(session: Session, participant_id: int, now: datetime, within: timedelta) -> list[Occurrence]:
    """Give a participant's own sessions that ended within the time before ``now``, the latest first."""
    found = _between(session, participant_id, now - within - _LONGEST, now, None)
    return [o for o in reversed(found) if o.happens and now - within <= o.ends_at <= now]


def enrolment_of(session: Session, participant_id: int, now: datetime) -> Enrolled | None:
    """Give the track that a participant is in, or will be in next; None where there is none."""
    today = now.astimezone(program().zone).date()
    rows = [row for row in _enrolments(session, participant_id) if row.ends_on is None or row.ends_on >= today]
    if not rows:
        return None
    row = min(rows, key=lambda r: r.starts_on)
    return Enrolled(row.track.slug, row.track.title, row.starts_on, row.ends_on)


def where_is(session: Session, participant_id: int | None, now: datetime, kind: str | None = None) -> Occurrence | None:
    """Give the session that somebody who asks "where is it" is looking for: the one that is on, or the next one."""
    found = next_sessions(session, participant_id, now, kind=kind, limit=1)
    return next((o for o in found if o.happens), None)


def on_now(session: Session, participant_id: int | None, now: datetime) -> list[Occurrence]:
    """Give what is on at this moment."""
    found = _between(session, participant_id, now - _LONGEST, now + timedelta(seconds=1), None)
    return [o for o in found if o.happens and o.starts_at <= now < o.ends_at]


def closures_between(session: Session, first: date, last: date) -> list[tuple[date, str]]:
    """Give the days on which the program is closed, both ends included."""
    query = select(Closure.on_date, Closure.name).where(Closure.on_date.between(first, last)).order_by(Closure.on_date)
    return [(row.on_date, row.name) for row in session.execute(query)]


def regular_week(session: Session, now: datetime, track: str | None = None) -> list[tuple[str, list[Occurrence]]]:
    """Give each track's title with one usual week of its groups, as the public sees it, by track.

    Args:
        session: an open transaction.
        now: aware UTC; the week that begins with the next day. Cancelled and closed ones count: it is the usual week.
        track: only this track (slug).
    """
    found = _between(session, None, now, now + timedelta(days=7), None)
    by_track: dict[str, list[Occurrence]] = {}
    for occurrence in found:
        if occurrence.track is not None and track in (None, occurrence.track):
            by_track.setdefault(occurrence.track_title or "", []).append(occurrence)
    return list(by_track.items())


def _between(
    session: Session, participant_id: int | None, start: datetime, end: datetime, kind: str | None
) -> list[Occurrence]:
    zone = program().zone
    query = select(ProgramSession).where(ProgramSession.active.is_(True))
    if kind is not None:
        query = query.where(ProgramSession.kind == kind)
    else:
        query = query.where(or_(ProgramSession.kind.not_in(ASKED_FOR_ONLY), ProgramSession.participant_id.is_not(None)))
    enrolments: Sequence[Enrolment] = ()
    if participant_id is None:
        query = query.where(ProgramSession.public.is_(True), ProgramSession.participant_id.is_(None))
    else:
        enrolments = _enrolments(session, participant_id)
        for_all = ProgramSession.track_id.is_(None) & ProgramSession.participant_id.is_(None)
        own = ProgramSession.participant_id == participant_id
        in_track = ProgramSession.track_id.in_([row.track_id for row in enrolments])
        query = query.where(or_(own, (in_track & ProgramSession.participant_id.is_(None)), for_all))
    rows = session.execute(query).scalars().unique().all()
    around = timedelta(days=1)
    closures = dict(closures_between(session, (start - around).date(), (end + around).date()))
    # A moved session's usual date may be far from its new one; its closure does not matter then.
    found = occurrences(rows, closures, start, end, zone)
    if participant_id is None:
        return [replace(o, video_link="") for o in found]
    spans = [(row.track.slug, row.starts_on, row.ends_on) for row in enrolments]
    return [o for o in found if o.personal or o.track is None or _enrolled_on(o, spans, zone)]


def _enrolled_on(occurrence: Occurrence, spans: list[tuple[str, date, date | None]], zone: ZoneInfo) -> bool:
    day = occurrence.starts_at.astimezone(zone).date()
    return any(
        slug == occurrence.track and first <= day and (last is None or day <= last) for slug, first, last in spans
    )


def _enrolments(session: Session, participant_id: int) -> Sequence[Enrolment]:
    query = select(Enrolment).where(Enrolment.participant_id == participant_id).order_by(Enrolment.starts_on)
    rows: Sequence[Enrolment] = session.execute(query).scalars().unique().all()
    return rows


def _meant(occurrence: Occurrence, when: When) -> bool:
    zone = program().zone
    return when.covers(occurrence.starts_at, zone) or (
        occurrence.moved_from is not None and when.covers(occurrence.moved_from, zone)
    )


def _limited(found: list[Occurrence], limit: int) -> list[Occurrence]:
    kept: list[Occurrence] = []
    for occurrence in found:
        if sum(o.happens for o in kept) >= limit:
            break
        kept.append(occurrence)
    return kept
