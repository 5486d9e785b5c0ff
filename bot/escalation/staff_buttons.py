"""What a button on a staff message does. Who presses is checked again at every press."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.models import ButtonToken, Staff
from bot.escalation import handoff, service
from bot.escalation.alerts import OUTCOMES
from bot.people import prospects
from bot.people.staff import staff_of_telegram


class NotStaff(Exception):
    """Whoever pressed is not (any more) linked as staff."""


def press(session: Session, token: str, telegram_user_id: int, now: datetime) -> str:
    """Do what a staff button says.

    Returns:
        One short sentence to show to whoever pressed.

    Raises:
        NotStaff: they may not.
    """
    staff = staff_of_telegram(session, telegram_user_id)
    if staff is None:
        raise NotStaff
    button = session.get(ButtonToken, token[:24])
    if button is None or button.conversation_id is not None or not button.payload.startswith("staff:"):
        return "This button doesn't work any more."
    _, verb, subject = button.payload.split(":", 2)
    try:
        return act(session, verb, int(subject), staff, now)
    except (service.EscalationError, handoff.HandoverError, prospects.ProspectError) as error:
        return str(error)


def act(session: Session, verb: str, subject: int, staff: Staff, now: datetime) -> str:
    """Carry out ``verb`` on the row ``subject`` for ``staff``; the console uses this too.

    Raises:
        KeyError: there is no such verb.
        EscalationError, HandoverError, ProspectError: it cannot be done.
    """
    actions: dict[str, Callable[[], str]] = {
        "acknowledge": lambda: _said(service.acknowledge(session, subject, staff.id, now), "You have it. Thank you."),
        "resolve": lambda: _said(service.ask_outcome(session, subject, now), "How did it end? Choose below the alert."),
        "false_alarm": lambda: _said(
            service.mark_false_alarm(session, subject, staff.id, now), "Marked as a false alarm."
        ),
        "take": lambda: _said(handoff.take(session, subject, staff.id, now), "You're in the chat. Reply to write."),
        "end": lambda: _said(handoff.end(session, subject, now), "The chat has ended."),
        "claim": lambda: _claim_prospect(session, subject, staff, now),
        "done": lambda: _finish_prospect(session, subject, staff, now),
    }
    if verb in OUTCOMES:
        return _said(service.resolve(session, subject, staff.id, now, OUTCOMES[verb]), "Resolved.")
    return actions[verb]()


def _claim_prospect(session: Session, subject: int, staff: Staff, now: datetime) -> str:
    prospects.claim(session, subject, staff.id, now)
    return "It's yours."


def _finish_prospect(session: Session, subject: int, staff: Staff, now: datetime) -> str:
    prospects.mark_done(session, subject, staff.id, now)
    return "Done."


def _said(_done: object, words: str) -> str:
    return words
