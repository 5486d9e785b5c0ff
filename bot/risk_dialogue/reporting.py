"""Carries out a turn about a disclosure: staff told, the timer for silence set. One transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Escalation
from bot.escalation import followups
from bot.escalation.policy import anybody_reachable
from bot.escalation.service import report
from bot.program import program
from bot.risk_dialogue.conversation import Turn
from bot.risk_dialogue.first_replies import about_staff
from bot.risk_dialogue.state import RiskState

# What silence after a safety question leads to (bot/escalation/timers.py): first a caring line, then staff.
SILENCE, SILENCE_FOR_STAFF = "silence", "silence_again"
# Somebody else may be reading along: a message from us could do harm, so silence here is for staff at once.
NEVER_WRITTEN_AFTER = frozenset({"abuse", "violence"})


def take_turn(
    session: Session,
    conversation_id: str,
    message_id: int | None,
    *,
    state: RiskState,
    decide: Callable[[RiskState], Turn],
    reader: str,
    now: datetime,
) -> Turn:
    """Decide a turn and carry it out.

    Args:
        session: an open transaction.
        conversation_id: whose.
        message_id: the inbox row; None where there is none (a shell), and then nobody is told.
        state: what the conversation remembers; ended by staff or by time, it counts as empty.
        decide: one of the functions of ``conversation.py``, with all but the state filled in.
        reader: ``rasa`` for a message with risk, ``dialogue`` for an answer; for the record.
        now: aware UTC.
    """
    if state.over(now, program().risk.state_hours) or ended_by_staff(session, conversation_id, state.since):
        # The question stays: a late "yes" is still an answer to it.
        state = RiskState(stage=state.stage)
    turn = decide(state)
    if turn.about is not None:
        reachable = anybody_reachable(session, now)
        turn = replace(turn, texts=(*turn.texts, *about_staff(turn.about, turn.language, {}, reachable=reachable)))
    if message_id is None:
        return turn
    if turn.report is not None:
        report(session, message_id, turn.report, reader=reader, now=now)
    if turn.quiet:
        followups.cancel(session, conversation_id, now)
    elif turn.state.stage is not None:
        due_at = now + timedelta(minutes=program().risk.follow_up_minutes)
        kind = SILENCE_FOR_STAFF if turn.state.category in NEVER_WRITTEN_AFTER else SILENCE
        followups.schedule(session, conversation_id, message_id, kind, due_at)
    return turn


def ended_by_staff(session: Session, conversation_id: str, since: datetime | None) -> bool:
    """Tell whether staff have closed an escalation of this conversation after ``since``, with none open now."""
    if since is None:
        return False
    query = select(Escalation).where(Escalation.conversation_id == conversation_id).order_by(Escalation.id.desc())
    newest = session.execute(query.limit(1)).scalar_one_or_none()
    return newest is not None and newest.closed_at is not None and newest.closed_at >= since
