"""Escalations: opened by the two risk readers, answered by staff. Each function is one use case in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import (
    OPEN_STATES,
    Conversation,
    Escalation,
    EscalationEvent,
    EscalationMessage,
    InboxMessage,
    OutboxMessage,
    ReviewLabel,
    Staff,
)
from bot.escalation.alerts import queue_alert, refresh_alerts
from bot.escalation.policy import advance, round_of, start_clock, step_target
from bot.escalation.told import tell_person_taken
from bot.metrics import ACKNOWLEDGE_SECONDS
from bot.risk.verdict import Level

ESCALATED_LEVELS = ("M", "H", "E")


class EscalationError(Exception):
    """Something about an escalation cannot be done; the message is one sentence for staff."""


class NotFound(EscalationError):
    """There is no such escalation or message."""


class AlreadyClosed(EscalationError):
    """It was resolved or marked as a false alarm."""


@dataclass(frozen=True)
class ReportOutcome:
    """What a report led to. ``alert_delivered``: a staff alert of it has reached Telegram already."""

    escalation_id: int | None
    opened: bool = False
    joined: bool = False
    raised: bool = False
    reopened: bool = False
    alert_delivered: bool = False


def report(session: Session, message_id: int, verdict: dict[str, Any], *, reader: str, now: datetime) -> ReportOutcome:
    """Tell about a risky message: opens an escalation, or joins the conversation's open one.

    Staff are alerted when it opens, when the level rises, when a category is new, and when it reopens what somebody had
    acknowledged. A further message of the same kind is a quiet line under the alerts that they have. Whichever reader
    comes second for the same message meets the first one's escalation, and alerts again only if the level rises.

    Args:
        session: an open transaction.
        message_id: the inbox row.
        verdict: ``bot.risk.Verdict.to_dict()``. Only action ``alert`` escalates.
        reader: ``patterns``, ``rasa`` or ``dialogue``, for the record.
        now: aware UTC.

    Raises:
        NotFound: there is no such message.
    """
    message = session.get(InboxMessage, message_id)
    if message is None:
        raise NotFound("The message is not stored (any more).")
    level, categories = str(verdict["level"]), [str(c) for c in verdict["categories"]]
    if message.verdict is None or Level(message.verdict["level"]) < Level(level):
        message.verdict = verdict
    if verdict["action"] != "alert" or level not in ESCALATED_LEVELS:
        return ReportOutcome(None)
    # The row lock makes two reporters of one conversation wait for each other on PostgreSQL; SQLite has one writer.
    # It leaves the key alone: whoever queues a message to the person meanwhile (an acknowledgement) must not wait for
    # us, while we wait for the escalation that they hold.
    conversation = session.get(Conversation, message.conversation_id, with_for_update={"key_share": True})
    escalation = open_escalation(session, message.conversation_id, lock=True)
    if escalation is None:
        escalation = _open(session, conversation, level, categories, now)
        opened = True
    else:
        opened = False
    joined = _add_message(session, escalation, message.id, level, reader, now)
    before = list(escalation.categories)
    raised = not opened and _raise(session, escalation, level, categories, now)
    widened = len(escalation.categories) > len(before)
    reopened = joined and not raised and escalation.status == "acknowledged" and _is_news(conversation, reader)
    if reopened:
        record(session, escalation, "reopened", now, message_id=message.id, level=level)
        _start_again(session, escalation, escalation.level, now)
    if not opened and (joined or raised or widened):
        refresh_alerts(session, escalation, now, newest_only=not (raised or reopened))
    if opened or raised or reopened:
        run_due_steps(session, escalation, now)
    elif joined and widened:
        queue_alert(session, escalation, "staff_chat", now, key=f"alert:{escalation.id}:message:{message.id}")
    return ReportOutcome(
        escalation.id,
        opened=opened,
        joined=joined and not opened,
        raised=raised,
        reopened=reopened,
        alert_delivered=delivered(session, escalation.id),
    )


def _is_news(conversation: Conversation, reader: str) -> bool:
    """Tell whether whoever took the escalation may not know of another message in it.

    An answer to our question goes on with what they know; in a chat with staff they read the message as it comes.
    """
    return reader != "dialogue" and conversation.state != "staff"


def open_escalation(session: Session, conversation_id: str, *, lock: bool = False) -> Escalation | None:
    """Give the conversation's escalation that is not closed, if there is one."""
    query = select(Escalation).where(Escalation.conversation_id == conversation_id, Escalation.status.in_(OPEN_STATES))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def delivered(session: Session, escalation_id: int) -> bool:
    """Tell whether an alert of this escalation has reached staff on Telegram."""
    query = select(OutboxMessage.id).where(
        OutboxMessage.escalation_id == escalation_id, OutboxMessage.kind == "alert", OutboxMessage.status == "sent"
    )
    return session.execute(query.limit(1)).first() is not None


def _open(session: Session, conversation: Conversation, level: str, categories: list[str], now: datetime) -> Escalation:
    escalation = Escalation(
        conversation_id=conversation.id,
        participant_id=conversation.participant_id,
        categories=categories,
        status="open",
        opened_at=now,
    )
    start_clock(session, escalation, level, now)
    session.add(escalation)
    session.flush()
    record(session, escalation, "opened", now, level=level, categories=categories)
    return escalation


