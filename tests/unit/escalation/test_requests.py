"""Somebody asks for a person: taken in time, or staff reminded and the person told; by day and night, and restarted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.engine import forget_engine, transaction
from bot.db.models import Closure, Handover, InboxMessage, OutboxMessage, Staff
from bot.escalation import handoff
from bot.escalation.office import in_office_hours, staffed
from bot.escalation.policy import snapshot
from bot.escalation.requests import due_requests, request_person, run_request
from bot.escalation.timers import Timers, shift_back
from bot.people.conversations import conversation_of
from tests.unit.escalation.test_service import told

Write = Callable[..., InboxMessage]
MINUTE = timedelta(minutes=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Give a moment of November 2026 in UTC; New York is five hours behind. The 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=timezone.utc)


DAY, NIGHT, SHORTLY_BEFORE_CLOSING, OPENING = at(23, 16), at(24, 3), at(24, 1, 20), at(24, 14)


def to_staff(db: Session) -> list[str]:
    query = select(OutboxMessage.text).where(OutboxMessage.recipient == "-1001", OutboxMessage.kind == "staff")
    return list(db.execute(query.order_by(OutboxMessage.id)).scalars())


def asked(db: Session, message: Write, now: datetime) -> Handover:
    row = message()
    request_person(db, row.conversation_id, row.id, now)
    return db.execute(select(Handover)).scalar_one()


def until(db: Session, start: datetime, end: datetime) -> list[datetime]:
    """Let time pass minute by minute; gives when something was done."""
    done, now = [], start
    while now <= end:
        done += [now for number in due_requests(db, now) if run_request(db, number, now)]
        now += MINUTE
    return done


@pytest.mark.parametrize(("start", "minutes", "expected"), [
    (DAY, 10, at(23, 16, 10)),
    (NIGHT, 10, at(24, 14, 10)),  # opens at 9 AM
    (SHORTLY_BEFORE_CLOSING, 25, at(24, 1, 30)),  # closes at 8:30 PM
    (at(24, 1, 30), 10, at(24, 14, 10)),  # the moment of closing is closed
    (at(28, 19), 10, at(30, 14, 10)),  # Saturday afternoon: Monday
])  # fmt: skip
def test_minutes_of_office_hours(db: Session, start: datetime, minutes: int, expected: datetime) -> None:
    assert in_office_hours(db, start, minutes) == expected


def test_on_a_day_on_which_the_program_is_closed_nobody_is_in(db: Session, message: Write) -> None:
    db.add(Closure(on_date=date(2026, 11, 23), name="Demo day"))
    db.flush()
    assert not staffed(db, DAY)
    assert in_office_hours(db, DAY, 10) == at(24, 14, 10)
    outcome = request_person(db, message().conversation_id, None, DAY)
    assert not outcome.staffed_now
    assert snapshot(db, "H", DAY)["hours"] == "out"
    assert snapshot(db, "H", at(24, 16))["hours"] == "in"


def test_by_day_staff_are_reminded_once_and_then_the_person_is_told(db: Session, message: Write) -> None:
    asked(db, message, DAY)
    assert until(db, DAY, DAY + timedelta(days=3)) == [DAY + 10 * MINUTE, DAY + 25 * MINUTE]
    assert [("Still waiting" in text, "Asked for a person" in text) for text in to_staff(db)] == [
        (False, True), (True, True),
    ]  # fmt: skip
    assert len(told(db)) == 1
    assert all(words in told(db)[0] for words in ("Nobody on the staff has been free", "988", "(555) 010-0100"))


def test_by_night_it_waits_for_opening(db: Session, message: Write) -> None:
    asked(db, message, NIGHT)
    assert until(db, NIGHT, NIGHT + timedelta(days=3)) == [OPENING + 10 * MINUTE, OPENING + 25 * MINUTE]
    assert len(told(db)) == 1


def test_who_asked_shortly_before_closing_hears_it_then_and_the_clock_starts_again_at_opening(
    db: Session, message: Write
) -> None:
    asked(db, message, at(24, 1, 25))
    closing = at(24, 1, 30)
    assert until(db, closing, OPENING + timedelta(days=3)) == [closing, OPENING + 10 * MINUTE, OPENING + 25 * MINUTE]
    assert ["before the office closed" in text for text in told(db)] == [True, False]


def test_taken_in_time_nobody_is_reminded_or_told(db: Session, message: Write, staff: Staff) -> None:
    handover = asked(db, message, DAY)
    assert until(db, DAY, DAY + 9 * MINUTE) == []
    handoff.take(db, handover.id, staff.id, DAY + 9 * MINUTE)
    db.flush()
    assert until(db, DAY + 9 * MINUTE, DAY + timedelta(days=1)) == []
    assert len(to_staff(db)) == 1 and not any("Nobody" in text for text in told(db))


def test_taken_after_the_reminder_the_person_is_not_told_that_nobody_is_free(
    db: Session, message: Write, staff: Staff
) -> None:
    handover = asked(db, message, DAY)
    until(db, DAY, DAY + 20 * MINUTE)
    handoff.take(db, handover.id, staff.id, DAY + 20 * MINUTE)
    db.flush()
    assert until(db, DAY + 20 * MINUTE, DAY + timedelta(days=1)) == []
    assert not any("Nobody" in text for text in told(db))


def test_after_it_timed_out_it_can_be_taken_dropped_or_asked_for_again(
    db: Session, message: Write, staff: Staff
) -> None:
    handover = asked(db, message, DAY)
    assert not request_person(db, handover.conversation_id, None, DAY + 5 * MINUTE).opened
    until(db, DAY, DAY + 30 * MINUTE)
    later = DAY + timedelta(hours=1)
    again = request_person(db, handover.conversation_id, None, later)
    assert again.opened and again.told
    assert [text for text in to_staff(db) if "Still waiting" in text][1:] != []
    db.flush()
    assert until(db, later, later + timedelta(days=1)) == [later + 10 * MINUTE, later + 25 * MINUTE]
    edits = db.execute(select(OutboxMessage).where(OutboxMessage.kind == "edit").order_by(OutboxMessage.id.desc()))
    titles = [button["title"] for line in edits.scalars().first().buttons for button in line]
    assert titles == ["I'll take it", "Take it off the list"]
    handoff.take(db, handover.id, staff.id, later + timedelta(hours=1))
    assert "has joined this chat" in told(db)[-1]


async def test_it_times_out_after_a_restart(installation: Path) -> None:
    with transaction() as session:
        request_person(session, conversation_of(session, "telegram", "77", DAY).id, None, DAY)
    forget_engine()  # another process
    queued: list[int] = []
    for now in (DAY + 40 * MINUTE, DAY + 56 * MINUTE):
        await Timers(lambda: queued.append(1)).tick(now)
    assert queued
    with transaction() as session:
        assert sum("Still waiting" in text for text in to_staff(session)) == 1
        assert sum("Nobody on the staff has been free" in text for text in told(session)) == 1


def test_a_clock_that_is_set_back_delays_no_request(db: Session, message: Write) -> None:
    handover = asked(db, message, DAY)
    shift_back(db, timedelta(hours=1))
    assert handover.next_step_at == DAY - 50 * MINUTE
