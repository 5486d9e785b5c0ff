"""A person blocks or unblocks the bot, or somebody puts it into a group."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.orm import Session
from telegram import Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels.telegram.effects import Effects
from bot.channels.telegram.identity import Identity
from bot.people.conversations import note_blocked

log = structlog.get_logger()

AWAY = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)


def matches(update: Update, identity: Identity) -> bool:  # noqa: ARG001
    """Tell whether the bot's own membership changed."""
    return update.my_chat_member is not None


def process(session: Session, update: Update, identity: Identity, now: datetime) -> Effects:
    """Remember a block or its end; say in the log which group the bot is in, since a program has to name it."""
    change = update.my_chat_member
    assert change is not None  # noqa: S101 - it matched
    away = change.new_chat_member.status in AWAY
    if change.chat.type == ChatType.PRIVATE:
        note_blocked(session, "telegram", str(change.chat.id), away, now)
    elif identity.is_staff_chat(change.chat.id):
        if away:
            log.error(
                "The bot was removed from the staff's Telegram group, so no alert can reach it there; add it again."
            )
    elif not away and change.chat.type in (ChatType.GROUP, ChatType.SUPERGROUP):
        log.info(
            "The bot was added to a Telegram group and ignores what is written there. If it is the staff's, set "
            "TELEGRAM_STAFF_CHAT_ID.",
            chat_id=change.chat.id,
        )
    return Effects()
