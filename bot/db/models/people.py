"""Participants, prospects and staff."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, String, Text
from sqlalchemy.orm import relationship

from bot.db.base import Base, BigId, UtcDateTime


class Participant(Base):
    """Somebody enrolled in the program. Only what the assistant needs; the clinical record lives elsewhere."""

    __tablename__ = "participants"

    id = Column(BigId, primary_key=True, autoincrement=True)
    reference = Column(String(64), nullable=False, unique=True)  # the program's own number for this person
    first_name = Column(String(80), nullable=False)
    active = Column(Boolean, nullable=False, default=True)
    created_at = Column(UtcDateTime, nullable=False)

    def __str__(self) -> str:
        return f"{self.first_name} ({self.reference})"


class LinkCode(Base):
    """A one-time code in a ``t.me/bot?start=`` link that ties a Telegram account to a person we know."""

    __tablename__ = "link_codes"

    code_hash = Column(String(64), primary_key=True)  # SHA-256: the database alone opens nobody's record
    participant_id = Column(ForeignKey("participants.id", ondelete="CASCADE"), index=True)
    staff_id = Column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    expires_at = Column(UtcDateTime, nullable=False)
    used_at = Column(UtcDateTime)
    created_at = Column(UtcDateTime, nullable=False)


class Staff(Base):
    """Somebody who works for the program and may act on alerts."""

    __tablename__ = "staff"

    id = Column(BigId, primary_key=True, autoincrement=True)
    username = Column(String(64), nullable=False, unique=True)
    first_name = Column(String(80), nullable=False)
    role = Column(String(80), nullable=False)
    password_hash = Column(String(255))
    must_change_password = Column(Boolean, nullable=False, default=False)
    password_changed_at = Column(UtcDateTime)  # sessions older than this are over
    telegram_user_id = Column(BigId, unique=True)
    admin = Column(Boolean, nullable=False, default=False)
    backup = Column(Boolean, nullable=False, default=False)
    active = Column(Boolean, nullable=False, default=True)
    created_at = Column(UtcDateTime, nullable=False)

    def __str__(self) -> str:
        return f"{self.first_name}, {self.role}"


class OnCallShift(Base):
    """Who is on call from when to when; a later row wins where two overlap (an override)."""

    __tablename__ = "on_call_shifts"

    id = Column(BigId, primary_key=True, autoincrement=True)
    staff_id = Column(ForeignKey("staff.id", ondelete="CASCADE"), nullable=False)
    starts_at = Column(UtcDateTime, nullable=False)
    ends_at = Column(UtcDateTime, nullable=False)
    override = Column(Boolean, nullable=False, default=False)

    staff = relationship("Staff", lazy="joined")


class Prospect(Base):
    """Somebody who asked for a call back."""

    __tablename__ = "prospects"

    id = Column(BigId, primary_key=True, autoincrement=True)
    conversation_id = Column(ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    inbox_id = Column(ForeignKey("inbox.id", ondelete="SET NULL"), unique=True)
    first_name = Column(String(80), nullable=False)
    contact = Column(String(120), nullable=False)
    contact_kind = Column(String(8), nullable=False)  # phone | email
    best_time = Column(String(120), nullable=False)
    insurance = Column(String(120))
    note = Column(Text)
    status = Column(String(8), nullable=False, default="new")  # new | claimed | done
    claimed_by_id = Column(ForeignKey("staff.id", ondelete="SET NULL"))
    claimed_at = Column(UtcDateTime)
    done_at = Column(UtcDateTime)
    created_at = Column(UtcDateTime, nullable=False)

    def __str__(self) -> str:
        return f"{self.first_name}, {self.status}"


class ExportToken(Base):
    """A short-lived link with which a person fetches what is stored about them."""

    __tablename__ = "export_tokens"

    token_hash = Column(String(64), primary_key=True)
    conversation_id = Column(ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True)
    expires_at = Column(UtcDateTime, nullable=False)
    used_at = Column(UtcDateTime)
