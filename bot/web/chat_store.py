"""What the chat page asks the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.models import InboxMessage, OutboxMessage
from bot.people.conversations import find_conversation
from bot.web.thread import Entry, thread, went

# Two writers may commit in another order than they numbered their rows; so many rows back are looked at again.
LOOK_BACK = 100
# At most so many messages go to a page at once.
MOST_AT_ONCE = 100


@dataclass(frozen=True)
class ChatState:
    """What a page shows when it opens."""

    conversation_id: str | None
    language: str | None
    entries: list[Entry]


def open_chat(session: Session, conversation_key: str, now: datetime) -> ChatState:
    """Give a visitor's conversation, empty where they have not written yet."""
    conversation = find_conversation(session, "web", conversation_key)
    if conversation is None:
        return ChatState(None, None, [])
    return ChatState(conversation.id, conversation.language, thread(session, conversation.id, now))


def find_chat(session: Session, conversation_key: str) -> str | None:
    """Give the id of a visitor's conversation, if they have one."""
    conversation = find_conversation(session, "web", conversation_key)
    return conversation.id if conversation is not None else None


@dataclass
class Cursor:
    """How far one open page is. It may miss nothing and show nothing twice."""

    conversation_id: str
    after: int  # newest outbox row that the page had when it opened
    seen: set[int] = field(default_factory=set)

    @property
    def floor(self) -> int:
        """Give the row from which on it is worth looking."""
        return max([self.after, *self.seen]) - LOOK_BACK


@dataclass(frozen=True)
class News:
    """What is new for a page: messages, and whether the assistant is at work on an answer."""

    entries: list[tuple[int, Entry]]
    waiting: list[int]
    typing: bool


def news(session: Session, cursor: Cursor) -> News:
    """Give what a page does not have yet, oldest first.

    A row that is older than the page and was never taken by any page (it was committed late) is new, too.
    """
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.channel == "web", OutboxMessage.recipient == cursor.conversation_id)
        .where(OutboxMessage.id > cursor.floor, OutboxMessage.status.in_(("waiting", "sent")))
        .order_by(OutboxMessage.id)
        .limit(MOST_AT_ONCE + LOOK_BACK)
    )
    fresh = [
        row
        for row in session.execute(query).scalars()
        if row.id not in cursor.seen and (row.id > cursor.after or row.status == "waiting")
    ][:MOST_AT_ONCE]
    busy = select(InboxMessage.id).where(
        InboxMessage.conversation_id == cursor.conversation_id,
        InboxMessage.status.in_(("waiting", "working")),
        InboxMessage.told_waiting_at.is_(None),  # they were told that it takes longer
    )
    typing = session.execute(busy.limit(1)).first() is not None
    return News(
        entries=[(row.id, went(row)) for row in fresh],
        waiting=[row.id for row in fresh if row.status == "waiting"],
        typing=typing,
    )


def mark_taken(session: Session, ids: list[int], now: datetime) -> None:
    """Note that a page took these messages."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(ids), OutboxMessage.status == "waiting")
        .values(status="sent", sent_at=now, error=None)
    )
