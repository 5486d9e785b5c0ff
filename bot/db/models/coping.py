"""Cravings that people worked through."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String

from bot.db.base import Base, BigId, UtcDateTime


class CravingLog(Base):
    """A craving: how strong it was before and after, what set it off, what the person did."""

    __tablename__ = "craving_logs"

    id = Column(BigId, primary_key=True, autoincrement=True)
    conversation_id = Column(ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True)
    inbox_id = Column(ForeignKey("inbox.id", ondelete="SET NULL"), unique=True)
    rating_before = Column(Integer)  # 0-10
    rating_after = Column(Integer)
    trigger = Column(String(32))
    skill = Column(String(32))
    created_at = Column(UtcDateTime, nullable=False)
    finished_at = Column(UtcDateTime)
