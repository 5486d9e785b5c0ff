"""What waits in the outbox, as the delivery looks at it many times a second: few columns, one short transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import func, select
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


def waiting(session: Session, newest_web: int | None, limit: int) -> tuple[int, list[str], list[Head]]:
    """Give what the delivery has to know. ``newest_web`` is None where no chat page is open.

    Returns:
        The newest message to a chat page; the conversations of the pages with something newer than ``newest_web``; the
        most urgent waiting Telegram message of each of at most ``limit`` chats, the most urgent first.
    """
    newest, pages = (0, []) if newest_web is None else _web_news(session, newest_web)
    return newest, pages, _heads(session, limit)


def _heads(session: Session, limit: int) -> list[Head]:
    # The most urgent message of each chat, so that one chat with a long queue hides nobody else's.
    place = func.row_number().over(
        partition_by=OutboxMessage.recipient, order_by=(OutboxMessage.priority, OutboxMessage.id)
    )
    ranked = (
        select(*(getattr(OutboxMessage, field.name) for field in fields(Head)), place.label("place"))
        .where(OutboxMessage.status == "waiting", OutboxMessage.channel == "telegram")
        .subquery()
    )
    query = select(ranked).where(ranked.c.place == 1).order_by(ranked.c.priority, ranked.c.id).limit(limit)
    return [Head(*row[:-1]) for row in session.execute(query)]


def still_waiting(session: Session, ids: Sequence[int]) -> dict[int, OutboxMessage]:
    """Give those of the messages that still wait, whole."""
    query = select(OutboxMessage).where(OutboxMessage.id.in_(ids), OutboxMessage.status == "waiting")
    return {row.id: row for row in session.execute(query).scalars()}


def _web_news(session: Session, after: int) -> tuple[int, list[str]]:
    query = (
        select(OutboxMessage.recipient, func.max(OutboxMessage.id))
        .where(OutboxMessage.channel == "web", OutboxMessage.status == "waiting", OutboxMessage.id > after)
        .group_by(OutboxMessage.recipient)
    )
    rows = session.execute(query).all()
    return max((row[1] for row in rows), default=after), [row[0] for row in rows]
