"""One message answered: what is decided without Rasa, what Rasa is asked, and the transaction that ends the turn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from bot.channels.incoming import LONGEST_TEXT
from bot.db.models import Conversation, Dialogue, InboxMessage
from bot.dialogue.commands import answer_command
from bot.dialogue.rasa_client import Turn
from bot.escalation.followups import cancel
from bot.escalation.handoff import relay_to_staff
from bot.escalation.notices import notify_staff
from bot.inbox.late import tell_waiting
from bot.inbox.second_reading import read_later
from bot.inbox.store import claim, finish, oldest_unanswered, retry_later
from bot.outbox.store import Button, ButtonGone, Outgoing, press, queue_to_person
from bot.people.conversations import conversation_by_id
from bot.program import program
from bot.texts import say

# A row of buttons with longer titles than this (characters) would be cut on a phone.
ROW_CHARACTERS = 32
MOST_IN_A_ROW = 6
# Built once, and without reading the row: it is the largest of a conversation, and all of it is new.
_REMEMBER = (
    update(Dialogue)
    .where(Dialogue.conversation_id == bindparam("conversation"))
    .values({name: bindparam(name) for name in ("events", "last_message_id", "last_answer", "updated_at")})
    .execution_options(synchronize_session=False)
)
MEDIA_TEXTS = {"voice", "photo", "video", "sticker", "location", "contact"}


@dataclass(frozen=True)
class Begun:
    """A message taken on.

    ``ask``: what Rasa is to answer (None: all is said and done already). ``more``: another message waits behind it.
    """

    message_id: int
    conversation_id: str
    channel: str
    recipient: str
    ask: dict[str, Any] | None = None
    replies: list[Outgoing] = field(default_factory=list)
    more: bool = False


def begin(session: Session, conversation_id: str, now: datetime) -> Begun | None:
    """Take on the conversation's oldest due message and do what needs no Rasa; None where nothing is due."""
    claimed = claim(session, conversation_id, now)
    if claimed is None:
        return None
    message, conversation = claimed.message, claimed.conversation
    cancel(session, conversation.id, now)
    begun = Begun(message.id, conversation.id, conversation.channel, conversation.external_id, more=claimed.more)
    replies, ask = _decide(session, conversation, message, now)
    if ask is None:
        end(session, begun, replies, None, now)
        return begun
    return replace(begun, ask=ask, replies=replies)


def _decide(
    session: Session, conversation: Conversation, message: InboxMessage, now: datetime
) -> tuple[list[Outgoing], dict[str, Any] | None]:
    """Give what is said without Rasa, and what Rasa is asked (None: nothing)."""
    language = conversation.language
    if message.kind == "command":
        return answer_command(session, conversation, message, now), None
    if message.kind == "edit":
        # Only read for risk, by patterns when it was stored and by meaning later: an answer would be the second one.
        read_later(session, message, now)
        return [], None
    if message.kind == "button":
        # Pressed before, and Rasa gave no answer then: what it means is kept, since a button works only once.
        meant = message.payload.get("intent")
        try:
            button = None if meant else press(session, str(message.payload.get("token", "")), conversation.id, now)
        except ButtonGone:
            return [_say("button_gone", language)], None
        if button is not None:
            meant = button.payload
            message.text = message.text or f"[{button.title}]"
            message.payload = {**message.payload, "intent": meant}
        if conversation.state == "staff" and relay_to_staff(session, conversation, message, now):
            return [], None
        return [], {"intent": meant, "metadata": _metadata(conversation, message)}
    if conversation.state == "staff" and relay_to_staff(session, conversation, message, now):
        read_later(session, message, now)
        return [], None
    notes = _notes(message, language)
    if not message.text.strip():
        return notes or [_say("empty", language)], None
    return notes, {"text": message.text, "metadata": _metadata(conversation, message)}


def _notes(message: InboxMessage, language: str) -> list[Outgoing]:
    if message.kind == "media":
        kind = str(message.payload.get("type", ""))
        return [_say(f"media_{kind}" if kind in MEDIA_TEXTS else "media_other", language)]
    if len(message.text) >= LONGEST_TEXT:
        return [_say("too_long", language)]
    return []


