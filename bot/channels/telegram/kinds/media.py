"""A person sends something other than text; captions are read, the rest is answered honestly as unread."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session
from telegram import Message, Update
from telegram.helpers import effective_message_type

from bot.channels.incoming import IncomingMessage
from bot.channels.telegram.effects import Effects
from bot.channels.telegram.identity import Identity
from bot.channels.telegram.kinds.private import external_id, language_of, private_message, store

# Telegram's fields of a message, and what the inbox calls them. An animation also has the field ``document``, and a
# venue the field ``location``, so order matters.
TYPES = {
    "photo": "photo",
    "live_photo": "photo",
    "voice": "voice",
    "video": "video",
    "video_note": "video",
    "animation": "video",
    "audio": "audio",
    "document": "document",
    "sticker": "sticker",
    "location": "location",
    "venue": "location",
    "contact": "contact",
    "poll": "other",
    "dice": "other",
    "game": "other",
    "story": "other",
    "paid_media": "other",
    "checklist": "other",
    "passport_data": "other",
    "giveaway": "other",
    "invoice": "other",
    "web_app_data": "other",
}


def matches(update: Update, identity: Identity) -> bool:  # noqa: ARG001
    """Tell whether it is a private message with content that is not text; service messages are not."""
    message = private_message(update)
    return message is not None and _type(message) is not None


def _type(message: Message) -> str | None:
    for field, kind in TYPES.items():
        if message[field]:
            return kind
    # Nothing that we or the library know: a person sent something new. What the library knows and we do not name is a
    # service message ("pinned a message", "changed the timer").
    return "other" if effective_message_type(message) is None else None


def to_incoming(message: Message) -> IncomingMessage:
    """Give it as the inbox takes it; the text is the caption, or what a poll asks."""
    words = message.caption or (message.poll.question if message.poll else "")
    return IncomingMessage(
        "telegram",
        external_id(message),
        str(message.chat.id),
        "media",
        words,
        {"type": _type(message) or "other"},
        language_of(message),
    )


def process(session: Session, update: Update, identity: Identity, now: datetime) -> Effects:  # noqa: ARG001
    """Store it."""
    assert update.message is not None  # noqa: S101 - it matched
    return store(session, to_incoming(update.message), now)
