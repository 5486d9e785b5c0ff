"""Messages on their way out: written in the transaction that made them true, delivered by ``delivery.py``."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.models import ButtonToken, Conversation, OutboxMessage

# Lower goes first. A crisis reply overtakes small talk of every other chat, and so does an alert.
PRIORITY = {"crisis": 0, "alert": 0, "staff": 10, "reply": 20, "notice": 30, "edit": 15}

# A button works this long: people answer an evening's question the next morning.
BUTTON_LIFE = timedelta(days=2)
# Staff's buttons stay on an alert for as long as it may be open.
STAFF_BUTTON_LIFE = timedelta(days=90)


@dataclass(frozen=True)
class Button:
    """A button: what it says and what a press means (``/intent{...}`` for Rasa, ``staff:...`` for staff)."""

    title: str
    payload: str


@dataclass(frozen=True)
class Outgoing:
    """One message before it has a recipient."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


def queue_to_person(
    session: Session,
    conversation: Conversation,
    message: Outgoing,
    *,
    kind: str,
    now: datetime,
    inbox_id: int | None = None,
    dedupe_key: str | None = None,
) -> OutboxMessage | None:
    """Queue a message to a person.

    Args:
        session: an open transaction.
        conversation: to whom.
        message: what.
        kind: a key of :data:`PRIORITY`.
        now: aware UTC.
        inbox_id: the message that it answers.
        dedupe_key: a second message with the same key is not queued.

    Returns:
        The queued row, or None where ``dedupe_key`` was there already.
    """
    recipient = conversation.external_id
    if conversation.channel == "web" and conversation.id is not None:  # None: its data was deleted in this very turn
        recipient = conversation.id
    return _queue(
        session, conversation.channel, recipient, message, kind=kind, now=now, conversation_id=conversation.id,
        inbox_id=inbox_id, dedupe_key=dedupe_key, button_owner=conversation.id,
    )  # fmt: skip


def queue_to_staff(
    session: Session,
    chat_id: int,
    message: Outgoing,
    *,
    kind: str,
    now: datetime,
    escalation_id: int | None = None,
    dedupe_key: str | None = None,
) -> OutboxMessage | None:
    """Queue a message to a staff chat or to a member of staff on Telegram; arguments as :func:`queue_to_person`."""
    return _queue(
        session, "telegram", str(chat_id), message, kind=kind, now=now, escalation_id=escalation_id,
        dedupe_key=dedupe_key,
    )  # fmt: skip


def queue_edit(session: Session, original: OutboxMessage, message: Outgoing, now: datetime) -> OutboxMessage | None:
    """Queue a change of a message that was sent, or is about to be: new text, new buttons.

    It takes the place of changes of the same message that still wait: only the newest is true, and a staff group has
    few places a minute.
    """
    session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.status == "waiting",
            OutboxMessage.channel == original.channel,
            OutboxMessage.priority == PRIORITY["edit"],
            OutboxMessage.edits_id == original.id,
        )
        .values(status="dropped", error="superseded")
        .execution_options(synchronize_session=False)
    )
    return _queue(
        session, original.channel, original.recipient, message, kind="edit", now=now,
        escalation_id=original.escalation_id, edits_id=original.id,
    )  # fmt: skip


def _queue(
    session: Session,
    channel: str,
    recipient: str,
    message: Outgoing,
    *,
    kind: str,
    now: datetime,
    button_owner: str | None = None,
    dedupe_key: str | None = None,
    **columns: Any,
) -> OutboxMessage | None:
    if dedupe_key and session.scalar(select(OutboxMessage.id).where(OutboxMessage.dedupe_key == dedupe_key)):
        return None
    row = OutboxMessage(
        channel=channel,
        recipient=recipient,
        kind=kind,
        priority=PRIORITY[kind],
        text=message.text,
        buttons=_tokens(session, message.buttons, button_owner, now),
        extra=message.extra,
        dedupe_key=dedupe_key,
        status="waiting",
        attempts=0,
        next_attempt_at=now,
        created_at=now,
        **columns,
    )
    session.add(row)
    session.flush()
    return row


def _tokens(
    session: Session, rows: tuple[tuple[Button, ...], ...], owner: str | None, now: datetime
) -> list[list[dict[str, str]]]:
    group = secrets.token_urlsafe(12)
    life = BUTTON_LIFE if owner else STAFF_BUTTON_LIFE
    shown = []
    for row in rows:
        shown_row = []
        for button in row:
            token = secrets.token_urlsafe(15)  # 20 characters: unguessable, and far under Telegram's 64 bytes
            session.add(
                ButtonToken(
                    token=token,
                    conversation_id=owner,
                    payload=button.payload,
                    title=button.title[:64],
                    group=group,
                    expires_at=now + life,
                    created_at=now,
                )
            )
            shown_row.append({"title": button.title, "token": token})
        shown.append(shown_row)
    return shown


class ButtonGone(Exception):
    """The token is unknown, another person's, used or expired."""


def press(session: Session, token: str, conversation_id: str, now: datetime) -> ButtonToken:
    """Use a person's button up, with the others of its message.

    Raises:
        ButtonGone: it cannot be pressed (any more), or not by this person.
    """
    button = session.get(ButtonToken, token[:24]) if token else None
    if (
        button is None
        or button.conversation_id != conversation_id
        or button.used_at is not None
        or button.expires_at <= now
    ):
        raise ButtonGone
    session.execute(update(ButtonToken).where(ButtonToken.group == button.group).values(used_at=now))
    return button
