"""Demo data: complete, plainly marked, and the same for the same moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Closure, Enrolment, Participant, ProgramSession, SessionException, Staff, Track
from bot.demo import is_empty, load_demo
from bot.schedule.describe import usual_times
from bot.schedule.kinds import KINDS
from bot.schedule.occurrences import check_rrule
from bot.schedule.timetable import next_sessions, regular_week
from bot.schedule.when import When

MOMENTS = [
    datetime(2026, 11, 23, 16, 0, tzinfo=timezone.utc),
    datetime(2026, 12, 31, 23, 59, tzinfo=timezone.utc),
    datetime(2027, 3, 14, 7, 30, tzinfo=timezone.utc),
    datetime(2028, 2, 29, 12, 0, tzinfo=timezone.utc),
]


@pytest.mark.parametrize("now", MOMENTS)
def test_it_loads_at_any_time(db: Session, now: datetime) -> None:
    assert is_empty(db)
    loaded = load_demo(db, now)
    assert not is_empty(db)
    assert set(loaded.passwords) == {"admin", "counselor"}
    kinds = set(db.execute(select(ProgramSession.kind)).scalars())
    assert kinds == {kind.slug for kind in KINDS}
    for row in db.execute(select(ProgramSession)).scalars().unique():
        check_rrule(row.rrule)
    exceptions = db.execute(select(SessionException)).scalars().all()
    assert sorted(e.kind for e in exceptions) == ["cancelled", "moved"]
    assert all(e.on_date > now.date() for e in exceptions)


def test_names_say_that_it_is_a_demo(db: Session) -> None:
    load_demo(db, MOMENTS[0])
    for model in (Participant, Staff):
        assert all(row.first_name.startswith("Demo ") for row in db.execute(select(model)).scalars())
    leaders = set(db.execute(select(ProgramSession.leader)).scalars())
    assert all(leader.startswith("Demo ") for leader in leaders if leader)


def test_each_track_has_nine_hours_a_week(db: Session) -> None:
    load_demo(db, MOMENTS[0])
    for _, found in regular_week(db, MOMENTS[0]):
        assert sum((o.ends_at - o.starts_at for o in found), timedelta()) >= timedelta(hours=9)


def test_descriptions_are_true(db: Session) -> None:
    from bot.program import program

    load_demo(db, MOMENTS[0])
    week = dict(regular_week(db, MOMENTS[0]))
    said = {title: usual_times(found, program().zone, "en") for title, found in week.items()}
    assert said == {
        "Day track": "Mon, Wed, Fri 9:00 AM-12:00 PM",
        "Evening track": "Mon, Tue, Thu 6:00-9:00 PM",
        "Weekend track": "Sat, Sun 9:30 AM-3:00 PM",
    }


def test_closures_cover_two_years(db: Session) -> None:
    load_demo(db, MOMENTS[0])
    closed = dict(db.execute(select(Closure.on_date, Closure.name)).all())
    assert closed[date(2026, 11, 26)] == "Thanksgiving Day"
    assert closed[date(2026, 11, 27)] == "The day after Thanksgiving"
    assert closed[date(2027, 7, 4)] == "Independence Day"
    assert closed[date(2027, 9, 6)] == "Labor Day"
    assert closed[date(2028, 5, 29)] == "Memorial Day"
    assert max(closed) <= date(2028, 11, 23)


def test_every_demo_participant_has_a_track_and_an_individual_session(db: Session) -> None:
    load_demo(db, MOMENTS[0])
    assert set(db.execute(select(Track.slug)).scalars()) == {"day", "evening", "weekend"}
    for row in db.execute(select(Enrolment)).scalars().unique():
        assert next_sessions(db, row.participant_id, MOMENTS[0], kind="individual", limit=1)


def test_the_cancelled_and_the_moved_one_can_be_seen(db: Session) -> None:
    load_demo(db, MOMENTS[0])
    weeks = When(date(2026, 11, 30), date(2026, 12, 31))
    statuses = {o.status for o in next_sessions(db, None, MOMENTS[0], when=weeks, limit=200)}
    assert {"cancelled", "moved", "closed", "scheduled"} <= statuses
