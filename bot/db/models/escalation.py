"""Escalations, what happened to them, and other things that staff are told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, UniqueConstraint, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper

from bot.db.base import Base, BigId, UtcDateTime

OPEN_STATES = ("open", "acknowledged")


class Escalation(Base):
    """A risk that staff have to answer. One conversation has at most one open escalation."""

    __tablename__ = "escalations"

    id = Column(BigId, primary_key=True, autoincrement=True)
    conversation_id = Column(ForeignKey("conversations.id", ondelete="SET NULL"))
    participant_id = Column(ForeignKey("participants.id", ondelete="SET NULL"))
    level = Column(String(1), nullable=False)  # E | H | M
    categories = Column(JSON, nullable=False, default=list)
    status = Column(String(12), nullable=False, default="open")  # open | acknowledged | resolved | false_alarm
    policy = Column(JSON, nullable=False)  # snapshot of the level's policy when it opened or rose
    step = Column(Integer, nullable=False, default=0)  # index of the next policy step
    next_step_at = Column(UtcDateTime)  # null once acknowledged or when no step is left
    opened_at = Column(UtcDateTime, nullable=False)
    clock_started_at = Column(UtcDateTime, nullable=False)  # later than opened_at where the level rose
    acknowledge_by = Column(UtcDateTime, nullable=False)
    acknowledged_at = Column(UtcDateTime)
    acknowledged_by_id = Column(ForeignKey("staff.id", ondelete="SET NULL"))
    closed_at = Column(UtcDateTime)
    closed_by_id = Column(ForeignKey("staff.id", ondelete="SET NULL"))
    outcome = Column(String(255))
    __table_args__ = (
        Index(
            "uq_escalations_open_conversation",
            "conversation_id",
            unique=True,
            sqlite_where=text("status IN ('open', 'acknowledged')"),
            postgresql_where=text("status IN ('open', 'acknowledged')"),
        ),
        Index("ix_escalations_status_next_step_at", "status", "next_step_at"),
    )


class EscalationMessage(Base):
    """Which messages an escalation is about. A message is in one escalation, however many readers found it."""

    __tablename__ = "escalation_messages"

    inbox_id = Column(ForeignKey("inbox.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    escalation_id = Column(ForeignKey("escalations.id", ondelete="CASCADE"), nullable=False, index=True)
    level = Column(String(1), nullable=False)
    added_at = Column(UtcDateTime, nullable=False)


class EscalationEvent(Base):
    """Something that happened to an escalation. Rows are only ever added."""

    __tablename__ = "escalation_events"

    id = Column(BigId, primary_key=True, autoincrement=True)
    escalation_id = Column(ForeignKey("escalations.id"), nullable=False, index=True)
    at = Column(UtcDateTime, nullable=False)
    kind = Column(String(24), nullable=False)
    staff_id = Column(ForeignKey("staff.id"))
    detail = Column(JSON, nullable=False, default=dict)


class AppendOnlyError(Exception):
    """Somebody tried to change or remove a record of what happened."""


@event.listens_for(EscalationEvent, "before_update")
@event.listens_for(EscalationEvent, "before_delete")
def _append_only(_mapper: Mapper[Any], _connection: Connection, _target: EscalationEvent) -> None:
    raise AppendOnlyError("What happened to an escalation is never changed.")


class Handover(Base):
    """A person asked for staff, or staff took a conversation over."""

    __tablename__ = "handovers"

    id = Column(BigId, primary_key=True, autoincrement=True)
    conversation_id = Column(ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)
    inbox_id = Column(ForeignKey("inbox.id", ondelete="SET NULL"), unique=True)
    escalation_id = Column(ForeignKey("escalations.id", ondelete="SET NULL"))
    status = Column(String(8), nullable=False, default="open")  # open | taken | ended
    staff_id = Column(ForeignKey("staff.id", ondelete="SET NULL"))
    requested_at = Column(UtcDateTime, nullable=False)
    taken_at = Column(UtcDateTime)
    last_activity_at = Column(UtcDateTime, nullable=False)
    ended_at = Column(UtcDateTime)
    end_reason = Column(String(24))
    # While nobody takes it (bot/escalation/requests.py): what comes next, and when. Null: nothing any more.
    next_step = Column(String(8))  # remind | tell
    next_step_at = Column(UtcDateTime)
    person_told_at = Column(UtcDateTime)  # that nobody was free
    __table_args__ = (
        Index("ix_handovers_next_step_at", "next_step_at"),
        Index(
            "uq_handovers_open_conversation",
            "conversation_id",
            unique=True,
            sqlite_where=text("status IN ('open', 'taken')"),
            postgresql_where=text("status IN ('open', 'taken')"),
        ),
    )


class FollowUp(Base):
    """Something to say later if the person stays silent. Timers live here, so a restart loses none."""

    __tablename__ = "follow_ups"

    id = Column(BigId, primary_key=True, autoincrement=True)
    conversation_id = Column(ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True)
    inbox_id = Column(ForeignKey("inbox.id", ondelete="SET NULL"))
    kind = Column(String(32), nullable=False)
    due_at = Column(UtcDateTime, nullable=False)
    done_at = Column(UtcDateTime)
    cancelled_at = Column(UtcDateTime)
    __table_args__ = (Index("ix_follow_ups_done_at_due_at", "done_at", "due_at"),)


class ReviewLabel(Base):
    """What staff said of a verdict: a false alarm, or a message that should have raised one."""

    __tablename__ = "review_labels"

    id = Column(BigId, primary_key=True, autoincrement=True)
    inbox_id = Column(ForeignKey("inbox.id", ondelete="CASCADE"), nullable=False)
    label = Column(String(16), nullable=False)  # false_alarm | missed
    staff_id = Column(ForeignKey("staff.id", ondelete="SET NULL"))
    created_at = Column(UtcDateTime, nullable=False)
    __table_args__ = (UniqueConstraint("inbox_id", "label"),)
