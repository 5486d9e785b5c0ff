"""What these tests write into the database and read from it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.channels.incoming import IncomingMessage
from bot.clock import clock
from bot.db.engine import transaction
from bot.inbox.store import accept


def say(text: str, key: str = "4242", at: datetime | None = None) -> str:
    """Let somebody write on Telegram. Gives the conversation's id."""
    with transaction() as session:
        message = IncomingMessage("telegram", str(uuid.uuid4()), key, "text", text)
        return accept(session, message, at or clock.now()).conversation_id


def one(table: Any, number: Any = None) -> Any:
    with transaction() as session:
        return session.get(table, number) if number is not None else session.execute(select(table)).scalar_one()
