"""A person changes what they wrote: the risk screen reads it again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session
from telegram import Message, Update

from bot.channels.incoming import IncomingMessage
from bot.channels.telegram.effects import Effects
from bot.channels.telegram.identity import Identity
from bot.channels.telegram.kinds.private import external_id, language_of, private_edit, store


def matches(update: Update, identity: Identity) -> bool:  # noqa: ARG001
    """Tell whether it is a private message whose words changed; a live location changes all the time without any."""
    message = private_edit(update)
    return message is not None and bool(message.text or message.caption)


def to_incoming(message: Message, update_id: int) -> IncomingMessage:
    """Give the change as the inbox takes it; ``message_id`` is the name under which the first version is stored."""
    # Two changes within one second have the same date, so the update's number tells them apart.
    return IncomingMessage(
        "telegram",
        f"edit:{external_id(message)}:{update_id}",
        str(message.chat.id),
        "edit",
        message.text or message.caption or "",
        {"message_id": external_id(message)},
        language_of(message),
    )


def process(session: Session, update: Update, identity: Identity, now: datetime) -> Effects:  # noqa: ARG001
    """Store it."""
    assert update.edited_message is not None  # noqa: S101 - it matched
    return store(session, to_incoming(update.edited_message, update.update_id), now)
