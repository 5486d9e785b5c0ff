"""What an alert says and shows, apart from deciding and from sending."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.models import (
    Conversation,
    Escalation,
    EscalationMessage,
    InboxMessage,
    OutboxMessage,
    Participant,
    Staff,
)
from bot.escalation.policy import chats_for
from bot.outbox.store import Button, Outgoing, queue_edit, queue_to_staff
from bot.program import program
from bot.settings import settings

LEVEL_NAMES = {"E": "🔴 EMERGENCY", "H": "🟠 HIGH", "M": "🟡 MODERATE"}
STATUS_NAMES = {
    "open": "Open",
    "acknowledged": "Acknowledged",
    "resolved": "Resolved",
    "false_alarm": "Marked as a false alarm",
}


# How an alert ended, for those who close it from Telegram; the console takes it in words.
OUTCOMES = {
    "spoke": "Spoke with them",
    "safe": "They are safe",
    "services": "Emergency services",
    "unreached": "Could not reach them",
}


def shown_time(moment: datetime) -> str:
    """Say a moment in the program's time zone, short: ``Mon Nov 23, 11:04 PM``."""
    local = moment.astimezone(program().zone)
    return f"{local:%a %b} {local.day}, {local:%I:%M %p}".replace(", 0", ", ")


def who(session: Session, conversation: Conversation | None) -> str:
    """Say who a conversation is with, as staff may know them."""
    if conversation is None:
        return "Somebody whose data was deleted"
    where = "Telegram" if conversation.channel == "telegram" else "the web page"
    if conversation.participant_id is not None:
        participant = session.get(Participant, conversation.participant_id)
        if participant is not None:
            return f"{participant.first_name} ({participant.reference}) on {where}"
    return f"Somebody not linked to a record, on {where}"


def how_to_reach(conversation: Conversation | None) -> str:
    """Say how staff can reach the person."""
    if conversation is None:
        return "There is no way left to reach them."
    if conversation.blocked_at is not None:
        return "They have blocked the assistant: use the contact in their record."
    if conversation.channel == "web":
        return "Reply to this message; they read it while the page is open."
    return "Reply to this message to write to them."


def alert_text(session: Session, escalation: Escalation) -> str:
    """Write the alert: level, category, who, since when, how to reach them, and what staff did with it."""
    conversation = session.get(Conversation, escalation.conversation_id) if escalation.conversation_id else None
    categories = ", ".join(c.replace("_", " ") for c in escalation.categories) or "risk"
    lines = [
        f"{LEVEL_NAMES[escalation.level]}: {categories}",
        who(session, conversation),
        f"Since {shown_time(escalation.opened_at)} · alert {escalation.id}",
        f"Acknowledge by {shown_time(escalation.acknowledge_by)}.",
        how_to_reach(conversation),
        f"Console: {settings().public_address}/staff/escalations/{escalation.id}",
    ]
    if program().escalation.message_text_in_telegram:
        newest = _newest_text(session, escalation.id)
        if newest:
            lines.insert(3, f"“{newest[:500]}”")
    lines.extend(_further_messages(session, escalation))
    lines.extend(_history(session, escalation))
    return "\n".join(lines)


def _further_messages(session: Session, escalation: Escalation) -> list[str]:
    count, newest = messages_of(session, escalation.id)
    return [f"💬 {count} messages, the last at {shown_time(newest)}"] if count > 1 and newest is not None else []


def messages_of(session: Session, escalation_id: int) -> tuple[int, datetime | None]:
    """Give how many messages an escalation is about, and when the last of them was added."""
    query = select(func.count(EscalationMessage.inbox_id), func.max(EscalationMessage.added_at)).where(
        EscalationMessage.escalation_id == escalation_id
    )
    count, newest = session.execute(query).one()
    return int(count), newest


def _newest_text(session: Session, escalation_id: int) -> str:
    query = (
        select(InboxMessage.text)
        .join(EscalationMessage, EscalationMessage.inbox_id == InboxMessage.id)
        .where(EscalationMessage.escalation_id == escalation_id)
        .order_by(InboxMessage.id.desc())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none() or ""


def _history(session: Session, escalation: Escalation) -> list[str]:
    lines = []
    if escalation.acknowledged_at is not None:
        lines.append(
            f"✅ {_name(session, escalation.acknowledged_by_id)} acknowledged, {shown_time(escalation.acknowledged_at)}"
        )
    if escalation.closed_at is not None:
        words = STATUS_NAMES[escalation.status].lower()
        outcome = f": {escalation.outcome}" if escalation.outcome else ""
        lines.append(
            f"☑️ {_name(session, escalation.closed_by_id)}: {words}, {shown_time(escalation.closed_at)}{outcome}"
        )
    return lines


def _name(session: Session, staff_id: int | None) -> str:
    staff = session.get(Staff, staff_id) if staff_id is not None else None
    return f"{staff.first_name} ({staff.role})" if staff is not None else "Staff"


def alert_buttons(escalation: Escalation) -> tuple[tuple[Button, ...], ...]:
    """Give the buttons that still make sense for an escalation's state."""
    acknowledge = Button("Acknowledge", f"staff:acknowledge:{escalation.id}")
    closing = (
        Button("Resolve", f"staff:resolve:{escalation.id}"),
        Button("False alarm", f"staff:false_alarm:{escalation.id}"),
    )
    if escalation.status == "open":
        return ((acknowledge,), closing)
    return (closing,) if escalation.status == "acknowledged" else ()


def outcome_buttons(escalation: Escalation) -> tuple[tuple[Button, ...], ...]:
    """Give the buttons that ask how it ended."""
    return tuple((Button(title, f"staff:{code}:{escalation.id}"),) for code, title in OUTCOMES.items())


def queue_alert(
    session: Session,
    escalation: Escalation,
    target: str,
    now: datetime,
    *,
    key: str,
    had: frozenset[str] = frozenset(),
) -> list[OutboxMessage]:
    """Queue an alert to everybody that ``target`` stands for, but for the chats that ``had`` it just now.

    ``key`` makes each of them happen once.
    """
    message = Outgoing(alert_text(session, escalation), alert_buttons(escalation))
    rows = [
        queue_to_staff(
            session, chat, message, kind="alert", now=now, escalation_id=escalation.id, dedupe_key=f"{key}:{chat}"
        )
        for chat in chats_for(session, target, now)
        if str(chat) not in had
    ]
    return [row for row in rows if row is not None]


def refresh_alerts(
    session: Session,
    escalation: Escalation,
    now: datetime,
    *,
    ask_outcome: bool = False,
    newest_only: bool = False,
) -> None:
    """Change the alerts of an escalation that staff have in their chats to what is true now; an edit makes no sound.

    Args:
        session: an open transaction.
        escalation: the one.
        now: aware UTC.
        ask_outcome: with the buttons that ask how it ended.
        newest_only: only the last one in each chat, for what happens often.
    """
    query = select(OutboxMessage).where(OutboxMessage.escalation_id == escalation.id, OutboxMessage.kind == "alert")
    message = Outgoing(
        alert_text(session, escalation), outcome_buttons(escalation) if ask_outcome else alert_buttons(escalation)
    )
    rows = list(session.execute(query.order_by(OutboxMessage.id)).scalars())
    for row in {row.recipient: row for row in rows}.values() if newest_only else rows:
        queue_edit(session, row, message, now)
