"""Telegram turns the staff's group into a supergroup: it has a new id from then on."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.orm import Session
from telegram import Update

from bot.channels.telegram.effects import Effects
from bot.channels.telegram.identity import Identity

log = structlog.get_logger()


def matches(update: Update, identity: Identity) -> bool:
    """Tell whether it is the service message that names the staff group's new id."""
    message = update.message
    return message is not None and bool(message.migrate_to_chat_id) and identity.is_staff_chat(message.chat.id)


def process(session: Session, update: Update, identity: Identity, now: datetime) -> Effects:  # noqa: ARG001
    """Go on with the new id, and ask for it to be set."""
    message = update.message
    assert message is not None  # noqa: S101 - it matched
    assert message.migrate_to_chat_id is not None  # noqa: S101
    identity.moved(message.chat.id, message.migrate_to_chat_id)
    log.warning(
        "The staff's Telegram group has a new id; set TELEGRAM_STAFF_CHAT_ID to it.", chat_id=message.migrate_to_chat_id
    )
    return Effects()
