"""What somebody means by "tonight" or "next week": days, and perhaps a part of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

# From when to when a session starts that people would call a morning, afternoon or evening one. A group at 5 PM is both
# an afternoon and an evening one; "la tarde" lasts until dusk and has the 6 PM groups in it.
PARTS: dict[str, tuple[time, time]] = {
    "morning": (time(0, 0), time(12, 0)),
    "afternoon": (time(12, 0), time(17, 30)),
    "tarde": (time(12, 0), time(20, 0)),
    "evening": (time(16, 0), time.max),
}


@dataclass(frozen=True)
class When:
    """Days from ``first`` to ``last`` in the program's calendar, both included, and a part of each day or all of it."""

    first: date
    last: date
    part: str | None = None  # a key of PARTS

    def window(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Give the first moment and the first moment after, aware UTC."""
        start = datetime.combine(self.first, time(), tzinfo=zone)
        end = datetime.combine(self.last + timedelta(days=1), time(), tzinfo=zone)
        return start.astimezone(timezone.utc), end.astimezone(timezone.utc)

    def covers(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Say whether something that starts at ``moment`` (aware) is meant."""
        local = moment.astimezone(zone)
        if not self.first <= local.date() <= self.last:
            return False
        if self.part is None:
            return True
        earliest, latest = PARTS[self.part]
        return earliest <= local.time() <= latest

    @property
    def one_day(self) -> bool:
        """Say whether it is a single day."""
        return self.first == self.last
