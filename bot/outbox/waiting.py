"""What waits in the outbox, as the delivery looks at it many times a second: few columns, one short transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.db.models import OutboxMessage
from bot.outbox.store import PRIORITY


@dataclass(frozen=True)
class Head:
    """What has to be known of a waiting message to decide whether it may go now."""

    id: int
    recipient: str
    priority: int
    kind: str
    error: str | None
    next_attempt_at: datetime

    @property
    def urgent(self) -> bool:
        """Tell whether it goes before everything else."""
        return self.priority == PRIORITY["alert"]


# Built once: the delivery runs them many times a second.
_HEADS = (
    select(*(getattr(OutboxMessage, field.name) for field in fields(Head)))
    .where(OutboxMessage.status == "waiting", OutboxMessage.channel == "telegram")
    .order_by(OutboxMessage.priority, OutboxMessage.id)
)
_STILL_WAITING = select(OutboxMessage).where(
    OutboxMessage.id.in_(bindparam("ids", expanding=True)), OutboxMessage.status == "waiting"
)


def waiting(session: Session, newest_web: int | None, limit: int) -> tuple[int, list[str], list[Head]]:
    """Give what the delivery has to know. ``newest_web`` is None where no chat page is open.

    Returns:
        The newest message to a chat page; the conversations of the pages with something newer than ``newest_web``; the
        most urgent waiting Telegram message of each of at most ``limit`` chats, the most urgent first.
    """
    newest, pages = (0, []) if newest_web is None else _web_news(session, newest_web)
    return newest, pages, _heads(session, limit)


def _heads(session: Session, limit: int) -> list[Head]:
    """Give the most urgent message of each chat, so that one chat with a long queue hides nobody else's.

    After it come the alerts that wait behind it: they go another way while their chat may not be written to.

    Chosen here and not by a window function: this reads an index in its order and stops early, where SQLite would look
    at every message that was ever sent.
    """
    heads, chats = [], set()
    for row in session.execute(_HEADS):
        if row.recipient not in chats or row.kind == "alert":
            heads.append(Head(*row))
            chats.add(row.recipient)
            if len(chats) == limit:
                break
    return heads


def still_waiting(session: Session, ids: Sequence[int]) -> dict[int, OutboxMessage]:
    """Give those of the messages that still wait, whole."""
    return {row.id: row for row in session.execute(_STILL_WAITING, {"ids": list(ids)}).scalars()}


def _web_news(session: Session, after: int) -> tuple[int, list[str]]:
    query = (
        select(OutboxMessage.recipient, OutboxMessage.id)
        .where(OutboxMessage.status == "waiting", OutboxMessage.channel == "web", OutboxMessage.id > after)
        .order_by(OutboxMessage.priority, OutboxMessage.id)
    )
    rows = session.execute(query).all()
    return max((row.id for row in rows), default=after), list(dict.fromkeys(row.recipient for row in rows))