def _metadata(conversation: Conversation, message: InboxMessage) -> dict[str, Any]:
    return {
        "channel": conversation.channel,
        "language": conversation.language,
        "linked": conversation.participant_id is not None,
        "first_reply_sent": bool(message.payload.get("first_reply_sent")),
        "screen": message.verdict,
    }


def end(session: Session, begun: Begun, replies: list[Outgoing], turn: Turn | None, now: datetime) -> bool:
    """End a turn in one transaction: replies queued, Rasa's memory stored, message done.

    Returns:
        False where the message had been answered already (nothing is queued then).
    """
    if not finish(session, begun.message_id, now) and session.get(InboxMessage, begun.message_id) is not None:
        return False
    conversation = conversation_by_id(session, begun.conversation_id)
    if conversation is None:
        # The person deleted their data in this very turn; they still hear that it is done.
        # An open chat page listens under the conversation's id.
        recipient = begun.recipient if begun.channel == "telegram" else begun.conversation_id
        conversation = Conversation(id=None, channel=begun.channel, external_id=recipient)
    else:
        if turn is not None:
            _remember(session, conversation, turn, begun.message_id, now)
        if conversation.greeted_at is None:
            conversation.greeted_at = now
    for reply in replies:
        queue_to_person(session, conversation, reply, kind="reply", now=now,
                        inbox_id=begun.message_id if conversation.id else None)  # fmt: skip
    return True


def _remember(session: Session, conversation: Conversation, turn: Turn, message_id: int, now: datetime) -> None:
    values = {"events": turn.snapshot, "last_message_id": message_id, "last_answer": None, "updated_at": now}
    if not session.execute(_REMEMBER, {"conversation": conversation.id, **values}).rowcount:
        session.add(Dialogue(conversation_id=conversation.id, **values))
    if turn.slots.get("language") in ("en", "es"):
        conversation.language = turn.slots["language"]


def fail(session: Session, begun: Begun, reason: str, now: datetime) -> InboxMessage | None:
    """Put a message back because Rasa gave no answer; tell the person once, and staff when it is given up."""
    row = retry_later(session, begun.message_id, reason, now)
    if row is None:
        return None
    conversation = session.get(Conversation, row.conversation_id)
    if row.status == "failed":
        queue_to_person(session, conversation, _say("answer_failed", conversation.language), kind="notice", now=now,
                        inbox_id=row.id, dedupe_key=f"failed:{row.id}")  # fmt: skip
        notify_staff(session, kind="unanswered", subject_id=row.id, conversation_id=conversation.id, now=now)
    elif row.attempts >= 2:
        tell_waiting(session, row, now)
    return row


def put_back(session: Session, conversation_id: str, reason: str, now: datetime) -> None:
    """Count a try of the conversation's next message that failed outside Rasa, so that it is not tried for ever."""
    message = oldest_unanswered(session, conversation_id)
    if message is None:
        return
    if message.status == "waiting":  # the transaction that took it on was undone, and its count with it
        message.attempts += 1
    conversation = session.get(Conversation, conversation_id)
    fail(session, Begun(message.id, conversation_id, conversation.channel, conversation.external_id), reason, now)


def outgoing(turn: Turn) -> list[Outgoing]:
    """Turn Rasa's replies into messages, buttons in rows that fit a phone."""
    return [
        Outgoing(reply["text"], button_rows(reply.get("buttons", [])), dict(reply.get("custom") or {}))
        for reply in turn.replies
        if reply["text"]
    ]


def button_rows(buttons: list[dict[str, str]]) -> tuple[tuple[Button, ...], ...]:
    """Lay buttons out in rows: short titles side by side, long ones alone."""
    rows: list[list[Button]] = []
    for shown in buttons:
        button = Button(shown["title"], shown["payload"])
        taken = sum(len(b.title) + 3 for b in rows[-1]) if rows else ROW_CHARACTERS
        if rows and len(rows[-1]) < MOST_IN_A_ROW and taken + len(button.title) <= ROW_CHARACTERS:
            rows[-1].append(button)
        else:
            rows.append([button])
    return tuple(tuple(row) for row in rows)


def _say(key: str, language: str) -> Outgoing:
    return Outgoing(program().fill(say(key, language)))
