"""What the conversation remembers of a disclosure. It lives in Rasa's slots, so it survives a restart with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.risk_dialogue.steps import rank

SLOTS = ("risk_category", "risk_level", "risk_stage", "risk_since", "risk_shown")


@dataclass(frozen=True)
class RiskState:
    """A disclosure that is being talked about. Empty: there is none.

    Attributes:
        category: what it is about now.
        level: the highest so far: check, M, H or E.
        stage: the question that waits for an answer.
        since: when it began (aware UTC).
        shown: what was said already and is not repeated: ``category:level`` of first replies, ``again:step``.
    """

    category: str | None = None
    level: str | None = None
    stage: str | None = None
    since: datetime | None = None
    shown: tuple[str, ...] = ()

    def over(self, now: datetime, hours: float) -> bool:
        """Tell whether it has ended by time, ``hours`` after it began."""
        return self.since is None or now - self.since > timedelta(hours=hours)

    def knows(self, category: str, level: str) -> bool:
        """Tell whether the first reply of this category was given at this level or a higher one."""
        levels = [key.split(":", 1)[1] for key in self.shown if key.startswith(f"{category}:")]
        return any(rank(seen) >= rank(level) for seen in levels)

    def with_shown(self, key: str) -> RiskState:
        """Note that something was said."""
        return self if key in self.shown else replace(self, shown=(*self.shown, key))


def from_slots(get_slot: Callable[[str], Any]) -> RiskState:
    """Read the state out of Rasa's slots; what cannot be read counts as not there."""
    since = get_slot("risk_since")
    try:
        began = datetime.fromisoformat(since) if since else None
    except (TypeError, ValueError):
        began = None
    return RiskState(
        get_slot("risk_category"),
        get_slot("risk_level"),
        get_slot("risk_stage"),
        began,
        tuple(get_slot("risk_shown") or ()),
    )


def to_slots(state: RiskState) -> dict[str, Any]:
    """Give the state as values of Rasa's slots."""
    return {
        "risk_category": state.category,
        "risk_level": state.level,
        "risk_stage": state.stage,
        "risk_since": state.since.isoformat() if state.since else None,
        "risk_shown": list(state.shown),
    }
