"""When sessions really happen: recurrence, daylight saving, cancelled and moved ones, closed days."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

from bot.db.models import ProgramSession, SessionException
from bot.schedule.rules import InvalidRule, check_rrule, dates_of

__all__ = ["InvalidRule", "Occurrence", "check_rrule", "local_to_utc", "occurrences"]

Status = Literal["scheduled", "cancelled", "moved", "closed"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Occurrence:
    """One time that a session happens, or would have happened."""

    session_id: int
    kind: str
    title: str
    track: str | None  # slug; None: for everybody
    track_title: str | None
    leader: str
    place: str
    video_link: str
    starts_at: datetime  # aware UTC; of a moved one the new time
    ends_at: datetime
    status: Status
    note: str  # why: the exception's note, or the holiday's name
    on_date: date  # the date it has in the timetable, also when it was moved to another one
    moved_from: datetime | None = None  # aware UTC
    personal: bool = False  # belongs to one participant

    @property
    def happens(self) -> bool:
        """Say whether somebody should go."""
        return self.status in ("scheduled", "moved")


def local_to_utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Turn a wall-clock time into UTC.

    A time that the clocks jump over is read with the offset before the jump (2:30 becomes 3:30), one that happens twice
    is the first of the two, as RFC 5545 section 3.3.5 has it.
    """
    return datetime.combine(day, at, tzinfo=zone).replace(fold=0).astimezone(timezone.utc)


def occurrences(
    sessions: Iterable[ProgramSession],
    closures: Mapping[date, str],
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
) -> list[Occurrence]:
    """Give what starts in a window, or was to start in it and was moved away.

    Args:
        sessions: rows with their exceptions.
        closures: closed dates in the program's calendar, with their names.
        start: first moment, aware.
        end: first moment after, aware.
        zone: the program's time zone.

    Returns:
        In order of their start. A session whose rule cannot be used is left out (and logged): one wrong row must not
        take the whole timetable away.
    """
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    found: list[Occurrence] = []
    for row in sessions:
        exceptions = {exception.on_date: exception for exception in row.exceptions}
        try:
            starts = datetime.combine(row.first_date, row.start_time)
            dates = dates_of(row.rrule, starts, first, last, zone)
            for moved in exceptions.values():
                if moved.new_date and first <= moved.new_date <= last and moved.on_date not in dates:
                    dates += dates_of(row.rrule, starts, moved.on_date, moved.on_date, zone)
        except InvalidRule:
            _log.warning("session %s has a recurrence rule that cannot be used", row.id)
            continue
        found += [_occurrence(row, day, exceptions.get(day), closures, zone) for day in dates]
    inside = [o for o in found if start <= o.starts_at < end or (o.moved_from and start <= o.moved_from < end)]
    return sorted(inside, key=lambda o: (o.starts_at, o.session_id))


def _occurrence(
    row: ProgramSession, day: date, exception: SessionException | None, closures: Mapping[date, str], zone: ZoneInfo
) -> Occurrence:
    usual = local_to_utc(day, row.start_time, zone)
    starts_at, place, note, moved_from = usual, row.place, "", None
    status: Status = "scheduled"
    if exception is not None and exception.kind == "cancelled":
        status, note = "cancelled", exception.note
    elif exception is not None:
        status, note = "moved", exception.note
        starts_at = local_to_utc(exception.new_date or day, exception.new_start_time or row.start_time, zone)
        place = exception.new_place or row.place
        moved_from = usual
    elif day in closures:
        status, note = "closed", closures[day]
    return Occurrence(
        session_id=row.id,
        kind=row.kind,
        title=row.title,
        track=row.track.slug if row.track else None,
        track_title=row.track.title if row.track else None,
        leader=row.leader,
        place=place,
        video_link=row.video_link,
        starts_at=starts_at,
        # Minutes that pass, not hands of the clock: a 90-minute group over a clock change takes 90 minutes.
        ends_at=starts_at + timedelta(minutes=row.minutes),
        status=status,
        note=note or "",
        on_date=day,
        moved_from=moved_from,
        personal=row.participant_id is not None,
    )
