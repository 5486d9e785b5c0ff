"""A person presses a button under one of our messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from telegram import CallbackQuery, Message, Update

from bot.channels.incoming import IncomingMessage
from bot.channels.telegram.effects import Effects, PressAnswer, UsedButtons
from bot.channels.telegram.identity import Identity
from bot.channels.telegram.kinds.private import store
from bot.db.models import InboxMessage
from bot.people.conversations import find_conversation
from bot.texts import say

# Presses looked back at to tell a double tap from a new press.
LOOK_BACK = 20


def matches(update: Update, identity: Identity) -> bool:  # noqa: ARG001
    """Tell whether a button was pressed (the staff's were asked before)."""
    return update.callback_query is not None


def to_incoming(query: CallbackQuery) -> IncomingMessage:
    """Give the press as the inbox takes it."""
    return IncomingMessage(
        "telegram",
        f"cb:{query.id}",
        str(query.from_user.id),  # a private chat has its person's id
        "button",
        payload={"token": query.data or ""},
        language=query.from_user.language_code,
    )


def process(session: Session, update: Update, identity: Identity, now: datetime) -> Effects:  # noqa: ARG001
    """Store the press, stop its spinner, and take the buttons away; a second tap on the same button says so only."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - it matched
    if _tapped_before(session, query):
        conversation = find_conversation(session, "telegram", str(query.from_user.id))
        words = say("button_gone", conversation.language if conversation is not None else "en")
        return Effects(answers=[PressAnswer(query.id, words)])
    effects = store(session, to_incoming(query), now)
    effects.answers.append(PressAnswer(query.id))
    if query.message is not None:
        effects.used.append(UsedButtons(query.message.chat.id, query.message.message_id, _with_choice(query)))
    return effects


def _tapped_before(session: Session, query: CallbackQuery) -> bool:
    conversation = find_conversation(session, "telegram", str(query.from_user.id))
    if conversation is None:
        return False
    presses = (
        select(InboxMessage.payload, InboxMessage.external_id)
        .where(InboxMessage.conversation_id == conversation.id, InboxMessage.kind == "button")
        .order_by(InboxMessage.id.desc())
        .limit(LOOK_BACK)
    )
    return any(
        row.payload.get("token") == query.data and row.external_id != f"cb:{query.id}"
        for row in session.execute(presses)
    )


def _with_choice(query: CallbackQuery) -> str | None:
    """Give the message's text with what was chosen; None for a message that Telegram does not show us (any more)."""
    message = query.message
    if not isinstance(message, Message) or not message.text or message.reply_markup is None:
        return None
    for row in message.reply_markup.inline_keyboard:
        for shown in row:
            if shown.callback_data == query.data:
                return f"{message.text}\n\n✓ {shown.text}"
    return None
