"""The timetable, enrolment in it, and absences from it.

A weekly group at 6 PM stays at 6 PM when the clocks change, so a session's start is kept as the program's wall-clock
time and turned into UTC for each date (bot/schedule/occurrences.py). What happened at one moment is UTC, as everywhere.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Time, UniqueConstraint
from sqlalchemy.orm import relationship

from bot.db.base import Base, BigId, UtcDateTime


class Track(Base):
    """A fixed set of groups that somebody is enrolled in, such as the evening track."""

    __tablename__ = "tracks"

    id = Column(BigId, primary_key=True, autoincrement=True)
    slug = Column(String(32), nullable=False, unique=True)  # day | evening | weekend
    title = Column(String(80), nullable=False)
    description = Column(String(255), nullable=False, default="")

    def __str__(self) -> str:
        return str(self.title)


class ProgramSession(Base):
    """A group, an individual session or a family night, once or repeated."""

    __tablename__ = "sessions"

    id = Column(BigId, primary_key=True, autoincrement=True)
    kind = Column(String(32), nullable=False)  # see bot/schedule/kinds.py
    title = Column(String(120), nullable=False)
    track_id = Column(ForeignKey("tracks.id", ondelete="CASCADE"), index=True)  # null: not part of a track
    participant_id = Column(ForeignKey("participants.id", ondelete="CASCADE"), index=True)  # individual: whose
    leader = Column(String(80), nullable=False, default="")
    place = Column(String(120), nullable=False, default="")
    video_link = Column(String(255), nullable=False, default="")
    first_date = Column(Date, nullable=False)  # program's calendar
    start_time = Column(Time, nullable=False)  # program's wall clock
    minutes = Column(Integer, nullable=False)
    rrule = Column(String(255), nullable=False, default="")  # RFC 5545, empty: once
    public = Column(Boolean, nullable=False, default=True)  # shown to people who are not linked
    active = Column(Boolean, nullable=False, default=True)

    exceptions = relationship(
        "SessionException", back_populates="session", cascade="all, delete-orphan", lazy="selectin"
    )
    track = relationship("Track", lazy="joined")
    participant = relationship("Participant")

    def __str__(self) -> str:
        return str(self.title)


class SessionException(Base):
    """One occurrence that is cancelled, or moved to another time or place."""

    __tablename__ = "session_exceptions"

    id = Column(BigId, primary_key=True, autoincrement=True)
    session_id = Column(ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False)
    on_date = Column(Date, nullable=False)  # the date it would have been
    kind = Column(String(12), nullable=False)  # cancelled | moved
    new_date = Column(Date)
    new_start_time = Column(Time)
    new_place = Column(String(120))
    note = Column(String(255), nullable=False, default="")

    session = relationship("ProgramSession", back_populates="exceptions")
    __table_args__ = (UniqueConstraint("session_id", "on_date"),)


class Closure(Base):
    """A day on which the program is closed, such as a holiday."""

    __tablename__ = "closures"

    id = Column(BigId, primary_key=True, autoincrement=True)
    on_date = Column(Date, nullable=False, unique=True)
    name = Column(String(120), nullable=False)

    def __str__(self) -> str:
        return f"{self.on_date}: {self.name}"


class Enrolment(Base):
    """A participant's place in a track, from a date until it ends."""

    __tablename__ = "enrolments"

    id = Column(BigId, primary_key=True, autoincrement=True)
    participant_id = Column(ForeignKey("participants.id", ondelete="CASCADE"), nullable=False, index=True)
    track_id = Column(ForeignKey("tracks.id", ondelete="CASCADE"), nullable=False)
    starts_on = Column(Date, nullable=False)
    ends_on = Column(Date)

    track = relationship("Track", lazy="joined")
    participant = relationship("Participant", lazy="joined")


class Absence(Base):
    """Somebody said that they cannot come, or will be late."""

    __tablename__ = "absences"

    id = Column(BigId, primary_key=True, autoincrement=True)
    conversation_id = Column(ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    participant_id = Column(ForeignKey("participants.id", ondelete="CASCADE"), index=True)
    session_id = Column(ForeignKey("sessions.id", ondelete="SET NULL"))
    occurrence_at = Column(UtcDateTime)  # start of the occurrence; null: not known which
    kind = Column(String(8), nullable=False)  # absent | late
    inbox_id = Column(ForeignKey("inbox.id", ondelete="SET NULL"), unique=True)
    reported_at = Column(UtcDateTime, nullable=False)
    __table_args__ = (Index("ix_absences_occurrence_at", "occurrence_at"),)
