"""A person writes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session
from telegram import Message, Update

from bot.channels.incoming import IncomingMessage
from bot.channels.telegram.effects import Effects
from bot.channels.telegram.identity import Identity
from bot.channels.telegram.kinds.private import external_id, language_of, private_message, store


def matches(update: Update, identity: Identity) -> bool:  # noqa: ARG001 - all kinds are asked alike
    """Tell whether it is a private message with text (that no other kind took)."""
    message = private_message(update)
    return message is not None and message.text is not None


def to_incoming(message: Message) -> IncomingMessage:
    """Give the message as the inbox takes it."""
    return IncomingMessage(
        "telegram",
        external_id(message),
        str(message.chat.id),
        "text",
        message.text or "",
        language=language_of(message),
    )


def process(session: Session, update: Update, identity: Identity, now: datetime) -> Effects:  # noqa: ARG001
    """Store it."""
    assert update.message is not None  # noqa: S101 - it matched
    return store(session, to_incoming(update.message), now)
