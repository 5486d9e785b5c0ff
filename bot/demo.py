"""Demo data for an empty database: tracks, a timetable, closed days and three participants, all plainly marked demo.

Everything follows from ``now`` and the program's calendar, so the same moment gives the same timetable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import MO, relativedelta
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Closure, Enrolment, Participant, ProgramSession, SessionException, Staff, Track
from bot.people.participants import add_participant
from bot.people.staff import create_staff
from bot.program import program
from bot.schedule.holidays import BY_SLUG, holiday_in
from bot.schedule.kinds import BY_SLUG as KIND_BY_SLUG
from bot.schedule.rules import dates_of

# The demo program began this long before, so that weeks that are over have sessions too.
_BEGAN_BEFORE = timedelta(weeks=12)
# Federal holidays on which most outpatient programs close, and the two days around that many add.
_CLOSED_ON = (
    "new_years_day", "mlk_day", "memorial_day", "juneteenth", "independence_day", "labor_day", "thanksgiving",
    "black_friday", "christmas_eve", "christmas",
)  # fmt: skip
_GROUP_ROOM, _SMALL_ROOM, _ONLINE = "Suite 200, group room", "Suite 200, room B", ""
# Addresses under .example lead nowhere, by RFC 2606.
_VIDEO = "https://video.demo-recovery.example/{}"


@dataclass(frozen=True)
class _Group:
    kind: str
    days: str
    start: time
    minutes: int
    leader: str
    place: str = _GROUP_ROOM
    video: str = ""
    rule: str = "FREQ=WEEKLY;BYDAY={}"


# Nine hours or more a week in each track: what makes it an IOP (ASAM level 2.1).
_TRACKS: tuple[tuple[str, str, str, tuple[_Group, ...]], ...] = (
    ("day", "Day track", "Monday, Wednesday and Friday, 9 AM to noon", (
        _Group("early_recovery", "MO", time(9), 90, "Demo Leader Ana"),
        _Group("process_group", "MO,FR", time(10, 30), 90, "Demo Leader Ana"),
        _Group("relapse_prevention", "WE", time(9), 90, "Demo Leader Ben"),
        _Group("life_skills", "WE", time(10, 30), 90, "Demo Leader Ben"),
        _Group("psychoeducation", "FR", time(9), 90, "Demo Leader Ana"),
    )),
    ("evening", "Evening track", "Monday, Tuesday and Thursday, 6 to 9 PM", (
        _Group("early_recovery", "MO", time(18), 90, "Demo Leader Cleo"),
        _Group("process_group", "MO,TH", time(19, 30), 90, "Demo Leader Cleo"),
        _Group("relapse_prevention", "TU", time(18), 90, "Demo Leader Dan"),
        _Group("cbt", "TU", time(19, 30), 90, "Demo Leader Dan", _ONLINE, "evening-cbt"),
        _Group("psychoeducation", "TH", time(18), 90, "Demo Leader Dan"),
    )),
    ("weekend", "Weekend track", "Saturday and Sunday, 9:30 AM to 3 PM", (
        _Group("relapse_prevention", "SA", time(9, 30), 120, "Demo Leader Ben"),
        _Group("process_group", "SA,SU", time(12, 30), 150, "Demo Leader Ben"),
        _Group("cbt", "SU", time(9, 30), 120, "Demo Leader Cleo", _ONLINE, "weekend-cbt"),
    )),
)  # fmt: skip
_FOR_ALL: tuple[_Group, ...] = (
    _Group("orientation", "WE", time(16), 60, "Demo Leader Ana", _SMALL_ROOM),
    _Group("family_night", "2WE,4WE", time(18, 30), 90, "Demo Leader Dan", rule="FREQ=MONTHLY;BYDAY={}"),
    _Group("drug_test", "MO,TU,TH,FR", time(16, 30), 90, "", "Suite 200, front desk"),
)
# Reference, first name, track, individual session: weekday, start, leader.
_PARTICIPANTS = (
    ("DEMO-001", "Demo Alex", "evening", "WE", time(17), "Demo Leader Cleo"),
    ("DEMO-002", "Demo Sam", "day", "TU", time(11), "Demo Leader Ana"),
    ("DEMO-003", "Demo Rosa", "weekend", "FR", time(15), "Demo Leader Ben"),
)
_STAFF = (("admin", "Demo Admin", "program coordinator", True), ("counselor", "Demo Cleo", "counselor", False))


@dataclass(frozen=True)
class DemoLoaded:
    """What was loaded: the first passwords by user name, shown once."""

    passwords: dict[str, str]


def is_empty(session: Session) -> bool:
    """Say whether nobody has put anything into the database yet."""
    return not any(session.execute(select(model.id).limit(1)).first() for model in (Track, Participant, Staff))


def load_demo(session: Session, now: datetime) -> DemoLoaded:
    """Fill an empty database with demo data.

    Args:
        session: an open transaction on a migrated database for which :func:`is_empty` is true.
        now: aware UTC; the timetable is laid around it.

    Returns:
        The demo staff's first passwords; they differ each time and are stored nowhere.
    """
    today = now.astimezone(program().zone).date()
    began = today + relativedelta(weekday=MO(-1)) - _BEGAN_BEFORE
    tracks = _load_tracks(session, began)
    _load_closures(session, today)
    _load_participants(session, tracks, began, now)
    _load_exceptions(session, today)
    passwords = {
        username: create_staff(session, username, first_name, role, admin, now)[1]
        for username, first_name, role, admin in _STAFF
    }
    session.flush()
    return DemoLoaded(passwords)


def _load_tracks(session: Session, began: date) -> dict[str, Track]:
    tracks = {}
    for slug, title, description, groups in _TRACKS:
        tracks[slug] = Track(slug=slug, title=title, description=description)
        session.add(tracks[slug])
        session.flush()
        for group in groups:
            session.add(_row(group, began, track_id=tracks[slug].id))
    for group in _FOR_ALL:
        session.add(_row(group, began))
    session.flush()
    return tracks


def _row(
    group: _Group, began: date, *, track_id: int | None = None, participant_id: int | None = None
) -> ProgramSession:
    rule = group.rule.format(group.days)
    # The first date has to be one of the rule's own: dateutil counts from there.
    first = dates_of(rule, datetime.combine(began, group.start), began, began + timedelta(days=45), program().zone)[0]
    return ProgramSession(
        kind=group.kind,
        title=KIND_BY_SLUG[group.kind].name,
        track_id=track_id,
        participant_id=participant_id,
        leader=group.leader,
        place=group.place,
        video_link=_VIDEO.format(group.video) if group.video else "",
        first_date=first,
        start_time=group.start,
        minutes=group.minutes,
        rrule=rule,
        public=participant_id is None,
        active=True,
    )


def _load_closures(session: Session, today: date) -> None:
    for year in range(today.year, today.year + 3):
        for slug in _CLOSED_ON:
            day = holiday_in(slug, year)
            if today - timedelta(days=30) <= day <= today + timedelta(days=730):
                session.add(Closure(on_date=day, name=BY_SLUG[slug].name))


def _load_participants(session: Session, tracks: dict[str, Track], began: date, now: datetime) -> None:
    for reference, first_name, slug, weekday, start, leader in _PARTICIPANTS:
        participant = add_participant(session, reference, first_name, now)
        session.add(
            Enrolment(participant_id=participant.id, track_id=tracks[slug].id, starts_on=began + timedelta(weeks=6))
        )
        individual = _Group("individual", weekday, start, 50, leader, _SMALL_ROOM)
        session.add(_row(individual, began, participant_id=participant.id))


def _load_exceptions(session: Session, today: date) -> None:
    """One cancelled and one moved group in the second week ahead, clear of the closed days."""
    closed = set(session.execute(select(Closure.on_date)).scalars())
    zone = program().zone

    def open_date(row: ProgramSession) -> date:
        starts = datetime.combine(row.first_date, row.start_time)
        ahead = dates_of(row.rrule, starts, today + timedelta(days=7), today + timedelta(days=40), zone)
        return next(day for day in ahead if day not in closed and day + timedelta(days=1) not in closed)

    evening = select(ProgramSession).join(Track, ProgramSession.track_id == Track.id).where(Track.slug == "evening")
    cancelled = session.execute(evening.where(ProgramSession.kind == "psychoeducation")).scalars().one()
    session.add(
        SessionException(
            session_id=cancelled.id, on_date=open_date(cancelled), kind="cancelled", note="the leader is at a training"
        )
    )
    moved = session.execute(evening.where(ProgramSession.kind == "relapse_prevention")).scalars().one()
    usual = open_date(moved)
    to_next_day = SessionException(
        session_id=moved.id,
        on_date=usual,
        kind="moved",
        new_date=usual + timedelta(days=1),
        new_start_time=time(18, 30),
        new_place=_SMALL_ROOM,
        note="the group room is being painted",
    )
    session.add(to_next_day)
