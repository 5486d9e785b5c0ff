"""Office hours: the hours of `program.yml`, on days on which the program is not closed."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Closure
from bot.program import DAYS, Hours, program

# Looked ahead for an open day: a week on which the program is closed, and some days more.
_LOOK_AHEAD_DAYS = 15


def staffed(session: Session, now: datetime) -> bool:
    """Tell whether the program's staff are in at ``now`` (aware)."""
    local = now.astimezone(program().zone)
    hours = _hours(session, local.date(), 1).get(local.date())
    return hours is not None and hours.opens <= local.time() < hours.closes


def in_office_hours(session: Session, start: datetime, minutes: float) -> datetime:
    """Give when ``minutes`` of office hours have passed since ``start`` (aware), but no later than the day's closing.

    Outside of office hours they run from the next opening. A program without office hours has none to wait for.
    """
    local = start.astimezone(program().zone)
    for day, hours in _hours(session, local.date(), _LOOK_AHEAD_DAYS).items():
        opens, closes = (datetime.combine(day, at, tzinfo=program().zone) for at in (hours.opens, hours.closes))
        if local < closes:
            # In UTC: an hour is an hour also in the night in which the clocks change.
            begun = max(local, opens).astimezone(timezone.utc)
            return min(begun + timedelta(minutes=minutes), closes.astimezone(timezone.utc))
    return start + timedelta(minutes=minutes)


def _hours(session: Session, first: date, days: int) -> dict[date, Hours]:
    """Give the hours of those of the next ``days`` days on which staff are in, in order."""
    dates = [first + timedelta(days=n) for n in range(days)]
    closed = set(session.execute(select(Closure.on_date).where(Closure.on_date.between(first, dates[-1]))).scalars())
    found = {day: program().staff_hours.get(DAYS[day.weekday()]) for day in dates if day not in closed}
    return {day: hours for day, hours in found.items() if hours is not None}
