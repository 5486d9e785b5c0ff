"""Whose sessions, and how many."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select, update

from bot.db.models import Enrolment, Participant, ProgramSession, Track
from bot.schedule.timetable import (
    closures_between,
    enrolment_of,
    next_sessions,
    on_now,
    past_sessions,
    regular_week,
    where_is,
)
from bot.schedule.when import When
from tests.unit.schedule.conftest import MONDAY, Demo

WEEK = When(date(2026, 11, 30), date(2026, 12, 6))


def titles(found: list) -> list[str]:
    return [o.title for o in found]


def test_own_and_public_are_different(demo: Demo) -> None:
    own = next_sessions(demo.session, demo.participant_id, MONDAY, when=WEEK, limit=50)
    public = next_sessions(demo.session, None, MONDAY, when=WEEK, limit=50)
    assert {o.track for o in own} == {"evening", None}
    assert {o.track for o in public} == {"day", "evening", "weekend"}
    assert [o.title for o in own if o.personal] == ["Individual session"]
    assert not any(o.personal or o.video_link for o in public)
    assert any(o.video_link for o in own)


def test_another_participants_individual_session_is_never_there(demo: Demo) -> None:
    others = demo.session.execute(select(Participant.id).where(Participant.id != demo.participant_id)).scalars()
    for other in others:
        found = next_sessions(demo.session, other, MONDAY, kind="individual", limit=5)
        assert found
        assert not {o.leader for o in found} & {"Demo Leader Cleo"}


def test_a_session_marked_not_public_is_for_its_track_only(demo: Demo) -> None:
    demo.session.execute(update(ProgramSession).where(ProgramSession.kind == "cbt").values(public=False))
    assert next_sessions(demo.session, None, MONDAY, kind="cbt") == []
    assert next_sessions(demo.session, demo.participant_id, MONDAY, kind="cbt")


def test_an_individual_session_marked_public_by_mistake_stays_private(demo: Demo) -> None:
    demo.session.execute(update(ProgramSession).where(ProgramSession.kind == "individual").values(public=True))
    assert next_sessions(demo.session, None, MONDAY, kind="individual") == []


def test_enrolment_dates_bound_what_is_shown(demo: Demo) -> None:
    demo.session.execute(
        update(Enrolment).where(Enrolment.participant_id == demo.participant_id).values(ends_on=date(2026, 12, 1))
    )
    found = next_sessions(demo.session, demo.participant_id, MONDAY, when=WEEK, limit=50)
    days = {o.on_date for o in found if o.track}
    assert max(days) <= date(2026, 12, 1)
    track = demo.session.execute(select(Track).where(Track.slug == "day")).scalar_one()
    demo.session.add(Enrolment(participant_id=demo.participant_id, track_id=track.id, starts_on=date(2026, 12, 2)))
    demo.session.flush()
    found = next_sessions(demo.session, demo.participant_id, MONDAY, when=WEEK, limit=50)
    assert {o.track for o in found if o.on_date > date(2026, 12, 1) and o.track} == {"day"}
    assert enrolment_of(demo.session, demo.participant_id, MONDAY).slug == "evening"
    later = MONDAY + timedelta(days=20)
    assert enrolment_of(demo.session, demo.participant_id, later).slug == "day"


def test_nobody_is_enrolled_after_the_end(demo: Demo) -> None:
    demo.session.execute(update(Enrolment).values(ends_on=date(2026, 11, 1)))
    assert enrolment_of(demo.session, demo.participant_id, MONDAY) is None


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_the_limit_counts_what_happens(demo: Demo, limit: int) -> None:
    found = next_sessions(demo.session, demo.participant_id, MONDAY, limit=limit)
    assert sum(o.happens for o in found) == limit
    assert found == sorted(found, key=lambda o: o.starts_at)


def test_cancelled_and_closed_ones_are_shown_on_the_way(demo: Demo) -> None:
    found = next_sessions(demo.session, demo.participant_id, MONDAY, limit=9)
    assert {"closed", "scheduled"} <= {o.status for o in found}


def test_what_is_on_now_is_next_until_it_ends(demo: Demo) -> None:
    seven_pm = MONDAY + timedelta(hours=8)
    assert titles(on_now(demo.session, demo.participant_id, seven_pm)) == ["Early recovery skills"]
    assert titles(next_sessions(demo.session, demo.participant_id, seven_pm, limit=1)) == ["Early recovery skills"]
    at_end = MONDAY + timedelta(hours=8, minutes=30)
    assert titles(on_now(demo.session, demo.participant_id, at_end)) == ["Process group"]
    assert titles(next_sessions(demo.session, demo.participant_id, at_end, limit=1)) == ["Process group"]


def test_the_next_one_of_a_rare_kind_is_found_far_ahead(demo: Demo) -> None:
    demo.session.execute(
        update(ProgramSession)
        .where(ProgramSession.kind == "family_night")
        .values(rrule="FREQ=MONTHLY;INTERVAL=3;BYDAY=2WE", first_date=date(2026, 11, 11))
    )
    demo.session.expire_all()
    (found,) = next_sessions(demo.session, None, MONDAY, kind="family_night", limit=1)
    assert found.on_date == date(2027, 2, 10)


def test_past_sessions_latest_first(demo: Demo) -> None:
    found = past_sessions(demo.session, demo.participant_id, MONDAY, timedelta(days=5))
    assert titles(found) == ["Process group", "Psychoeducation", "Individual session"]


def test_where_is_skips_what_does_not_happen(demo: Demo) -> None:
    thursday = MONDAY + timedelta(days=3)
    found = where_is(demo.session, demo.participant_id, thursday)
    assert found is not None
    assert (found.on_date, found.status) == (date(2026, 11, 30), "scheduled")


def test_closures(demo: Demo) -> None:
    assert closures_between(demo.session, date(2026, 12, 1), date(2026, 12, 31)) == [
        (date(2026, 12, 24), "Christmas Eve"),
        (date(2026, 12, 25), "Christmas Day"),
    ]


def test_regular_week_is_the_usual_one_even_with_a_closed_day(demo: Demo) -> None:
    week = dict(regular_week(demo.session, MONDAY))
    assert {o.starts_at.weekday() for o in week["Evening track"]}
    assert len({o.on_date for o in week["Evening track"]}) == 3
    assert list(dict(regular_week(demo.session, MONDAY, "weekend"))) == ["Weekend track"]


def test_an_inactive_session_is_gone(demo: Demo) -> None:
    demo.session.execute(update(ProgramSession).where(ProgramSession.kind == "process_group").values(active=False))
    assert next_sessions(demo.session, demo.participant_id, MONDAY, kind="process_group") == []


def test_a_session_that_happens_once(demo: Demo) -> None:
    demo.session.add(
        ProgramSession(
            kind="graduation",
            title="Demo graduation",
            leader="",
            place="",
            video_link="",
            minutes=60,
            rrule="",
            first_date=date(2026, 11, 25),
            start_time=time(12),
            public=True,
            active=True,
        )
    )
    demo.session.flush()
    assert titles(next_sessions(demo.session, demo.participant_id, MONDAY, kind="graduation")) == ["Demo graduation"]
    assert next_sessions(demo.session, None, MONDAY + timedelta(days=3), kind="graduation") == []
