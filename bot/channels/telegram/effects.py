"""What is left to do once updates are stored: nothing of it happens before the commit."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class PressAnswer:
    """The answer to a pressed button: stops its spinner, shows ``text`` for a moment or as an alert."""

    callback_id: str
    text: str = ""
    alert: bool = False


@dataclass(frozen=True)
class UsedButtons:
    """A message whose buttons were used: they go, and ``text`` (plain, with the choice) is shown if it is known."""

    chat_id: int
    message_id: int
    text: str | None


@dataclass
class Effects:
    """Conversations to wake, presses to answer, buttons to take away; ``queued``: the outbox has something new."""

    wake: set[str] = field(default_factory=set)
    answers: list[PressAnswer] = field(default_factory=list)
    used: list[UsedButtons] = field(default_factory=list)
    queued: bool = False

    def add(self, other: Effects) -> None:
        """Take on what another update left to do."""
        self.wake |= other.wake
        self.answers += other.answers
        self.used += other.used
        self.queued = self.queued or other.queued
