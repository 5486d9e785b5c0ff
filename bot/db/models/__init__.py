"""Every table. Importing this package makes ``Base.metadata`` complete."""

from bot.db.base import Base
from bot.db.models.conversation import (
    ButtonToken,
    Conversation,
    Dialogue,
    InboxMessage,
    OutboxMessage,
    PollOffset,
    SecondReading,
    Setting,
)
from bot.db.models.coping import CravingLog
from bot.db.models.escalation import (
    OPEN_STATES,
    AppendOnlyError,
    Escalation,
    EscalationEvent,
    EscalationMessage,
    FollowUp,
    Handover,
    ReviewLabel,
)
from bot.db.models.people import ExportToken, LinkCode, OnCallShift, Participant, Prospect, Staff
from bot.db.models.schedule import Absence, Closure, Enrolment, ProgramSession, SessionException, Track

__all__ = [
    "OPEN_STATES",
    "Absence",
    "AppendOnlyError",
    "Base",
    "ButtonToken",
    "Closure",
    "Conversation",
    "CravingLog",
    "Dialogue",
    "Enrolment",
    "Escalation",
    "EscalationEvent",
    "EscalationMessage",
    "ExportToken",
    "FollowUp",
    "Handover",
    "InboxMessage",
    "LinkCode",
    "OnCallShift",
    "OutboxMessage",
    "Participant",
    "PollOffset",
    "ProgramSession",
    "Prospect",
    "ReviewLabel",
    "SecondReading",
    "SessionException",
    "Setting",
    "Staff",
    "Track",
]