def _add_message(
    session: Session, escalation: Escalation, message_id: int, level: str, reader: str, now: datetime
) -> bool:
    known = session.get(EscalationMessage, message_id)
    if known is not None:
        if Level(known.level) < Level(level):
            known.level = level
        return False
    session.add(EscalationMessage(inbox_id=message_id, escalation_id=escalation.id, level=level, added_at=now))
    record(session, escalation, "message", now, message_id=message_id, level=level, reader=reader)
    return True


def _raise(session: Session, escalation: Escalation, level: str, categories: list[str], now: datetime) -> bool:
    new = [c for c in categories if c not in escalation.categories]
    higher = Level(level) > Level(escalation.level)
    if new:
        escalation.categories = (
            [*categories, *[c for c in escalation.categories if c not in categories]]
            if higher
            else [*escalation.categories, *new]
        )
    if not higher:
        return False
    record(session, escalation, "raised", now, before=escalation.level, level=level)
    # A higher level is a new alarm, also when somebody had acknowledged the lower one.
    _start_again(session, escalation, level, now)
    return True


def _start_again(session: Session, escalation: Escalation, level: str, now: datetime) -> None:
    escalation.status = "open"
    escalation.acknowledged_at = escalation.acknowledged_by_id = None
    start_clock(session, escalation, level, now)


def run_due_steps(session: Session, escalation: Escalation, now: datetime) -> int:
    """Carry out every step that is due, in the caller's transaction. Returns how many were."""
    count = 0
    had: frozenset[str] = frozenset()  # two steps at one moment may stand for the same chat
    while escalation.status == "open" and escalation.next_step_at is not None and escalation.next_step_at <= now:
        target = step_target(escalation)
        key = f"alert:{escalation.id}:{round_of(escalation)}:{escalation.step}"
        rows = queue_alert(session, escalation, target, now, key=key, had=had)
        had |= {str(row.recipient) for row in rows}
        record(session, escalation, "step", now, step=escalation.step, notify=target, alerts=len(rows),
               late_seconds=round((now - escalation.next_step_at).total_seconds(), 1))  # fmt: skip
        advance(escalation)
        count += 1
        if count >= 20:  # a clock that jumped by days is no reason to send a hundred alerts
            escalation.next_step_at = max(escalation.next_step_at, now)
            break
    return count


def acknowledge(session: Session, escalation_id: int, staff_id: int, now: datetime) -> Escalation:
    """Say that a member of staff has taken it: the clock stops, every alert shows it, the person is told.

    Raises:
        NotFound: there is no such escalation.
        AlreadyClosed: it is over.
    """
    escalation = _take(session, escalation_id)
    if escalation.status == "acknowledged":
        return escalation
    escalation.status = "acknowledged"
    escalation.acknowledged_at = now
    escalation.acknowledged_by_id = staff_id
    escalation.next_step_at = None
    waited = max(0.0, (now - escalation.clock_started_at).total_seconds())
    ACKNOWLEDGE_SECONDS.labels(escalation.level).observe(waited)
    record(session, escalation, "acknowledged", now, staff_id=staff_id)
    refresh_alerts(session, escalation, now)
    tell_person_taken(session, escalation, session.get(Staff, staff_id), now)
    return escalation


def ask_outcome(session: Session, escalation_id: int, now: datetime) -> Escalation:
    """Ask on the alert itself how it ended; the answer closes it. Raises as :func:`acknowledge`."""
    escalation = _take(session, escalation_id)
    refresh_alerts(session, escalation, now, ask_outcome=True)
    return escalation


def resolve(session: Session, escalation_id: int, staff_id: int, now: datetime, outcome: str = "") -> Escalation:
    """Close an escalation as dealt with. Raises as :func:`acknowledge`."""
    return _close(session, escalation_id, "resolved", staff_id, now, outcome)


def mark_false_alarm(
    session: Session, escalation_id: int, staff_id: int, now: datetime, outcome: str = ""
) -> Escalation:
    """Close an escalation as no risk at all, and keep its messages for review. Raises as :func:`acknowledge`."""
    escalation = _close(session, escalation_id, "false_alarm", staff_id, now, outcome)
    query = select(EscalationMessage.inbox_id).where(EscalationMessage.escalation_id == escalation_id)
    for inbox_id in session.execute(query).scalars():
        session.add(ReviewLabel(inbox_id=inbox_id, label="false_alarm", staff_id=staff_id, created_at=now))
    return escalation


def _close(session: Session, escalation_id: int, status: str, staff_id: int, now: datetime, outcome: str) -> Escalation:
    escalation = _take(session, escalation_id)
    escalation.status = status
    escalation.closed_at = now
    escalation.closed_by_id = staff_id
    escalation.outcome = outcome.strip()[:255] or None
    escalation.next_step_at = None
    record(session, escalation, status, now, staff_id=staff_id, outcome=escalation.outcome or "")
    refresh_alerts(session, escalation, now)
    return escalation


def _take(session: Session, escalation_id: int) -> Escalation:
    escalation = session.get(Escalation, escalation_id, with_for_update=True)
    if escalation is None:
        raise NotFound("There is no alert with this number.")
    if escalation.status not in OPEN_STATES:
        raise AlreadyClosed("This alert was closed already.")
    return escalation


def record(
    session: Session, escalation: Escalation, kind: str, now: datetime, *, staff_id: int | None = None, **detail: Any
) -> None:
    """Add to the record of what happened to an escalation."""
    session.add(EscalationEvent(escalation_id=escalation.id, at=now, kind=kind, staff_id=staff_id, detail=detail))
