"""The one clock. Everything asks it for the time, so that a test can set it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


class Clock:
    """Tells the time, aware and in UTC; can be set and moved by tests."""

    def __init__(self) -> None:
        self._frozen: datetime | None = None

    def now(self) -> datetime:
        """Give the current time, aware, in UTC."""
        return self._frozen or datetime.now(timezone.utc)

    def set(self, moment: datetime) -> None:
        """Stand still at ``moment`` (aware) until :meth:`release`.

        Raises:
            ValueError: the moment carries no time zone.
        """
        if moment.tzinfo is None:
            raise ValueError("The clock takes aware times only.")
        self._frozen = moment.astimezone(timezone.utc)

    def move(self, by: timedelta) -> None:
        """Move a clock that stands still forward (or back) by ``by``."""
        self.set(self.now() + by)

    def release(self) -> None:
        """Follow the machine's time again."""
        self._frozen = None


clock = Clock()
