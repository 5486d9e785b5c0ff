"""What somebody asks about the timetable: whose it is, which day and which kind of session they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.people.participants import participant_of_conversation
from bot.program import program
from bot.schedule.dates import names_only_days, read_when
from bot.schedule.kinds import BY_SLUG, read_kind
from bot.schedule.when import When


@dataclass(frozen=True)
class Asked:
    """What the answer before was about, so that "and the Friday after?" means the same for another day."""

    intent: str
    kind: str | None = None
    day: date | None = None

    def to_slot(self) -> dict[str, str | None]:
        """Give plain values for a slot."""
        return {"intent": self.intent, "kind": self.kind, "day": self.day.isoformat() if self.day else None}

    @classmethod
    def from_slot(cls, value: Any) -> Asked | None:
        """Read what :meth:`to_slot` gave; None where there is nothing."""
        if not isinstance(value, dict) or not value.get("intent"):
            return None
        when = _iso_day(value.get("day") or "")
        return cls(str(value["intent"]), value.get("kind"), when.first if when else None)


@dataclass(frozen=True)
class Question:
    """A question as the answers need it."""

    conversation_id: str
    message_id: int | None
    participant_id: int | None  # None: not linked, so nothing personal is shown
    language: str
    text: str  # empty where a button was pressed
    when: When | None = None
    kind: str | None = None
    choice: str | None = None  # from our own buttons: "ask"
    goes_on: bool = False  # names another day for what was asked before


@dataclass(frozen=True)
class Answer:
    """What to say: a response, what to fill in, and buttons beside the response's own."""

    response: str
    facts: Mapping[str, str] = field(default_factory=dict)
    buttons: tuple[tuple[str, str], ...] = ()  # title, payload
    asking: str | None = None  # absent | late: the next message may name the day
    day: date | None = None  # of the first session in it


def ask(
    session: Session,
    *,
    conversation_id: str,
    message_id: int | None,
    text: str,
    language: str,
    entities: Mapping[str, str],
    now: datetime,
    future: bool = True,
    before: Asked | None = None,
) -> Question:
    """Read a question out of a message, or out of one of our buttons.

    Args:
        session: an open transaction.
        conversation_id: who asks.
        message_id: the inbox row.
        text: what they wrote; a button's payload starts with "/" and is not read.
        language: en or es.
        entities: session_day (ISO date or "ask") and session_kind; only a button's are used, because the words for days
            and kinds are read from the text here.
        now: aware UTC.
        future: prefer days to come over past ones.
        before: what the turn before was about, where it was about sessions.
    """
    pressed = text.startswith("/")
    written = "" if pressed else text
    day = entities.get("session_day", "") if pressed else ""
    kind = entities.get("session_kind") if pressed else read_kind(written)
    goes_on = before is not None and names_only_days(written, now, program().zone)
    if goes_on and before is not None:
        kind = kind or before.kind
    since = before.day if before else None
    when = _iso_day(day) or read_when(written, now, program().zone, language, future=future, since=since)
    return Question(
        conversation_id=conversation_id,
        message_id=message_id,
        participant_id=participant_of_conversation(session, conversation_id),
        language="es" if language == "es" else "en",
        text=written,
        when=when,
        kind=kind if kind in BY_SLUG else None,
        choice="ask" if day == "ask" else None,
        goes_on=goes_on,
    )


def _iso_day(text: str) -> When | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return When(day, day)
