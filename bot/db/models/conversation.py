"""A conversation and the messages in and out of it."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Text, UniqueConstraint

from bot.db.base import Base, BigId, UtcDateTime


class Conversation(Base):
    """One person on one channel."""

    __tablename__ = "conversations"

    id = Column(String(36), primary_key=True)
    channel = Column(String(16), nullable=False)  # telegram | web
    external_id = Column(String(64), nullable=False)  # Telegram chat id; hash of the web visitor's key
    participant_id = Column(ForeignKey("participants.id", ondelete="SET NULL"), index=True)
    language = Column(String(2), nullable=False, default="en")
    state = Column(String(8), nullable=False, default="bot")  # bot | staff (handed over)
    stopped_at = Column(UtcDateTime)  # /stop: no message of ours but answers to theirs
    blocked_at = Column(UtcDateTime)  # the person blocked us, so nothing can be delivered
    greeted_at = Column(UtcDateTime)
    created_at = Column(UtcDateTime, nullable=False)
    last_message_at = Column(UtcDateTime)
    __table_args__ = (UniqueConstraint("channel", "external_id"),)


class InboxMessage(Base):
    """A message that was accepted. It stays until it is answered, or a person is told that it was not."""

    __tablename__ = "inbox"

    id = Column(BigId, primary_key=True, autoincrement=True)
    conversation_id = Column(ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)
    channel = Column(String(16), nullable=False)
    external_id = Column(String(96), nullable=False)  # what the channel calls it; a redelivery has the same
    kind = Column(String(12), nullable=False)  # text | button | command | edit | media
    text = Column(Text, nullable=False, default="")
    payload = Column(JSON, nullable=False, default=dict)  # kind's own facts: media type, button token, command
    status = Column(String(8), nullable=False, default="waiting")  # waiting | working | done | failed
    attempts = Column(Integer, nullable=False, default=0)
    next_attempt_at = Column(UtcDateTime, nullable=False)
    told_waiting_at = Column(UtcDateTime)  # when the person was told that the answer is late
    error = Column(String(64))  # kind of the last error, never its text
    verdict = Column(JSON)  # what the readers found (bot.risk.Verdict.to_dict)
    received_at = Column(UtcDateTime, nullable=False)
    done_at = Column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_inbox_status_next_attempt_at", "status", "next_attempt_at"),
        # The status before the id: what waits is found without reading all that was ever written in a conversation.
        Index("ix_inbox_conversation_id_status_id", "conversation_id", "status", "id"),
    )


class SecondReading(Base):
    """A message that gets no answer from Rasa and that its meaning reader has still to see; gone once it has."""

    __tablename__ = "second_readings"

    inbox_id = Column(ForeignKey("inbox.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    attempts = Column(Integer, nullable=False, default=0)
    next_attempt_at = Column(UtcDateTime, nullable=False, index=True)


class OutboxMessage(Base):
    """A message to deliver, to a person or to staff; written in the transaction that made it true."""

    __tablename__ = "outbox"

    id = Column(BigId, primary_key=True, autoincrement=True)
    channel = Column(String(16), nullable=False)  # telegram | web
    recipient = Column(String(64), nullable=False)  # Telegram chat id, or the web conversation's id
    conversation_id = Column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    kind = Column(String(12), nullable=False)  # crisis | reply | alert | notice | edit | staff
    priority = Column(Integer, nullable=False)  # lower goes first, see bot.outbox.store.PRIORITY
    text = Column(Text, nullable=False)
    buttons = Column(JSON, nullable=False, default=list)  # [[{"title", "token"}]] rows
    extra = Column(JSON, nullable=False, default=dict)  # e.g. a breathing rhythm, a Telegram reply-to
    inbox_id = Column(ForeignKey("inbox.id", ondelete="SET NULL"), index=True)
    escalation_id = Column(ForeignKey("escalations.id", ondelete="SET NULL"), index=True)
    edits_id = Column(ForeignKey("outbox.id", ondelete="SET NULL"))  # kind=edit: which sent message changes
    dedupe_key = Column(String(96), unique=True)  # a second write of the same thing changes nothing
    status = Column(String(8), nullable=False, default="waiting")  # waiting | sent | failed | dropped
    attempts = Column(Integer, nullable=False, default=0)
    next_attempt_at = Column(UtcDateTime, nullable=False)
    error = Column(String(64))
    provider_message_id = Column(String(64))
    created_at = Column(UtcDateTime, nullable=False)
    sent_at = Column(UtcDateTime)
    __table_args__ = (
        Index("ix_outbox_status_channel_priority_id", "status", "channel", "priority", "id"),
        Index("ix_outbox_channel_recipient_id", "channel", "recipient", "id"),
    )


class ButtonToken(Base):
    """What a button does. The button itself carries only the token (Telegram allows 64 bytes)."""

    __tablename__ = "button_tokens"

    token = Column(String(24), primary_key=True)
    conversation_id = Column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)  # null: staff's
    payload = Column(Text, nullable=False)  # "/intent{...}" for Rasa, or "staff:acknowledge:12"
    title = Column(String(64), nullable=False)
    group = Column(String(24), nullable=False, index=True)  # buttons of one message; one press uses all up
    used_at = Column(UtcDateTime)
    expires_at = Column(UtcDateTime, nullable=False)
    created_at = Column(UtcDateTime, nullable=False)


class Dialogue(Base):
    """Rasa's memory of a conversation, bounded (bot/dialogue/tracker_store.py)."""

    __tablename__ = "dialogues"

    conversation_id = Column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    events = Column(Text, nullable=False)  # JSON list of Rasa events
    last_message_id = Column(BigId)  # inbox row last answered, with what, so that a repeat answers the same
    last_answer = Column(Text)
    updated_at = Column(UtcDateTime, nullable=False)


class PollOffset(Base):
    """How far Telegram's updates are stored: confirmed to Telegram only after the commit."""

    __tablename__ = "poll_offsets"

    name = Column(String(32), primary_key=True)
    offset = Column(BigId, nullable=False)


class Setting(Base):
    """A few facts about this installation, such as whether demo data was loaded."""

    __tablename__ = "installation"

    key = Column(String(64), primary_key=True)
    value = Column(String(255), nullable=False)
