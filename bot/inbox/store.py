"""Messages that came in: stored with the first look of the risk screen, before anybody is told they arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from bot.channels.incoming import IncomingMessage
from bot.db.models import Conversation, InboxMessage
from bot.dialogue.crisis import answer_at_once
from bot.people.conversations import conversation_by_id, conversation_of
from bot.risk import screen

# Waits between tries of one message: short first (a part is starting again), then longer.
RETRY_SECONDS = (1, 2, 5, 10, 30, 60)
LONGEST_WAIT = timedelta(seconds=RETRY_SECONDS[-1])
# After this many tries over about half an hour staff answer instead.
MOST_ATTEMPTS = 30

# What every message runs is built once: building a statement costs more than SQLite needs for it (bench/README.md).
_KNOWN = select(InboxMessage.id, InboxMessage.conversation_id).where(
    InboxMessage.channel == bindparam("channel"), InboxMessage.external_id == bindparam("external_id")
)
_UNANSWERED = (
    select(InboxMessage)
    .where(
        InboxMessage.conversation_id == bindparam("conversation_id"), InboxMessage.status.in_(("waiting", "working"))
    )
    .order_by(InboxMessage.id)
    .limit(2)
)
# Whoever finishes a message does not look at its row again.
_FINISH = (
    update(InboxMessage)
    .where(InboxMessage.id == bindparam("message_id"), InboxMessage.status != "done")
    .values(status="done", done_at=bindparam("now"), error=None)
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True)
class Accepted:
    """A stored message: its row, its conversation, and whether it was new."""

    message_id: int
    conversation_id: str
    new: bool


def accept(session: Session, message: IncomingMessage, now: datetime) -> Accepted:
    """Store a message, read it for risk, and queue what must be said at once; all in the caller's transaction.

    Returns:
        The stored row; a redelivered message gives the first one's, and nothing is queued twice.
    """
    known = session.execute(_KNOWN, {"channel": message.channel, "external_id": message.external_id}).first()
    if known is not None:
        return Accepted(known.id, known.conversation_id, new=False)
    conversation = conversation_of(session, message.channel, message.conversation_key, now, message.language)
    conversation.last_message_at = now
    conversation.blocked_at = None  # whoever writes to us has not blocked us
    row = InboxMessage(
        conversation_id=conversation.id,
        channel=message.channel,
        external_id=message.external_id,
        kind=message.kind,
        text=message.text,
        payload=message.payload,
        status="waiting",
        attempts=0,
        next_attempt_at=now,
        received_at=now,
    )
    session.add(row)
    session.flush()
    verdict = screen(message.text) if message.text.strip() else None
    if verdict is not None and verdict.level != "N":
        row.verdict = verdict.to_dict()
    answer_at_once(session, conversation, row, verdict, now)
    return Accepted(row.id, conversation.id, new=True)


@dataclass(frozen=True)
class Claimed:
    """A message that a worker took on, with what it needs to answer it. ``more``: another one waits behind it."""

    message: InboxMessage
    conversation: Conversation
    more: bool


def claim(session: Session, conversation_id: str, now: datetime) -> Claimed | None:
    """Take on the oldest unanswered message of a conversation, if it is due.

    A later message never overtakes an earlier one of the same conversation, also while that one waits for a retry.
    """
    rows = _unanswered(session, conversation_id)
    if not rows or not _is_due(rows[0], now):
        return None
    row = rows[0]
    conversation = conversation_by_id(session, conversation_id)
    if conversation is None:
        return None
    row.status = "working"
    row.attempts += 1
    # Should this process die, or the database go away, the message is due again after this.
    row.next_attempt_at = now + wait_after(row.attempts)
    return Claimed(row, conversation, more=len(rows) > 1)


def _is_due(row: InboxMessage, now: datetime) -> bool:
    # As in due_conversations.
    return row.attempts == 0 or row.next_attempt_at <= now or row.next_attempt_at > now + LONGEST_WAIT


def wait_after(attempts: int) -> timedelta:
    """Give how long to wait after so many tries that failed."""
    return timedelta(seconds=RETRY_SECONDS[min(max(attempts, 1), len(RETRY_SECONDS)) - 1])


def finish(session: Session, message_id: int, now: datetime) -> bool:
    """Mark a message answered. Gives False if it was already (its answer must then not be queued again)."""
    return bool(session.execute(_FINISH, {"message_id": message_id, "now": now}).rowcount)


def retry_later(session: Session, message_id: int, error: str, now: datetime) -> InboxMessage | None:
    """Put a message back after a failed try, with a growing wait. ``error`` is a kind of error, never its text."""
    row: InboxMessage | None = session.get(InboxMessage, message_id)
    if row is None or row.status == "done":
        return None
    row.status = "failed" if row.attempts >= MOST_ATTEMPTS else "waiting"
    row.error = error[:64]
    row.next_attempt_at = now + wait_after(row.attempts)
    return row


def oldest_unanswered(session: Session, conversation_id: str) -> InboxMessage | None:
    """Give the message that a conversation's worker has to answer next, due or not."""
    return next(iter(_unanswered(session, conversation_id)), None)


def _unanswered(session: Session, conversation_id: str) -> list[InboxMessage]:
    """Give the oldest two: the one to answer, and whether another waits behind it."""
    return list(session.execute(_UNANSWERED, {"conversation_id": conversation_id}).scalars())


def return_unfinished(session: Session, now: datetime) -> int:
    """Give back messages that a process was working on when it died; call once at start. Returns how many."""
    back = {"status": "waiting", "next_attempt_at": now}
    returned = session.execute(update(InboxMessage).where(InboxMessage.status == "working").values(**back))
    return int(returned.rowcount)


def make_due(session: Session, now: datetime) -> int:
    """Have every message that waits for a retry tried now, because a part is back. Returns how many."""
    waiting = update(InboxMessage).where(InboxMessage.status == "waiting", InboxMessage.next_attempt_at > now)
    return int(session.execute(waiting.values(next_attempt_at=now)).rowcount)


def due_conversations(session: Session, now: datetime, limit: int = 500) -> list[str]:
    """Give the conversations whose oldest unanswered message is due, those that waited longest first.

    A message that was never tried is due whatever the clock says, and so is one that would wait longer than any retry
    does: then the clock was set back.
    """
    due = or_(
        InboxMessage.next_attempt_at <= now,
        InboxMessage.next_attempt_at > now + LONGEST_WAIT,
        InboxMessage.attempts == 0,
    )
    oldest = (
        select(func.min(InboxMessage.id).label("id"))
        .where(InboxMessage.status.in_(("waiting", "working")))
        .group_by(InboxMessage.conversation_id)
        .subquery()
    )
    query = (
        select(InboxMessage.conversation_id)
        .join(oldest, oldest.c.id == InboxMessage.id)
        .where(due)
        .order_by(InboxMessage.id)
        .limit(limit)
    )
    return list(session.execute(query).scalars())
