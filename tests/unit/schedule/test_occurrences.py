"""When sessions really happen."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.db.models import ProgramSession, SessionException
from bot.schedule.occurrences import Occurrence, local_to_utc, occurrences

ZONE = ZoneInfo("America/New_York")


def row(**changes: Any) -> ProgramSession:
    facts: dict[str, Any] = {
        "id": 1, "kind": "process_group", "title": "Process group", "leader": "Demo Leader", "place": "Room A",
        "video_link": "", "first_date": date(2026, 10, 5), "start_time": time(18), "minutes": 90,
        "rrule": "FREQ=WEEKLY;BYDAY=MO", "public": True, "active": True,
    }  # fmt: skip
    return ProgramSession(**{**facts, **changes})


def between(
    first: date, last: date, *rows: ProgramSession, closures: dict[date, str] | None = None, zone: ZoneInfo = ZONE
) -> list[Occurrence]:
    start = datetime.combine(first, time(), tzinfo=zone)
    end = datetime.combine(last + timedelta(days=1), time(), tzinfo=zone)
    return occurrences(rows, closures or {}, start, end, zone)


def local(occurrence: Occurrence, zone: ZoneInfo = ZONE) -> str:
    return occurrence.starts_at.astimezone(zone).strftime("%m-%d %H:%M")


def test_six_pm_stays_six_pm_over_both_clock_changes() -> None:
    autumn = between(date(2026, 10, 26), date(2026, 11, 2), row())
    assert [local(o) for o in autumn] == ["10-26 18:00", "11-02 18:00"]
    assert autumn[1].starts_at - autumn[0].starts_at == timedelta(days=7, hours=1)
    spring = between(date(2027, 3, 8), date(2027, 3, 15), row())
    assert [local(o) for o in spring] == ["03-08 18:00", "03-15 18:00"]
    assert spring[1].starts_at - spring[0].starts_at == timedelta(days=7, hours=-1)


def test_times_that_do_not_exist_or_exist_twice() -> None:
    assert local_to_utc(date(2027, 3, 14), time(2, 30), ZONE) == datetime(2027, 3, 14, 7, 30, tzinfo=timezone.utc)
    assert local_to_utc(date(2026, 11, 1), time(1, 30), ZONE) == datetime(2026, 11, 1, 5, 30, tzinfo=timezone.utc)


def test_minutes_pass_over_a_clock_change() -> None:
    night = row(first_date=date(2026, 10, 31), start_time=time(23, 30), minutes=240, rrule="")
    (found,) = between(date(2026, 10, 31), date(2026, 10, 31), night)
    assert found.ends_at - found.starts_at == timedelta(hours=4)


def test_a_whole_year_has_every_monday() -> None:
    found = between(date(2027, 1, 1), date(2027, 12, 31), row())
    assert len(found) == 52
    assert {o.starts_at.astimezone(ZONE).hour for o in found} == {18}


def test_cancelled() -> None:
    cancelled = row(exceptions=[SessionException(on_date=date(2026, 11, 9), kind="cancelled", note="snow")])
    first, second = between(date(2026, 11, 2), date(2026, 11, 9), cancelled)
    assert (first.status, second.status, second.note) == ("scheduled", "cancelled", "snow")
    assert not second.happens


def test_moved_to_another_day_is_seen_from_both_days() -> None:
    moved = row(
        exceptions=[
            SessionException(
                on_date=date(2026, 11, 9), kind="moved", new_date=date(2026, 11, 18), new_start_time=time(17),
                new_place="Room B", note="",
            )
        ]
    )  # fmt: skip
    (from_old,) = between(date(2026, 11, 9), date(2026, 11, 9), moved)
    (from_new,) = between(date(2026, 11, 18), date(2026, 11, 18), moved)
    assert from_old == from_new
    assert local(from_new) == "11-18 17:00"
    assert (from_new.place, from_new.status, from_new.happens) == ("Room B", "moved", True)
    assert from_new.moved_from is not None
    assert from_new.moved_from.astimezone(ZONE).strftime("%m-%d %H:%M") == "11-09 18:00"


def test_moved_in_time_or_place_only_keeps_the_rest() -> None:
    later = row(exceptions=[SessionException(on_date=date(2026, 11, 9), kind="moved", new_start_time=time(19))])
    (found,) = between(date(2026, 11, 9), date(2026, 11, 9), later)
    assert (local(found), found.place) == ("11-09 19:00", "Room A")


def test_an_exception_for_a_day_that_has_no_session_adds_none() -> None:
    wrong = row(exceptions=[SessionException(on_date=date(2026, 11, 10), kind="moved", new_date=date(2026, 11, 12))])
    assert between(date(2026, 11, 10), date(2026, 11, 12), wrong) == []


def test_closed() -> None:
    (found,) = between(date(2026, 11, 9), date(2026, 11, 9), row(), closures={date(2026, 11, 9): "Demo holiday"})
    assert (found.status, found.note) == ("closed", "Demo holiday")


def test_what_staff_moved_wins_over_a_closed_day() -> None:
    moved = row(exceptions=[SessionException(on_date=date(2026, 11, 9), kind="moved", new_date=date(2026, 11, 10))])
    (found,) = between(date(2026, 11, 10), date(2026, 11, 10), moved, closures={date(2026, 11, 9): "Demo holiday"})
    assert found.status == "moved"


def test_one_unusable_rule_does_not_take_the_timetable_away(caplog: pytest.LogCaptureFixture) -> None:
    found = between(date(2026, 11, 9), date(2026, 11, 9), row(id=7, rrule="whenever"), row(id=8))
    assert [o.session_id for o in found] == [8]
    assert "session 7" in caplog.text


def test_the_window_is_half_open_and_in_the_programs_zone() -> None:
    late = row(start_time=time(23, 30), minutes=20)
    assert len(between(date(2026, 11, 9), date(2026, 11, 9), late)) == 1
    assert between(date(2026, 11, 10), date(2026, 11, 10), late) == []
    starts = datetime(2026, 11, 9, 23, 0, tzinfo=timezone.utc)  # 6 PM in New York
    assert len(occurrences([row()], {}, starts, starts + timedelta(seconds=1), ZONE)) == 1
    assert occurrences([row()], {}, starts - timedelta(hours=1), starts, ZONE) == []


def test_another_zone() -> None:
    phoenix = ZoneInfo("America/Phoenix")  # no daylight saving
    found = between(date(2026, 10, 26), date(2026, 11, 2), row(), zone=phoenix)
    assert found[1].starts_at - found[0].starts_at == timedelta(days=7)
