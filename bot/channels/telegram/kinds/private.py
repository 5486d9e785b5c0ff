"""What the kinds share that come from one person's private chat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session
from telegram import Message, Update
from telegram.constants import ChatType

from bot.channels.incoming import IncomingMessage
from bot.channels.telegram.effects import Effects
from bot.inbox.store import accept


def private_message(update: Update) -> Message | None:
    """Give the update's new message if a person wrote it in their private chat with the bot."""
    return _from_a_person(update.message)


def private_edit(update: Update) -> Message | None:
    """Give the update's changed message, likewise."""
    return _from_a_person(update.edited_message)


def _from_a_person(message: Message | None) -> Message | None:
    if message is None or message.chat.type != ChatType.PRIVATE:
        return None
    if message.from_user is None or message.from_user.is_bot:
        return None
    return message


def language_of(message: Message) -> str | None:
    """Give the language of the person's app."""
    return message.from_user.language_code if message.from_user is not None else None


def external_id(message: Message) -> str:
    """Give the name under which a message is stored; a redelivered update has the same."""
    return f"{message.chat.id}:{message.message_id}"


def store(session: Session, message: IncomingMessage, now: datetime) -> Effects:
    """Store what a person did, and have their conversation looked at."""
    accepted = accept(session, message, now)
    return Effects(wake={accepted.conversation_id})
