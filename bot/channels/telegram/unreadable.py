"""An update that could not be stored: the person is told that it was not read, and staff that somebody wrote."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.channels.telegram.effects import Effects
from bot.escalation.alerts import how_to_reach, who
from bot.escalation.policy import chats_for
from bot.outbox.store import Outgoing, queue_to_person, queue_to_staff
from bot.people.conversations import conversation_of
from bot.program import program
from bot.texts import say

log = structlog.get_logger()

FROM_PEOPLE = ("message", "edited_message", "callback_query")


def tell_both_sides(session: Session, raw: dict[str, Any], now: datetime) -> Effects:
    """Tell the person in whose private chat it happened, and the staff; nothing where there is no such person."""
    person = _person(raw)
    if person is None:
        return Effects()
    key = f"unreadable:{raw.get('update_id')}"
    try:
        with session.begin_nested():
            conversation = conversation_of(session, "telegram", str(person), now)
            words = program().fill(say("answer_failed", conversation.language))
            queue_to_person(session, conversation, Outgoing(words), kind="notice", now=now, dedupe_key=key)
            notice = (
                f"⚠️ A message on Telegram could not be read by the assistant, and it is not stored. "
                f"{who(session, conversation)}. {how_to_reach(conversation)}"
            )
            for chat in chats_for(session, "staff_chat", now):
                message = Outgoing(notice, extra={"about": conversation.id})
                queue_to_staff(session, chat, message, kind="staff", now=now, dedupe_key=f"{key}:{chat}")
    except (SQLAlchemyError, ValueError, KeyError) as error:
        log.warning("nobody could be told about a skipped update", error=type(error).__name__)
        return Effects()
    return Effects(queued=True)


def _person(raw: dict[str, Any]) -> int | None:
    for kind in FROM_PEOPLE:
        body = raw.get(kind)
        if not isinstance(body, dict):
            continue
        holder = body.get("message") if kind == "callback_query" else body
        chat = holder.get("chat") if isinstance(holder, dict) else None
        if isinstance(chat, dict) and chat.get("type") == "private" and isinstance(chat.get("id"), int):
            return int(chat["id"])
    return None
