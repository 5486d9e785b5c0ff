"""A person sends a command: ``/help``, ``/start <code>``, ``/staff@our_bot``."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy.orm import Session
from telegram import Message, Update

from bot.channels.incoming import IncomingMessage
from bot.channels.telegram.effects import Effects
from bot.channels.telegram.identity import Identity
from bot.channels.telegram.kinds.private import external_id, language_of, private_message, store

# Telegram's own form of a command (core.telegram.org/bots/features#commands). Anything else that starts with a slash,
# such as ``/intent{"slot": "value"}``, is text.
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?", re.DOTALL)
# What a ``t.me/bot?start=`` link may carry (core.telegram.org/bots/features#deep-linking).
_LINK_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def matches(update: Update, identity: Identity) -> bool:
    """Tell whether it is a private message that is a command for this bot."""
    message = private_message(update)
    found = _COMMAND.fullmatch(message.text) if message is not None and message.text is not None else None
    if found is None:
        return False
    addressed = found.group(2)
    return addressed is None or identity.username is None or addressed.lower() == identity.username.lower()


def to_incoming(message: Message) -> IncomingMessage:
    """Give the command as the inbox takes it.

    The text stays with it for the risk screen (people write "/crisis I took everything"); a link code does not.
    """
    found = _COMMAND.fullmatch(message.text or "")
    assert found is not None  # noqa: S101 - it matched
    name, argument = found.group(1).lower(), (found.group(3) or "").strip()
    code = name == "start" and _LINK_CODE.fullmatch(argument) is not None
    return IncomingMessage(
        "telegram",
        external_id(message),
        str(message.chat.id),
        "command",
        f"/{name}" if code else message.text or "",
        {"name": name, "argument": argument},
        language_of(message),
    )


def process(session: Session, update: Update, identity: Identity, now: datetime) -> Effects:  # noqa: ARG001
    """Store it."""
    assert update.message is not None  # noqa: S101 - it matched
    return store(session, to_incoming(update.message), now)
